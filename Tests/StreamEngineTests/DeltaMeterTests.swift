import Testing

@testable import StreamEngine

/// Tokens per second, over one attempt and over several.
struct DeltaMeterTests {
    private func at(_ milliseconds: Int64) -> Instant {
        Instant(nanoseconds: 1_000_000_000_000 + milliseconds * 1_000_000)
    }

    /// A token every 20 ms, from the first to the last moment.
    private func feed(_ meter: inout DeltaMeter, from: Int64, through: Int64) {
        for moment in stride(from: from, through: through, by: 20) { meter.received(tokens: 1, at: at(moment)) }
    }

    @Test func theMeanLeavesOutTheWaitsBetweenAttempts() throws {
        var meter = DeltaMeter()
        #expect(meter.averageRate == nil)
        feed(&meter, from: 0, through: 1000)
        #expect(try #require(meter.averageRate) == 51)
        meter.interrupted()
        #expect(try #require(meter.averageRate) == 51)
        feed(&meter, from: 9000, through: 10_000)
        #expect(try #require(meter.averageRate) == 51)
        meter.interrupted()
        meter.interrupted()
        #expect(try #require(meter.averageRate) == 51)
    }

    @Test func whatCameAllAtOnceHasNoRate() throws {
        var meter = DeltaMeter()
        meter.received(tokens: 300, at: at(0))
        #expect(meter.averageRate == nil)
        meter.interrupted()
        feed(&meter, from: 2000, through: 3000)
        meter.interrupted()
        meter.received(tokens: 300, at: at(5000))
        #expect(try #require(meter.averageRate) == 51)
    }

    @Test func anAttemptBeginsWithoutTheTokensOfTheOneBefore() throws {
        var meter = DeltaMeter()
        feed(&meter, from: 0, through: 1000)
        meter.interrupted()
        // Sooner than the window is long, and nobody has looked at the meter in between.
        feed(&meter, from: 2900, through: 3400)
        let rate = meter.rate(at: at(3400))
        #expect(try #require(rate) < 60)
    }

    /// However many there were: what waits to be stored counts as well.
    @Test func theLastSixtyFourGapsAreKeptInTheirOrder() throws {
        var meter = DeltaMeter()
        var moment: Int64 = 0
        var gaps: [Double] = []
        meter.received(tokens: 1, at: at(0))
        #expect(meter.recentGaps.isEmpty && meter.gapPercentiles() == nil)
        for gap in Int64(1)...200 {
            moment += gap
            gaps.append(Double(gap))
            meter.received(tokens: 1, at: at(moment))
            #expect(meter.recentGaps.map { $0.rounded() } == Array(gaps.suffix(64)))
        }
        let percentiles = try #require(meter.gapPercentiles())
        #expect(percentiles.p50.rounded() == 168 && percentiles.p95.rounded() == 197)
    }
}
