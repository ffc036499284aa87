import EventStream

/// Reads an event stream's events one by one, as they came, each beside the words that it produced: for who shows the wire.
///
/// What they mean is found as ``ReplyDecoder`` finds it. A body that is no event stream has no events.
public struct WireReader: Sendable {
    /// An event, or a comment.
    public struct Event: Sendable, Equatable {
        /// As in ``WireEvent/name``.
        public var name: String
        /// Its data, or the comment.
        public var data: [UInt8]
        /// How many there were.
        public var bytes: Int
        /// The text that it brought; UTF-8.
        public var text: [UInt8]
        /// The thinking that it brought; UTF-8.
        public var thinking: [UInt8]

        /// From its parts.
        public init(name: String, data: [UInt8], bytes: Int, text: [UInt8] = [], thinking: [UInt8] = []) {
            self.name = name
            self.data = data
            self.bytes = bytes
            self.text = text
            self.thinking = thinking
        }
    }

    private var parser: EventStreamParser
    private var interpreter = EventInterpreter()
    private var batch = ReplyBatch()
    private var hasFailed = false

    /// A reader at the beginning of a body. `maximumEventSize` is the most bytes of one event: at a larger one it stops.
    public init(maximumEventSize: Int = 16 << 20) {
        parser = EventStreamParser(maximumEventSize: maximumEventSize)
    }

    /// Hands out what the next piece completes.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, _ handle: (Event) -> Void) {
        guard !hasFailed else { return }
        do throws(EventStreamError) {
            try Self.read(bytes, &parser, &interpreter, &batch, handle)
        } catch {
            hasFailed = true
        }
    }

    /// The parser and the interpreter apart, so that the one may call the other.
    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ parser: inout EventStreamParser, _ interpreter: inout EventInterpreter,
        _ batch: inout ReplyBatch, _ handle: (Event) -> Void
    ) throws(EventStreamError) {
        try parser.receive(bytes) { element in
            batch.removeAll()
            interpreter.receive(element, into: &batch)
            let data =
                switch element {
                case .event(let event): event.data
                case .comment(let text): text
                }
            handle(
                Event(
                    name: batch.events.last?.name ?? "", data: Array(data), bytes: data.count,
                    text: batch.text, thinking: batch.thinking))
        }
    }
}
