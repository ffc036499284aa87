/// One line of the table. Lines of the process benchmarks arrive as JSON with these very keys.
struct Row: Codable {
    /// What is measured.
    var what: String
    /// Our result, with its unit.
    var ours = ""
    /// The floor or the peer of the same run, and its result.
    var beside = ""
    /// Ours to the other's, or what is bounded where there is no other.
    var ratio = ""
    /// What is asked for; empty for a line that only informs.
    var bound = ""
    /// Whether the bound is kept; `nil` where there is none, or where nothing could be measured.
    var ok: Bool?
    /// Why nothing was measured.
    var skipped: String?

    var verdict: String {
        if let skipped { return "skipped: \(skipped)" }
        return ok.map { $0 ? "ok" : "over" } ?? ""
    }
}

/// The rows as a Markdown table whose columns stand under each other in a terminal, too.
struct Table {
    private static let titles = ["what", "ours", "floor or peer", "ratio", "bound", ""]

    var rows: [Row] = []

    var lines: [String] {
        let cells = rows.map { [$0.what, $0.ours, $0.beside, $0.ratio, $0.bound, $0.verdict] }
        // Every sign that is used is one column wide.
        let widths = Self.titles.indices.map { column in
            ([Self.titles] + cells).map { $0[column].unicodeScalars.count }.max() ?? 0
        }
        func line(_ cells: [String], _ fill: String) -> String {
            let padded = zip(cells, widths).map { cell, width in
                cell + String(repeating: fill, count: width - cell.unicodeScalars.count)
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.map { String(repeating: "-", count: $0) }
        return [line(Self.titles, " "), line(rule, "-")] + cells.map { line($0, " ") }
    }
}
