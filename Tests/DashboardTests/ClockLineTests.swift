import Providers
import Screen
import StreamEngine
import Testing

@testable import Dashboard

/// The clocks of a running attempt, and the waits that concern more than one stream, as the panel says them.
struct ClockLineTests {
    private func lines(_ snapshot: StreamSnapshot, columns: Int = 40, rows: Int = 40, now: Double = 0) -> [String] {
        let context = Detail.Context(
            snapshot: snapshot, now: World.at(now), columns: columns, glyphs: Glyphs(ascii: false), coarse: false,
            clock: { TimeOfDay($0, secondsEastOfUTC: 0).clock })
        return Detail.lines(context, rows: rows).map { line in
            let fitted = line.fitted(to: columns)
            return (fitted.left + fitted.right).map(\.text).joined()
        }
    }

    private func running(_ clocks: [RunningClock], tier: StallTier = .none) -> StreamSnapshot {
        StreamSnapshot.fixture(1, state: .streaming).with {
            $0.clocks = clocks
            $0.liveness.tier = tier
        }
    }

    private let idle = RunningClock(kind: .idle, since: World.at(-12), limit: .seconds(180))
    private let content = RunningClock(kind: .content, since: World.at(-12), limit: .seconds(600))

    @Test func theNearestClockWithItsRestAndItsLimit() {
        let snapshot = running([idle, content])
        #expect(lines(snapshot, columns: 50).contains("clock   idle 2 m 48 s of 3 m · content 9 m 48 s"))
        // As the panel gets narrower, the later clock goes, then the limit.
        #expect(lines(snapshot).contains("clock   idle 2 m 48 s of 3 m"))
        #expect(lines(snapshot, columns: 22).contains("clock   idle 2 m 48 s"))
    }

    @Test func everyClockHasAWord() {
        let words = RunningClock.Kind.allCases.map { kind in
            lines(running([RunningClock(kind: kind, since: World.at(-1), limit: .seconds(15))]))
                .first { $0.hasPrefix("clock") }
        }
        #expect(
            words == ["connect", "first byte", "idle", "content", "total", "wake"].map { "clock   \($0) 14 s of 15 s" })
    }

    @Test func nothingRunsNothingIsShown() {
        #expect(!lines(.fixture(1, state: .complete)).contains { $0.hasPrefix("clock") })
    }

    /// In a silence the line stays longer than most; else it is among the first to go.
    @Test func inASilenceItMattersMore() {
        var calm = running([idle])
        Scene.fill(&calm)
        var silent = running([idle], tier: .quiet)
        Scene.fill(&silent)
        silent.liveness.tier = .quiet
        #expect(!lines(calm, rows: 8).contains { $0.hasPrefix("clock") })
        #expect(lines(silent, rows: 8).contains { $0.hasPrefix("clock") })
    }

    @Test func itsSecondsAreDrawnWhenTheyChange() {
        var model = Scene.state(.streaming)
        model.options.showsClock = false
        let next = model.nextChange(after: World.now())
        #expect(next != nil)
        // Heard 0.1 s ago: 179.9 s are left, "3 m 00 s" until 179 s are.
        #expect(ClockLine.nextChange([idle], after: World.at(0.5)) == [World.at(1)])
    }

    // MARK: Waits

    private func waiting(_ backoff: Backoff) -> [String] {
        lines(
            StreamSnapshot.fixture(1, state: .backingOff).with {
                $0.backoff = backoff
                $0.attempts = []
                $0.attemptInRun = 0
                $0.clocks = []
            }, columns: 44)
    }

    @Test func aHoldBackSaysWhyAndUntilWhen() {
        let why = StreamFailure(
            kind: .heldBack, message: "held back: the provider's rate limit has 0 of 50 requests left until its reset",
            isRetryable: true)
        let all = waiting(
            Backoff(
                reason: why, source: .holdBack, jitter: .milliseconds(310), startedAt: World.at(-1),
                deadline: World.at(19.31), notBefore: World.at(19)))
        #expect(all.contains("wait    held back 20 s + 0.31 s jitter"))
        #expect(all.contains("because held back: the provider's rate limit"))
        #expect(all.contains("choose  n asks now, g gives up"))
        #expect(all[0].contains("not sent yet"))
    }

    @Test func aTurnSaysHowLongItTakesAtMost() {
        let all = waiting(
            Backoff(
                reason: Scene.reset, source: .retryBudget, startedAt: World.at(-1), deadline: World.at(41)))
        #expect(all.contains("wait    its turn, 42 s at most"))
        #expect(all.contains("because connection reset"))
        #expect(all.contains("choose  n asks now, g gives up"))
    }
}
