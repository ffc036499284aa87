/// Draws on a frame. All positions are the frame's own; nothing outside `clip` is touched, and a wide character never
/// stays behind as half of itself.
///
///     var canvas = Canvas(size: size)
///     canvas.box(pane, title: "Streams", style: theme.style(.border))
///     canvas.clipped(to: pane.inset(columns: 1, rows: 1)) { canvas in
///         canvas.put("opus", at: Position(column: 2, row: 1), style: theme.style(.text))
///     }
///     return canvas.frame
public struct Canvas: Sendable {
    public var frame: Frame
    public private(set) var clip: Rect
    public var glyphs: GlyphSet

    public init(size: Size, fill: Cell = .blank, glyphs: GlyphSet = .unicode) {
        frame = Frame(size: size, fill: fill)
        clip = Rect(size)
        self.glyphs = glyphs
    }

    public init(_ frame: Frame, glyphs: GlyphSet = .unicode) {
        self.frame = frame
        clip = Rect(frame.size)
        self.glyphs = glyphs
    }

    public var size: Size { frame.size }

    /// Draws with the clipping rectangle narrowed to `rect`.
    public mutating func clipped<Result>(to rect: Rect, _ draw: (inout Canvas) throws -> Result) rethrows -> Result {
        let outer = clip
        clip = outer.intersection(rect)
        defer { clip = outer }
        return try draw(&self)
    }

    /// Fills with one cell; `cell` must take one column.
    public mutating func fill(_ rect: Rect, with cell: Cell = .blank) {
        let rect = rect.intersection(clip)
        guard !rect.isEmpty else { return }
        for row in rect.row..<rect.endRow {
            mendBefore(row: row, column: rect.column)
            mendAfter(row: row, column: rect.endColumn)
            let start = row * size.columns
            frame.cells.withUnsafeMutableBufferPointer { cells in
                for index in start + rect.column..<start + rect.endColumn { cells[index] = cell }
            }
        }
    }

    public mutating func fill(_ rect: Rect, style: Style) {
        fill(rect, with: Cell(base: 0x20, style: style))
    }

    /// Lays a style over what is drawn: its colours unless default, its attributes besides those there.
    public mutating func overlay(_ rect: Rect, with style: Style) {
        let rect = rect.intersection(clip)
        guard !rect.isEmpty else { return }
        for row in rect.row..<rect.endRow {
            for index in row * size.columns + rect.column..<row * size.columns + rect.endColumn {
                frame.cells[index].style = frame.cells[index].style.overlaid(with: style)
            }
        }
    }

    /// Shows the cursor there, if that is inside the clip.
    public mutating func showCursor(at position: Position) {
        if clip.contains(position) { frame.cursor = position }
    }

    /// Before a cell is overwritten: blanks the left half of a wide character whose right half it is.
    mutating func mendBefore(row: Int, column: Int) {
        guard column > 0, column < size.columns else { return }
        let index = row * size.columns + column
        if frame.cells[index].width == 0 {
            frame.cells[index - 1] = Cell(base: 0x20, style: frame.cells[index - 1].style)
        }
    }

    /// After the cells up to this one were overwritten: blanks it if it is the right half of what was there.
    mutating func mendAfter(row: Int, column: Int) {
        guard column > 0, column < size.columns else { return }
        let index = row * size.columns + column
        if frame.cells[index].width == 0 {
            frame.cells[index] = Cell(base: 0x20, style: frame.cells[index].style)
        }
    }
}

extension Rect {
    public func intersection(_ other: Rect) -> Rect {
        let left = max(column, other.column)
        let top = max(row, other.row)
        return Rect(
            column: left, row: top, columns: min(endColumn, other.endColumn) - left,
            rows: min(endRow, other.endRow) - top)
    }
}
