import Providers
import StreamEngine
import TestSupport
import Testing

/// A turn that its model pauses goes on by itself, with its content sent back as it came; a reply at its token limit goes
/// on where that was asked for.
@Suite struct PausedTurnTests {
    private static func block(_ index: Int, _ block: String, _ deltas: String...) -> String {
        Wire.event(
            "content_block_start", #"{"type":"content_block_start","index":\#(index),"content_block":\#(block)}"#)
            + deltas.map {
                Wire.event(
                    "content_block_delta", #"{"type":"content_block_delta","index":\#(index),"delta":\#($0)}"#)
            }.joined() + Wire.event("content_block_stop", #"{"type":"content_block_stop","index":\#(index)}"#)
    }

    private static let searching =
        Wire.start
        + block(
            0, #"{"type":"thinking","thinking":"","signature":""}"#,
            #"{"type":"thinking_delta","thinking":"I \"search\"."}"#, #"{"type":"signature_delta","signature":"c2ln"}"#)
        + block(1, #"{"type":"text","text":""}"#, #"{"type":"text_delta","text":"I look it up. "}"#)
        + block(
            2, #"{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{}}"#,
            #"{"type":"input_json_delta","partial_json":"{\"query\": "}"#,
            #"{"type":"input_json_delta","partial_json":"\"weirs\"}"}"#)
        + block(
            3,
            #"{"type":"web_search_tool_result","tool_use_id":"srv_1","content":[{"type":"web_search_result","encrypted_content":"Zm9v","n":1.50}]}"#
        )

    private func body(_ world: EngineHarness) -> String {
        String(decoding: world.started.last?.request.http.body ?? [], as: UTF8.self)
    }

    @Test func theContentGoesBackAsItCame() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Self.searching + Wire.stop("pause_turn") + Wire.messageStop)
        #expect(world.started.count == 2)
        #expect(
            body(world).contains(
                #"{"role":"assistant","content":[{"type":"thinking","thinking":"I \"search\".","signature":"c2ln"},"#
                    + #"{"type":"text","text":"I look it up. "},"#
                    + #"{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query":"weirs"}},"#
                    + #"{"type":"web_search_tool_result","tool_use_id":"srv_1","content":[{"type":"web_search_result","encrypted_content":"Zm9v","n":1.50}]}]}"#
            ), "\(body(world))")
        world.advance(.seconds(2))
        try world.headers()
        try world.body(Wire.reply("A weir is a dam."))
        #expect(world.text(id) == "I look it up. A weir is a dam.")
        let snapshot = try world.snapshot(id)
        #expect(snapshot.verdict == .complete && snapshot.seams.map(\.reason.kind) == [.paused])
        #expect(snapshot.attempts.count == 2 && world.mistakes.isEmpty)
    }

    /// The loop comes late: what began then would be billed and given up at once. By hand it goes on.
    @Test(arguments: ["pause_turn", "max_tokens"]) func nothingGoesOnByItselfWhenTheTimeIsUsedUp(stop: String) throws {
        var timeouts = Timeouts()
        timeouts.total = .seconds(30)
        var order = StreamOrder.test(timeouts: timeouts)
        order.truncationsContinued = 2
        var world = EngineHarness()
        let id = world.start(order)
        try world.headers()
        try world.body(Wire.start + Wire.blockStart + Wire.text("A weir is a dam.") + Wire.stop(stop))
        world.now.instant += .seconds(31)
        world.act { $0.timeReached($1, into: &$2) }
        #expect(world.started.count == 1)
        #expect(try world.snapshot(id).verdict == .truncated)
        world.retry(id)
        #expect(world.started.count == 2 && world.mistakes.isEmpty)
    }

    /// A break after the pause takes up what came since, behind the content that was sent back.
    @Test func aBreakAfterAPauseGoesOnFromThere() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Self.searching + Wire.stop("pause_turn") + Wire.messageStop)
        world.advance(.seconds(2))
        try world.headers()
        try world.body(Wire.start + Wire.blockStart + Wire.text("A weir "))
        try world.fail(.reset)
        world.advance(.seconds(2))
        #expect(body(world).contains(#""n":1.50}]},{"type":"text","text":"A weir"}]}"#), "\(body(world))")
        try world.headers()
        try world.body(Wire.reply("is a dam."))
        #expect(world.text(id) == "I look it up. A weir is a dam.")
        #expect(try world.snapshot(id).seams.count == 2 && world.engine.state(of: id) == .complete)
        #expect(world.mistakes.isEmpty)
    }

    /// A prefill is sent without the white space at its end: it comes again with the first block, and goes back in it.
    @Test func whiteSpaceThatWasTrimmedGoesBackWithItsBlock() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.blockStart + Wire.text("A weir "))
        try world.fail(.reset)
        world.advance(.seconds(2))
        try world.headers()
        try world.body(
            Wire.start + Self.block(0, #"{"type":"text","text":""}"#, #"{"type":"text_delta","text":" is:\n\n"}"#)
                + Self.block(
                    1, #"{"type":"server_tool_use","id":"srv_1","name":"web_search","input":{"query":"weir"}}"#)
                + Wire.stop("pause_turn") + Wire.messageStop)
        #expect(world.text(id) == "A weir is:\n\n")
        #expect(
            body(world).contains(
                #"[{"type":"text","text":"A weir"},{"type":"text","text":" is:\n\n"},{"type":"server_tool_use","#),
            "\(body(world))")
        world.advance(.seconds(2))
        try world.headers()
        try world.body(Wire.reply("a dam."))
        #expect(world.text(id) == "A weir is:\n\na dam." && world.mistakes.isEmpty)
    }

    @Test func pausesAreBounded() throws {
        var world = EngineHarness()
        let id = world.start()
        for _ in 0..<50 where world.engine.state(of: id)?.isTerminal == false {
            try world.headers()
            try world.body(Wire.reply("on ", stop: "pause_turn"))
            world.advance(.seconds(2))
        }
        #expect(world.started.count == 11)
        #expect(try world.snapshot(id).verdict == .truncated && world.mistakes.isEmpty)
    }

    /// A cancel that comes after the pause, before the turn is gone on with, holds; a retry by hand sends the turn back.
    @Test func aCancelHoldsAPause() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Self.searching + Wire.stop("pause_turn"))
        world.cancel(id)
        world.advance(.seconds(10))
        #expect(world.started.count == 1 && world.engine.state(of: id) == .truncated)
        world.retry(id)
        #expect(world.started.count == 2 && body(world).contains(#""encrypted_content":"Zm9v""#))
        #expect(world.mistakes.isEmpty)
    }

    /// A recorded reply that was paused after eleven searches: what goes back is what came.
    @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func aRecordedPauseIsSentBack() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(
            Array(try Conformance.contents("wire/anthropic/pause_turn_web_search_streaming_vcr.sse")))
        world.advance(.seconds(3))
        #expect(world.started.count == 2)
        let sent = body(world)
        #expect(sent.contains(#""type":"server_tool_use""#) && sent.contains(#""encrypted_content":"#))
        #expect(sent.contains(#""signature":"EuwJCm4I"#))
        _ = id
    }

    @Test func aTruncatedReplyGoesOnAsOftenAsWasAskedFor() throws {
        var order = StreamOrder.test()
        order.truncationsContinued = 2
        var world = EngineHarness()
        let id = world.start(order)
        for word in ["one ", "two ", "three "] {
            try world.headers()
            try world.body(Wire.reply(word, stop: "max_tokens"))
            world.advance(.seconds(2))
        }
        #expect(world.text(id) == "one two three ")
        let snapshot = try world.snapshot(id)
        #expect(snapshot.verdict == .truncated && snapshot.seams.map(\.reason.kind) == [.tokenLimit, .tokenLimit])
        // And by hand again, which says what it bills.
        #expect(snapshot.continuation?.strategy == .prefill && snapshot.continuation?.rebill.input ?? 0 > 0)
        world.retry(id)
        try world.headers()
        try world.body(Wire.reply("four"))
        #expect(world.text(id) == "one two three four" && world.engine.state(of: id) == .complete)
    }

    @Test func aTruncatedReplyStaysAsItIsUnasked() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.reply("one ", stop: "max_tokens"))
        world.advance(.seconds(10))
        #expect(world.started.count == 1 && world.engine.state(of: id) == .truncated)
    }
}
