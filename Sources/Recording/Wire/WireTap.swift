import Providers
import StreamEngine

/// What was asked and what came over the wire, the last of it: for an inspector and for a report. Hears the same calls as a
/// ``RecordingWriter``; memory is bounded, whatever comes. A piece of a body is only kept here, and read by a
/// ``WireDecoder`` when somebody looks, so that nobody pays for it else.
public struct WireTap: Sendable {
    /// A request and the head of its answer.
    public struct Exchange: Sendable, Equatable {
        /// Which request of the stream, from 1.
        public var attempt: Int
        public var at: Now
        /// Redacted, its body too.
        public var request: HTTPRequest
        /// Of the whole body, of which the beginning is kept.
        public var bodyBytes: Int
        public var status: Int?
        /// Redacted.
        public var headers: [HTTPHeader] = []
        public var phases = Phases()

        var isEventStream: Bool {
            status == 200
                && BodyFormat(contentType: headers.first { $0.name.lowercased() == "content-type" }?.value) != .json
        }
    }

    /// What went over the wire at a moment.
    struct Piece: Sendable {
        enum Content: Sendable {
            case request, response, body([UInt8])
            /// How the transfer ended, and a sentence about it; redacted.
            case end(String, String)
        }

        var serial: Int
        var at: Instant
        var attempt: Int
        var content: Content

        var cost: Int {
            if case .body(let bytes) = content { bytes.count + 64 } else { 64 }
        }
    }

    /// A stream's wire.
    public struct Wire: Sendable {
        /// The last ``WireTap/keptExchanges``, oldest first.
        public fileprivate(set) var exchanges: [Exchange] = []
        /// As the stream began, or went on with another model.
        public fileprivate(set) var order: StreamOrder
        /// Bytes of bodies that are no longer there.
        public fileprivate(set) var dropped = 0
        fileprivate var ring: [Piece] = []
        fileprivate var head = 0
        fileprivate var cost = 0
        /// Bytes of the requests' bodies.
        fileprivate var bodies = 0
        fileprivate var nextSerial = 0
        fileprivate var attempts = 0
        /// Attempts by their generation, of late.
        fileprivate var numbers: [Int: Int] = [:]

        fileprivate init(order: StreamOrder) { self.order = order }

        var pieces: ArraySlice<Piece> { ring[head...] }

        func exchange(_ attempt: Int) -> Exchange? { exchanges.last { $0.attempt == attempt } }
    }

    /// Bytes kept of one request's body.
    public static let longestBody = 256 << 10
    /// Of one stream.
    public static let bytesOfStream = 1 << 20
    /// Of all streams: those that were heard of longest ago go first.
    public static let bytesInAll = 16 << 20
    public static let keptExchanges = 16
    /// Of the bodies of all streams' requests: those of the streams that were heard of longest ago go first.
    public static let requestBytesInAll = 16 << 20
    /// Streams of which anything is known.
    public static let keptStreams = 1000

    private(set) var redactor: Redactor
    private var wires: [StreamID: Wire] = [:]
    /// Streams, the one that was heard of last at the end.
    private var order: [StreamID] = []
    private var cost = 0
    private var bodies = 0

    /// - Parameter secrets: those that are known from the beginning; the keys of orders come by themselves.
    public init(secrets: some Sequence<Secret> = []) {
        redactor = Redactor(secrets)
    }

    public func wire(of stream: StreamID) -> Wire? { wires[stream] }

    // MARK: What is heard

    public mutating func receive(_ records: [CallRecord]) {
        for record in records { receive(record) }
    }

    public mutating func receive(_ record: CallRecord) {
        switch record.call {
        case .start(let id, let order):
            if let key = order.endpoint.key { redactor.add(key) }
            forget(id)
            wires[id] = Wire(order: order)
            self.order.append(id)
            if self.order.count > Self.keptStreams { forget(self.order[0]) }
        case .switchModel(let id, let model, let endpoint, let context):
            if let key = endpoint.key { redactor.add(key) }
            wires[id]?.order.model = model
            wires[id]?.order.endpoint = endpoint
            wires[id]?.order.failureContext = context
        case .transport(let attempt, let event): receive(event, of: attempt, at: record.at)
        case .body(let attempt, let bytes):
            change(attempt.stream) { wire in
                guard let number = wire.numbers[attempt.generation] else { return }
                wire.add(.body(bytes), of: number, at: record.at.instant)
            }
        default: break
        }
        for action in record.asked {
            if case .start(let attempt, let request) = action { asked(request.http, of: attempt, at: record.at) }
        }
    }

    private mutating func asked(_ http: HTTPRequest, of attempt: AttemptID, at now: Now) {
        var request = http
        request.url = redactor.redacted(url: http.url)
        request.headers = http.headers.map(redactor.redacted)
        // A little more than is kept: half of a secret would not be known.
        let body = redactor.redacted(Array(http.body.prefix(Self.longestBody + 4096)))
        request.body = Array(body.prefix(Self.longestBody))
        change(attempt.stream) { wire in
            wire.attempts += 1
            wire.numbers[attempt.generation] = wire.attempts
            if wire.numbers.count > 2 * Self.keptExchanges {
                wire.numbers = wire.numbers.filter { $0.value > wire.attempts - Self.keptExchanges }
            }
            wire.exchanges.append(
                Exchange(attempt: wire.attempts, at: now, request: request, bodyBytes: http.body.count))
            wire.bodies += request.body.count
            if wire.exchanges.count > Self.keptExchanges {
                wire.bodies -= wire.exchanges.removeFirst().request.body.count
            }
            wire.add(.request, of: wire.attempts, at: now.instant)
        }
    }

    private mutating func receive(_ event: TransportEvent, of attempt: AttemptID, at now: Now) {
        let redactor = redactor
        change(attempt.stream) { wire in
            guard let number = wire.numbers[attempt.generation],
                let index = wire.exchanges.lastIndex(where: { $0.attempt == number })
            else { return }
            switch event {
            case .connected(let phases): wire.exchanges[index].phases = phases
            case .headers(let status, let headers, let phases):
                wire.exchanges[index].phases = phases
                wire.exchanges[index].status = status
                wire.exchanges[index].headers = headers.map(redactor.redacted)
                wire.add(.response, of: number, at: now.instant)
            case .finished(let phases):
                wire.exchanges[index].phases = phases
                wire.add(.end("the body ended", ""), of: number, at: now.instant)
            case .failed(let failure, let phases):
                wire.exchanges[index].phases = phases
                let end = Piece.Content.end(failure.kind.rawValue, redactor.redacted(failure.message))
                wire.add(end, of: number, at: now.instant)
            }
        }
    }

    // MARK: What is kept

    /// Moved out meanwhile, so that what it holds has one owner and is changed in place.
    private mutating func change(_ stream: StreamID, _ body: (inout Wire) -> Void) {
        guard var wire = wires.removeValue(forKey: stream) else { return }
        cost -= wire.cost
        bodies -= wire.bodies
        body(&wire)
        cost += wire.cost
        bodies += wire.bodies
        wires[stream] = wire
        if order.last != stream, let index = order.lastIndex(of: stream) {
            order.remove(at: index)
            order.append(stream)
        }
        while cost > Self.bytesInAll, let oldest = order.first(where: { wires[$0]?.pieces.isEmpty == false }),
            oldest != stream
        {
            // Requests and the heads of answers stay: a report needs them most.
            cost -= wires[oldest]?.cost ?? 0
            wires[oldest]?.letGo(to: 0)
        }
        while bodies > Self.requestBytesInAll, let oldest = order.first(where: { wires[$0]?.bodies ?? 0 > 0 }) {
            bodies -= wires[oldest]?.letOldestBodyGo() ?? 0
        }
    }

    private mutating func forget(_ stream: StreamID) {
        guard let wire = wires.removeValue(forKey: stream) else { return }
        cost -= wire.cost
        bodies -= wire.bodies
        order.removeAll { $0 == stream }
    }
}

extension WireTap.Wire {
    fileprivate mutating func add(_ content: WireTap.Piece.Content, of attempt: Int, at instant: Instant) {
        let piece = WireTap.Piece(serial: nextSerial, at: instant, attempt: attempt, content: content)
        nextSerial += 1
        ring.append(piece)
        cost += piece.cost
        letGo(to: WireTap.bytesOfStream)
    }

    /// Says how many bytes that were.
    fileprivate mutating func letOldestBodyGo() -> Int {
        guard let index = exchanges.firstIndex(where: { !$0.request.body.isEmpty }) else { return 0 }
        let count = exchanges[index].request.body.count
        exchanges[index].request.body = []
        bodies -= count
        return count
    }

    /// Lets the oldest go until the rest is no more than that.
    fileprivate mutating func letGo(to limit: Int) {
        while cost > limit, head < ring.count {
            cost -= ring[head].cost
            if case .body(let bytes) = ring[head].content { dropped += bytes.count }
            ring[head].content = .request
            head += 1
        }
        guard head == ring.count || (head > 512 && head > ring.count / 2) else { return }
        ring.removeFirst(head)
        head = 0
    }
}
