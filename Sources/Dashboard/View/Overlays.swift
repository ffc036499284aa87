import Screen
import StreamEngine

/// What lies over the panes: help, notices, lists. Update asks for the same rectangles to see what was clicked.
enum Overlays {
    /// Where the overlay's frame is.
    /// - Parameter lines: how many it has, where it is a page.
    static func rect(_ overlay: Overlay, lines: Int, model: Model, layout: Layout) -> Rect {
        let body = Rect(
            column: 0, row: layout.header.endRow, columns: layout.size.columns,
            rows: layout.footer.row - layout.header.endRow)
        switch overlay {
        case .help, .notices, .policy:
            return centred(columns: min(100, body.columns - 2), rows: min(lines + 2, body.rows), in: body)
        case .faults(let console): return FaultConsoleView.rect(console, model: model, layout: layout)
        case .inspector: return InspectorView.box(layout.size)
        case .lanes: return LanesView.box(layout.size)
        case .picker(let picker):
            let widest = picker.items.reduce(0) {
                max($0, Width.columns(of: $1.title) + Width.columns(of: $1.note) + 4)
            }
            let columns = min(max(44, widest + 6), min(84, body.columns - 2))
            // The frame, the line that is typed in, a blank; the size does not change while one types.
            let rows = min(picker.items.count + 4, max(6, body.rows - 2))
            let box = centred(columns: columns, rows: min(rows, body.rows), in: body)
            // Nearer to the top: where the eye is, and steady.
            return Rect(
                column: box.column, row: body.row + min(2, box.row - body.row), columns: box.columns, rows: box.rows)
        }
    }

    private static func centred(columns: Int, rows: Int, in rect: Rect) -> Rect {
        Rect(
            column: rect.column + max(0, (rect.columns - columns) / 2),
            row: rect.row + max(0, (rect.rows - rows) / 2), columns: min(columns, rect.columns),
            rows: min(rows, rect.rows))
    }

    /// The rows of a list, and which match stands in the first.
    static func list(_ picker: Picker, in box: Rect) -> (rect: Rect, first: Int) {
        let rect = Rect(column: box.column + 1, row: box.row + 2, columns: box.columns - 2, rows: box.rows - 3)
        let first = max(0, min(picker.selected - rect.rows / 2, picker.matches.count - rect.rows))
        return (rect, first)
    }

    /// - Parameter lanes: the ends of their texts, where they are open.
    static func draw(
        _ model: Model, layout: Layout, lanes: [StreamID: [Prose.Row]], on canvas: inout Canvas, ink: Ink
    ) {
        guard let overlay = model.overlay else { return }
        let page = model.page
        let box = rect(overlay, lines: page?.lines.count ?? 0, model: model, layout: layout)
        // A column of air on each side, so that its frame does not run into others.
        canvas.fill(box.inset(columns: -1, rows: 0), style: ink(.text))
        switch overlay {
        case .help(let scroll), .notices(let scroll), .policy(let scroll):
            guard let page else { return }
            draw(page.lines, title: page.title, scroll: scroll, in: box, on: &canvas, ink: ink)
        case .faults(let console):
            FaultConsoleView.draw(console, model: model, layout: layout, in: box, on: &canvas, ink: ink)
        case .picker(let picker):
            draw(picker, in: box, on: &canvas, ink: ink)
        case .lanes:
            LanesView.draw(model, lanes, on: &canvas, ink: ink)
        case .inspector:
            InspectorView.draw(model, on: &canvas, ink: ink)
        }
    }

    private static func draw(
        _ lines: [PanelLine], title: String, scroll: Int, in box: Rect, on canvas: inout Canvas, ink: Ink
    ) {
        canvas.box(box, title: title, style: ink(.borderFocused), titleStyle: ink(.title))
        let inner = box.inset(columns: 2, rows: 1)
        let first = max(0, min(scroll, lines.count - inner.rows))
        for row in 0..<inner.rows where first + row < lines.count {
            canvas.put(lines[first + row], in: inner, row: inner.row + row, ink: ink)
        }
        let left = lines.count - first - inner.rows
        if left > 0 {
            let text = " \(ink.glyphs.down) \(left) more "
            let column = box.endColumn - 2 - Width.columns(of: text)
            canvas.put(text, at: Position(column: column, row: box.endRow - 1), style: ink(.badge))
        }
    }

    private static func draw(_ picker: Picker, in box: Rect, on canvas: inout Canvas, ink: Ink) {
        canvas.box(box, title: picker.title, style: ink(.borderFocused), titleStyle: ink(.title))
        let query = Rect(column: box.column + 2, row: box.row + 1, columns: box.columns - 4, rows: 1)
        canvas.put(ink.glyphs.prompt, at: Position(column: query.column, row: query.row), style: ink(.user))
        let text = Clean.line(picker.query.text)
        canvas.clipped(to: query) { canvas in
            let place = Position(column: query.column + 2, row: query.row)
            if text.isEmpty {
                canvas.put("type to filter", at: place, style: ink(.faint))
            } else {
                canvas.put(text, at: place, style: ink(.text))
            }
            let before = Clean.line(picker.query.substring(0..<picker.query.cursor))
            let column = min(place.column + Width.columns(of: before), query.endColumn - 1)
            canvas.showCursor(at: Position(column: column, row: query.row))
        }
        let (rect, first) = list(picker, in: box)
        guard !picker.matches.isEmpty else {
            canvas.put(.text("nothing matches", .faint), in: rect.inset(columns: 1, rows: 0), row: rect.row, ink: ink)
            return
        }
        for row in 0..<rect.rows where first + row < picker.matches.count {
            let item = picker.items[picker.matches[first + row]]
            let isSelected = first + row == picker.selected
            let line = Rect(column: rect.column, row: rect.row + row, columns: rect.columns, rows: 1)
            if isSelected { canvas.fill(line, style: ink(.selection)) }
            let isOff = item.unavailable != nil
            canvas.put(
                PanelLine(
                    [
                        .init(isSelected ? ink.glyphs.selected + " " : "  ", .emphasis),
                        .init(item.title, isOff ? .faint : isSelected ? .emphasis : .text),
                    ], right: [.init(item.note, isOff ? .faint : .muted)]),
                in: line.inset(columns: 1, rows: 0), row: line.row, ink: ink, base: isSelected ? ink(.selection) : nil)
        }
    }
}

/// Suggestions above the prompt.
enum CompletionList {
    static let limit = 8

    static func rect(_ completion: Completion, layout: Layout) -> Rect {
        let rows = min(completion.items.count, limit, max(0, layout.input.row - layout.header.endRow - 2))
        let widest = completion.items.reduce(0) {
            max($0, Width.columns(of: $1.title) + Width.columns(of: $1.note) + 3)
        }
        let columns = min(max(30, widest + 4), layout.input.columns)
        return Rect(
            column: layout.input.column, row: layout.input.row - rows - 2, columns: columns, rows: rows + 2)
    }

    static func first(_ completion: Completion, rows: Int) -> Int {
        max(0, min(completion.selected - rows / 2, completion.items.count - rows))
    }

    static func draw(_ model: Model, layout: Layout, on canvas: inout Canvas, ink: Ink) {
        guard let completion = model.completion, model.overlay == nil else { return }
        let box = rect(completion, layout: layout)
        guard box.rows > 2 else { return }
        canvas.fill(box, style: ink(.text))
        canvas.box(box, style: ink(.border))
        let inner = box.inset(columns: 1, rows: 1)
        let first = first(completion, rows: inner.rows)
        for row in 0..<inner.rows where first + row < completion.items.count {
            let item = completion.items[first + row]
            let isSelected = first + row == completion.selected
            let line = Rect(column: inner.column, row: inner.row + row, columns: inner.columns, rows: 1)
            if isSelected { canvas.fill(line, style: ink(.selection)) }
            canvas.put(
                PanelLine([.init(item.title, isSelected ? .emphasis : .text)], right: [.init(item.note, .muted)]),
                in: line.inset(columns: 1, rows: 0), row: line.row, ink: ink, base: isSelected ? ink(.selection) : nil)
        }
    }
}
