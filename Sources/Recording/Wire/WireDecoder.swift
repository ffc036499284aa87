import Providers
import StreamEngine

/// Reads what a ``WireTap`` keeps of a stream: requests, answers, and every event beside the words that it produced, with
/// every secret blacked out. Each call goes on where the last one stopped.
public struct WireDecoder: Sendable {
    /// One thing that went over the wire.
    public struct Entry: Sendable, Equatable {
        public enum Kind: Sendable {
            case request, response, event
            /// Bytes of a body that is no event stream.
            case body
            /// How the transfer ended.
            case end
        }

        /// From 1; grows by one.
        public var number: Int
        public var at: Instant
        /// Which request of the stream, from 1.
        public var attempt: Int
        public var kind: Kind
        /// `content_block_delta`, `POST https://…`, `200`.
        public var name: String
        /// Data, headers or body as they came; at most ``WireDecoder/longest`` bytes.
        public var raw: [UInt8]
        /// How many there were.
        public var bytes: Int
        /// What the event brought. UTF-8.
        public var text: [UInt8]
        public var isThinking: Bool
    }

    /// Bytes shown of one event.
    public static let longest = 4096

    private let stream: StreamID
    /// The next piece to read.
    private var serial = 0
    private var number = 0
    private var attempt = 0
    private var reader: WireReader?
    /// Of a body that is no event stream: its end may be the beginning of a secret.
    private var held = HeldBody()
    /// The beginning is not there: what comes before a blank line is the end of an event that nobody knows.
    private var seeksBlankLine = false
    private var lastByte: UInt8 = 0

    public init(_ stream: StreamID) {
        self.stream = stream
    }

    /// What came since the last call.
    public mutating func read(_ tap: WireTap) -> [Entry] {
        guard let wire = tap.wire(of: stream), let first = wire.pieces.first, let last = wire.pieces.last else {
            return []
        }
        var entries: [Entry] = []
        if serial < first.serial {
            // All of it, or the reader did not keep up: what was in between is gone.
            reader = nil
            held = HeldBody()
            attempt = 0
            seeksBlankLine = true
            serial = first.serial
        }
        guard serial <= last.serial else { return [] }
        for piece in wire.pieces.dropFirst(serial - first.serial) {
            read(piece, of: wire, tap.redactor, into: &entries)
        }
        serial = last.serial + 1
        return entries
    }

    private mutating func read(
        _ piece: WireTap.Piece, of wire: WireTap.Wire, _ redactor: Redactor, into entries: inout [Entry]
    ) {
        let exchange = wire.exchange(piece.attempt)
        func add(_ kind: Entry.Kind, _ name: String, _ raw: [UInt8], bytes: Int? = nil) {
            number += 1
            entries.append(
                Entry(
                    number: number, at: piece.at, attempt: piece.attempt, kind: kind, name: name,
                    raw: Array(raw.prefix(Self.longest)), bytes: bytes ?? raw.count, text: [], isThinking: false))
        }
        func addBody(_ parts: [[UInt8]]) {
            let bytes = Array(parts.joined())
            if !bytes.isEmpty { add(.body, "body", bytes) }
        }
        switch piece.content {
        case .request:
            // What an attempt without an end had left was its body's end.
            addBody(held.finish(redactor))
            guard let exchange else { return }
            let name = "\(exchange.request.method) \(exchange.request.url)"
            add(.request, name, exchange.request.body, bytes: exchange.bodyBytes)
        case .response:
            guard let exchange, let status = exchange.status else { return }
            let lines = exchange.headers.map { $0.name + ": " + $0.value }.joined(separator: "\n")
            add(.response, "\(status)", Array(lines.utf8))
            begin(exchange, wire, isWhole: true)
        case .end(let name, let message):
            addBody(held.finish(redactor))
            add(.end, name, Array(message.utf8))
        case .body(let bytes):
            if attempt != piece.attempt { begin(exchange, wire, isWhole: false) }
            guard var reader else {
                let written = held.receive(bytes, redactor)
                return addBody(written.rests + [written.piece])
            }
            self.reader = nil
            var number = number
            bytes.withUnsafeBytes { bytes in
                reader.receive(afterBlankLine(bytes)) { event in
                    number += 1
                    let isThinking = event.text.isEmpty && !event.thinking.isEmpty
                    // Cut after the secrets are out of it: half of one would not be known.
                    let raw = Array(redactor.redacted(event.data).prefix(Self.longest))
                    entries.append(
                        Entry(
                            number: number, at: piece.at, attempt: piece.attempt, kind: .event,
                            name: redactor.redacted(event.name), raw: raw,
                            bytes: event.bytes, text: redactor.redacted(isThinking ? event.thinking : event.text),
                            isThinking: isThinking))
                }
            }
            self.number = number
            self.reader = reader
        }
    }

    private mutating func begin(_ exchange: WireTap.Exchange?, _ wire: WireTap.Wire, isWhole: Bool) {
        attempt = exchange?.attempt ?? attempt
        seeksBlankLine = !isWhole
        lastByte = 0
        reader =
            exchange?.isEventStream == true ? WireReader(maximumEventSize: wire.order.maximumEventBytes) : nil
    }

    /// What follows the first blank line, where that is sought.
    private mutating func afterBlankLine(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard seeksBlankLine else { return bytes }
        for (index, byte) in bytes.enumerated() where byte != 0x0D {
            if byte == 0x0A, lastByte == 0x0A {
                seeksBlankLine = false
                return UnsafeRawBufferPointer(rebasing: bytes[(index + 1)...])
            }
            lastByte = byte
        }
        return UnsafeRawBufferPointer(rebasing: bytes[..<0])
    }
}
