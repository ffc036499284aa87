import Providers
import StreamEngine

/// `--html`: one page that needs nothing else, with the numbers as a table and plots as SVG. Follows the reader's choice of
/// light or dark, prints well, and holds no script.
public enum HTMLReport {
    /// - Parameter date: as the reader's clock says it; the page does no arithmetic with it.
    public static func page(_ results: [BenchResult], date: String) -> String {
        let title = "weir bench: " + results.map(\.tally.target).joined(separator: " and ")
        var page = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escape(title))</title>
            <style>\(style)</style>
            </head>
            <body>
            <h1>\(escape(title))</h1>
            <p class="muted">\(escape(date)). \(escape(introduction(results)))</p>

            """
        for result in results {
            guard let warning = result.machine.warning else { continue }
            let words = results.count > 1 ? "\(result.tally.target): \(warning)" : warning
            page += "<p class=\"warning\">\(escape(words))</p>\n"
        }
        page += tiles(results) + summary(results)
        page += "<h2>Time to first token</h2>\n" + plots(results, \.firstToken)
        page += "<h2>Gaps between arrivals</h2>\n" + plots(results, \.gaps)
        page +=
            "<h2>Percentiles of the gaps</h2>\n" + Plot.percentiles(results.map { ($0.tally.target, $0.tally.gaps) })
        page += failures(results)
        page += """
            <h2>How to read it</h2>
            <p>A reply is <em>broken</em> when an attempt of it failed, and <em>recovered</em> when it ended whole all the same:
            the reconnection success rate is the share of broken replies that recovered. <em>Text exact</em> compares a reply
            byte by byte with what it should have been, where that is known. The time to the first token counts from the
            reply's start, failed attempts and waits included. A gap lies between two arrivals of text within an attempt.
            <code>~</code> marks an estimate, <code>?</code> what is not known.</p>
            </body>
            </html>

            """
        return page
    }

    private static func introduction(_ results: [BenchResult]) -> String {
        guard let first = results.first else { return "" }
        let conditions = first.conditions.isEmpty ? "" : " Conditions: \(first.conditions)."
        return "\(first.plan.streams) streams at once, \(first.plan.promptsEach) prompts each." + conditions
    }

    // MARK: Parts

    private static func tiles(_ results: [BenchResult]) -> String {
        var html = ""
        func tile(_ label: String, _ value: String) {
            html += "<div class=\"tile\"><b>\(escape(value))</b><span>\(escape(label))</span></div>\n"
        }
        for result in results {
            let tally = result.tally
            if results.count > 1 { html += "<h3>\(escape(tally.target))</h3>\n" }
            html += "<div class=\"tiles\">\n"
            tile("replies complete", "\(tally.verdicts[.complete] ?? 0) / \(tally.planned)")
            if tally.checked > 0 { tile("text exact", "\(tally.exact) / \(tally.checked)") }
            tile("reconnection success", Text.percent(tally.reconnectionSuccess))
            tile("first token, median", Text.time(tally.firstToken.percentile(50)))
            tile("tokens a second in all", result.tokensPerSecond.map { Text.decimal($0, digits: 0) } ?? "–")
            html += "</div>\n"
        }
        return html
    }

    private static func summary(_ results: [BenchResult]) -> String {
        var html = "<table>\n"
        for row in SummaryReport.table(results) {
            guard let label = row.first else { continue }
            let cells = row.dropFirst().map { label.isEmpty ? "<th>\(escape($0))</th>" : "<td>\(escape($0))</td>" }
            html += "<tr><th>\(escape(label))</th>\(cells.joined())</tr>\n"
        }
        return html + "</table>\n"
    }

    private static func plots(_ results: [BenchResult], _ path: KeyPath<BenchTally, Distribution>) -> String {
        let ranges = results.compactMap { $0.tally[keyPath: path].range }
        let low = ranges.map(\.lowerBound).min()
        let range = low.flatMap { low in ranges.map(\.upperBound).max().map { low...$0 } }
        return results.map { Plot.histogram($0.tally[keyPath: path], title: $0.tally.target, over: range) }.joined()
    }

    private static func failures(_ results: [BenchResult]) -> String {
        var html = "<h2>Failures</h2>\n"
        for result in results {
            if results.count > 1 { html += "<h3>\(escape(result.tally.target))</h3>\n" }
            let rows = SummaryReport.failures(result)
            guard !rows.isEmpty else {
                html += "<p>None.</p>\n"
                continue
            }
            html += "<table class=\"failures\">\n"
            for row in rows { html += "<tr>" + row.map { "<td>\(escape($0))</td>" }.joined() + "</tr>\n" }
            html += "</table>\n"
        }
        return html
    }

    /// Text from outside as HTML text or attribute: nothing in it is markup, and control characters are left out.
    static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped += " "
            case _ where scalar.properties.generalCategory == .control: break
            case _ where scalar.properties.isBidiControl: break
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static let style = """
        :root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6876; --line: #d5dbe2; --water: #1f7aa8;
          --second: #b3641d; --ground: #fbfcfd; --card: #fff; --warn: #8a4b00 }
        @media (prefers-color-scheme: dark) { :root { --ink: #d5dce6; --soft: #98a5b5; --line: #323c47; --water: #63b8dd;
          --second: #f0925c; --ground: #14191f; --card: #1b2129; --warn: #e5b567 } }
        body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 60rem;
          margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem } h3 { font-size: 1rem }
        .muted { color: var(--soft) } .warning { color: var(--warn); border-left: 3px solid; padding-left: .7rem }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .7rem;
          margin: .7rem 0 1.5rem }
        .tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .7rem 1rem }
        .tile b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums } .tile span { color: var(--soft);
          font-size: .85rem }
        table { border-collapse: collapse; width: 100%; background: var(--card); font-variant-numeric: tabular-nums }
        th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top }
        th { font-weight: 600 } td { overflow-wrap: anywhere } .failures td:not(:last-child) { white-space: nowrap }
        svg { width: 100%; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
          margin: .3rem 0 } svg text { fill: var(--soft); font: 12px system-ui, sans-serif }
        .bar { fill: var(--water) } .bar:hover { fill: var(--second) } .axis { stroke: var(--line) }
        .c0 { stroke: var(--water) } .c1 { stroke: var(--second) } .c2 { stroke: #7a9a3b } .c3 { stroke: #9a6bbf }
        .curve { fill: none; stroke-width: 2 }
        """
}
