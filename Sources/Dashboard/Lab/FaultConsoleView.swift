import Screen
import StreamEngine

/// The fault console: small, and over the transcript's lower left, where it hides neither the panel nor the notices.
enum FaultConsoleView {
    /// Everything on a line of its own needs so many rows, frame included.
    private static let fullRows = 12

    static func rect(_ console: FaultConsole, model: Model, layout: Layout) -> Rect {
        let area = layout.transcript
        let isFull = layout.isFramed && area.rows >= fullRows
        let columns = isFull ? min(46, area.columns) : area.columns
        let frame = layout.isFramed ? 2 : 0
        let rows = isFull ? fullRows : compact(console, model: model, columns: columns - 2 - frame).count + frame
        return Rect(
            column: area.column, row: area.endRow - min(rows, area.rows), columns: columns, rows: min(rows, area.rows))
    }

    static func draw(
        _ console: FaultConsole, model: Model, layout: Layout, in box: Rect, on canvas: inout Canvas, ink: Ink
    ) {
        canvas.fill(box, style: ink(.text))
        var inner = box
        if layout.isFramed {
            canvas.box(box, title: "Break something", style: ink(.borderFocused), titleStyle: ink(.title))
            inner = box.inset(columns: 1, rows: 1)
        }
        inner = inner.inset(columns: 1, rows: 0)
        let isFull = layout.isFramed && box.rows >= fullRows
        let lines =
            isFull
            ? full(console, model: model) : compact(console, model: model, columns: inner.columns)
        for (row, line) in lines.prefix(inner.rows).enumerated() {
            canvas.put(line, in: inner, row: inner.row + row, ink: ink)
        }
    }

    /// What a click there orders; only where each order has a line of its own.
    static func order(
        at position: Position, _ console: FaultConsole, model: Model, layout: Layout
    ) -> FaultOrder? {
        let box = rect(console, model: model, layout: layout)
        guard layout.isFramed, box.rows >= fullRows, box.inset(columns: 1, rows: 1).contains(position) else {
            return nil
        }
        let index = position.row - box.row - 1
        return console.entries.indices.contains(index) ? console.entries[index].order : nil
    }

    private static func target(_ console: FaultConsole, _ model: Model) -> String {
        console.target.flatMap { model.streams[$0] }.map { model.name(of: $0.snapshot) } ?? "all streams"
    }

    private static func label(_ action: Action, _ model: Model) -> String {
        model.keymap.chord(for: action, in: .faults)?.label ?? " "
    }

    private static func line(_ action: Action, _ text: String, _ role: Role = .text, model: Model) -> PanelLine {
        PanelLine([.init(label(action, model) + "  ", .footerKey), .init(text, role)])
    }

    private static func full(_ console: FaultConsole, model: Model) -> [PanelLine] {
        var lines = console.entries.map { entry in
            var line = line(entry.action, entry.order.title, model: model)
            if case .rateLimit = entry.order {
                let keys = label(.faultRetryLater, model) + " " + label(.faultRetrySooner, model)
                line.right = [.init(keys, .footerKey)]
            }
            return line
        }
        lines.append(line(.faultTarget, "target: " + target(console, model), .emphasis, model: model))
        lines.append(.text(console.last ?? "", .info))
        return lines
    }

    private static func compact(_ console: FaultConsole, model: Model, columns: Int) -> [PanelLine] {
        var lines = [line(.faultTarget, "target: " + target(console, model), .emphasis, model: model)]
        var pieces: [PanelLine.Piece] = []
        for entry in console.entries {
            let text = " " + entry.order.short
            let key = label(entry.action, model)
            let width = Width.columns(of: key + text)
            if !pieces.isEmpty, PanelLine.columns(pieces) + 2 + width > columns {
                lines.append(PanelLine(pieces))
                pieces = []
            }
            if !pieces.isEmpty { pieces.append(.init("  ", .text)) }
            pieces += [.init(key, .footerKey), .init(text, .text)]
        }
        lines.append(PanelLine(pieces))
        if let last = console.last { lines.append(.text(last, .info)) }
        return lines
    }
}
