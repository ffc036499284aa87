/// How many lines each piece of a flow takes at one width, and where to begin reading in a long one. Made by counting,
/// which for plain text costs a few steps a line; nothing of the lines themselves is kept.
struct Measures: Sendable {
    private(set) var columns: Int
    /// The lines up to and with each piece.
    private var ends: [Int] = []
    /// For pieces of many lines: where every 32nd line begins.
    private var checkpoints: [Int: [UInt32]] = [:]

    /// Of the tables, by piece.
    private var tables: [Int: TableLayout.Geometry] = [:]

    private static let interval = 32
    /// Pieces of fewer bytes are read from their beginning.
    private static let longPiece = 4096

    init(columns: Int) {
        self.columns = max(1, columns)
    }

    var lineCount: Int { ends.last ?? 0 }
    var pieceCount: Int { ends.count }

    /// Forgets the pieces from `count` on.
    mutating func cut(toPieces count: Int) {
        guard count < ends.count else { return }
        // One by one: those that go are few, those that stay may be many.
        for piece in count..<ends.count {
            if !checkpoints.isEmpty { checkpoints[piece] = nil }
            if !tables.isEmpty { tables[piece] = nil }
        }
        ends.removeLast(ends.count - count)
    }

    /// The last piece has grown behind `stable`, an offset in the flow's bytes: count it anew, but keep what its lines
    /// before that cannot change.
    mutating func reopenLast(stable: Int) {
        guard let last = ends.indices.last else { return }
        ends.removeLast()
        guard var offsets = checkpoints[last] else { return }
        // A line depends on nothing behind the line after it.
        while let offset = offsets.last, Int(offset) + columns * 8 > stable { offsets.removeLast() }
        checkpoints[last] = offsets
    }

    /// Counts the pieces not counted yet.
    mutating func measure(_ flow: Flow) {
        guard ends.count < flow.pieces.count else { return }
        flow.bytes.withUnsafeBufferPointer { bytes in
            for piece in ends.count..<flow.pieces.count {
                ends.append(lineCount + count(piece, of: flow, bytes))
            }
        }
    }

    private mutating func count(_ index: Int, of flow: Flow, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let piece = flow.pieces[index]
        switch piece.kind {
        case .blank, .rule, .codeHead, .codeFoot: return 1
        case .table:
            let layout = TableLayout(flow, piece: index, columns: columns, bytes)
            tables[index] = layout.geometry
            return layout.lineCount
        case .words, .code: break
        }
        let range = flow.textRange(index)
        let rooms = rooms(flow, index)
        // A line of code or a short paragraph that fits.
        if piece.isASCII, piece.kind == .code {
            let rest = range.count - rooms.first
            return rest <= 0 ? 1 : 1 + (rest + rooms.rest - 1) / rooms.rest
        }
        let breaker = LineBreaker(bytes, end: range.upperBound, mode: piece.mode, isASCII: piece.isASCII)
        var start = range.lowerBound
        var lines = 0
        let isLong = range.count >= Self.longPiece
        var offsets = isLong ? checkpoints[index] ?? [] : []
        if let last = offsets.last {
            start = Int(last)
            lines = offsets.count * Self.interval
        }
        while true {
            let line = breaker.line(from: start, columns: lines == 0 ? rooms.first : rooms.rest)
            lines += 1
            if line.kind == .last { break }
            start = line.next
            if isLong, lines % Self.interval == 0 { offsets.append(UInt32(start)) }
        }
        if isLong { checkpoints[index] = offsets }
        return lines
    }

    /// Columns for the text of a piece's first line and of its others. A lead takes half of the columns at most.
    func rooms(_ flow: Flow, _ index: Int) -> (first: Int, rest: Int) {
        let lead = flow.leads[Int(flow.pieces[index].lead)]
        let gutter = flow.pieces[index].kind == .code ? 2 : 0
        return (
            max(1, columns - min(columns / 2, lead.firstColumns + gutter)),
            max(1, columns - min(columns / 2, lead.restColumns + gutter))
        )
    }

    func table(_ flow: Flow, piece: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> TableLayout {
        TableLayout(flow, piece: piece, columns: columns, bytes, geometry: tables[piece])
    }

    // MARK: Finding

    /// The piece that a line belongs to, and which of its lines it is.
    func place(ofLine line: Int) -> (piece: Int, line: Int) {
        let piece = min(ends.partition { $0 <= line }, max(0, ends.count - 1))
        return (piece, line - firstLine(of: piece))
    }

    func firstLine(of piece: Int) -> Int { piece == 0 ? 0 : ends[piece - 1] }

    /// A piece's line nearest before `line` of which it is known where it begins.
    func checkpoint(_ piece: Int, before line: Int, from start: Int) -> (line: Int, start: Int) {
        guard let offsets = checkpoints[piece], line >= Self.interval else { return (0, start) }
        let index = min(line / Self.interval, offsets.count)
        return index == 0 ? (0, start) : (index * Self.interval, Int(offsets[index - 1]))
    }

    /// The same for an offset in the flow's bytes.
    func checkpoint(_ piece: Int, beforeOffset offset: Int, from start: Int) -> (line: Int, start: Int) {
        guard let offsets = checkpoints[piece] else { return (0, start) }
        let index = offsets.partition { Int($0) <= offset }
        return index == 0 ? (0, start) : (index * Self.interval, Int(offsets[index - 1]))
    }
}

extension Flow.Piece {
    var mode: LineBreaker.Mode { kind == .code ? .anywhere : .words }
}
