import Screen
import StreamEngine

/// The wire of a stream: a filter, the events each beside the words that it produced, and the bytes of the selected one.
enum InspectorView {
    /// The box: the whole screen but for the header and the footer.
    static func box(_ size: Size) -> Rect {
        Rect(column: 0, row: 1, columns: size.columns, rows: max(0, size.rows - 2))
    }

    static func columns(_ size: Size) -> Int { max(1, size.columns - 4) }
    static func rawRows(_ size: Size) -> Int { max(1, size.rows - 4) }

    /// Lines of the selected event's bytes below the list.
    private static func rawHeight(_ size: Size) -> Int {
        let inner = size.rows - 4
        return inner >= 18 ? inner / 3 : inner >= 9 ? 3 : inner >= 6 ? 1 : 0
    }

    static func listRows(_ size: Size) -> Int {
        let raw = rawHeight(size)
        return max(1, size.rows - 4 - 1 - (raw > 0 ? raw + 1 : 0))
    }

    /// The list's rectangle and the match in its first row.
    static func list(_ inspector: Inspector, size: Size) -> (rect: Rect, first: Int) {
        let box = box(size)
        let rows = listRows(size)
        let rect = Rect(column: box.column + 1, row: box.row + 2, columns: box.columns - 2, rows: rows)
        let first =
            inspector.follows
            ? inspector.matches.count - rows : min(inspector.selected - rows / 2, inspector.matches.count - rows)
        return (rect, max(0, first))
    }

    static func draw(_ model: Model, on canvas: inout Canvas, ink: Ink) {
        guard let inspector = model.inspector else { return }
        let box = box(model.size)
        canvas.fill(box, style: ink(.text))
        let number = model.streams.index(of: inspector.stream).map { "Wire of stream \($0 + 1)" } ?? "Wire"
        let name =
            model.streams[inspector.stream].map { " \(ink.glyphs.dot) " + Model.shortName($0.snapshot.model) } ?? ""
        let opened = inspector.rawScroll == nil ? nil : inspector.entry
        let what = opened.map { entry in
            let time = model.timeOfDay(entry.at).withinHour
            return " \(ink.glyphs.dot) attempt \(entry.attempt) \(ink.glyphs.dot) \(time) \(Clean.line(entry.name))"
        }
        let heading = (number + name + (what ?? ""))
            .truncated(toColumns: max(0, box.columns - 6), ellipsis: ink.glyphs.ellipsis)
        canvas.box(box, title: heading, style: ink(.borderFocused), titleStyle: ink(.title))
        if let scroll = inspector.rawScroll, let entry = opened {
            return drawRaw(entry, scroll: scroll, in: box.inset(columns: 2, rows: 1), on: &canvas, ink: ink)
        }
        drawFilter(inspector, in: box, on: &canvas, ink: ink)
        let (rect, first) = list(inspector, size: model.size)
        for row in 0..<rect.rows where first + row < inspector.matches.count {
            let entry = inspector.entries[inspector.matches[first + row]]
            let isSelected = first + row == inspector.selected
            let line = Rect(column: rect.column, row: rect.row + row, columns: rect.columns, rows: 1)
            if isSelected { canvas.fill(line, style: ink(.selection)) }
            canvas.put(
                self.line(entry, isSelected: isSelected, model: model, columns: line.columns - 2, glyphs: ink.glyphs),
                in: line.inset(columns: 1, rows: 0), row: line.row, ink: ink, base: isSelected ? ink(.selection) : nil)
        }
        if inspector.matches.isEmpty {
            let text =
                inspector.entries.isEmpty
                ? "nothing has gone over the wire yet, or it is no longer kept" : "nothing matches"
            canvas.put(.text(text, .faint), in: rect.inset(columns: 1, rows: 0), row: rect.row, ink: ink)
        }
        guard rawHeight(model.size) > 0, let entry = inspector.entry else { return }
        let title = "attempt \(entry.attempt), \(Format.bytes(entry.bytes))"
        canvas.divider(box, row: rect.endRow, title: title, style: ink(.borderFocused), titleStyle: ink(.muted))
        let raw = Rect(
            column: box.column + 2, row: rect.endRow + 1, columns: box.columns - 4, rows: rawHeight(model.size))
        drawRaw(entry, scroll: 0, in: raw, on: &canvas, ink: ink)
    }

    private static func drawFilter(_ inspector: Inspector, in box: Rect, on canvas: inout Canvas, ink: Ink) {
        let all = inspector.entries.count
        var count = inspector.matches.count == all ? "\(all)" : "\(inspector.matches.count) of \(all)"
        if inspector.dropped > 0 { count += ", \(Format.count(inspector.dropped)) earlier not kept" }
        let row = Rect(column: box.column + 2, row: box.row + 1, columns: box.columns - 4, rows: 1)
        let query = Rect(
            column: row.column, row: row.row, columns: max(10, row.columns - Width.columns(of: count) - 1), rows: 1)
        canvas.put(PanelLine([], right: [.init(count, .muted)]), in: row, row: row.row, ink: ink)
        canvas.put(ink.glyphs.prompt, at: Position(column: query.column, row: query.row), style: ink(.user))
        let text = Clean.line(inspector.filter.text)
        canvas.clipped(to: query) { canvas in
            let place = Position(column: query.column + 2, row: query.row)
            let hint = query.columns > 50 ? "words to look for; -word for those without" : "filter, -word"
            canvas.put(text.isEmpty ? hint : text, at: place, style: ink(text.isEmpty ? .faint : .text))
            let before = Clean.line(inspector.filter.substring(0..<inspector.filter.cursor))
            let column = min(place.column + Width.columns(of: before), query.endColumn - 1)
            canvas.showCursor(at: Position(column: column, row: query.row))
        }
    }

    private static func line(
        _ entry: WireEntry, isSelected: Bool, model: Model, columns: Int, glyphs: Glyphs
    ) -> PanelLine {
        let isWide = columns >= 70
        let time = model.timeOfDay(entry.at)
        let name = Clean.line(entry.name)
        let nameColumns = isWide ? 28 : min(16, max(8, columns - 24))
        let role: Role =
            switch entry.kind {
            case .request, .response: .info
            case .event: isSelected ? .emphasis : .text
            case .body: .warning
            case .end: .muted
            }
        var pieces: [PanelLine.Piece] = [
            .init((isWide ? time.withinHour : time.withinMinute) + " ", .faint),
            .init((entry.kind == .event ? "  " : glyphs.engineEvent + " "), role),
        ]
        if entry.text.isEmpty, !isWide || Width.columns(of: name) > nameColumns {
            pieces.append(.init(name, role))
            return PanelLine(pieces, right: [.init(Format.bytes(entry.bytes), .faint, isOptional: true)])
        }
        pieces.append(
            .init(
                name.truncated(toColumns: nameColumns, ellipsis: glyphs.ellipsis).padded(toColumns: nameColumns), role))
        if isWide { pieces.append(.init(Format.bytes(entry.bytes).padded(toColumns: 8, alignment: .right), .faint)) }
        guard !entry.text.isEmpty else { return PanelLine(pieces) }
        pieces.append(.init(isWide ? "  " : " ", .faint))
        pieces.append(.init(words(entry.text, glyphs), entry.isThinking ? .thinking : .good))
        return PanelLine(pieces)
    }

    /// The words on one line; where lines end is shown.
    private static func words(_ bytes: [UInt8], _ glyphs: Glyphs) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        let marked =
            text.utf8.contains(0x0A)
            ? text.split(separator: "\n", omittingEmptySubsequences: false)
                .joined(separator: glyphs.lineEnd) : text
        return "\u{201C}" + Clean.line(marked) + "\u{201D}"
    }

    // MARK: Bytes

    /// What came, sanitised, in lines of that width.
    static func rawLines(_ entry: WireEntry, columns: Int) -> [String] {
        let text = Clean.text(String(decoding: entry.raw, as: UTF8.self))
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
            String($0).wrapped(toColumns: max(1, columns))
        }
        if entry.bytes == 0 { return ["(no bytes)"] }
        if entry.bytes > entry.raw.count { lines.append("(the first \(entry.raw.count) of \(entry.bytes) bytes)") }
        return lines
    }

    private static func drawRaw(_ entry: WireEntry, scroll: Int, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        let lines = rawLines(entry, columns: rect.columns)
        let first = max(0, min(scroll, lines.count - rect.rows))
        for row in 0..<rect.rows where first + row < lines.count {
            canvas.put(.text(lines[first + row], .code), in: rect, row: rect.row + row, ink: ink)
        }
        let left = lines.count - first - rect.rows
        if left > 0 {
            let text = " \(ink.glyphs.down) \(left) more "
            canvas.put(
                text, at: Position(column: rect.endColumn - Width.columns(of: text), row: rect.endRow - 1),
                style: ink(.badge))
        }
    }
}
