import Testing

@testable import StreamEngine

/// What the schedule can be, held against what chance makes of it.
struct RetryPolicyPreviewTests {
    @Test func theUsualSchedule() {
        let waits = RetryPolicy().waits()
        #expect(waits.count == 5)
        #expect(waits.map(\.lowerBound) == [1, 2, 4, 8, 16].map { Duration.seconds($0) })
        for wait in waits {
            #expect(wait.upperBound - wait.lowerBound <= RetryPolicy.additiveSpread)
            #expect(wait.upperBound - wait.lowerBound > RetryPolicy.additiveSpread - .milliseconds(1))
        }
        #expect(RetryPolicy(maximumRetries: 0).waits().isEmpty)
        let capped = RetryPolicy(maximumRetries: 9, baseDelay: .seconds(10), maximumDelay: .seconds(60), jitter: .none)
        #expect(capped.waits().map { $0.lowerBound.inSeconds } == [10, 20, 40, 60, 60, 60, 60, 60, 60])
        #expect(capped.waits(throttled: true).first?.upperBound == .seconds(20))
    }

    @Test(arguments: RetryPolicy.Jitter.allCases, [false, true])
    func chanceStaysWithinIt(jitter: RetryPolicy.Jitter, throttled: Bool) {
        let policy = RetryPolicy(
            maximumRetries: 8, baseDelay: .milliseconds(700), maximumDelay: .seconds(20), jitter: jitter)
        let waits = policy.waits(throttled: throttled)
        var random = SplitMix64(seed: 7)
        for _ in 0..<500 {
            var previous: Duration?
            for (retry, wait) in waits.enumerated() {
                let delay = policy.delay(retry: retry, throttled: throttled, previous: previous, using: &random)
                #expect(wait.contains(delay.total), "\(jitter) retry \(retry): \(delay.total) is not in \(wait)")
                previous = delay.total
            }
        }
        // And its ends are no idle talk: they are nearly reached.
        #expect(waits.allSatisfy { $0.lowerBound >= .zero && $0.upperBound <= .seconds(20) })
    }
}
