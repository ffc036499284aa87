import EventStream
import Providers
import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The work that is timed, stage by stage: each contains the one before it.
enum EngineRun {
    /// The floor: finds every line feed with the C library's memchr and does nothing else. Returns how many.
    static func scan(_ stream: SampleStream, pieces: Int?) -> Int {
        var lines = 0
        stream.forEachPiece(of: pieces) { piece in
            guard var place = piece.baseAddress else { return }
            let end = place + piece.count
            while let found = memchr(place, 0x0A, end - place) {
                lines &+= 1
                place = UnsafeRawPointer(found) + 1
            }
        }
        return lines
    }

    /// Bytes to events. Returns how many.
    static func parse(_ stream: SampleStream, pieces: Int?) -> Int {
        var parser = EventStreamParser()
        var events = 0
        stream.forEachPiece(of: pieces) { piece in
            try? parser.receive(piece) { _ in events &+= 1 }
        }
        return events
    }

    /// Bytes to what the events mean. Returns the bytes of text.
    static func decode(_ stream: SampleStream, pieces: Int?) -> Int {
        var decoder = ReplyDecoder(format: .eventStream)
        var batch = ReplyBatch()
        var text = 0
        stream.forEachPiece(of: pieces) { piece in
            batch.removeAll()
            try? decoder.receive(piece, into: &batch)
            text &+= batch.text.count
        }
        return text
    }

    /// Bytes to text at the engine's outside: a whole stream from its start to its verdict. Returns the bytes of text, or
    /// `nil` where the reply did not come out complete.
    static func converse(_ stream: SampleStream, pieces: Int?, order: StreamOrder) -> Int? {
        var listener = Listener(order)
        stream.forEachPiece(of: pieces) { listener.receive($0) }
        return listener.finish()
    }

    static func order(_ dialect: Dialect) throws -> StreamOrder {
        StreamOrder(
            endpoint: try Endpoint(provider: "bench", dialect: dialect, baseURL: "http://127.0.0.1:1", key: nil),
            model: Model(id: "bench"),
            request: ChatRequest(model: "bench", messages: [ChatMessage(role: .user, text: "Explain superposition.")]))
    }
}

/// Drives the engine as `weir ask` does: each text event is read and copied to an output buffer that is then emptied.
private struct Listener {
    private var engine = StreamEngine(prices: nil, seed: 1)
    private var actions = EngineActions()
    private var now = Now(
        instant: Instant(nanoseconds: 1_000_000_000), wall: WallTime(secondsSince1970: 1_795_000_000))
    private let id: StreamID
    private var attempt = AttemptID(stream: StreamID(rawValue: 0), generation: 0)
    private var output: [UInt8] = []
    private var textBytes = 0

    init(_ order: StreamOrder) {
        id = engine.start(order, at: now, into: &actions)
        if case .start(let attempt, _)? = actions.transport.first { self.attempt = attempt }
        engine.transportReported(.connected(Phases()), of: attempt, at: now, into: &actions)
        engine.transportReported(
            .headers(status: 200, headers: [HTTPHeader("content-type", "text/event-stream")], phases: Phases()),
            of: attempt, at: now, into: &actions)
        actions.removeAll()
    }

    mutating func receive(_ piece: UnsafeRawBufferPointer) {
        // A millisecond for every piece: time passes for the rates and the log as it does on a wire.
        now.instant.nanoseconds += 1_000_000
        engine.bodyReceived(piece, of: attempt, at: now, into: &actions)
        collect()
    }

    mutating func finish() -> Int? {
        engine.transportReported(.finished(Phases()), of: attempt, at: now, into: &actions)
        collect()
        return engine.state(of: id) == .complete ? textBytes : nil
    }

    private mutating func collect() {
        for event in actions.events {
            guard case .text(let range) = event.kind else { continue }
            output.append(contentsOf: engine.text(of: id)[range])
        }
        textBytes &+= output.count
        output.removeAll(keepingCapacity: true)
        actions.removeAll()
    }
}
