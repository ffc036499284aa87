import Providers
import StreamEngine
import Testing

/// A reply from start to end, as a transcript of what crosses the engine's border.
@Suite struct ReplyMachineTests {
    @Test func aReplyGoesThroughItsStatesAndIsComplete() throws {
        var world = EngineHarness()
        let id = world.start()
        #expect(world.started.count == 1)
        try world.connected()
        try world.headers()
        try world.body(Wire.start + Wire.blockStart)
        world.advance(.milliseconds(300))
        try world.body(Wire.thinking("hm"))
        try world.body(Wire.text("Hello"))
        try world.body(Wire.text(", world"))
        try world.body(Wire.stop() + Wire.messageStop)
        #expect(world.states == [.connecting, .waiting, .thinking, .streaming, .complete])
        #expect(world.text(id) == "Hello, world")
        #expect(String(decoding: world.heardText, as: UTF8.self) == "Hello, world")
        let snapshot = try world.snapshot(id)
        #expect(snapshot.verdict == .complete)
        #expect(snapshot.stopReason == .endTurn)
        #expect(snapshot.attempts.count == 1)
        #expect(snapshot.usage.input == 12)
        #expect(snapshot.usage.output == 7)
        #expect(!snapshot.inputIsEstimated)
        #expect(!snapshot.outputIsEstimated)
        #expect(snapshot.failure == nil)
        #expect(world.mistakes.isEmpty)
    }

    /// `[DONE]` and then an open connection: the reply is whole at once, the connection gets a moment to end in order.
    @Test func aTerminatorEndsTheReplyAtOnceAndTheConnectionSoonAfter() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.reply("all"))
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.cancelled.isEmpty)
        world.advance(.seconds(1))
        #expect(world.cancelled.count == 1)
        #expect(world.engine.nextDeadline == nil)
        #expect(world.mistakes.isEmpty)
    }

    @Test func aConnectionThatEndsInOrderLeavesNothingBehind() throws {
        var world = EngineHarness()
        _ = world.start()
        try world.headers()
        try world.body(Wire.reply("all"))
        try world.finish()
        #expect(world.engine.nextDeadline == nil)
        #expect(world.cancelled.isEmpty)
    }

    /// Seven recorded streams end so: the stop reason is the proof, not the terminator.
    @Test func aStopReasonWithoutTerminatorIsCompleteAtTheEndOfTheBody() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("x") + Wire.stop())
        #expect(world.engine.state(of: id) == .streaming)
        try world.finish()
        #expect(world.engine.state(of: id) == .complete)
    }

    @Test func aStopReasonWithoutAnyEndIsCompleteAfterTheGrace() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("x") + Wire.stop())
        world.advance(.milliseconds(1900))
        #expect(world.engine.state(of: id) == .streaming)
        world.advance(.milliseconds(200))
        #expect(world.engine.state(of: id) == .complete)
    }

    @Test func aConnectionThatBreaksAfterTheStopReasonBreaksNothing() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("x") + Wire.stop())
        try world.fail(.reset)
        #expect(world.engine.state(of: id) == .complete)
    }

    @Test(arguments: [
        ("end_turn", StreamState.complete), ("stop_sequence", .complete), ("tool_use", .complete),
        ("max_tokens", .truncated), ("model_context_window_exceeded", .truncated), ("refusal", .refused),
        ("a_reason_of_tomorrow", .complete),
    ])
    func everyStopReasonHasItsState(_ reason: String, _ state: StreamState) throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.reply("x", stop: reason))
        #expect(world.engine.state(of: id) == state)
    }

    @Test func silenceAfterTextIsAStallAndTextEndsIt() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("x"))
        world.advance(.seconds(4))
        #expect(world.engine.state(of: id) == .streaming)
        world.advance(.seconds(2))
        #expect(world.engine.state(of: id) == .stalled)
        #expect(try world.snapshot(id).liveness.tier == .quiet)
        world.advance(.seconds(30))
        #expect(try world.snapshot(id).liveness.tier == .long)
        // Keep-alives are life, not progress.
        try world.body(Wire.ping)
        #expect(world.engine.state(of: id) == .stalled)
        try world.body(Wire.text("y"))
        #expect(world.engine.state(of: id) == .streaming)
    }

    @Test func aWholeJSONReplyIsTheReplyAndSaidToBeNotStreamed() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers(200, [HTTPHeader("content-type", "application/json")])
        try world.body(
            #"{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"text","text":"whole"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":1}}"#
        )
        try world.finish()
        #expect(world.text(id) == "whole")
        let snapshot = try world.snapshot(id)
        #expect(snapshot.verdict == .complete)
        #expect(snapshot.isNotStreamed)
    }

    @Test func lateEventsOfAnOldAttemptAreDropped() throws {
        var world = EngineHarness()
        let id = world.start()
        let old = try world.current
        try world.headers()
        try world.body(Wire.start + Wire.text("one two three"))
        try world.fail(.reset)
        world.advance(.seconds(2))
        try world.headers()
        world.deliver(Array(Wire.text("ghost").utf8), to: old)
        world.deliver(.failed(TransportFailure(kind: .reset, message: ""), Phases()), to: old)
        #expect(world.text(id) == "one two three")
        #expect(world.engine.state(of: id) == .waiting)
    }

    @Test func twoStreamsDoNotTouchEachOther() throws {
        var world = EngineHarness()
        let first = world.start()
        let second = world.start()
        let ids = world.started.map(\.id)
        for id in ids { world.deliver(.headers(status: 200, headers: [], phases: Phases()), to: id) }
        world.deliver(Array((Wire.start + Wire.text("for the first")).utf8), to: ids[0])
        world.heardText = []
        world.deliver(Array((Wire.start + Wire.text("for the second")).utf8), to: ids[1])
        world.cancel(first)
        #expect(world.engine.state(of: first) == .cancelled)
        #expect(world.engine.state(of: second) == .streaming)
        #expect(world.text(second) == "for the second")
    }
}
