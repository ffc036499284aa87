import Providers
import StreamEngine
import Testing

/// The machine sleeps: the wall clock goes on, the monotonic one stands still.
@Suite struct SleepTests {
    private func now(_ ran: Double, wall: Double) -> Now {
        Now(instant: Instant(nanoseconds: Int64(ran * 1e9)), wall: WallTime(secondsSince1970: 1e9 + wall))
    }

    @Test func aLeadOfTheWallClockIsSleepFromFiveSecondsOn() {
        var detector = SleepDetector(at: now(0, wall: 0))
        #expect(detector.clocksRead(now(10, wall: 10)) == nil)
        #expect(detector.clocksRead(now(10, wall: 14.9)) == nil)
        #expect(detector.clocksRead(now(10, wall: 20.4)) == .milliseconds(5500))
        // It is told once.
        #expect(detector.clocksRead(now(11, wall: 21.4)) == nil)
        #expect(detector.clocksRead(now(12, wall: 7222.4)) == .seconds(7200))
    }

    @Test func aClockThatIsSetBackOrCorrectedIsNoSleep() {
        var detector = SleepDetector(at: now(0, wall: 0))
        #expect(detector.clocksRead(now(1, wall: -3600)) == nil)
        // Twelve hours without a look, and a clock that runs faster by 500 millionths: 21.6 s.
        #expect(detector.clocksRead(now(43_201, wall: 39_600 + 21.6)) == nil)
        #expect(detector.clocksRead(now(43_202, wall: .infinity)) == nil)
    }

    private func wake(_ world: inout EngineHarness, after slept: Duration) {
        world.now.wall.secondsSince1970 += slept.inSeconds
        world.act { $0.wokeUp(after: slept, at: $1, into: &$2) }
    }

    @Test func anAttemptThatShowsNoLifeAfterASleepIsTriedAgain() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("half of it "))
        world.advance(.seconds(2))
        wake(&world, after: .seconds(7500))
        #expect(world.running.count == 1)
        let clock = try #require(world.snapshot(id).clocks.first)
        #expect(clock == RunningClock(kind: .wake, since: world.now.instant, limit: .seconds(15)))
        world.advance(.milliseconds(14_999))
        #expect(world.running.count == 1)
        world.advance(.milliseconds(1))
        let failure = try #require(world.snapshot(id).backoff?.reason)
        #expect(failure.kind == .wakeTimeout)
        #expect(
            failure.message == "the machine slept for 2h 5m, and nothing came for 15s since (--wake-timeout)")
        #expect(world.text(id) == "half of it ")
        // It was not the provider's fault.
        #expect(world.engine.retryBudget(of: id)?.tokens == 10)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.reply("and the rest"))
        #expect(world.text(id) == "half of it and the rest")
        #expect(try world.snapshot(id).events.contains { $0.name == "woke up after 2h 5m" })
        #expect(world.mistakes.isEmpty)
    }

    @Test func anyByteIsLife() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("half "))
        wake(&world, after: .seconds(60))
        world.advance(.seconds(14))
        try world.body(Wire.ping)
        world.advance(.seconds(100))
        #expect(world.running.count == 1)
        #expect(try world.snapshot(id).clocks.contains { $0.kind == .wake } == false)
    }

    /// A model that thinks in silence gets as long again.
    @Test func aSilenceThatWasLongerIsAllowedOnceMore() throws {
        var world = EngineHarness()
        _ = world.start()
        try world.connected()
        world.advance(.seconds(40))
        wake(&world, after: .seconds(30))
        world.advance(.milliseconds(39_999))
        #expect(world.running.count == 1)
        world.advance(.milliseconds(1))
        #expect(world.running.isEmpty)
    }

    @Test func zeroTurnsItOff() throws {
        var timeouts = Timeouts()
        timeouts.wake = .zero
        var world = EngineHarness()
        _ = world.start(.test(timeouts: timeouts))
        try world.headers()
        wake(&world, after: .seconds(60))
        world.advance(.seconds(100))
        #expect(world.running.count == 1)
    }

    @Test func aWaitGoesOnWhileTheMachineSleeps() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.answer(429, headers: [HTTPHeader("Retry-After", "30")])
        wake(&world, after: .seconds(20))
        #expect(try world.snapshot(id).backoff?.deadline == world.now.instant + .seconds(10))
        wake(&world, after: .seconds(3600))
        #expect(try world.snapshot(id).backoff?.deadline == world.now.instant + .seconds(1))
        world.advance(.seconds(1))
        #expect(world.running.count == 1)
    }

    @Test func whatIsOverStaysOver() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.reply("done"))
        wake(&world, after: .seconds(3600))
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.running.isEmpty)
        #expect(world.engine.nextDeadline == nil)
        #expect(world.mistakes.isEmpty)
    }
}
