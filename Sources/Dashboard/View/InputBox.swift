import Screen

/// The prompt: its text, the cursor, and a word of help while it is empty.
enum InputBox {
    static func draw(_ model: Model, layout: Layout, on canvas: inout Canvas, ink: Ink) {
        let rect = layout.prompt
        guard !rect.isEmpty else { return }
        let editor = model.editor
        let hasFocus = model.focus == .input
        let sign = Position(column: rect.column - 2, row: rect.row)
        canvas.put(ink.glyphs.prompt, at: sign, style: ink(hasFocus ? .user : .muted))
        if editor.isEmpty {
            let hint = model.transcript.isEmpty ? "Type a question, then press Enter" : ""
            canvas.clipped(to: rect) { canvas in
                _ = canvas.put(hint, at: Position(column: rect.column, row: rect.row), style: ink(.faint))
            }
            if hasFocus, model.overlay == nil { canvas.showCursor(at: Position(column: rect.column, row: rect.row)) }
            return
        }
        let lines = EditorLayout(editor, columns: max(1, rect.columns - 1))
        let cursorRow = lines.row(of: editor.cursor)
        let first = max(0, min(cursorRow - rect.rows + 1, lines.rows.count - rect.rows))
        canvas.clipped(to: rect) { canvas in
            for row in 0..<rect.rows where first + row < lines.rows.count {
                draw(
                    lines, row: first + row, editor, at: Position(column: rect.column, row: rect.row + row), &canvas,
                    ink)
            }
        }
        if first > 0 { canvas.put(ink.glyphs.up, at: Position(column: sign.column, row: rect.row), style: ink(.muted)) }
        if hasFocus, model.overlay == nil {
            let column = lines.column(of: editor.cursor, row: cursorRow, in: editor)
            canvas.showCursor(
                at: Position(
                    column: rect.column + min(column, max(0, rect.columns - 1)), row: rect.row + cursorRow - first))
        }
    }

    private static func draw(
        _ lines: EditorLayout, row: Int, _ editor: Editor, at position: Position, _ canvas: inout Canvas, _ ink: Ink
    ) {
        var pieces: [EditorLayout.Piece] = []
        lines.forEach(in: row, of: editor) { pieces.append($0) }
        for piece in pieces {
            let place = Position(column: position.column + piece.column, row: position.row)
            if let paste = piece.paste, editor.pastes.indices.contains(paste) {
                canvas.put(EditorLayout.label(ofPaste: editor.pastes[paste]), at: place, style: ink(.badge))
            } else if piece.columns != Int(piece.glyph.width) {
                // A tab.
                canvas.put(String(repeating: " ", count: piece.columns), at: place, style: ink(.text))
            } else {
                canvas.put(piece.glyph, at: place, style: ink(piece.glyph.isMarked ? .unsafe : .text))
            }
        }
    }
}

extension Canvas {
    /// One glyph, if it lies in the clip whole.
    fileprivate mutating func put(_ glyph: Glyph, at position: Position, style: Style) {
        guard clip.contains(position), position.column + Int(glyph.width) <= clip.endColumn else { return }
        var scalars = String.UnicodeScalarView()
        for value in [glyph.base, glyph.mark1, glyph.mark2] where value != 0 {
            if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
        }
        put(String(scalars), at: position, style: style)
    }
}
