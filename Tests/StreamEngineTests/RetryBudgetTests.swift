import Providers
import Testing

@testable import StreamEngine

/// The token bucket of gRPC's A6, and the gate that it closes.
@Suite struct RetryBudgetTests {
    @Test func theBucketIsThatOfA6() {
        var budget = RetryBudget(capacity: 10)
        for left in [9.0, 8, 7, 6] {
            budget.failed()
            #expect(budget.tokens == left)
            #expect(!budget.isSpent)
        }
        // "At half or less": 5 of 10 is spent, and one success more is not.
        budget.failed()
        #expect(budget.isSpent)
        budget.succeeded()
        #expect(budget.tokens == 5.1)
        #expect(!budget.isSpent)
        for _ in 0..<20 { budget.failed() }
        #expect(budget.tokens == 0)
        for _ in 0..<50 { budget.succeeded() }
        #expect(budget.isSpent)
        budget.succeeded()
        #expect(!budget.isSpent)
        for _ in 0..<1000 { budget.succeeded() }
        #expect(budget.tokens == 10)
    }

    @Test func withoutABudgetNothingIsSpent() {
        var budget = RetryBudget(capacity: 0)
        for _ in 0..<100 { budget.failed() }
        #expect(!budget.isSpent)
    }

    private let policy = RetryPolicy(jitter: .none)
    private func id(_ number: Int) -> StreamID { StreamID(rawValue: number) }
    private func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

    private func spent(at instant: Instant, streams: Int = 8) -> RetryGate {
        var gate = RetryGate(capacity: 10)
        for stream in 1...streams { gate.failed(id(stream), wait: .seconds(1), policy: policy, at: instant) }
        return gate
    }

    @Test func onceSpentOneProbeGoesAndAnAnswerLetsOneMoreGoEachTime() {
        var gate = spent(at: at(0))
        for stream in 1...8 { gate.queued(id(stream)) }
        #expect(gate.next(at: at(0.9)) == nil)
        #expect(gate.nextByTime?.stream == id(1))
        #expect(gate.nextByTime?.at == at(1))
        #expect(gate.next(at: at(1)) == id(1))
        gate.started(id(1))
        #expect(gate.next(at: at(1)) == nil)
        #expect(gate.nextByTime == nil)
        gate.answered(id(1))
        #expect(gate.next(at: at(2)) == id(2))
        gate.started(id(2))
        #expect(gate.next(at: at(2)) == id(3))
        gate.started(id(3))
        #expect(gate.next(at: at(2)) == nil)
        // One of two probes fails: one at a time again, and it is waited for first.
        gate.failed(id(2), wait: .seconds(9), policy: policy, at: at(3))
        #expect(gate.window == 1)
        #expect(gate.next(at: at(60)) == nil)
        gate.answered(id(3))
        #expect(gate.next(at: at(3)) == id(4))
    }

    @Test func failedProbesComeSlowerAndSlowerUpToTheLongestWait() {
        var gate = spent(at: at(0))
        var time = at(0)
        var paces: [Duration] = []
        for probe in 1...9 {
            gate.started(id(probe))
            gate.failed(id(probe), wait: nil, policy: policy, at: time)
            let opens = gate.opensAt ?? time
            paces.append(opens - time)
            time = opens
        }
        #expect(paces.map(\.inSeconds) == [2, 4, 8, 16, 32, 60, 60, 60, 60])
    }

    @Test func aStreamAloneIsNeverSlowedDown() {
        var gate = RetryGate(capacity: 10)
        var time = at(0)
        for wait in [1.0, 2, 0.2, 8, 0.1, 0.4, 60] {
            gate.started(id(1))
            gate.failed(id(1), wait: .clamping(seconds: wait), policy: policy, at: time)
            time += .clamping(seconds: wait)
            #expect(gate.isOpen(at: time))
        }
        #expect(gate.budget.isSpent)
    }

    /// While others wait, a stream that is early in its own schedule does not set the pace.
    @Test func amongManyTheProvidersPaceCounts() {
        var gate = spent(at: at(0))
        gate.queued(id(5))
        gate.queued(id(6))
        gate.started(id(1))
        gate.failed(id(1), wait: .seconds(1), policy: policy, at: at(10))
        #expect(gate.opensAt == at(12))
        gate.started(id(2))
        gate.failed(id(2), wait: .seconds(1), policy: policy, at: at(12))
        #expect(gate.opensAt == at(16))
    }

    @Test func whoLeavesLeavesNoTrace() {
        var gate = spent(at: at(0))
        gate.queued(id(1))
        gate.queued(id(2))
        gate.left(id(1))
        #expect(gate.queue == [id(2)])
        gate.started(id(2))
        #expect(gate.queue.isEmpty)
        gate.left(id(2))
        #expect(gate.probes.isEmpty)
    }
}

/// Many streams and a provider that is down, in virtual time.
@Suite struct DownProviderTests {
    /// A provider that refuses every connection until it is up.
    private struct World {
        var harness = EngineHarness(seed: 7)
        var streams: [StreamID] = []
        var isUp = false
        /// When each attempt was made.
        var attempts: [Instant] = []
        /// The user's own word is longer.
        var asksForMore: StreamID?

        init(streams count: Int, policy: RetryPolicy = RetryPolicy()) throws {
            for _ in 0..<count { streams.append(harness.start(.test(policy: policy))) }
            try serve()
        }

        mutating func serve() throws {
            while let id = harness.running.keys.min(by: { ($0.stream, $0.generation) < ($1.stream, $1.generation) }) {
                attempts.append(harness.now.instant)
                if isUp {
                    harness.deliver(.headers(status: 200, headers: [], phases: Phases()), to: id)
                    harness.deliver(Array(Wire.reply("all of it").utf8), to: id)
                    harness.running[id] = nil
                    harness.deliver(.finished(Phases()), to: id)
                } else {
                    harness.running[id] = nil
                    harness.deliver(
                        .failed(TransportFailure(kind: .connectionRefused, message: "refused"), Phases()), to: id)
                }
            }
        }

        /// Lets time pass; every attempt is answered at once.
        mutating func advance(_ seconds: Int) throws {
            for tick in 0..<(seconds * 10) {
                harness.advance(.milliseconds(100))
                try serve()
                guard tick % 10 == 0 else { continue }
                for id in streams where id != asksForMore {
                    guard let backoff = try harness.snapshot(id).backoff, backoff.source == .retryBudget else {
                        continue
                    }
                    #expect(backoff.deadline - backoff.startedAt <= .seconds(60))
                    #expect(backoff.deadline >= harness.now.instant)
                }
            }
        }

        mutating func states() -> [StreamState] { streams.compactMap { harness.engine.state(of: $0) } }
    }

    @Test func twentyStreamsDoNotHammerAProviderThatIsDown() throws {
        var world = try World(streams: 20, policy: RetryPolicy(maximumRetries: 100))
        #expect(world.attempts.count == 20)
        try world.advance(30)
        // As often as one stream would have asked, and not twenty times that.
        let probes = world.attempts.count - 20
        #expect((3...8).contains(probes), "\(probes)")
        #expect(world.states().allSatisfy { $0 == .backingOff })
        let sources = try world.streams.map { try world.harness.snapshot($0).backoff?.source }
        #expect(sources.filter { $0 == .retryBudget }.count >= 15)

        // Without a budget: each for itself.
        var free = try World(streams: 20, policy: Self.unbudgeted)
        try free.advance(30)
        #expect(free.attempts.count >= 20 + 4 * 20)
        #expect(world.harness.mistakes.isEmpty)
    }

    private static var unbudgeted: RetryPolicy {
        var policy = RetryPolicy(maximumRetries: 100)
        policy.budget = 0
        return policy
    }

    @Test func whenItIsBackAllOfThemGoOnAtOnce() throws {
        var world = try World(streams: 20, policy: RetryPolicy(maximumRetries: 100))
        try world.advance(10)
        world.isUp = true
        // The next probe comes 32 s after the last at the latest; its answer opens the gate for the others.
        try world.advance(35)
        #expect(world.states().allSatisfy { $0 == .complete })
        #expect(world.harness.engine.nextDeadline == nil)
    }

    @Test func everyStreamComesToItsEndWhenTheProviderDoesNotComeBack() throws {
        var world = try World(streams: 20)
        // Five retries each, none later than its own wait and the wait for its turn: 2 · 60 s.
        try world.advance(5 * 2 * 60)
        #expect(world.states().allSatisfy { $0 == .failed })
        #expect(world.attempts.count == 20 * 6)
        #expect(world.harness.engine.nextDeadline == nil)
    }

    /// No stream spends its attempts for all the others.
    @Test func theyAskInTurn() throws {
        var world = try World(streams: 8, policy: RetryPolicy(maximumRetries: 100))
        try world.advance(600)
        let made = try world.streams.map { try world.harness.snapshot($0).attempts.count }
        #expect((made.max() ?? 0) - (made.min() ?? 0) <= 3, "\(made)")
        #expect((made.min() ?? 0) >= 5, "\(made)")
    }

    @Test func retryNowAsksNobodyAndLetsNobodyElseIn() throws {
        var world = try World(streams: 20, policy: RetryPolicy(maximumRetries: 100))
        try world.advance(10)
        let waiting = try #require(
            world.streams.first { try world.harness.snapshot($0).backoff?.source == .retryBudget })
        let before = world.attempts.count
        world.harness.act { $0.retryNow(waiting, at: $1, into: &$2) }
        #expect(world.harness.running.count == 1)
        try world.serve()
        #expect(world.attempts.count == before + 1)
    }

    @Test func aQueuedStreamThatIsCancelledOrWaitsLongerLeavesTheQueue() throws {
        var world = try World(streams: 12, policy: RetryPolicy(maximumRetries: 100))
        try world.advance(5)
        let waiting = try world.streams.filter { try world.harness.snapshot($0).backoff?.source == .retryBudget }
        let (first, second) = (try #require(waiting.first), try #require(waiting.last))
        world.harness.cancel(first)
        world.harness.act { $0.waitLonger(second, by: .seconds(600), at: $1, into: &$2) }
        world.asksForMore = second
        world.isUp = true
        try world.advance(60)
        #expect(world.harness.engine.state(of: first) == .cancelled)
        #expect(world.harness.engine.state(of: second) == .backingOff)
        #expect(world.states().filter { $0 == .complete }.count == 10)
        try world.advance(600)
        #expect(world.harness.engine.state(of: second) == .complete)
        #expect(world.harness.engine.nextDeadline == nil)
    }

    @Test func anotherProvidersStreamsAreNotConcerned() throws {
        var world = try World(streams: 20, policy: RetryPolicy(maximumRetries: 100))
        try world.advance(5)
        var order = StreamOrder.test()
        order.endpoint = try Endpoint(
            provider: "other", dialect: .anthropic, baseURL: "http://127.0.0.1:2", key: Secret("sk-test"))
        let other = world.harness.start(order)
        try world.serve()
        #expect(try world.harness.snapshot(other).backoff?.source == .schedule)
        world.isUp = true
        world.harness.advance(.milliseconds(1600))
        try world.serve()
        #expect(world.harness.engine.state(of: other) == .complete)
    }

    /// What only says something about the request or the user costs no token.
    @Test func onlyWhatMayBeRetriedCounts() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.answer(400)
        #expect(world.engine.state(of: id) == .failed)
        #expect(world.engine.retryBudget(of: id)?.tokens == 10)
        let other = world.start()
        world.cancel(other)
        #expect(world.engine.retryBudget(of: id)?.tokens == 10)
        let third = world.start()
        try world.answer(503)
        #expect(world.engine.retryBudget(of: third)?.tokens == 9)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.reply("x"))
        #expect(world.engine.retryBudget(of: third)?.tokens == 9.1)
    }
}
