import Providers
import StreamEngine
import Testing

/// What the provider would refuse by its own word is not sent before it would not, and the wait says so.
@Suite struct HoldBackTests {
    private let nothingLeft = [
        HTTPHeader("content-type", "text/event-stream"), HTTPHeader("x-ratelimit-limit-requests", "50"),
        HTTPHeader("x-ratelimit-remaining-requests", "0"), HTTPHeader("x-ratelimit-reset-requests", "20s"),
    ]

    /// A reply that is whole and took the last request.
    private func spend(_ world: inout EngineHarness, _ headers: [HTTPHeader]) throws {
        _ = world.start()
        try world.headers(200, headers)
        try world.body(Wire.reply("the last one"))
        try world.finish()
        world.heardText = []
    }

    @Test func aNewStreamWaitsForTheResetAndSaysSo() throws {
        var world = EngineHarness()
        try spend(&world, nothingLeft)
        let id = world.start()
        #expect(world.running.isEmpty)
        let held = try world.snapshot(id)
        #expect(held.state == .backingOff)
        #expect(held.attempts.isEmpty)
        let backoff = try #require(held.backoff)
        #expect(backoff.source == .holdBack)
        #expect(backoff.deadline - world.now.instant == .seconds(20))
        #expect(backoff.notBefore == backoff.deadline)
        #expect(
            backoff.reason.message == "held back: the provider's rate limit has 0 of 50 requests left until its reset")
        // The panel shows what it waits for.
        #expect(held.rateLimits.requests?.remaining == 0)
        world.advance(.milliseconds(19_999))
        #expect(world.running.isEmpty)
        world.advance(.milliseconds(1))
        #expect(world.running.count == 1)
        #expect(try world.snapshot(id).attemptInRun == 1)
        #expect(world.mistakes.isEmpty)
    }

    @Test func retryNowSendsItAllTheSame() throws {
        var world = EngineHarness()
        try spend(&world, nothingLeft)
        let id = world.start()
        world.act { $0.retryNow(id, at: $1, into: &$2) }
        #expect(world.running.count == 1)
        try world.headers()
        try world.body(Wire.reply("there was room"))
        #expect(world.engine.state(of: id) == .complete)
    }

    @Test func givingUpBeforeTheFirstAttemptSaysWhy() throws {
        var world = EngineHarness()
        try spend(&world, nothingLeft)
        let id = world.start()
        world.act { $0.giveUp(id, at: $1, into: &$2) }
        #expect(world.engine.state(of: id) == .failed)
        #expect(try world.snapshot(id).failure?.kind == .heldBack)
        #expect(world.engine.nextDeadline == nil)
    }

    @Test func itCanBeTurnedOff() throws {
        var world = EngineHarness()
        try spend(&world, nothingLeft)
        var policy = RetryPolicy(jitter: .none)
        policy.holdsBack = false
        _ = world.start(.test(policy: policy))
        #expect(world.running.count == 1)
    }

    /// A minute is a choice of the program; an hour is the user's. Where nobody can choose, the server is asked.
    @Test func aLongWaitIsTheUsersChoice() throws {
        let long = nothingLeft.dropLast() + [HTTPHeader("x-ratelimit-reset-requests", "1h")]
        var world = EngineHarness()
        try spend(&world, Array(long))
        let id = world.start()
        #expect(try world.snapshot(id).backoff?.exceedsMaximum == true)
        #expect(world.running.isEmpty)
        let unattended = world.start(.test(longWaits: .giveUp))
        #expect(world.running.count == 1)
        #expect(world.engine.state(of: unattended) == .connecting)
    }

    @Test func withoutAResetNobodyKnowsAndItIsSent() throws {
        var world = EngineHarness()
        try spend(&world, Array(nothingLeft.dropLast()))
        _ = world.start()
        #expect(world.running.count == 1)
    }

    @Test func whatIsSentIsCountedDown() throws {
        var world = EngineHarness()
        var headers = nothingLeft
        headers[2].value = "2"
        try spend(&world, headers)
        _ = world.start()
        _ = world.start()
        let third = world.start()
        #expect(world.running.count == 2)
        #expect(world.engine.state(of: third) == .backingOff)
    }

    /// A newer response says that there is room: nobody waits for the old word.
    @Test func anAnswerWithRoomLetsTheHeldGo() throws {
        var world = EngineHarness()
        var headers = nothingLeft
        headers[2].value = "1"
        try spend(&world, headers)
        _ = world.start()
        let held = world.start()
        #expect(world.engine.state(of: held) == .backingOff)
        headers[2].value = "7"
        try world.headers(200, headers)
        #expect(world.engine.state(of: held) == .connecting)
        #expect(world.running.count == 2)
    }

    @Test func anotherModelOrKeyOrHostIsNotHeld() throws {
        var world = EngineHarness()
        try spend(&world, nothingLeft)
        var model = StreamOrder.test()
        model.model.id = "other"
        _ = world.start(model)
        _ = world.start(.test(key: "sk-other"))
        #expect(world.running.count == 2)
    }

    @Test func retryAfterHoldsTheOthersToo() throws {
        var world = EngineHarness()
        let first = world.start()
        try world.answer(429, headers: [HTTPHeader("Retry-After", "30")])
        world.advance(.seconds(10))
        let second = world.start()
        let backoff = try #require(world.snapshot(second).backoff)
        #expect(backoff.source == .holdBack)
        #expect(backoff.deadline - world.now.instant == .seconds(20))
        #expect(backoff.reason.message == "held back: stream 1 was told to come back later")
        // The user tries all the same, and is answered: the others need not wait.
        world.act { $0.retryNow(first, at: $1, into: &$2) }
        try world.headers()
        #expect(world.engine.state(of: second) == .connecting)
    }

    /// Retry-After is the better word: a window's reset is when it is full again.
    @Test func retryAfterBeatsAWindowsReset() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.answer(429, headers: [HTTPHeader("Retry-After", "3")] + nothingLeft.dropFirst())
        #expect(try world.snapshot(id).backoff?.source == .retryAfter)
        world.advance(.seconds(3))
        #expect(world.running.count == 1)
    }

    @Test func aPromptThatTheTokensDoNotReachForIsHeld() throws {
        var world = EngineHarness()
        try spend(
            &world,
            [
                HTTPHeader("x-ratelimit-limit-tokens", "50000"), HTTPHeader("x-ratelimit-remaining-tokens", "900"),
                HTTPHeader("x-ratelimit-reset-tokens", "12s"),
            ])
        _ = world.start()
        #expect(world.running.count == 1)
        var long = StreamOrder.test()
        long.request.messages = [ChatMessage(role: .user, text: String(repeating: "word ", count: 4000))]
        let held = world.start(long)
        #expect(world.engine.state(of: held) == .backingOff)
        #expect(world.running.count == 1)
        // More than the window ever holds: waiting does not help, and the server says what it wants.
        long.request.messages = [ChatMessage(role: .user, text: String(repeating: "word ", count: 400_000))]
        _ = world.start(long)
        #expect(world.running.count == 2)
    }

    /// Those that wait for one moment do not come in one moment.
    @Test func theHeldComeSpreadOut() throws {
        var world = EngineHarness()
        try spend(&world, nothingLeft)
        for _ in 0..<20 { _ = world.start(.test(policy: RetryPolicy())) }
        world.advance(.seconds(20))
        #expect(world.running.count < 10)
        world.advance(.milliseconds(501))
        #expect(world.running.count == 20)
    }

    /// A clock that is an hour wrong makes no wait of an hour.
    @Test func resetsAreReadByTheServersClock() throws {
        var world = EngineHarness()
        // 2026-11-18 11:06:40 UTC is the harness's time; the server's is an hour later.
        try spend(
            &world,
            [
                HTTPHeader("date", "Wed, 18 Nov 2026 12:06:40 GMT"),
                HTTPHeader("anthropic-ratelimit-requests-limit", "50"),
                HTTPHeader("anthropic-ratelimit-requests-remaining", "0"),
                HTTPHeader("anthropic-ratelimit-requests-reset", "2026-11-18T12:06:55Z"),
            ])
        let id = world.start()
        let backoff = try #require(world.snapshot(id).backoff)
        #expect(backoff.deadline - world.now.instant == .seconds(15))
    }
}
