import Testing

@testable import FaultLab

/// Forms that the standards or the providers prescribe.
@Suite struct WireFormsTests {
    @Test func dates() {
        #expect(WallClock.httpDate(0) == "Thu, 01 Jan 1970 00:00:00 GMT")
        // The examples of RFC 9110, 5.6.7, and of a leap day.
        #expect(WallClock.httpDate(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
        #expect(WallClock.httpDate(1_709_210_096) == "Thu, 29 Feb 2024 12:34:56 GMT")
        #expect(WallClock.rfc3339(1_709_210_095.2) == "2024-02-29T12:34:56Z")
        #expect(WallClock.rfc3339(1e300) == "9999-12-31T23:59:59Z")
    }

    @Test func durations() {
        for (seconds, text) in [
            (0.012, "12ms"), (0, "0ms"), (1, "1s"), (1.25, "1.25s"), (59.9, "59.9s"), (360, "6m0s"),
        ] {
            #expect(RateLimit.Snapshot.duration(seconds) == text)
        }
    }

    @Test func limitsCountDownAndComeBack() {
        var limit = RateLimit(requestsPerMinute: 2, tokensPerMinute: 100)
        let first = limit.take(tokens: 30, at: 5)
        #expect(first.requestsLeft == 1 && first.tokensLeft == 70 && first.reset == 60 && !first.isExceeded)
        let second = limit.take(tokens: 90, at: 15)
        #expect(second.requestsLeft == 0 && second.tokensLeft == 0 && second.reset == 50 && !second.isExceeded)
        #expect(limit.take(tokens: 1, at: 64.9).isExceeded)
        let later = limit.take(tokens: 1, at: 65)
        #expect(later.requestsLeft == 1 && later.tokensLeft == 99 && later.reset == 60 && !later.isExceeded)
    }

    @Test func hashesAndRandomNumbersAreTheKnownOnes() {
        // The published vectors of FNV-1a ("a", without our end mark) and of SplitMix64 with seed 1234567.
        var hash = FNV1a()
        hash.combine("a".utf8)
        #expect(hash.value == 0xAF63_DC4C_8601_EC8C)
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }

    @Test(arguments: [
        ("claude-opus-4-6", true), ("claude-sonnet-4-6-20260101", true), ("claude-opus-5", true),
        ("claude-haiku-4-5", false),
        ("claude-sonnet-4-20250514", false), ("claude-3-5-haiku", false), ("lab-claude", false),
        ("lab-claude-no-prefill", true), ("gpt-5", false),
    ])
    func modelsThatRefusePrefill(_ model: String, _ refuses: Bool) {
        #expect(ModelTraits.rejectsPrefill(model) == refuses)
    }
}
