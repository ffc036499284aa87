import Bench
import Pricing
import Providers
import StreamEngine

/// Real replies for a tally: an engine that is fed by hand, without a network.
struct Replies {
    private var engine = StreamEngine(prices: nil, seed: 1)
    private var now = Now(instant: Instant(nanoseconds: 0), wall: WallTime(secondsSince1970: 1_795_000_000))
    private(set) var tally: BenchTally

    init(planned: Int, target: String = "lab/lab-claude") {
        tally = BenchTally(target: target, planned: planned, startedAt: now.instant)
    }

    /// One reply, a word every `gap` milliseconds, told to the tally as the runner tells it.
    ///
    /// - Parameters:
    ///   - status: of its only answer; another one than 200 fails it at once.
    ///   - isExact: what the runner found.
    mutating func reply(_ words: [String], gap: Int64 = 20, status: Int = 200, isExact: Bool? = true) throws {
        var actions = EngineActions()
        let endpoint = try Endpoint(provider: "lab", dialect: .openai, baseURL: "http://127.0.0.1:1", key: nil)
        let order = StreamOrder(
            endpoint: endpoint, model: Model(id: "m"),
            request: ChatRequest(model: "m", messages: [ChatMessage(role: .user, text: "Hello")]),
            retryPolicy: RetryPolicy(maximumRetries: 0))
        let id = engine.start(order, at: now, into: &actions)
        tally.started(id, at: now.instant)
        let attempt = AttemptID(stream: id, generation: 1)
        engine.transportReported(
            .headers(status: status, headers: [HTTPHeader("content-type", "text/event-stream")], phases: Phases()),
            of: attempt, at: now, into: &actions)
        var events = words.map { "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\($0)\"}}]}" }
        events.append("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}")
        events.append("[DONE]")
        for event in events {
            now = Now(instant: now.instant + .milliseconds(gap), wall: now.wall)
            Array("data: \(event)\n\n".utf8).withUnsafeBytes {
                engine.bodyReceived($0, of: attempt, at: now, into: &actions)
            }
        }
        engine.transportReported(.finished(Phases()), of: attempt, at: now, into: &actions)
        for event in actions.events { tally.heard(event) }
        if let snapshot = engine.snapshot(id, at: now) { tally.ended(snapshot, isExact: isExact, at: now.instant) }
        engine.discard(id)
    }

    func result(conditions: String = "calm", machine: BenchResult.Machine = Self.idle) -> BenchResult {
        BenchResult(
            tally: tally, plan: BenchPlan(streams: 2, promptsEach: 2, prompts: ["Hello"]), machine: machine,
            ending: .complete, date: now.wall, conditions: conditions)
    }

    static let idle = BenchResult.Machine(
        processorSeconds: 0.5, loopShare: 0.1, load: 0.5, cores: 2, peakBytes: 40 << 20)
}
