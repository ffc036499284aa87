import Screen

/// The last line of the transcript's frame, where it has one: what is searched and how often it is there, or what the
/// colours of lateness mean.
enum FinderLine {
    static func draw(_ model: Model, layout: Layout, on canvas: inout Canvas, ink: Ink) {
        let edge = layout.isFramed ? 2 : 1
        let row = layout.transcript.endRow - 1
        // The badge of what is below has its place at the right.
        let badge = model.transcript.follows ? 0 : 20
        let rect = Rect(
            column: layout.transcript.column + edge, row: row,
            columns: layout.transcript.columns - 2 * edge - badge, rows: 1)
        guard rect.columns > 12, row > layout.transcript.row else { return }
        var used = 0
        if let finder = model.finder {
            used = draw(finder, model.transcript, in: rect, on: &canvas, ink: ink)
        } else if let search = model.transcript.search {
            let text = " /\(search.pattern.text) ".truncated(
                toColumns: rect.columns - 12, ellipsis: ink.glyphs.ellipsis)
            used = canvas.put(text, at: Position(column: rect.column, row: row), style: ink(.match))
            used += canvas.put(
                " " + counter(model.transcript) + " ", at: Position(column: rect.column + used, row: row),
                style: ink(.emphasis))
        }
        if model.showsLateness {
            let left = Rect(
                column: rect.column + used + (used > 0 ? 1 : 0), row: row, columns: rect.columns - used - 1, rows: 1)
            drawLegend(in: left, on: &canvas, ink: ink)
        }
    }

    private static func draw(
        _ finder: Finder, _ transcript: Transcript, in rect: Rect, on canvas: inout Canvas, ink: Ink
    ) -> Int {
        let count = finder.text.isEmpty ? "" : " " + counter(transcript) + " "
        // The end of a long text is what is being typed.
        let text = finder.text
        let before = Clean.line(finder.line.substring(0..<finder.line.cursor))
        let room = min(Width.columns(of: text), max(4, rect.columns - 4 - Width.columns(of: count)))
        let start = max(0, Width.columns(of: before) - room)
        var column = rect.column
        canvas.fill(
            Rect(column: column, row: rect.row, columns: room + 4 + Width.columns(of: count), rows: 1),
            style: ink(.text))
        column += canvas.put(" /", at: Position(column: column, row: rect.row), style: ink(.user))
        let field = Rect(column: column, row: rect.row, columns: room + 1, rows: 1)
        canvas.clipped(to: field) { canvas in
            _ = canvas.put(text, at: Position(column: column - start, row: rect.row), style: ink(.text))
            canvas.showCursor(at: Position(column: column - start + Width.columns(of: before), row: rect.row))
        }
        column += room + 1
        let none = transcript.search?.total == 0
        column += canvas.put(
            count, at: Position(column: column, row: rect.row), style: ink(none ? .warning : .emphasis))
        return column - rect.column
    }

    /// `3/17`.
    static func counter(_ transcript: Transcript) -> String {
        guard let search = transcript.search else { return "" }
        guard search.total > 0 else { return "not found" }
        return transcript.ordinal.map { "\($0)/\(search.total)" } ?? "\(search.total) found"
    }

    private static func drawLegend(in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        var column = rect.column
        func put(_ text: String, _ role: Role) {
            guard column + Width.columns(of: text) <= rect.endColumn else { return }
            column += canvas.put(text, at: Position(column: column, row: rect.row), style: ink(role))
        }
        let labels = Lateness.allCases.reduce(3) { $0 + Width.columns(of: $1.label) + 1 }
        put(labels + 8 <= rect.columns ? " late by " : " ", .label)
        for lateness in Lateness.allCases {
            put(lateness.label, lateness.role)
            put(lateness == .most ? "+ " : " ", .label)
        }
    }
}
