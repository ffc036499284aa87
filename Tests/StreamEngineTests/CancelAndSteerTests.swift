import Providers
import StreamEngine
import Testing

/// The user's hand on a stream: cancel, retry, retry now, wait longer, give up, another model.
@Suite struct CancelAndSteerTests {
    @Test func cancelClosesTheTransferKeepsTheTextAndGivesAReceipt() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("half a"))
        let attempt = try world.current
        world.cancel(id)
        #expect(world.cancelled == [attempt])
        world.deliver(Array(Wire.text(" word").utf8), to: attempt)
        let snapshot = try world.snapshot(id)
        #expect(snapshot.state == .cancelled)
        #expect(snapshot.cancelReceipt == CancelReceipt(closedAfter: .zero, tokensAfter: 0))
        #expect(world.text(id) == "half a")
        #expect(world.engine.nextDeadline == nil)
    }

    /// Both in one turn of the loop: what came first on the wire counts, every time.
    @Test func cancelAfterTheStopReasonLeavesTheReplyComplete() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("all") + Wire.stop())
        world.cancel(id)
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.running.isEmpty)
    }

    @Test func cancelTwiceIsCancelOnce() throws {
        var world = EngineHarness()
        let id = world.start()
        world.cancel(id)
        world.cancel(id)
        #expect(world.cancelled.count == 1)
        #expect(world.events.filter { $0 == .ended(.cancelled) }.count == 1)
    }

    @Test func cancelDuringABackoffLeavesNoTimer() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.fail(.connectionRefused)
        #expect(world.engine.state(of: id) == .backingOff)
        world.cancel(id)
        #expect(world.engine.state(of: id) == .cancelled)
        #expect(world.engine.nextDeadline == nil)
        world.advance(.seconds(100))
        #expect(world.started.count == 1)
    }

    @Test func aRetriedCancelledReplyGoesOnFromItsPartial() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("The first half "))
        world.cancel(id)
        world.retry(id)
        #expect(world.started.count == 2)
        try world.headers()
        try world.body(Wire.reply("and the second."))
        #expect(world.text(id) == "The first half and the second.")
        let snapshot = try world.snapshot(id)
        #expect(snapshot.state == .complete)
        #expect(snapshot.seams.count == 1)
        #expect(snapshot.attemptInRun == 1)
    }

    @Test func retryOfARunningStreamClosesItsAttempt() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("one two "))
        world.retry(id)
        #expect(world.cancelled.count == 1)
        #expect(world.running.count == 1)
        try world.headers()
        try world.body(Wire.reply("three"))
        #expect(world.text(id) == "one two three")
    }

    @Test func aCompleteReplyCannotBeRetried() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.reply("done"))
        #expect(try world.snapshot(id).controls == [])
        world.retry(id)
        #expect(world.started.count == 1)
        #expect(world.engine.state(of: id) == .complete)
    }

    @Test func aBackoffCanBeCutShortAndDrawnOut() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.fail(.connectionRefused)
        let before = try #require(world.snapshot(id).backoff)
        world.act { $0.waitLonger(id, by: .seconds(10), at: $1, into: &$2) }
        let after = try #require(world.snapshot(id).backoff)
        #expect(after.deadline - before.deadline == .seconds(10))
        world.advance(.seconds(2))
        #expect(world.started.count == 1)
        world.act { $0.retryNow(id, at: $1, into: &$2) }
        #expect(world.started.count == 2)
    }

    @Test func givingUpEndsAndKeepsWhatThereIs() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("some"))
        try world.fail(.reset)
        world.act { $0.giveUp(id, at: $1, into: &$2) }
        let snapshot = try world.snapshot(id)
        #expect(snapshot.state == .failed)
        #expect(snapshot.verdict == .incomplete)
        #expect(world.text(id) == "some")
        #expect(world.engine.nextDeadline == nil)
    }

    @Test func anotherModelGoesOnAtOnce() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("begun by one "))
        try world.fail(.reset)
        var other = Model(id: "other-model")
        other.resume = .continue
        let endpoint = StreamOrder.test().endpoint
        world.act { $0.switchModel(id, to: other, of: endpoint, at: $1, into: &$2) }
        let body = String(decoding: try #require(world.started.last).request.http.body, as: UTF8.self)
        #expect(body.contains("other-model"))
        #expect(body.contains("begun by one"))
        try world.headers()
        try world.body(Wire.reply("ended by another"))
        #expect(world.text(id) == "begun by one ended by another")
        #expect(try world.snapshot(id).model == "other-model")
    }
}
