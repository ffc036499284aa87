public enum Alignment: Sendable, Hashable {
    case left, center, right
}

extension Canvas {
    /// Puts sanitised text on a row, cut at the clip. Returns the columns that it took, up to the clip's right edge.
    @discardableResult
    public mutating func put(_ text: String, at position: Position, style: Style, unsafeStyle: Style? = nil) -> Int {
        var text = text
        return text.withUTF8 { put(utf8: $0, at: position, style: style, unsafeStyle: unsafeStyle) }
    }

    /// Puts a line's runs one after the other. Returns the columns that they took, up to the clip's right edge.
    @discardableResult
    public mutating func put(_ line: StyledLine, at position: Position) -> Int {
        var column = position.column
        for run in line.runs {
            column += put(run.text, at: Position(column: column, row: position.row), style: run.style)
            if column >= clip.endColumn { break }
        }
        return column - position.column
    }

    /// Puts text into a field of so many columns: cut with an ellipsis where too long, blanks around it where shorter.
    public mutating func put(
        _ text: String, at position: Position, columns: Int, alignment: Alignment = .left, style: Style
    ) {
        guard columns > 0 else { return }
        let field = Rect(column: position.column, row: position.row, columns: columns, rows: 1)
        fill(field, style: style)
        let fitting = text.truncated(toColumns: columns, ellipsis: glyphs.ellipsis)
        let slack = columns - Width.columns(of: fitting)
        let indent =
            switch alignment {
            case .left: 0
            case .center: slack / 2
            case .right: slack
            }
        let place = Position(column: position.column + indent, row: position.row)
        clipped(to: field) { _ = $0.put(fitting, at: place, style: style) }
    }

    /// As `put`, for bytes that need not become a string first. Marked scalars get `unsafeStyle`, or are reversed.
    @discardableResult
    public mutating func put(
        utf8 bytes: UnsafeBufferPointer<UInt8>, at position: Position, style: Style, unsafeStyle: Style? = nil
    ) -> Int {
        let right = clip.endColumn
        guard position.row >= clip.row, position.row < clip.endRow, position.column < right, !bytes.isEmpty else {
            return 0
        }
        var column = position.column
        let rowStart = position.row * size.columns
        let left = clip.column
        mendBefore(row: position.row, column: max(left, column))
        frame.cells.withUnsafeMutableBufferPointer { cells in
            var index = 0
            let count = bytes.count
            while index < count, column < right {
                // Printable ASCII that no mark follows.
                let byte = bytes[index]
                if byte >= 0x20, byte < 0x7F, index + 1 == count || bytes[index + 1] < 0x80 {
                    if column >= left {
                        cells[rowStart + column] = Cell(base: UInt32(byte), style: style)
                    }
                    column += 1
                    index += 1
                    continue
                }
                var reducer = GraphemeReducer(bytes, from: index)
                let marked = unsafeStyle ?? style.overlaid(with: Style(attributes: .reverse))
                while let glyph = reducer.next() {
                    let width = Int(glyph.width)
                    let cell = glyph.cell(glyph.isMarked ? marked : style)
                    if column >= left, column + width <= right {
                        cells[rowStart + column] = cell
                        if width == 2 { cells[rowStart + column + 1] = .rightHalf(style) }
                    } else {
                        // Half of it is outside: a blank for the half inside.
                        for place in column..<column + width where place >= left && place < right {
                            cells[rowStart + place] = Cell(base: 0x20, style: style)
                        }
                    }
                    column += width
                    if column >= right { break }
                    // Back to the fast loop as soon as plain ASCII follows.
                    let offset = reducer.offset
                    if offset < count, bytes[offset] < 0x80, bytes[offset] >= 0x20 { break }
                }
                index = reducer.offset
            }
        }
        column = min(column, right)
        if column > left { mendAfter(row: position.row, column: column) }
        return max(0, column - position.column)
    }
}

extension Cell {
    static func rightHalf(_ style: Style) -> Cell {
        Cell(base: 0, style: style, width: 0)
    }
}

extension String {
    /// Cut to so many columns at a grapheme, with the ellipsis as its last; unchanged where it fits.
    public func truncated(toColumns limit: Int, ellipsis: String = "…") -> String {
        guard utf8.count > limit || !isASCIIText else { return self }
        guard Width.columns(of: self) > limit else { return self }
        guard limit > 0 else { return "" }
        let room = limit - Width.columns(of: ellipsis)
        guard room >= 0 else { return "" }
        var kept = prefix(columns: room)
        while kept.utf8.last == 0x20 { kept.removeLast() }
        return kept + ellipsis
    }

    /// As many graphemes as fit.
    public func prefix(columns limit: Int) -> String {
        var copy = self
        return copy.withUTF8 { bytes in
            var reducer = GraphemeReducer(bytes)
            var columns = 0
            var grapheme = 0
            var end = 0
            while let glyph = reducer.next() {
                if glyph.startsGrapheme { grapheme = glyph.start }
                columns += Int(glyph.width)
                if columns > limit {
                    end = grapheme
                    break
                }
                end = reducer.offset
            }
            return String(decoding: bytes[..<end], as: UTF8.self)
        }
    }

    /// Blanks added up to so many columns; cut with an ellipsis where longer.
    public func padded(toColumns columns: Int, alignment: Alignment = .left) -> String {
        let text = truncated(toColumns: columns)
        let slack = columns - Width.columns(of: text)
        guard slack > 0 else { return text }
        let before =
            switch alignment {
            case .left: 0
            case .center: slack / 2
            case .right: slack
            }
        return String(repeating: " ", count: before) + text + String(repeating: " ", count: slack - before)
    }

    private var isASCIIText: Bool { utf8.allSatisfy { $0 < 0x80 } }
}
