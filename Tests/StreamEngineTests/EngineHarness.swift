import Pricing
import Providers
import StreamEngine
import Testing

/// A world for the engine: virtual time, and a network that refuses impossible actions (a start of what runs, a cancel
/// of what does not).
struct EngineHarness {
    var engine: StreamEngine
    var now = Now(instant: Instant(nanoseconds: 1_000_000_000), wall: WallTime(secondsSince1970: 1_795_000_000))
    /// Everything that the engine told, in order.
    var events: [EngineEvent.Kind] = []
    /// What the transport is fetching.
    var running: [AttemptID: TransportRequest] = [:]
    var started: [(id: AttemptID, request: TransportRequest)] = []
    var cancelled: [AttemptID] = []
    /// The text events joined, as a listener that never looks back would have them.
    var heardText: [UInt8] = []
    var mistakes: [String] = []

    init(prices: PriceTable? = nil, seed: UInt64 = 1) {
        engine = StreamEngine(prices: prices, seed: seed)
    }

    // MARK: Acts

    mutating func start(_ order: StreamOrder = .test()) -> StreamID {
        var actions = EngineActions()
        let id = engine.start(order, at: now, into: &actions)
        carryOut(actions)
        return id
    }

    mutating func act(_ body: (inout StreamEngine, Now, inout EngineActions) -> Void) {
        var actions = EngineActions()
        body(&engine, now, &actions)
        carryOut(actions)
    }

    mutating func cancel(_ id: StreamID) { act { $0.cancel(id, at: $1, into: &$2) } }
    mutating func retry(_ id: StreamID) { act { $0.retry(id, at: $1, into: &$2) } }

    // MARK: The network

    /// The attempt that runs; there must be exactly one.
    var current: AttemptID {
        get throws { try #require(running.count == 1 ? running.keys.first : nil) }
    }

    mutating func connected() throws {
        try report(.connected(Phases()))
    }

    mutating func headers(
        _ status: Int = 200, _ headers: [HTTPHeader] = [HTTPHeader("content-type", "text/event-stream")]
    )
        throws
    {
        try report(.headers(status: status, headers: headers, phases: Phases()))
    }

    mutating func body(_ text: String) throws {
        try body(Array(text.utf8))
    }

    mutating func body(_ bytes: [UInt8]) throws {
        let id = try current
        deliver(bytes, to: id)
    }

    mutating func deliver(_ bytes: [UInt8], to id: AttemptID) {
        var actions = EngineActions()
        bytes.withUnsafeBytes { engine.bodyReceived($0, of: id, at: now, into: &actions) }
        carryOut(actions)
    }

    mutating func finish() throws {
        let id = try current
        running[id] = nil
        deliver(.finished(Phases()), to: id)
    }

    mutating func fail(_ kind: TransportFailure.Kind) throws {
        let id = try current
        running[id] = nil
        deliver(.failed(TransportFailure(kind: kind, message: "\(kind)"), Phases()), to: id)
    }

    mutating func report(_ event: TransportEvent) throws {
        deliver(event, to: try current)
    }

    mutating func deliver(_ event: TransportEvent, to id: AttemptID) {
        var actions = EngineActions()
        engine.transportReported(event, of: id, at: now, into: &actions)
        carryOut(actions)
    }

    /// An answer with an error status, whole.
    mutating func answer(_ status: Int, headers: [HTTPHeader] = [], body: String = "{}") throws {
        try connected()
        try self.headers(status, headers + [HTTPHeader("content-type", "application/json")])
        try self.body(body)
        try finish()
    }

    // MARK: Time

    /// Lets time pass; deadlines on the way are met at their own moment.
    mutating func advance(_ duration: Duration) {
        let end = now.instant + duration
        while let deadline = engine.nextDeadline, deadline <= end {
            move(to: max(deadline, now.instant))
            act { $0.timeReached($1, into: &$2) }
        }
        move(to: end)
    }

    private mutating func move(to instant: Instant) {
        now = Now(instant: instant, wall: now.wall(at: instant))
    }

    // MARK: Knowledge

    mutating func snapshot(_ id: StreamID) throws -> StreamSnapshot {
        let snapshot = engine.snapshot(id, at: now)
        return try #require(snapshot)
    }

    func text(_ id: StreamID) -> String {
        String(decoding: engine.text(of: id), as: UTF8.self)
    }

    /// The states that were told, in order.
    var states: [StreamState] {
        events.compactMap { if case .stateChanged(let state) = $0 { state } else { nil } }
    }

    mutating func carryOut(_ actions: EngineActions) {
        for action in actions.transport {
            switch action {
            case .start(let id, let request):
                if running[id] != nil { mistakes.append("started twice: \(id)") }
                running[id] = request
                started.append((id, request))
            case .cancel(let id):
                if running.removeValue(forKey: id) == nil { mistakes.append("cancelled what does not run: \(id)") }
                cancelled.append(id)
                engine.transferClosed(id, at: now)
            }
        }
        for event in actions.events {
            events.append(event.kind)
            switch event.kind {
            case .text(let range):
                if range.lowerBound != heardText.count { mistakes.append("a gap before \(range)") }
                heardText += engine.text(of: event.stream)[range]
            case .diverged(_, let kept):
                heardText.removeLast(heardText.count - kept)
            default:
                break
            }
        }
    }
}

extension StreamOrder {
    static func test(
        dialect: Dialect = .anthropic, resume: ResumeSetting = .auto, strategy: ResumeStrategy = .prefill,
        policy: RetryPolicy = RetryPolicy(jitter: .none), timeouts: Timeouts = Timeouts(),
        longWaits: LongWaits = .wait, allowsNewTake: Bool = true, key: String? = "sk-test"
    ) -> StreamOrder {
        do {
            let endpoint = try Endpoint(
                provider: "lab", dialect: dialect, baseURL: "http://127.0.0.1:1", key: key.map(Secret.init))
            var model = Model(id: "test-model")
            model.resume = strategy
            return StreamOrder(
                endpoint: endpoint, model: model,
                request: ChatRequest(model: "test-model", messages: [ChatMessage(role: .user, text: "Hello")]),
                retryPolicy: policy, timeouts: timeouts, resume: resume, longWaits: longWaits,
                allowsNewTake: allowsNewTake)
        } catch {
            preconditionFailure("the test's endpoint is valid: \(error)")
        }
    }
}

/// Anthropic's events as a server writes them.
enum Wire {
    static let start = event(
        "message_start",
        #"{"type":"message_start","message":{"id":"msg_1","model":"test-model","role":"assistant","content":[],"usage":{"input_tokens":12,"output_tokens":1}}}"#
    )
    static let blockStart = event(
        "content_block_start",
        #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#)
    static let ping = event("ping", #"{"type":"ping"}"#)
    static let messageStop = event("message_stop", #"{"type":"message_stop"}"#)

    static func text(_ text: String) -> String {
        event(
            "content_block_delta",
            #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"\#(escape(text))"}}"#)
    }

    static func thinking(_ text: String) -> String {
        event(
            "content_block_delta",
            #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"\#(escape(text))"}}"#
        )
    }

    static func stop(_ reason: String = "end_turn", output: Int = 7) -> String {
        event(
            "message_delta",
            #"{"type":"message_delta","delta":{"stop_reason":"\#(reason)"},"usage":{"output_tokens":\#(output)}}"#)
    }

    static func error(_ type: String) -> String {
        event("error", #"{"type":"error","error":{"type":"\#(type)","message":"from the server"}}"#)
    }

    static func reply(_ texts: String..., stop: String = "end_turn") -> String {
        start + blockStart + texts.map(text).joined() + self.stop(stop) + messageStop
    }

    static func event(_ name: String, _ data: String) -> String {
        "event: \(name)\ndata: \(data)\n\n"
    }

    private static func escape(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
