import Bench
import Pricing
import Providers
import StreamEngine
import TestSupport
import Testing

@Suite struct TallyTests {
    /// A run told by hand: each stream's events at their times, in milliseconds.
    private struct Told {
        var tally: BenchTally

        init(planned: Int) {
            tally = BenchTally(target: "lab/lab-claude", planned: planned, startedAt: Self.at(0))
        }

        static func at(_ milliseconds: Int) -> Instant { Instant(nanoseconds: Int64(milliseconds) * 1_000_000) }

        mutating func start(_ id: Int, at time: Int) {
            tally.started(StreamID(rawValue: id), at: Self.at(time))
            hear(id, time, .attemptStarted(number: 1, of: 6, resume: nil))
        }

        mutating func hear(_ id: Int, _ time: Int, _ kind: EngineEvent.Kind) {
            tally.heard(EngineEvent(stream: StreamID(rawValue: id), at: Self.at(time), kind: kind))
        }
    }

    private static let reset = StreamFailure(
        kind: .transport(.reset), message: "the connection was reset", isRetryable: true)

    private static func backoff(_ time: Int) -> Backoff {
        Backoff(reason: reset, source: .schedule, startedAt: Told.at(time), deadline: Told.at(time + 1000))
    }

    @Test func countsTheTimesOfAReplyFromItsStart() {
        var told = Told(planned: 1)
        told.start(1, at: 100)
        told.hear(1, 350, .text(0..<5))
        told.hear(1, 370, .text(5..<9))
        told.hear(1, 400, .thinking(0..<3))
        #expect(told.tally.firstToken.count == 1)
        #expect(isAbout(told.tally.firstToken.percentile(50), 250))
        #expect(told.tally.gaps.count == 2)
        #expect(isAbout(told.tally.gaps.percentile(99), 30))
        #expect(told.tally.textBytes == 9)
    }

    @Test func aWaitBetweenAttemptsIsNoGapBetweenTokens() {
        var told = Told(planned: 1)
        told.start(1, at: 0)
        told.hear(1, 100, .text(0..<5))
        told.hear(1, 120, .backoff(Self.backoff(120)))
        told.hear(1, 1120, .attemptStarted(number: 2, of: 6, resume: nil))
        told.hear(1, 1500, .text(5..<9))
        told.hear(1, 1510, .text(9..<12))
        #expect(told.tally.gaps.count == 1)
        #expect(isAbout(told.tally.gaps.highest, 10))
        #expect(told.tally.requests == 2)
        #expect(told.tally.reconnections == 1)
        #expect(told.tally.broken == 1)
    }

    @Test func distinctFailuresHaveALineEach() {
        var told = Told(planned: 2)
        told.start(1, at: 0)
        told.hear(1, 10, .backoff(Self.backoff(10)))
        told.hear(1, 40, .backoff(Self.backoff(40)))
        let overloaded = StreamFailure(kind: .status(529), message: "overloaded", isRetryable: true)
        told.hear(
            1, 90,
            .backoff(Backoff(reason: overloaded, source: .schedule, startedAt: Told.at(90), deadline: Told.at(100))))
        #expect(told.tally.failures.lines.map(\.label) == ["connection reset", "HTTP 529"])
        #expect(told.tally.failures.lines.map(\.count) == [2, 1])
        #expect(told.tally.failures.lines[0].last == .milliseconds(40))
    }

    @Test func moreKindsOfFailuresThanCanBeShownAreCountedTogether() {
        var told = Told(planned: 1)
        told.start(1, at: 0)
        for number in 0..<(FailureList.limit + 7) {
            let failure = StreamFailure(kind: .stream(type: "kind \(number)"), message: "", isRetryable: true)
            told.hear(
                1, 1, .backoff(Backoff(reason: failure, source: .schedule, startedAt: Told.at(1), deadline: Told.at(2)))
            )
        }
        #expect(told.tally.failures.lines.count == FailureList.limit)
        #expect(told.tally.failures.others == 7)
        #expect(told.tally.failures.count == FailureList.limit + 7)
    }

    private func isAbout(_ duration: Duration?, _ milliseconds: Double) -> Bool {
        guard let duration else { return false }
        return abs(duration.inSeconds * 1000 - milliseconds) < milliseconds / 500
    }
}
