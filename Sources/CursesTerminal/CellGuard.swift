import CTerminal
import Screen

extension terminal_cell {
    /// The last guard before the terminal: whatever a cell holds, only what takes the columns that the cell says goes out,
    /// and marks only where they take none. Text was sanitised long before; this is for our own mistakes.
    init(_ cell: Cell, pair: Int32, attributes: UInt8) {
        let isDrawable = cell.width == 0 || Self.takes(Int(cell.width), cell.base)
        let mark1 = Self.isMark(cell.mark1) ? cell.mark1 : 0
        self.init(
            base: isDrawable ? cell.base : 0xFFFD, mark1: mark1,
            mark2: mark1 != 0 && Self.isMark(cell.mark2) ? cell.mark2 : 0, pair: pair, attributes: attributes,
            width: cell.width)
    }

    private static func takes(_ columns: Int, _ scalar: UInt32) -> Bool {
        // ASCII, and the lines, blocks and symbols that screens are made of.
        if scalar < 0x7F { return columns == 1 && scalar >= 0x20 }
        if scalar >= 0x2500, scalar < 0x25A0 { return columns == 1 }
        return Width.columns(of: scalar) == columns && !isInvisible(scalar)
    }

    private static func isMark(_ scalar: UInt32) -> Bool {
        scalar != 0 && Width.columns(of: scalar) == 0 && !isInvisible(scalar)
    }

    /// Fillers and variation selectors: each terminal has its own idea of them. Hangul's medial vowels and final
    /// consonants are marks, its fillers are not.
    private static func isInvisible(_ scalar: UInt32) -> Bool {
        Unicode.Scalar(scalar)?.properties.isDefaultIgnorableCodePoint ?? true
    }
}
