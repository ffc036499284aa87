/// A message that is laid out while it arrives: raw bytes in, lines of text with roles out.
///
///     var message = StreamingMarkdown(base: .assistant)
///     message.append(delta)                     // any time; cheap
///     message.layout(width: 80)                 // once before drawing
///     let top = message.lineCount - rows
///     for (row, line) in message.lines(in: top..<top + rows).enumerated() {
///         canvas.put(line, at: Position(column: 0, row: row), theme: theme)
///     }
///
/// - Everything that comes in goes through the ``Sanitiser`` first; lines hold nothing that a terminal obeys.
/// - Blocks that are whole are read once and never again, whatever the length of the message; the last one is read anew
///   at each layout. Emphasis and code still open at the end are shown as if they ended there, and an unfinished line that
///   could still become anything is held back, so that lines do not jump while they grow.
/// - Single line ends within a paragraph are kept, as chats do; the rest is CommonMark with tables, task lists,
///   strikethrough and bare links. HTML is text. Links show where they lead. References (`[a][b]`) are text.
/// - No line is kept: lines are made when they are asked for, from a flat form of the text; of the layout only the number
///   of lines of each paragraph is stored. So another width costs one count over the text (about 1 ns a byte), asking
///   for lines costs what those lines cost, and a theme costs nothing.
///
/// Offsets named `source` count bytes as they were appended, not as sanitised.
public struct StreamingMarkdown: Sendable {
    public enum Format: Sendable {
        case markdown
        /// Only line ends are layout: for prompts, errors, and whatever was not written as Markdown.
        case plain
    }

    private var sanitiser = Sanitiser(recordingOffsets: true)
    /// Sanitised.
    private var source: [UInt8] = []
    private(set) var flow = Flow()
    private var measures = Measures(columns: 80)
    /// Of another width, for ``tail(width:rows:)``.
    private var tailMeasures: Measures?
    /// Where the scanner was when all whole lines were read, and what the flow was then.
    private var scanner: BlockScanner
    private(set) var mark = Flow.Mark()
    private(set) var isStale = false
    public private(set) var isFinished = false

    /// - Parameter base: the role of ordinary text, over which all others are laid.
    public init(base: Role = .text, format: Format = .markdown) {
        scanner = BlockScanner(look: Look(base), isPlain: format == .plain)
    }

    // MARK: Text

    /// Appends bytes as received; a scalar or an escape sequence may be split between calls. Nothing is laid out yet.
    public mutating func append(_ bytes: some Sequence<UInt8>) {
        guard !isFinished else { return }
        let done: Void? = bytes.withContiguousStorageIfAvailable { sanitiser.sanitise($0, into: &source) }
        if done == nil { sanitiser.sanitise(Array(bytes), into: &source) }
        isStale = true
    }

    public mutating func append(_ text: String) {
        append(text.utf8)
    }

    /// The message is whole: nothing is held back any more, and what is open stays as it is written. Appending does nothing
    /// from now on.
    public mutating func finish() {
        guard !isFinished else { return }
        isFinished = true
        sanitiser.finish(into: &source)
        isStale = true
    }

    /// Bytes appended so far.
    public var sourceCount: Int { sanitiser.rawCount + sanitiser.partial.count }
    public var isEmpty: Bool { sourceCount == 0 }

    // MARK: Layout

    /// The width of the last layout, in columns.
    public var width: Int { measures.columns }

    /// Brings the lines up to date with the text and this width, at least one column. Costs nothing if both are unchanged.
    public mutating func layout(width: Int) {
        if max(1, width) != measures.columns { measures = Measures(columns: width) }
        if isStale { read() }
        measures.measure(flow)
    }

    mutating func read() {
        isStale = false
        flow.cut(to: mark)
        reopen(&measures)
        if var tail = tailMeasures {
            tailMeasures = nil
            reopen(&tail)
            tailMeasures = tail
        }
        let source = source
        source.withUnsafeBufferPointer { source in
            scanner.read(source, into: &flow)
            mark = flow.mark
            // What follows is on trial, with a copy of the scanner, and cut off again when more text has come.
            var trial = scanner
            let rest = trial.position..<source.count
            let line = UnsafeBufferPointer(rebasing: source[rest])
            if !rest.isEmpty, isFinished || trial.isInLine || !BlockLine.isUndecided(line) {
                trial.take(rest, source, into: &flow)
                trial.position = source.count
            }
            if isFinished {
                trial.close(at: trial.position, source, into: &flow)
                scanner = trial
                mark = flow.mark
            } else if !trial.block.isFence {
                trial.build(to: trial.position, isOpen: true, isOnTrial: true, source, into: &flow)
            }
        }
    }

    private func reopen(_ measures: inout Measures) {
        measures.cut(toPieces: mark.pieces)
        if scanner.joins { measures.reopenLast(stable: mark.bytes) }
    }

    /// The last lines at a width of their own, which leaves the layout as it is. Like a layout, it counts only what came
    /// since the last call with this width.
    public mutating func tail(width: Int, rows: Int) -> [RoleLine] {
        let count = lineCount(atWidth: width)
        return lines(in: max(0, count - max(0, rows))..<count, atWidth: width)
    }

    /// How many lines there are at a width of their own; counts only what came since the last call with it.
    public mutating func lineCount(atWidth width: Int) -> Int {
        if isStale { read() }
        var tail = tailMeasures ?? Measures(columns: width)
        tailMeasures = nil
        if tail.columns != max(1, width) { tail = Measures(columns: width) }
        tail.measure(flow)
        tailMeasures = tail
        return tail.lineCount
    }

    /// Those lines of the range that there are at a width of their own.
    public mutating func lines(in range: Range<Int>, atWidth width: Int) -> [RoleLine] {
        _ = lineCount(atWidth: width)
        return tailMeasures.map { lines(in: range, by: $0, marks: LineMarks()) } ?? []
    }

    /// Lines of the last layout.
    public var lineCount: Int { measures.lineCount }

    /// Those lines of the range that there are.
    public func lines(in range: Range<Int>, marks: LineMarks = LineMarks()) -> [RoleLine] {
        lines(in: range, by: measures, marks: marks)
    }

    private func lines(in range: Range<Int>, by measures: Measures, marks: LineMarks) -> [RoleLine] {
        flow.bytes.withUnsafeBufferPointer {
            FlowReader(flow: flow, measures: measures, bytes: $0, marks: marks, offsets: sanitiser.offsets)
                .lines(in: range)
        }
    }

    public var lines: [RoleLine] { lines(in: 0..<lineCount) }

    // MARK: Places

    /// The line that shows a byte of the source; where that is markup, the line near it.
    public func line(atSource offset: Int) -> Int {
        let clean = sanitiser.offsets?.clean(ofRaw: offset) ?? offset
        return min(reading { $0.line(atSource: clean) }, max(0, lineCount - 1))
    }

    /// The same at a width of its own.
    public mutating func line(atSource offset: Int, atWidth width: Int) -> Int {
        let count = lineCount(atWidth: width)
        guard let tail = tailMeasures else { return 0 }
        let clean = sanitiser.offsets?.clean(ofRaw: offset) ?? offset
        let line = flow.bytes.withUnsafeBufferPointer {
            FlowReader(flow: flow, measures: tail, bytes: $0).line(atSource: clean)
        }
        return min(line, max(0, count - 1))
    }

    /// The byte of the source that a line begins with: to stay at a place when the width changes.
    public func source(ofLine line: Int) -> Int {
        let clean = reading { $0.source(ofLine: line) }
        return sanitiser.offsets?.raw(ofClean: clean) ?? clean
    }

    // MARK: Copying

    /// The text of lines without the line ends that only the width made, and without gutters and bars.
    public func logicalText(in range: Range<Int>) -> String {
        reading { $0.logicalText(in: range) }
    }

    func reading<Result>(_ body: (FlowReader) -> Result) -> Result {
        flow.bytes.withUnsafeBufferPointer { body(FlowReader(flow: flow, measures: measures, bytes: $0)) }
    }
}

extension StreamingMarkdown {
    /// A block of fenced or indented code.
    public struct CodeBlock: Sendable, Hashable {
        /// As its fence says; empty if it does not.
        public var language: String
        /// With the lines of its frame.
        public var lines: Range<Int>
        /// Its lines as shown, joined by LF.
        public var text: String
        /// The bytes between its fences. Here tabs are still tabs; in a list it has the list's indentation.
        public var source: Range<Int>
    }

    /// The block of code that a line is part of.
    public func codeBlock(atLine line: Int) -> CodeBlock? { codeHead(atLine: line).map(codeBlock(from:)) }

    /// All blocks of code, in order.
    public var codeBlocks: [CodeBlock] { codeHeads.map(codeBlock(from:)) }

    /// A number for each block of code that stays its own while the text grows, in order.
    public var codeHeads: [Int] { flow.pieces.indices.filter { flow.pieces[$0].kind == .codeHead } }

    /// A block by its number.
    public func codeBlock(_ head: Int) -> CodeBlock? {
        flow.pieces.indices.contains(head) && flow.pieces[head].kind == .codeHead ? codeBlock(from: head) : nil
    }

    /// The number of the block that a line is part of.
    public func codeHead(atLine line: Int) -> Int? {
        guard line >= 0, line < lineCount else { return nil }
        var piece = measures.place(ofLine: line).piece
        guard flow.pieces.indices.contains(piece), flow.pieces[piece].kind.isCode else { return nil }
        if flow.pieces[piece].kind == .codeFoot { piece -= 1 }
        while piece >= 0, flow.pieces[piece].kind == .code { piece -= 1 }
        return piece >= 0 && flow.pieces[piece].kind == .codeHead ? piece : nil
    }

    /// The lines of a block, with those of its frame, without a copy of its text.
    public func codeLines(_ head: Int) -> Range<Int> {
        guard flow.pieces.indices.contains(head) else { return 0..<0 }
        var end = head + 1
        while end < flow.pieces.count, flow.pieces[end].kind == .code { end += 1 }
        let hasFoot = end < flow.pieces.count && flow.pieces[end].kind == .codeFoot
        return measures.firstLine(of: head)..<measures.firstLine(of: hasFoot ? end + 1 : end)
    }

    private func codeBlock(from head: Int) -> CodeBlock {
        var end = head + 1
        while end < flow.pieces.count, flow.pieces[end].kind == .code { end += 1 }
        let hasFoot = end < flow.pieces.count && flow.pieces[end].kind == .codeFoot
        let code = head + 1..<end
        let text = code.map { String(decoding: flow.bytes[flow.textRange($0)], as: UTF8.self) }
        let first = code.first.map { Int(flow.pieces[$0].source) }
        let last =
            hasFoot
            ? Int(flow.pieces[end].source)
            : code.last.map { piece in
                Int(flow.pieces[piece].source) + flow.textRange(piece).count
            }
        let start = first ?? Int(flow.pieces[head].source)
        let offsets = sanitiser.offsets ?? OffsetMap()
        return CodeBlock(
            language: MarkedScalar.writtenOut(String(decoding: flow.bytes[flow.textRange(head)], as: UTF8.self)),
            lines: codeLines(head),
            text: MarkedScalar.writtenOut(text.joined(separator: "\n")),
            source: offsets.raw(ofClean: start)..<offsets.raw(ofClean: max(start, last ?? start)))
    }
}

extension Flow.Kind {
    fileprivate var isCode: Bool { self == .code || self == .codeHead || self == .codeFoot }
}
