import StreamEngine
import Testing

/// What a busy stream costs its listener and its clocks.
@Suite struct BusyStreamTests {
    @Test func aTurnsTextIsOneEvent() throws {
        var world = EngineHarness()
        let id = world.start(.test())
        try world.connected()
        try world.headers()
        let attempt = try world.current
        var actions = EngineActions()
        for piece in [Wire.start, Wire.text("one "), Wire.text("two "), Wire.text("three")] {
            Array(piece.utf8).withUnsafeBytes {
                world.engine.bodyReceived($0, of: attempt, at: world.now, into: &actions)
            }
        }
        let ranges = actions.events.compactMap { event in
            if case .text(let range) = event.kind { range } else { nil }
        }
        // Between the first word and the others stands that the stream streams now.
        #expect(ranges == [0..<4, 4..<13])
        #expect(world.engine.text(of: id) == Array("one two three".utf8))
    }

    /// The attempt under way is changed in place, and the engine is a value all the same.
    @Test func aCopyOfAnEngineGoesItsOwnWay() throws {
        var world = EngineHarness()
        let id = world.start(.test())
        try world.connected()
        try world.headers()
        try world.body(Wire.start + Wire.text("one "))
        var other = world
        try world.body(Wire.text("two ") + Wire.text("three "))
        try other.body(Wire.text("ZWEI"))
        world.cancel(id)
        try other.body(Wire.stop() + Wire.messageStop)

        let (here, there) = (try world.snapshot(id), try other.snapshot(id))
        #expect(world.text(id) == "one two three " && other.text(id) == "one ZWEI")
        #expect(here.attempts.map(\.deltas) == [3] && there.attempts.map(\.deltas) == [2])
        #expect(here.state == .cancelled && there.state == .complete)
    }

    /// Text of another time, or of another stream, is an event of its own.
    @Test func eventsAreJoinedOnlyWithTheirLike() throws {
        var world = EngineHarness()
        let first = world.start(.test())
        let second = world.start(.test())
        var actions = EngineActions()
        let attempts = world.started.map(\.id)
        for attempt in attempts {
            try [TransportEvent.connected(Phases()), .headers(status: 200, headers: [], phases: Phases())].forEach {
                world.engine.transportReported($0, of: attempt, at: world.now, into: &actions)
            }
        }
        actions.removeAll()
        for (index, later) in [(0, false), (1, false), (0, false), (0, true)] {
            if later { world.now.instant += .milliseconds(1) }
            Array(Wire.text("x").utf8).withUnsafeBytes {
                world.engine.bodyReceived($0, of: attempts[index], at: world.now, into: &actions)
            }
        }
        let texts = actions.events.compactMap { event in
            if case .text(let range) = event.kind { (event.stream, range) } else { nil }
        }
        #expect(texts.map(\.0) == [first, second, first, first])
        #expect(texts.map(\.1) == [0..<1, 0..<1, 1..<2, 2..<3])
    }

    /// Pieces that only put the deadline off do not ask for it, but those that bring it nearer do.
    @Test func aNearerDeadlineIsNoticed() throws {
        var world = EngineHarness()
        let id = world.start(.test())
        try world.connected()
        try world.headers()
        try world.body(Wire.start + Wire.text("a"))
        // Into the second tier: the next look is far away.
        world.advance(.seconds(40))
        #expect(world.engine.state(of: id) == .stalled)
        try world.body(Wire.text("b"))
        #expect(world.engine.state(of: id) == .streaming)
        #expect(try #require(world.engine.nextDeadline) <= world.now.instant + .seconds(5))
        world.advance(.seconds(5))
        #expect(world.engine.state(of: id) == .stalled)
        try world.body(Wire.stop())
        #expect(try #require(world.engine.nextDeadline) <= world.now.instant + .seconds(2))
    }
}

/// The short way to whole nanoseconds says what the long one does.
@Suite struct NanosecondsTests {
    @Test(arguments: [
        Duration.zero, .nanoseconds(1), .nanoseconds(-1), .nanoseconds(Int64.max), .nanoseconds(Int64.min + 1),
        .seconds(180), .seconds(-86_400), .milliseconds(250), Duration(attoseconds: 999_999_999),
        Duration(attoseconds: -999_999_999), Duration(attoseconds: 1_999_999_999), .seconds(9_223_372_036),
    ]) func withinTheRange(duration: Duration) {
        let (seconds, attoseconds) = duration.components
        #expect(duration.nanoseconds == seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    @Test func beyondItSaturates() {
        #expect(Duration.seconds(9_223_372_037).nanoseconds == .max)
        #expect(Duration.seconds(-9_223_372_037).nanoseconds == .min)
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
    }
}
