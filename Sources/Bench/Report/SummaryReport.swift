import Providers
import StreamEngine

/// What is left in the shell: a column for each run, a line for each number.
public enum SummaryReport {
    /// Rows of cells: the first cell of each says what the others are. Provider's words are unsanitised.
    public static func table(_ results: [BenchResult]) -> [[String]] {
        func row(_ label: String, _ value: (BenchResult) -> String) -> [String] { [label] + results.map(value) }
        var rows = [
            row("") { $0.tally.target },
            row("replies") { Self.replies($0) },
            row("text exact") { Self.exactness($0.tally) },
            row("requests") { Self.requests($0.tally) },
            row("reconnection success") { Self.recovery($0.tally) },
        ]
        for (name, percent) in Distribution.named {
            rows.append(row("first token \(name)") { Text.time($0.tally.firstToken.percentile(percent)) })
        }
        for (name, percent) in Distribution.named {
            rows.append(row("gap \(name)") { Text.time($0.tally.gaps.percentile(percent)) })
        }
        rows += [
            row("reply p50 · p99") {
                "\(Text.time($0.tally.durations.percentile(50))) · \(Text.time($0.tally.durations.percentile(99)))"
            },
            row("recovery p50 · p99") {
                "\(Text.time($0.tally.seams.percentile(50))) · \(Text.time($0.tally.seams.percentile(99)))"
            },
            row("tokens/s of a reply p50 · p10") { Self.speed($0.tally) },
            row("tokens/s in all") { $0.tokensPerSecond.map { Text.decimal($0, digits: 0) } ?? "–" },
            row("tokens in · out") { Self.tokens($0.tally) },
            row("cost") { Self.cost($0.tally) },
            row("10 M tokens a month") { $0.monthly.map { "\($0)" } ?? "?" },
            row("time") { Text.time(.nanoseconds(Int64($0.seconds * 1e9))) },
            row("this machine") { Self.machine($0.machine) },
        ]
        return rows
    }

    /// One line for each distinct failure of a run, the most frequent first.
    public static func failures(_ result: BenchResult) -> [[String]] {
        var rows = result.tally.failures.lines.sorted { $0.count > $1.count }.map { line in
            [
                "\(line.count)×", line.label,
                line.count == 1
                    ? "at \(Text.time(line.first))" : "from \(Text.time(line.first)) to \(Text.time(line.last))",
                line.example,
            ]
        }
        if result.tally.failures.others > 0 { rows.append(["\(result.tally.failures.others)×", "others"]) }
        return rows
    }

    static func replies(_ result: BenchResult) -> String {
        let complete = result.tally.verdicts[.complete] ?? 0
        var text = "\(complete) of \(result.tally.planned) complete"
        for verdict in Verdict.allCases where verdict != .complete {
            if let count = result.tally.verdicts[verdict] { text += ", \(count) \(verdict.rawValue)" }
        }
        if result.ending != .complete { text += " (\(result.ending.rawValue))" }
        return text
    }

    static func exactness(_ tally: BenchTally) -> String {
        guard tally.checked > 0 else { return "not known" }
        let text = "\(tally.exact) of \(tally.checked)"
        return tally.silentlyWrong > 0 ? text + ", \(tally.silentlyWrong) WRONG THOUGH COMPLETE" : text
    }

    static func requests(_ tally: BenchTally) -> String {
        "\(tally.requests), \(tally.reconnections) of them again"
    }

    static func recovery(_ tally: BenchTally) -> String {
        guard let share = tally.reconnectionSuccess else { return "nothing broke" }
        return "\(Text.percent(share)) (\(tally.recovered) of \(tally.broken) broken replies ended whole)"
    }

    static func speed(_ tally: BenchTally) -> String {
        func text(_ percent: Double) -> String {
            tally.speeds.percentile(percent).map { Text.decimal($0, digits: $0 < 100 ? 1 : 0) } ?? "–"
        }
        return "\(text(50)) · \(text(10))"
    }

    static func tokens(_ tally: BenchTally) -> String {
        let mark = tally.usageIsEstimated ? "~" : ""
        func text(_ count: Int?) -> String { count.map { mark + Text.grouped($0) } ?? "?" }
        return "\(text(tally.usage.input)) · \(text(tally.usage.output))"
    }

    static func cost(_ tally: BenchTally) -> String {
        tally.lostCosts.isEmpty ? "\(tally.spent)" : "\(tally.spent), \(tally.lostCosts) of it lost"
    }

    static func machine(_ machine: BenchResult.Machine) -> String {
        "\(Text.decimal(machine.processorSeconds, digits: 2)) s of CPU, \(machine.peakBytes >> 20) MB"
            + ", load \(Text.decimal(machine.load, digits: 1)) on \(machine.cores) cores"
    }
}
