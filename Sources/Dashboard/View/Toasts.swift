import Screen
import StreamEngine

/// Notices over the upper right of the transcript; never over the prompt.
enum Toasts {
    static func draw(_ model: Model, over area: Rect, on canvas: inout Canvas, ink: Ink) {
        guard !model.toasts.isEmpty, area.columns >= 12, area.rows >= 1 else { return }
        var row = area.row
        for toast in model.toasts.reversed() {
            let role: Role =
                switch toast.level {
                case .info: .toastInfo
                case .warning: .toastWarning
                case .error: .toastError
                }
            let sign = toast.level == .info ? ink.glyphs.information : ink.glyphs.attention
            let count = toast.count > 1 ? " \(ink.glyphs.times)\(toast.count)" : ""
            let room = min(area.columns - 4, 64)
            var lines = (sign + " " + toast.text + count).wrapped(toColumns: room, hangingIndent: 2)
            if let hint = toast.hint { lines += ("  " + hint).wrapped(toColumns: room, hangingIndent: 2) }
            lines = Array(lines.prefix(6))
            guard row + lines.count <= area.endRow else { return }
            let width = lines.reduce(0) { max($0, Width.columns(of: $1)) } + 2
            let box = Rect(column: area.endColumn - width, row: row, columns: width, rows: lines.count)
            canvas.fill(box, style: ink(role))
            for (index, line) in lines.enumerated() {
                canvas.put(line, at: Position(column: box.column + 1, row: row + index), style: ink(role))
            }
            row += lines.count + 1
        }
    }
}
