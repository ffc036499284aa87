/// A message as pieces of text to be laid out at any width: paragraphs, headings, lines of code, tables. All pieces share
/// a few flat arrays, which only grow at their end, and are cut back to a mark when the open end is read anew.
struct Flow: Sendable {
    /// Text from `start` on has this look and comes from `source` on, as offsets in `bytes` and in the source.
    struct Span: Sendable {
        var start: UInt32
        var source: UInt32
        var look: Look
    }

    enum Kind: UInt8, Sendable {
        case blank
        case words
        /// A line of code.
        case code
        /// A line across.
        case rule
        case table
        /// The first line of a block of code; its text is the language.
        case codeHead
        case codeFoot
    }

    struct Piece: Sendable {
        /// Where its text begins; it ends where the next piece's begins.
        var start: UInt32
        /// Its first span.
        var span: UInt32
        /// The byte of the source that it comes from.
        var source: UInt32
        /// What stands before its lines, by index in `leads`.
        var lead: UInt32
        /// By index in `tables`, for a table.
        var table: UInt32 = 0
        var kind: Kind
        var isASCII = true
    }

    /// What stands before the lines of a piece: indentation, a list's marker, a quote's bar, a gutter.
    struct Lead: Sendable, Equatable {
        struct Part: Sendable, Equatable {
            var text: String
            var look: Look
            /// What a copy of the first line has in its place.
            var copy: String
        }

        /// Before the first line.
        var first: [Part] = []
        /// Before the others.
        var rest: [Part] = []
        var firstColumns = 0
        var restColumns = 0

        init(first: [Part] = [], rest: [Part] = []) {
            self.first = first
            self.rest = rest
            firstColumns = first.reduce(0) { $0 + Width.columns(of: $1.text) }
            restColumns = rest.reduce(0) { $0 + Width.columns(of: $1.text) }
        }
    }

    struct Table: Sendable {
        var alignments: [Alignment]
        /// Row by row, `alignments.count` for each: where each cell's text begins in `bytes`, and the end of the last.
        var cells: [UInt32] = []
        /// The first row is a header.
        var hasHeader = true
        /// The header is there for the columns only: the rows continue a table above.
        var hidesHeader = false
        var rowCount: Int { (cells.count - 1) / max(1, alignments.count) }
    }

    var bytes: [UInt8] = []
    var spans: [Span] = []
    var pieces: [Piece] = []
    /// The first is empty.
    var leads: [Lead] = [Lead()]
    var tables: [Table] = []

    // MARK: Growing

    /// Begins a piece; text appended from now on is its.
    mutating func begin(_ kind: Kind, lead: Int, source: Int) {
        pieces.append(
            Piece(
                start: UInt32(bytes.count), span: UInt32(spans.count), source: UInt32(source), lead: UInt32(lead),
                kind: kind))
    }

    /// Appends text to the last piece.
    mutating func append(_ text: UnsafeBufferPointer<UInt8>, look: Look, source: Int) {
        guard !text.isEmpty, !pieces.isEmpty else { return }
        note(look: look, source: source)
        bytes.append(contentsOf: text)
        if pieces[pieces.count - 1].isASCII, !text.isPlainASCII {
            pieces[pieces.count - 1].isASCII = false
        }
    }

    mutating func append(_ text: String, look: Look, source: Int) {
        var text = text
        text.withUTF8 { append($0, look: look, source: source) }
    }

    private mutating func note(look: Look, source: Int) {
        if let last = spans.last, last.look == look, spans.count > Int(pieces[pieces.count - 1].span),
            Int(last.source) + bytes.count - Int(last.start) == source
        {
            return
        }
        spans.append(Span(start: UInt32(bytes.count), source: UInt32(source), look: look))
    }

    /// The index of a lead, the last one's if it is the same.
    mutating func lead(_ lead: Lead) -> Int {
        if lead.first.isEmpty, lead.rest.isEmpty { return 0 }
        if leads[leads.count - 1] == lead { return leads.count - 1 }
        leads.append(lead)
        return leads.count - 1
    }

    // MARK: Reading

    func textRange(_ piece: Int) -> Range<Int> {
        let end = piece + 1 < pieces.count ? Int(pieces[piece + 1].start) : bytes.count
        return Int(pieces[piece].start)..<end
    }

    func spanRange(_ piece: Int) -> Range<Int> {
        let end = piece + 1 < pieces.count ? Int(pieces[piece + 1].span) : spans.count
        return Int(pieces[piece].span)..<end
    }

    /// The look and source of the text at an offset within a piece.
    func span(at offset: Int, in piece: Int) -> Int {
        let range = spanRange(piece)
        return max(range.lowerBound, spans[range].partition { Int($0.start) <= offset } - 1)
    }

    // MARK: Cutting back

    struct Mark: Sendable, Equatable {
        var bytes = 0
        var spans = 0
        var pieces = 0
        var leads = 1
        var tables = 0
        /// Of the last piece, which may have grown since.
        var isASCII = true
    }

    var mark: Mark {
        Mark(
            bytes: bytes.count, spans: spans.count, pieces: pieces.count, leads: leads.count, tables: tables.count,
            isASCII: pieces.last?.isASCII ?? true)
    }

    mutating func cut(to mark: Mark) {
        bytes.removeLast(bytes.count - mark.bytes)
        spans.removeLast(spans.count - mark.spans)
        pieces.removeLast(pieces.count - mark.pieces)
        leads.removeLast(leads.count - mark.leads)
        tables.removeLast(tables.count - mark.tables)
        if !pieces.isEmpty { pieces[pieces.count - 1].isASCII = mark.isASCII }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// No byte is above 0x7F.
    var isPlainASCII: Bool {
        var all: UInt8 = 0
        for byte in self { all |= byte }
        return all < 0x80
    }
}
