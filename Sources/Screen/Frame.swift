/// The modes a frame wants of the terminal; the backend sends the difference to what is set.
public struct TerminalModes: Sendable, Hashable {
    public var mouse = false
    public var bracketedPaste = true
    /// The window title, sanitised; `nil` leaves it alone.
    public var title: String?

    public init() {}
}

/// What the screen shows: cells, cursor, modes. A value: two equal frames look alike.
public struct Frame: Sendable, Equatable {
    public let size: Size
    /// Row by row, `size.columns` cells each.
    public var cells: [Cell]
    /// `nil` hides the cursor.
    public var cursor: Position?
    public var modes = TerminalModes()

    public init(size: Size, fill: Cell = .blank) {
        self.size = size
        cells = Array(repeating: fill, count: size.columns * size.rows)
    }

    public subscript(column column: Int, row row: Int) -> Cell {
        get { cells[row * size.columns + column] }
        set { cells[row * size.columns + column] = newValue }
    }
}
