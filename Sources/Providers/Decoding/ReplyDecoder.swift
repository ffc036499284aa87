import EventStream

/// Decodes the body of one attempt, piece by piece: an event stream as it comes, or one whole JSON reply in
/// ``finish(into:)``. Any split of the bytes gives the same items.
public struct ReplyDecoder: Sendable {
    private enum Mode {
        /// The first bytes are being gathered in `body`. → events, whole, foreign
        case undecided
        case events
        case whole
        /// Neither: gathered, as far as an excerpt needs it, to say what came instead.
        case foreign
    }

    /// A whole reply may have this many bytes. Images as base64 are the largest that come.
    public static let maximumBodySize = 64 << 20
    /// What is kept of a body that is no reply.
    private static let keptForExcerpt = 16 << 10
    private static let longestBlankHead = 64

    /// What the response said the body is.
    public let format: BodyFormat
    private var mode = Mode.undecided {
        didSet { isWholeReply = mode == .whole }
    }
    /// The body turned out to be one whole reply rather than a stream. Stored, so that it is asked without a copy of the
    /// decoder: with every piece.
    public private(set) var isWholeReply: Bool
    private var parser: EventStreamParser
    private var interpreter = EventInterpreter()
    private var body: [UInt8] = []

    /// A decoder at the beginning of a body. `maximumEventSize` is the most bytes of one event.
    public init(format: BodyFormat, maximumEventSize: Int = 16 << 20) {
        self.format = format
        parser = EventStreamParser(maximumEventSize: maximumEventSize)
        isWholeReply = format == .json
        if isWholeReply { mode = .whole }
    }

    /// Events, and types of deltas, that this version does not know.
    public var unknownEvents: Int { interpreter.unknownEvents }
    /// Events, or whole replies, that are no JSON.
    public var malformedEvents: Int { interpreter.malformedEvents }

    /// Where a response made in the background can be taken up again; `nil` where its events have no numbers, and when it
    /// has come to its end.
    public var cursor: ResponseCursor? { (interpreter.checkpoint.first ?? interpreter).cursor }

    /// A decoder for the events after ``cursor``: it knows what this one knew there, so that nothing is told twice and
    /// half a character finds its other half. What the server repeats all the same is left out by its number.
    public func continued(format: BodyFormat, maximumEventSize: Int = 16 << 20) -> ReplyDecoder {
        var decoder = ReplyDecoder(format: format, maximumEventSize: maximumEventSize)
        decoder.interpreter = interpreter.continued()
        return decoder
    }

    /// Appends what the next piece means to `batch`, after what is there. On an error, what came before is in the batch.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, into batch: inout ReplyBatch
    ) throws(ReplyDecodingError) {
        switch mode {
        case .events: try Self.parse(bytes, &parser, &interpreter, &batch)
        case .undecided:
            body.append(contentsOf: bytes)
            try decide(atEnd: false, into: &batch)
        case .whole:
            guard bytes.count <= Self.maximumBodySize - body.count else {
                throw .bodyTooLarge(limit: Self.maximumBodySize)
            }
            body.append(contentsOf: bytes)
        case .foreign:
            body.append(contentsOf: bytes.prefix(max(0, Self.keptForExcerpt - body.count)))
        }
    }

    /// The body ended. An event that the end cuts is dropped, as the standard wants it; a whole reply is decoded.
    public mutating func finish(into batch: inout ReplyBatch) throws(ReplyDecodingError) {
        if mode == .undecided { try decide(atEnd: true, into: &batch) }
        switch mode {
        case .events, .undecided: interpreter.finish(into: &batch)
        case .foreign: throw .notAReply(Excerpt.describe(body))
        case .whole:
            // An empty body is no reply and no error either: the engine knows what an attempt without items means.
            guard body.contains(where: { $0 > 0x20 }) else { return }
            let result = interpreter.receive(whole: body, into: &batch)
            if !result { throw .notAReply(Excerpt.describe(body)) }
        }
    }

    /// The parser and the interpreter apart, so that the one may call the other.
    @inline(__always)
    private static func parse(
        _ bytes: UnsafeRawBufferPointer, _ parser: inout EventStreamParser, _ interpreter: inout EventInterpreter,
        _ batch: inout ReplyBatch
    ) throws(ReplyDecodingError) {
        do throws(EventStreamError) {
            try parser.receive(bytes) { element in interpreter.receive(element, into: &batch) }
        } catch {
            switch error {
            case .eventTooLarge(let limit): throw .eventTooLarge(limit: limit)
            }
        }
    }

    // MARK: First bytes

    /// Looks at the first bytes: no event stream begins with `{`, `[` or `<`, whatever the response calls it.
    private mutating func decide(atEnd: Bool, into batch: inout ReplyBatch) throws(ReplyDecodingError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let start = body.starts(with: mark) ? mark.count : 0
        // White space alone in so many bytes: whatever follows is read as a stream, however it is cut.
        let head = body[start...].prefix(Self.longestBlankHead)
        guard let first = head.firstIndex(where: { $0 > 0x20 }) else {
            if atEnd || head.count == Self.longestBlankHead { try become(.events, into: &batch) }
            return
        }
        // A byte order mark may still be on its way.
        if start == 0, !atEnd, body.count < 3, mark.starts(with: body) { return }
        switch body[first] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): mode = .whole
        case UInt8(ascii: "<"): mode = .foreign
        default:
            guard case .other = format else { return try become(.events, into: &batch) }
            let line = body[first...].prefix { $0 != 0x0A && $0 != 0x0D }
            let fields = ["data:", "event:", "id:", "retry:", ":"]
            if fields.contains(where: { line.starts(with: $0.utf8) }) {
                try become(.events, into: &batch)
            } else if atEnd || line.count >= 6 || line.endIndex < body.endIndex {
                mode = .foreign
            }
        }
    }

    private mutating func become(_ mode: Mode, into batch: inout ReplyBatch) throws(ReplyDecodingError) {
        self.mode = mode
        var gathered: [UInt8] = []
        swap(&gathered, &body)
        let result = gathered.withUnsafeBytes { bytes -> Result<Void, ReplyDecodingError> in
            do throws(ReplyDecodingError) {
                return .success(try Self.parse(bytes, &parser, &interpreter, &batch))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
