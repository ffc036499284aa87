/// A table at one width: columns as wide as their text where that fits, the widest narrowed first where it does not, and
/// each row written out cell by cell, under its header, where they would become too narrow to read.
struct TableLayout {
    private let flow: Flow
    private let piece: Int
    private let table: Flow.Table
    private let bytes: UnsafeBufferPointer<UInt8>
    private let columns: Int
    /// What must be known of all rows to draw one. Kept, so that a row costs no more than itself.
    private(set) var geometry = Geometry()
    private let firstRow: Int

    struct Geometry: Sendable {
        var widths: [Int] = []
        var isStacked = false
        /// The first line of each row shown, then the number of lines.
        var starts: [Int] = []
    }

    private var widths: [Int] { geometry.widths }
    private var isStacked: Bool { geometry.isStacked }
    private var starts: [Int] { geometry.starts }

    /// Columns of what stands between two cells.
    private static let separator = 3
    /// No cell is narrowed below that.
    private static let narrowest = 8

    init(
        _ flow: Flow, piece: Int, columns: Int, _ bytes: UnsafeBufferPointer<UInt8>, geometry known: Geometry? = nil
    ) {
        self.flow = flow
        self.piece = piece
        self.bytes = bytes
        table = flow.tables[Int(flow.pieces[piece].table)]
        let lead = flow.leads[Int(flow.pieces[piece].lead)]
        self.columns = max(1, columns - min(columns / 2, max(lead.firstColumns, lead.restColumns)))
        firstRow = table.hidesHeader ? 1 : 0
        if let known {
            geometry = known
        } else {
            narrow()
            place()
        }
    }

    private var count: Int { table.alignments.count }
    var lineCount: Int { max(1, starts.last ?? 0) }

    private func cell(_ row: Int, _ column: Int) -> Range<Int> {
        let index = row * count + column
        return Int(table.cells[index])..<Int(table.cells[index + 1])
    }

    private func natural(_ range: Range<Int>) -> Int {
        let text = UnsafeBufferPointer(rebasing: bytes[range])
        return text.isPlainASCII ? text.count : Width.columns(of: text)
    }

    private mutating func narrow() {
        var widths = (0..<count).map { column in
            (0..<table.rowCount).reduce(1) { max($0, natural(cell($1, column))) }
        }
        defer { geometry.widths = widths }
        let room = columns - (count - 1) * Self.separator
        guard widths.reduce(0, +) > room else { return }
        // The cap that the widest columns must keep to, so that together they fill the room.
        let sorted = widths.sorted()
        var left = room
        var cap = 0
        for (index, width) in sorted.enumerated() {
            cap = left / (count - index)
            if width > cap { break }
            left -= width
        }
        if cap < Self.narrowest {
            geometry.isStacked = true
            return
        }
        var spare = room
        for column in widths.indices {
            widths[column] = min(widths[column], cap)
            spare -= widths[column]
        }
        // What the division left over.
        for column in widths.indices where spare > 0 && widths[column] == cap {
            widths[column] += 1
            spare -= 1
        }
    }

    private mutating func place() {
        var line = 0
        for row in firstRow..<max(firstRow, table.rowCount) {
            geometry.starts.append(line)
            line += isStacked ? stackedHeight(row) : height(row)
        }
        geometry.starts.append(line)
    }

    private func height(_ row: Int) -> Int {
        let text = (0..<count).reduce(1) { max($0, wrapped(cell(row, $1), columns: widths[$1]).count) }
        // The line under the header.
        return text + (row == 0 && table.hasHeader ? 1 : 0)
    }

    private func stackedHeight(_ row: Int) -> Int {
        if row == 0, table.hasHeader { return table.rowCount == 1 ? count : 0 }
        let text = (0..<count).reduce(0) { $0 + stacked(row, $1).count }
        // A blank line before each row but the first.
        return text + (row > max(firstRow, 1) ? 1 : 0)
    }

    private func wrapped(_ range: Range<Int>, columns: Int, first: Int? = nil) -> [Range<Int>] {
        let isASCII = UnsafeBufferPointer(rebasing: bytes[range]).isPlainASCII
        if isASCII, range.count <= first ?? columns { return [range] }
        let breaker = LineBreaker(bytes, end: range.upperBound, mode: .words, isASCII: isASCII)
        var lines: [Range<Int>] = []
        var start = range.lowerBound
        while true {
            let line = breaker.line(from: start, columns: lines.isEmpty ? first ?? columns : columns)
            lines.append(start..<line.end)
            if line.kind == .last { return lines }
            start = line.next
        }
    }

    /// The lines of a cell written out, behind `Header: `.
    private func stacked(_ row: Int, _ column: Int) -> [Range<Int>] {
        let first = max(1, columns - Width.columns(of: label(column)))
        return wrapped(cell(row, column), columns: max(1, columns - 2), first: first)
    }

    /// `Header: `, cut to half of the line.
    private func label(_ column: Int) -> String {
        guard table.hasHeader, !cell(0, column).isEmpty, columns >= 6 else { return "" }
        return String(decoding: bytes[cell(0, column)], as: UTF8.self).truncated(toColumns: columns / 2 - 2) + ": "
    }

    /// The line of the table that shows a byte of the flow.
    func line(atOffset offset: Int) -> Int {
        let index = max(0, table.cells.partition { Int($0) <= offset } - 1)
        let row = min(max(0, index / max(1, count) - firstRow), max(0, starts.count - 2))
        return row < starts.count ? min(starts[row], lineCount - 1) : 0
    }

    // MARK: Drawing

    func draw(line: Int, into builder: inout LineBuilder, reader: FlowReader) {
        guard starts.count > 1 else { return }
        let index = min(max(0, starts.partition { $0 <= line } - 1), starts.count - 2)
        let row = index + firstRow
        if isStacked {
            drawStacked(row, line: line - starts[index], into: &builder, reader: reader)
        } else {
            drawRow(
                row, line: line - starts[index], isLast: line + 1 == starts[index + 1], into: &builder, reader: reader)
        }
    }

    private func drawRow(_ row: Int, line: Int, isLast: Bool, into builder: inout LineBuilder, reader: FlowReader) {
        let border = Look(.table)
        if row == 0, table.hasHeader, isLast {
            for column in 0..<count {
                if column > 0 { builder.append("─┼─", look: border) }
                builder.append(String(repeating: "─", count: widths[column]), look: border)
            }
            return
        }
        for column in 0..<count {
            if column > 0 { builder.append(" │ ", look: border) }
            let lines = wrapped(cell(row, column), columns: widths[column])
            let text = line < lines.count ? lines[line] : 0..<0
            let slack = max(0, widths[column] - natural(text))
            let before =
                switch table.alignments[column] {
                case .left: 0
                case .center: slack / 2
                case .right: slack
                }
            builder.append(String(repeating: " ", count: before), look: border)
            reader.append(text, of: piece, to: &builder)
            if column < count - 1 { builder.append(String(repeating: " ", count: slack - before), look: border) }
        }
    }

    private func drawStacked(_ row: Int, line: Int, into builder: inout LineBuilder, reader: FlowReader) {
        if row == 0, table.hasHeader {
            guard line < count else { return }
            let name = String(decoding: bytes[cell(0, line)], as: UTF8.self)
            builder.append(name.truncated(toColumns: columns), look: Look(.tableHeader))
            return
        }
        var line = line
        if row > max(firstRow, 1) {
            if line == 0 { return }
            line -= 1
        }
        for column in 0..<count {
            let lines = stacked(row, column)
            guard line >= lines.count else {
                if line > 0, columns > 2 {
                    builder.append("  ", look: Look(.table))
                } else {
                    builder.append(label(column), look: Look(.tableHeader))
                }
                reader.append(lines[line], of: piece, to: &builder)
                return
            }
            line -= lines.count
        }
    }
}
