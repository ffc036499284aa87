import Providers
import StreamEngine
import TestSupport

@testable import Recording

/// An engine in virtual time, whose provider says what the test says, and what was recorded of it.
struct Run {
    static let key = "sk-lab-9f8e7d6c5b4a3f2e1d0c"

    var engine: StreamEngine
    var now = Now(instant: Instant(nanoseconds: 5_000_000_000), wall: WallTime(secondsSince1970: 1_764_108_000.125))
    var actions = EngineActions()
    var writer: RecordingWriter
    /// Hears the same.
    var tap = WireTap()
    /// Requests that are under way.
    var open: [AttemptID] = []
    var events: [EngineEvent] = []
    private(set) var file: [UInt8] = []

    init(seed: UInt64 = 7, secrets: [Secret] = []) {
        engine = StreamEngine(prices: nil, seed: seed)
        engine.isJournaled = true
        writer = RecordingWriter(
            Recording.Header(program: "weir 0.1.0", start: now, origin: engine.origin), secrets: secrets)
    }

    static func order(prompt: String = "Hello", key: String? = Run.key, dialect: Dialect = .anthropic) throws
        -> StreamOrder
    {
        StreamOrder(
            endpoint: try Endpoint(
                provider: "lab", dialect: dialect, baseURL: "http://127.0.0.1:8787", key: key.map { Secret($0) }),
            model: Model(id: "lab-claude", contextWindow: 200_000, resume: .prefill),
            request: ChatRequest(
                model: "lab-claude", system: "Be brief.", messages: [ChatMessage(role: .user, text: prompt)]),
            retryPolicy: RetryPolicy(maximumRetries: 3, baseDelay: .milliseconds(250)), resume: .auto)
    }

    mutating func pass(_ duration: Duration) {
        now.instant += duration
        now.wall.secondsSince1970 += duration.inSeconds
    }

    mutating func act<Result>(_ body: (inout StreamEngine, Now, inout EngineActions) -> Result) -> Result {
        let result = body(&engine, now, &actions)
        settle()
        return result
    }

    mutating func start(_ order: StreamOrder) -> StreamID { act { $0.start(order, at: $1, into: &$2) } }

    mutating func report(_ event: TransportEvent) {
        guard let attempt = open.last else { return }
        switch event {
        case .finished, .failed: open.removeLast()
        case .connected, .headers: break
        }
        act { $0.transportReported(event, of: attempt, at: $1, into: &$2) }
    }

    mutating func answer(_ status: Int = 200, _ headers: [HTTPHeader] = []) {
        pass(.milliseconds(20))
        report(.connected(Phases()))
        pass(.milliseconds(90))
        report(
            .headers(
                status: status, headers: [HTTPHeader("content-type", "text/event-stream")] + headers, phases: Phases()))
    }

    mutating func body(_ bytes: [UInt8]) {
        guard let attempt = open.last else { return }
        act { engine, now, actions in
            bytes.withUnsafeBytes { engine.bodyReceived($0, of: attempt, at: now, into: &actions) }
        }
    }

    mutating func body(_ text: String) { body(Array(text.utf8)) }

    /// Waits for the next thing that the engine wants to be told.
    mutating func waitOut() {
        guard let deadline = engine.nextDeadline else { return }
        pass(max(.zero, deadline - now.instant))
        act { $0.timeReached($1, into: &$2) }
    }

    private mutating func settle() {
        for action in actions.transport {
            switch action {
            case .start(let id, _): open.append(id)
            case .cancel(let id):
                open.removeAll { $0 == id }
                engine.transferClosed(id, at: now)
            }
        }
        events += actions.events
        actions.removeAll()
        let records = engine.takeJournal()
        writer.append(records)
        tap.receive(records)
        file += writer.takeBytes()
    }

    mutating func finish() -> [UInt8] {
        writer.finish(at: now)
        file += writer.takeBytes()
        return file
    }

    static func delta(_ text: String) -> String {
        "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\","
            + "\"text\":\"\(text)\"}}\n\n"
    }

    static let head =
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m1\",\"usage\":{\"input_tokens\":9}}}\n\n"
        + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
        + "{\"type\":\"text\",\"text\":\"\"}}\n\n"
    static let tail =
        "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
        + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},"
        + "\"usage\":{\"output_tokens\":4}}\n\nevent: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"

    /// A reply that breaks twice (a reset in the middle, a 429 with a wait) and is then complete.
    static func broken(seed: UInt64 = 7) throws -> (run: Run, stream: StreamID) {
        var run = Run(seed: seed)
        let id = run.start(try order())
        run.answer()
        run.body(head + delta("Grüße, ") + delta("Welt"))
        run.pass(.milliseconds(40))
        run.body([0xE2, 0x82])
        run.report(.failed(TransportFailure(kind: .reset, message: "reset by peer", code: 56), Phases()))
        run.waitOut()
        run.answer(429, [HTTPHeader("retry-after", "3")])
        run.body("{\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\"}}")
        run.report(.finished(Phases()))
        run.waitOut()
        run.answer()
        run.body(head + delta(" und alle.") + tail)
        run.report(.finished(Phases()))
        return (run, id)
    }
}

/// The file, read.
func parse(_ bytes: [UInt8], piece: Int = .max) throws -> Recording {
    var parser = RecordingParser()
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + min(piece, bytes.count))
        try parser.receive(Array(bytes[start..<end]))
        start = end
    }
    return try parser.finish()
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
