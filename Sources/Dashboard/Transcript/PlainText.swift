import Screen

/// Text without markup, wrapped at blanks: prompts, thinking. Grows at its end; only its last line is wrapped anew then.
struct PlainText: Sendable {
    /// Sanitised UTF-8.
    private(set) var bytes: [UInt8] = []
    private var sanitiser = Sanitiser()
    /// Byte ranges of the rows that are laid out.
    private var rows: [Range<Int>] = []
    private var columns = 0
    /// Where the last line begins, and how many rows there are before it.
    private var lastLine = 0
    private var rowsBeforeLastLine = 0
    private var laidOut = 0

    init() {}

    init(_ raw: String) {
        append(Array(raw.utf8))
        finish()
    }

    var isEmpty: Bool { bytes.isEmpty }

    mutating func append(_ raw: [UInt8]) {
        sanitiser.sanitise(raw, into: &bytes)
    }

    mutating func finish() {
        sanitiser.finish(into: &bytes)
    }

    /// Rows at that width; an empty last line is no row.
    mutating func rowCount(columns: Int) -> Int {
        layOut(columns: max(1, columns))
        return rowsLaidOut
    }

    /// The same as ``rowCount(columns:)`` last said.
    var rowsLaidOut: Int { rows.count > 1 && rows.last?.isEmpty == true ? rows.count - 1 : rows.count }

    /// Bytes of a row, after ``rowCount(columns:)``.
    func withRow<Result>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        guard rows.indices.contains(index) else { return nil }
        return bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[rows[index]])) }
    }

    private mutating func layOut(columns: Int) {
        if columns != self.columns {
            self.columns = columns
            rows = []
            lastLine = 0
            rowsBeforeLastLine = 0
        } else if laidOut == bytes.count {
            return
        }
        rows.removeSubrange(rowsBeforeLastLine...)
        laidOut = bytes.count
        bytes.withUnsafeBufferPointer { bytes in
            var start = lastLine
            while let end = bytes[start...].firstIndex(of: 0x0A) {
                Self.wrap(bytes, start..<end, columns: columns, into: &rows)
                start = end + 1
            }
            lastLine = start
            rowsBeforeLastLine = rows.count
            if start < bytes.count { Self.wrap(bytes, start..<bytes.count, columns: columns, into: &rows) }
        }
    }

    /// One line into rows: at the last blank that fits, else where the row is full.
    private static func wrap(
        _ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>, columns: Int, into rows: inout [Range<Int>]
    ) {
        var reducer = GraphemeReducer(UnsafeBufferPointer(rebasing: bytes[line]))
        var start = line.lowerBound
        var column = 0
        // Where the row can end, where the next would begin, and the columns from there on.
        var cut: (end: Int, next: Int)?
        var sinceCut = 0
        while let glyph = reducer.next() {
            let place = line.lowerBound + glyph.start
            let width = Int(glyph.width)
            let isBlank = glyph.base == 0x20 && !glyph.isMarked
            if column + width > columns, !isBlank, place > start {
                if let at = cut, at.next > start {
                    rows.append(start..<at.end)
                    start = at.next
                    column = sinceCut
                } else if glyph.startsGrapheme {
                    rows.append(start..<place)
                    start = place
                    column = 0
                }
                cut = nil
                sinceCut = 0
            }
            column += width
            sinceCut += width
            if isBlank {
                cut = (place, line.lowerBound + reducer.offset)
                sinceCut = 0
            } else if width == 2 {
                // Between ideographs a line may be broken anywhere.
                cut = (line.lowerBound + reducer.offset, line.lowerBound + reducer.offset)
                sinceCut = 0
            }
        }
        rows.append(start..<line.upperBound)
    }
}
