/// Where a text has what is looked for, as offsets in what is shown of it: markup and the line ends that the width makes
/// do not count. Kept up to date as the text grows, at the cost of what is new.
public struct ShownPlaces: Sendable {
    /// A place; 32 bits are enough for any text that a terminal shows.
    public struct Place: Sendable, Hashable, Comparable {
        var start: UInt32
        var end: UInt32

        public static func < (one: Place, other: Place) -> Bool { one.start < other.start }
    }

    public private(set) var pattern: SearchPattern?
    public private(set) var places: [Place] = []
    /// Up to here the text stays as it is, and was looked through.
    private var settled = 0

    public init() {}

    public var count: Int { places.count }

    /// Looks for something else from now on.
    mutating func begin(_ pattern: SearchPattern) {
        guard pattern != self.pattern else { return }
        self = ShownPlaces()
        self.pattern = pattern
    }

    /// Looks through what was not looked through before, or may have changed since.
    mutating func update(_ flow: Flow, settledAt mark: Flow.Mark) {
        guard let pattern else { return }
        // A place that ends in what was still open is looked for again.
        while let last = places.last, Int(last.end) > settled { places.removeLast() }
        let from = max(Int(places.last?.end ?? 0), settled - pattern.longest)
        settled = mark.bytes
        flow.bytes.withUnsafeBufferPointer { bytes in
            let first = max(0, flow.pieces.partition { Int($0.start) <= from } - 1)
            guard first < flow.pieces.count else { return }
            for index in first..<flow.pieces.count { look(for: pattern, in: flow, piece: index, from: from, bytes) }
        }
    }

    private mutating func look(
        for pattern: SearchPattern, in flow: Flow, piece index: Int, from: Int, _ bytes: UnsafeBufferPointer<UInt8>
    ) {
        let piece = flow.pieces[index]
        let range = flow.textRange(index)
        switch piece.kind {
        case .blank, .rule, .codeHead, .codeFoot: return
        case .words, .code: scan(bytes, range, for: pattern, from: from)
        case .table:
            let table = flow.tables[Int(piece.table)]
            // A header that only names the columns again is not shown.
            let hidden = table.hidesHeader ? table.alignments.count : 0
            for cell in hidden..<max(hidden, table.cells.count - 1) {
                scan(bytes, Int(table.cells[cell])..<Int(table.cells[cell + 1]), for: pattern, from: from)
            }
        }
    }

    private mutating func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, for pattern: SearchPattern, from: Int
    ) {
        let start = max(range.lowerBound, from)
        guard start < range.upperBound else { return }
        pattern.eachPlace(in: bytes, start..<range.upperBound) {
            places.append(Place(start: UInt32($0.lowerBound), end: UInt32($0.upperBound)))
        }
    }
}

extension StreamingMarkdown {
    /// Looks for `pattern` in what has come so far: over all of it the first time, later over what is new.
    public mutating func find(_ pattern: SearchPattern, updating places: inout ShownPlaces) {
        if isStale {
            let isMeasured = lineCount > 0
            read()
            if isMeasured { layout(width: width) }
        }
        places.begin(pattern)
        places.update(flow, settledAt: mark)
    }

    /// The line of the last layout that shows the beginning of a place.
    public func line(of place: ShownPlaces.Place) -> Int {
        min(reading { $0.line(atShown: Int(place.start)) }, max(0, lineCount - 1))
    }

    /// The first place in a line or behind it, by its index; `count` where there is none.
    public func firstPlace(atLine line: Int, of places: ShownPlaces) -> Int {
        let start = reading { $0.shown(ofLine: line) }
        return places.places.partition { Int($0.start) < start }
    }
}
