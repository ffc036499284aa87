import Providers
import StreamEngine
import Testing

@Suite struct ClockTests {
    /// Zero turns a clock off: a day of silence ends nothing, and only the panel's looks at the silence remain.
    @Test func zeroTurnsEveryClockOff() throws {
        let off = Timeouts(firstByte: .zero, idle: .zero, contentIdle: .zero, total: .zero)
        var world = EngineHarness()
        let id = world.start(.test(timeouts: off))
        try world.connected()
        world.advance(.seconds(86_400))
        #expect(world.engine.state(of: id) == .waiting)
        try world.headers()
        try world.body(Wire.start + Wire.text("slow"))
        world.advance(.seconds(86_400))
        #expect(world.engine.state(of: id) == .stalled)
        #expect(world.engine.nextDeadline == nil)
        #expect(try world.snapshot(id).clocks.isEmpty)
        try world.body(Wire.stop() + Wire.messageStop)
        try world.finish()
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.started.count == 1)
    }

    static let limits: [(RunningClock.Kind, Timeouts, String)] = [
        (.firstByte, Timeouts(firstByte: .seconds(20)), "no answer within 20s (--first-byte-timeout)"),
        (.idle, Timeouts(idle: .seconds(20)), "the stream stalled: nothing came for 20s (--idle-timeout)"),
        (
            .content, Timeouts(contentIdle: .seconds(20)),
            "the stream stalled: no text and no thinking came for 20s (--content-timeout)"
        ),
        (.total, Timeouts(total: .seconds(20)), "the time limit of 20s is used up (--timeout)"),
    ]

    /// n − 1, n and n + 1 milliseconds of the clock: life at the last moment is life, and after it there is none.
    @Test(arguments: limits)
    func everyClockRunsOutAtItsLimit(_ kind: RunningClock.Kind, _ timeouts: Timeouts, _ message: String) throws {
        for late in [-1, 0, 1] {
            var world = EngineHarness()
            let id = world.start(.test(timeouts: timeouts))
            if kind != .firstByte {
                try world.headers()
                try world.body(Wire.start + Wire.text("half "))
            }
            let clock = try #require(world.snapshot(id).clocks.first { $0.kind == kind })
            #expect(clock == RunningClock(kind: kind, since: world.now.instant, limit: .seconds(20)))
            world.advance(.milliseconds(20_000 + late))
            let isOver = late >= 0
            #expect(world.running.isEmpty == isOver, "\(kind) \(late)")
            guard isOver else { continue }
            let snapshot = try world.snapshot(id)
            let failure = try #require(snapshot.backoff?.reason ?? snapshot.failure)
            #expect(failure.message == message)
            #expect(
                failure.hint?.hasPrefix(kind.setting.option + " TIME, or \(kind.setting.key) in [timeouts]") == true)
            #expect(snapshot.state == (kind == .total ? .failed : .backingOff))
            #expect(snapshot.clocks.isEmpty)
        }
    }

    @Test func theTotalEndsAWaitToo() throws {
        for late in [-1, 0, 1] {
            var world = EngineHarness()
            let id = world.start(.test(timeouts: Timeouts(total: .seconds(20))))
            try world.answer(503, headers: [HTTPHeader("Retry-After", "50")])
            world.advance(.milliseconds(20_000 + late))
            #expect(world.engine.state(of: id) == (late < 0 ? .backingOff : .failed))
        }
    }

    /// Keep-alives are life, so the idle clock begins again, and they are no progress: the content clock goes on.
    @Test func keepAlivesAreLifeAndNoProgress() throws {
        for keepAlive in [Wire.ping, ": comment\n\n"] {
            var world = EngineHarness()
            let id = world.start(.test(timeouts: Timeouts(idle: .seconds(20), contentIdle: .seconds(60))))
            try world.headers()
            try world.body(Wire.start + Wire.text("half "))
            let began = world.now.instant
            for _ in 0..<5 {
                world.advance(.seconds(10))
                try world.body(keepAlive)
                let clocks = try world.snapshot(id).clocks
                #expect(clocks.first { $0.kind == .idle }?.since == world.now.instant)
                #expect(clocks.first { $0.kind == .content }?.since == began)
            }
            world.advance(.milliseconds(9_999))
            #expect(world.running.count == 1)
            world.advance(.milliseconds(1))
            #expect(try world.snapshot(id).backoff?.reason.kind == .contentTimeout)

            // Text is progress.
            world.advance(.seconds(1))
            try world.headers()
            try world.body(Wire.start + Wire.text("more "))
            world.advance(.seconds(19))
            try world.body(Wire.thinking("hm"))
            #expect(try world.snapshot(id).clocks.allSatisfy { $0.since == world.now.instant })
        }
    }

    @Test func theClockThatRunsIsShownTheNearestFirst() throws {
        var world = EngineHarness()
        let id = world.start(.test(timeouts: Timeouts(total: .seconds(90))))
        #expect(try world.snapshot(id).clocks.map(\.kind) == [.connect, .total, .firstByte])
        try world.connected()
        #expect(try world.snapshot(id).clocks.map(\.kind) == [.total, .firstByte])
        try world.headers()
        #expect(try world.snapshot(id).clocks.map(\.kind) == [.total, .idle, .content])
        try world.body(Wire.reply("x"))
        #expect(try world.snapshot(id).clocks.isEmpty)
    }

    @Test func theTiersOfAStall() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("half "))
        for (after, tier) in [
            (4_999, StallTier.none), (1, .quiet), (24_999, .quiet), (1, .long), (29_999, .long), (1, .veryLong),
        ] {
            world.advance(.milliseconds(after))
            #expect(try world.snapshot(id).liveness.tier == tier)
        }
        try world.body(Wire.text("again"))
        #expect(try world.snapshot(id).liveness.tier == .none)
    }
}

/// What a response may have at most, as the engine holds it.
@Suite struct ResponseLimitTests {
    @Test func anEventPassesUpToItsLimitAndTheFailureSaysWhatToDo() throws {
        let empty = #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}}"#
        let name = "content_block_delta"
        for over in [-1, 0, 1] {
            var order = StreamOrder.test()
            order.maximumEventBytes = 2000
            var world = EngineHarness()
            let id = world.start(order)
            try world.headers()
            try world.body(Wire.start)
            let letters = 2000 + over - empty.utf8.count - name.utf8.count
            try world.body(Wire.text(String(repeating: "x", count: letters)))
            guard over > 0 else {
                #expect(world.engine.text(of: id).count == letters)
                continue
            }
            let failure = try #require(world.snapshot(id).failure)
            #expect(failure.message == "an event of the response is larger than the limit of 1.9 KiB")
            #expect(failure.hint == "--event-limit SIZE, or event in [limits], allows more.")
            #expect(world.started.count == 1)
        }
    }

    @Test func sizesAreReadAsPeopleWriteThem() {
        for (text, bytes) in [
            ("1024", 1024), ("64KiB", 65536), ("16 MiB", 16 << 20), ("1.5kib", 1536), ("2GB", 2_000_000_000), ("7b", 7),
        ] {
            #expect(SizeText.parse(text) == bytes, "\(text)")
        }
        for text in ["", "-1", "MiB", "1 XB", "1 MiB 2", "1e3", "99999999999 GiB"] {
            #expect(SizeText.parse(text) == nil, "\(text)")
        }
    }
}
