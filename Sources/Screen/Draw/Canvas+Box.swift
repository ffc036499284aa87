extension Canvas {
    /// A border along the inside edge of `rect`, with a title in its top line where there is room for one.
    public mutating func box(
        _ rect: Rect, title: String = "", titleAlignment: Alignment = .left, style: Style, titleStyle: Style? = nil
    ) {
        guard rect.columns >= 2, rect.rows >= 2 else { return }
        let right = rect.endColumn - 1
        let bottom = rect.endRow - 1
        line(row: rect.row, from: rect.column, to: right, ends: (glyphs.topLeft, glyphs.topRight), style: style)
        line(row: bottom, from: rect.column, to: right, ends: (glyphs.bottomLeft, glyphs.bottomRight), style: style)
        for row in rect.row + 1..<bottom {
            put(glyphs.vertical, at: Position(column: rect.column, row: row), style: style)
            put(glyphs.vertical, at: Position(column: right, row: row), style: style)
        }
        caption(title, row: rect.row, in: rect, alignment: titleAlignment, style: titleStyle ?? style)
    }

    /// A line across a box drawn at `rect`, joined to its sides, with a title: `├ Events ──┤`.
    public mutating func divider(
        _ rect: Rect, row: Int, title: String = "", style: Style, titleStyle: Style? = nil
    ) {
        guard rect.columns >= 2, row >= rect.row, row < rect.endRow else { return }
        line(row: row, from: rect.column, to: rect.endColumn - 1, ends: (glyphs.teeLeft, glyphs.teeRight), style: style)
        caption(title, row: row, in: rect, alignment: .left, style: titleStyle ?? style)
    }

    /// A plain horizontal line, `columns` long.
    public mutating func rule(at position: Position, columns: Int, glyph: String? = nil, style: Style) {
        let glyph = glyph ?? glyphs.horizontal
        for offset in 0..<max(0, columns) {
            put(glyph, at: Position(column: position.column + offset, row: position.row), style: style)
        }
    }

    private mutating func line(row: Int, from: Int, to: Int, ends: (String, String), style: Style) {
        put(ends.0, at: Position(column: from, row: row), style: style)
        rule(at: Position(column: from + 1, row: row), columns: to - from - 1, style: style)
        put(ends.1, at: Position(column: to, row: row), style: style)
    }

    private mutating func caption(_ title: String, row: Int, in rect: Rect, alignment: Alignment, style: Style) {
        // A corner, a piece of line, a blank on each side.
        let room = rect.columns - 6
        guard room > 0, !title.isEmpty else { return }
        let text = " " + title.truncated(toColumns: room, ellipsis: glyphs.ellipsis) + " "
        let width = Width.columns(of: text)
        let column =
            switch alignment {
            case .left: rect.column + 2
            case .center: rect.column + (rect.columns - width) / 2
            case .right: rect.endColumn - 2 - width
            }
        put(text, at: Position(column: column, row: row), style: style)
    }
}
