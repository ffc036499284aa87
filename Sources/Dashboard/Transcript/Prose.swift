import Screen
import StreamEngine

/// A text with the seams in it: Markdown (or plain text) that is laid out as it comes, and lines between its own where one
/// attempt took over from another.
///
/// At a seam in running prose the text breaks, so that one sees exactly where it was; within code, tables and headings the
/// markup stays whole, and the seam stands below the line that it is in.
struct Prose: Sendable {
    private struct Mark: Sendable {
        var seam: Seam
        /// Where the new attempt's text begins, in the bytes given to the layout.
        var offset: Int
        /// A line end stands before it that the text itself does not have.
        var isBroken = false
        /// The row that it takes; known after a layout.
        var row = 0
    }

    private var markdown: StreamingMarkdown
    private var marks: [Mark] = []
    /// The text so far, for what a seam must know of it.
    private var context = LineContext()
    /// A seam has come, and no text after it yet.
    private var awaitsText = false
    /// How late each stretch of it came, by the bytes given to the layout.
    private(set) var tints: [LineMarks.Tint] = []
    /// Where it has what is looked for.
    private(set) var places = ShownPlaces()

    init(base: Role = .text, isPlain: Bool = false) {
        markdown = StreamingMarkdown(base: base, format: isPlain ? .plain : .markdown)
    }

    init(_ raw: String, base: Role = .text, isPlain: Bool = false) {
        self.init(base: base, isPlain: isPlain)
        markdown.append(raw)
        markdown.finish()
    }

    /// Bytes as received.
    var count: Int { markdown.sourceCount - marks.reduce(0) { $1.isBroken ? $0 + 1 : $0 } }
    var isEmpty: Bool { markdown.isEmpty }

    /// Where bytes given to the layout are in what was received.
    func received(_ range: Range<Int>) -> Range<Int> {
        func place(_ offset: Int) -> Int {
            offset - marks.reduce(0) { $1.isBroken && $1.offset <= offset ? $0 + 1 : $0 }
        }
        return place(range.lowerBound)..<max(place(range.lowerBound), place(range.upperBound))
    }

    mutating func append(_ raw: some Collection<UInt8>, lateness: Lateness? = nil) {
        guard !raw.isEmpty else { return }
        if awaitsText {
            awaitsText = false
            if context.isProse, LineContext.continuesProse(raw), !context.isJoined(by: raw) {
                markdown.append(CollectionOfOne(0x0A))
                marks[marks.count - 1].isBroken = true
                marks[marks.count - 1].offset += 1
            }
        }
        if tints.last?.role != lateness?.role {
            tints.append(LineMarks.Tint(source: markdown.sourceCount, role: lateness?.role))
        }
        markdown.append(raw)
        context.append(raw)
    }

    mutating func append(_ seam: Seam) {
        marks.append(Mark(seam: seam, offset: markdown.sourceCount))
        awaitsText = true
    }

    mutating func finish() {
        markdown.finish()
    }

    // MARK: Rows

    /// Lays the text out and says how many rows it takes, seams included.
    mutating func rowCount(columns: Int) -> Int {
        markdown.layout(width: columns)
        for index in marks.indices {
            let line = Self.line(of: marks[index]) { markdown.line(atSource: $0) }
            marks[index].row = min(line, markdown.lineCount) + index
        }
        return rowsLaidOut
    }

    /// The line before which a seam stands, by where the bytes of the text are.
    private static func line(of mark: Mark, _ place: (Int) -> Int) -> Int {
        if mark.offset == 0 { return 0 }
        return mark.isBroken ? place(mark.offset) : place(mark.offset - 1) + 1
    }

    /// The same as ``rowCount(columns:)`` last said.
    var rowsLaidOut: Int { markdown.lineCount + marks.count }

    /// Rows at a width of their own, which leaves the layout as it is.
    mutating func rowCount(atWidth columns: Int) -> Int { markdown.lineCount(atWidth: columns) + marks.count }

    /// Those of the range that there are.
    mutating func rows(in range: Range<Int>, atWidth columns: Int) -> [Row] {
        let count = markdown.lineCount(atWidth: columns)
        var seams: [Int: Seam] = [:]
        for (index, mark) in marks.enumerated() {
            let line = Self.line(of: mark) { markdown.line(atSource: $0, atWidth: columns) }
            seams[min(line, count) + index] = mark.seam
        }
        let before = seams.keys.count { $0 < range.lowerBound }
        let within = seams.keys.count { range.contains($0) }
        var lines = markdown.lines(
            in: range.lowerBound - before..<range.upperBound - before - within, atWidth: columns)[...]
        return range.compactMap { row in
            if let seam = seams[row] { return .seam(seam) }
            return lines.popFirst().map { .text($0) }
        }
    }

    enum Row {
        case text(RoleLine)
        case seam(Seam)
    }

    func row(_ row: Int, marks laid: LineMarks = LineMarks()) -> Row? {
        var line = row
        for mark in marks {
            if mark.row == row { return .seam(mark.seam) }
            if mark.row < row { line -= 1 }
        }
        return markdown.lines(in: line..<line + 1, marks: laid).first.map { .text($0) }
    }

    /// The byte that a row begins with: the reader's place, when the width changes.
    func source(ofRow row: Int) -> Int {
        markdown.source(ofLine: line(ofRow: row))
    }

    func row(ofSource source: Int) -> Int { row(ofLine: markdown.line(atSource: source)) }

    private func row(ofLine line: Int) -> Int {
        var row = line
        for mark in marks where mark.row <= row { row += 1 }
        return row
    }

    private func line(ofRow row: Int) -> Int {
        row - marks.reduce(0) { $1.row < row ? $0 + 1 : $0 }
    }

    // MARK: Code

    /// A number for each block of code that stays its own, in order; after a layout.
    var codeHeads: [Int] { markdown.codeHeads }
    func code(_ head: Int) -> StreamingMarkdown.CodeBlock? { markdown.codeBlock(head) }
    func codeHead(atRow row: Int) -> Int? { markdown.codeHead(atLine: line(ofRow: row)) }

    func rows(ofCode head: Int) -> Range<Int> {
        let lines = markdown.codeLines(head)
        guard !lines.isEmpty else { return 0..<0 }
        return row(ofLine: lines.lowerBound)..<row(ofLine: lines.upperBound - 1) + 1
    }

    // MARK: Search

    /// Looks for `pattern` in what is new since the last time; says how often all of it has it.
    mutating func find(_ pattern: SearchPattern) -> Int {
        markdown.find(pattern, updating: &places)
        return places.count
    }

    mutating func forgetPlaces() { places = ShownPlaces() }

    /// The row of a place, after a layout.
    func row(ofPlace index: Int) -> Int {
        guard places.places.indices.contains(index) else { return 0 }
        return row(ofLine: markdown.line(of: places.places[index]))
    }

    /// The first place in a row or below it.
    func firstPlace(fromRow row: Int) -> Int { markdown.firstPlace(atLine: line(ofRow: row), of: places) }
}

/// What must be known of a text to say whether a line end may be put at its end.
struct LineContext: Sendable {
    private var fence: (character: UInt8, length: Int)?
    /// The beginning of the last line; no more than is looked at.
    private var line: [UInt8] = []
    private var hasBar = false

    /// The end of the text, for the character that it ends in.
    private var end: [UInt8] = []

    private static let kept = 80
    /// The longest character that is looked at whole: a family of emoji has 25 bytes.
    private static let longestCharacter = 48

    mutating func append(_ bytes: some Collection<UInt8>) {
        for byte in bytes {
            guard byte != 0x0A else {
                endLine()
                continue
            }
            if line.count < Self.kept { line.append(byte) }
            if byte == UInt8(ascii: "|") { hasBar = true }
        }
        end = Array((end + bytes.suffix(Self.longestCharacter)).suffix(Self.longestCharacter))
    }

    /// The text ends within a character that `next` completes (an accent, the next one of a family of emoji): a line end
    /// between the two would tear it apart.
    func isJoined(by next: some Collection<UInt8>) -> Bool {
        guard let first = next.first, first >= 0x80 || end.last.map({ $0 >= 0x80 }) == true else { return false }
        let start = end.firstIndex { $0 & 0xC0 != 0x80 } ?? end.startIndex
        let before = String(decoding: end[start...], as: UTF8.self)
        let scalar = String(decoding: next.prefix(4), as: UTF8.self).unicodeScalars.prefix(1)
        return (before + String(scalar)).count == before.count
    }

    private mutating func endLine() {
        let text = line.drop { $0 == 0x20 }
        if let first = text.first, first == UInt8(ascii: "`") || first == UInt8(ascii: "~") {
            let length = text.prefix { $0 == first }.count
            if let open = fence {
                let isBare = text.dropFirst(length).allSatisfy { $0 == 0x20 || $0 == 0x0D }
                if open.character == first, length >= open.length, isBare { fence = nil }
            } else if length >= 3 {
                fence = (first, length)
            }
        }
        line.removeAll(keepingCapacity: true)
        hasBar = false
    }

    /// The last line is running text: not code, not a table's row, not a heading, and not empty.
    var isProse: Bool {
        guard fence == nil, !hasBar, let first = line.first(where: { $0 != 0x20 }) else { return false }
        let indent = line.prefix { $0 == 0x20 }.count
        let isOpeningFence = line.drop { $0 == 0x20 }.starts(with: [first, first, first])
        let isMark = first == UInt8(ascii: "`") || first == UInt8(ascii: "~")
        return first != UInt8(ascii: "#") && indent < 4 && !(isMark && isOpeningFence)
    }

    /// A text that begins a line as nothing but text: a letter, or anything beyond ASCII.
    static func continuesProse(_ text: some Collection<UInt8>) -> Bool {
        guard let first = text.first(where: { $0 != 0x20 }) else { return false }
        let letter = first | 0x20
        return first >= 0x80 || (letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z"))
    }
}
