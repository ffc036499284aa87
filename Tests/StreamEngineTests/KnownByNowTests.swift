import Providers
import StreamEngine
import Testing

/// What is already known beats whatever happens next: a stop reason makes the reply whole, a status says what failed.
@Suite struct KnownByNowTests {
    private let sentence = "one two three four five six seven eight nine ten eleven"

    /// The words held at the seam are part of a reply that is whole.
    @Test func cancelAfterTheStopReasonKeepsWhatTheSeamHeld() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text(sentence))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.start + Wire.text("three four") + Wire.stop())
        world.cancel(id)
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.text(id).hasSuffix("eleventhree four"))
        #expect(world.running.isEmpty)
    }

    @Test func cancelAfterAShorterRestartShowsTheShorterReply() throws {
        var world = EngineHarness()
        let id = world.start(.test(strategy: .restartSkip))
        try world.headers()
        try world.body(Wire.start + Wire.text("one two three four five"))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.start + Wire.text("one two") + Wire.stop())
        world.cancel(id)
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.text(id) == "one two")
    }

    @Test(arguments: [Timeouts(idle: .seconds(1)), Timeouts(contentIdle: .seconds(1)), Timeouts(total: .seconds(1))])
    func aClockThatRunsOutAfterTheStopReasonBreaksNothing(_ timeouts: Timeouts) throws {
        var world = EngineHarness()
        let id = world.start(.test(timeouts: timeouts))
        try world.headers()
        try world.body(Wire.start + Wire.text("whole") + Wire.stop())
        world.advance(.seconds(3))
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.started.count == 1)
    }

    @Test func anEventOverTheLimitAfterTheStopReasonBreaksNothing() throws {
        var world = EngineHarness()
        var order = StreamOrder.test()
        order.maximumEventBytes = 1000
        let id = world.start(order)
        try world.headers()
        try world.body(Wire.start + Wire.text("whole") + Wire.stop())
        try world.body("data: " + String(repeating: "x", count: 3000))
        #expect(world.engine.state(of: id) == .complete)
    }

    @Test func retryAfterTheStopReasonAsksNobody() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("whole") + Wire.stop())
        world.retry(id)
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.started.count == 1)
    }

    @Test func anotherReplyAfterTheStopReasonIsNotLookedAt() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        let second = Wire.start.replacing("msg_1", with: "msg_2") + Wire.text("second") + Wire.stop()
        try world.body(Wire.start + Wire.text("first") + Wire.stop() + second + Wire.messageStop)
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.text(id) == "first")
    }

    /// A 401 is a 401, also when its body never ends.
    @Test func theBodyOfAnErrorIsNotWaitedForLong() throws {
        var hanging = EngineHarness()
        let first = hanging.start()
        try hanging.headers(401, [HTTPHeader("content-type", "application/json")])
        try hanging.body(#"{"error":{"type":"authentication_error","message":"bad key"}}"#)
        hanging.advance(.seconds(5))
        #expect(hanging.engine.state(of: first) == .failed)
        #expect(try hanging.snapshot(first).failure?.kind == .status(401))
        #expect(hanging.started.count == 1)
        #expect(hanging.running.isEmpty)

        var endless = EngineHarness()
        let second = endless.start()
        try endless.headers(400, [HTTPHeader("content-type", "text/html")])
        for _ in 0..<7 where endless.running.count == 1 {
            try endless.body([UInt8](repeating: 0x79, count: 10_000))
        }
        #expect(endless.engine.state(of: second) == .failed)
        #expect(endless.running.isEmpty)
    }

    @Test func aHangingErrorKeepsItsRetryAfter() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers(529, [HTTPHeader("retry-after", "9")])
        world.advance(.seconds(5))
        #expect(try world.snapshot(id).backoff?.source == .retryAfter)
    }

    @Test func aFailureThatWasOvercomeIsNotReported() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("half "))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.reply("and more", stop: "max_tokens"))
        #expect(try world.snapshot(id).verdict == .truncated)
        #expect(try world.snapshot(id).failure == nil)
    }

    /// A finished reply's connection that ends by itself must not outlive the next one's.
    @Test func noConnectionIsForgottenWhenTheNextReplyIsFaster() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.reply("a b c", stop: "max_tokens"))
        world.retry(id)
        let second = try #require(world.started.last?.id)
        world.deliver(.headers(status: 200, headers: [], phases: Phases()), to: second)
        world.deliver(Array(Wire.reply(" d e f").utf8), to: second)
        world.advance(.seconds(60))
        #expect(world.running.isEmpty)
        #expect(world.mistakes.isEmpty)
    }
}
