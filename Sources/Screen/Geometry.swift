/// Columns and rows of the terminal, or of a part of it. Both are at least 0.
public struct Size: Sendable, Hashable {
    public var columns: Int
    public var rows: Int

    public init(columns: Int, rows: Int) {
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }
}

/// A cell's place; (0, 0) is top left.
public struct Position: Sendable, Hashable {
    public var column: Int
    public var row: Int

    public init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }
}

/// A part of a frame.
public struct Rect: Sendable, Hashable {
    public var column: Int
    public var row: Int
    public var columns: Int
    public var rows: Int

    public init(column: Int, row: Int, columns: Int, rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(0, columns)
        self.rows = max(0, rows)
    }

    public init(_ size: Size) {
        self.init(column: 0, row: 0, columns: size.columns, rows: size.rows)
    }

    public var isEmpty: Bool { columns == 0 || rows == 0 }
    /// The first column right of it.
    public var endColumn: Int { column + columns }
    /// The first row below it.
    public var endRow: Int { row + rows }

    public func contains(_ position: Position) -> Bool {
        position.column >= column && position.column < endColumn && position.row >= row && position.row < endRow
    }

    /// Smaller by that many cells on each side.
    public func inset(columns horizontal: Int, rows vertical: Int) -> Rect {
        Rect(
            column: column + horizontal, row: row + vertical, columns: columns - 2 * horizontal,
            rows: rows - 2 * vertical)
    }
}
