/// One cell of a frame: a reduced grapheme (a base scalar and at most two zero-width ones, see `GraphemeReducer`) and
/// its style. Plain old data: frames are compared and copied as bytes.
public struct Cell: Sendable, Hashable {
    /// The base scalar's value; 0 marks the right half of the wide cell to its left.
    public var base: UInt32
    /// Zero-width scalars drawn onto the base (combining marks, variation selectors); 0 = none.
    public var mark1: UInt32
    public var mark2: UInt32
    public var style: Style
    /// Columns taken: 1 or 2; 0 in the right half of a wide cell.
    public var width: UInt8

    public init(base: UInt32, mark1: UInt32 = 0, mark2: UInt32 = 0, style: Style, width: UInt8 = 1) {
        self.base = base
        self.mark1 = mark1
        self.mark2 = mark2
        self.style = style
        self.width = width
    }

    public static let blank = Cell(base: 0x20, style: .plain)
}
