import StreamEngine
import TestSupport
import Testing

@Suite struct RetryPolicyTests {
    private let everyJitter = RetryPolicy.Jitter.allCases

    @Test func theDefaultsAreTheSeeds() {
        let policy = RetryPolicy()
        #expect(policy.maximumRetries == 5)
        #expect(policy.baseDelay == .seconds(1))
        #expect(policy.maximumDelay == .seconds(60))
        #expect(policy.jitter == .additive)
        #expect(policy.fallbackAfter == 2)
        #expect(policy.problems().isEmpty)
    }

    @Test func theScheduleDoublesAndIsCapped() {
        var random = SeededRandom(seed: 1)
        let policy = RetryPolicy(jitter: .none)
        let waits = (0...7).map {
            policy.delay(retry: $0, throttled: false, previous: nil, using: &random).total.inSeconds
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 60, 60])
    }

    @Test func a429WaitsTwiceAsLong() {
        var random = SeededRandom(seed: 1)
        let policy = RetryPolicy(jitter: .none)
        let waits = (0...6).map {
            policy.delay(retry: $0, throttled: true, previous: nil, using: &random).total.inSeconds
        }
        #expect(waits == [2, 4, 8, 16, 32, 60, 60])
    }

    @Test func additiveJitterIsUpToHalfASecond() {
        var random = SeededRandom(seed: 2)
        let policy = RetryPolicy()
        let draws = (0..<2000).map { _ in policy.delay(retry: 1, throttled: false, previous: nil, using: &random) }
        #expect(draws.allSatisfy { $0.exponential == .seconds(2) })
        #expect(draws.allSatisfy { $0.jitter >= .zero && $0.jitter <= .milliseconds(500) })
        // The whole width is used.
        #expect(draws.contains { $0.jitter < .milliseconds(5) } && draws.contains { $0.jitter > .milliseconds(495) })
    }

    @Test func jittersKeepTheirBounds() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<4000 {
            let base = Duration.milliseconds(Int.random(in: 1...5000, using: &random))
            let cap = base + .milliseconds(Int.random(in: 0...100_000, using: &random))
            let retry = Int.random(in: 0...40, using: &random)
            let throttled = Bool.random(using: &random)
            let previous =
                Bool.random(using: &random) ? Duration.milliseconds(Int.random(in: 0...90_000, using: &random)) : nil
            for jitter in everyJitter {
                let policy = RetryPolicy(baseDelay: base, maximumDelay: cap, jitter: jitter)
                let delay = policy.delay(retry: retry, throttled: throttled, previous: previous, using: &random)
                let capped = min(delay.exponential, cap)
                #expect(delay.total >= .zero && delay.total <= cap)
                #expect(capped + delay.jitter == delay.total)
                switch jitter {
                case .none: #expect(delay.jitter == .zero)
                case .additive: #expect(delay.jitter >= .zero && delay.jitter <= RetryPolicy.additiveSpread)
                case .full: #expect(delay.jitter <= .zero)
                case .equal: #expect(delay.jitter <= .zero && delay.total >= capped / 2)
                case .decorrelated:
                    #expect(delay.total >= capped)
                    let factor = throttled ? 2 : 1
                    #expect(delay.total <= max(base, (previous ?? base) * 3) * factor)
                }
            }
        }
    }

    @Test func nothingOverflows() {
        var random = SeededRandom(seed: 4)
        for jitter in everyJitter {
            for retry in [-1, 0, 59, 60, 61, 63, 64, 10_000, Int.max] {
                for base in [Duration.zero, .nanoseconds(1), .seconds(1), .seconds(Int64.max), .seconds(-5)] {
                    let policy = RetryPolicy(baseDelay: base, maximumDelay: .seconds(60), jitter: jitter)
                    let delay = policy.delay(
                        retry: retry, throttled: true, previous: .seconds(Int64.max), using: &random)
                    #expect(delay.total >= .zero && delay.total <= .seconds(60))
                }
            }
        }
    }

    @Test func theSameSeedGivesTheSameWaits() {
        for jitter in everyJitter {
            let policy = RetryPolicy(jitter: jitter)
            func draws() -> [RetryPolicy.Delay] {
                var random = SeededRandom(seed: 77)
                return (0..<20).map { policy.delay(retry: $0, throttled: false, previous: nil, using: &random) }
            }
            #expect(draws() == draws())
        }
    }

    @Test func theServersWordWinsAndIsNeverShortened() {
        var random = SeededRandom(seed: 5)
        let policy = RetryPolicy()
        let told = policy.wait(
            retry: 3, throttled: true, retryAfter: .seconds(90), quotaReset: .seconds(10), previous: nil, using: &random
        )
        #expect(told.delay == .seconds(90) && told.source == .retryAfter && told.exceedsMaximum && told.isServersWord)
        #expect(told.exponential == nil && told.jitter == nil)
        let quota = policy.wait(
            retry: 3, throttled: true, retryAfter: nil, quotaReset: .seconds(60), previous: nil, using: &random)
        #expect(quota.delay == .seconds(60) && quota.source == .quotaReset && !quota.exceedsMaximum)
        let scheduled = policy.wait(
            retry: 3, throttled: true, retryAfter: nil, quotaReset: nil, previous: nil, using: &random)
        #expect(scheduled.source == .schedule && scheduled.exponential == .seconds(16) && !scheduled.isServersWord)
        #expect(scheduled.delay == .seconds(16) + (scheduled.jitter ?? .zero))
    }

    @Test func settingsThatMakeNoSenseSaySo() {
        func words(_ policy: RetryPolicy) -> [String] { policy.problems().map(\.description) }
        #expect(words(RetryPolicy(maximumRetries: -1)) == ["max-retries must be from 0 to 1000, and it is -1"])
        #expect(words(RetryPolicy(baseDelay: .zero)) == ["base-delay must be at least 1ms, and it is 0s"])
        #expect(
            words(RetryPolicy(maximumDelay: .milliseconds(500)))
                == ["max-delay must not be less than base-delay (1s), and it is 500ms"])
        #expect(
            words(RetryPolicy(maximumDelay: .seconds(90_000))) == ["max-delay must be at most 24h, and it is 1d 1h"])
        #expect(words(RetryPolicy(fallbackAfter: -2)) == ["fallback-after must be 0 (never) or more, and it is -2"])
        #expect(throws: SettingError.self) { try RetryPolicy(maximumRetries: 1001).validate() }

        #expect(Timeouts().problems().isEmpty)
        #expect(
            Timeouts(connect: .zero, idle: .seconds(-1)).problems().map(\.description) == [
                "connect-timeout must be more than 0, and it is 0s",
                "idle-timeout must be 0 (no limit) or more, and it is -1s",
            ])
    }

    @Test func theTotalClockIsOffByDefault() {
        let start = Instant(nanoseconds: 5)
        #expect(Timeouts().totalDeadline(from: start) == nil)
        #expect(Timeouts(total: .seconds(1)).totalDeadline(from: start) == Instant(nanoseconds: 1_000_000_005))
        // Healthy thinking is silent for up to two minutes.
        #expect(Timeouts().idle > .seconds(120) && Timeouts().contentIdle > Timeouts().idle)
    }
}

@Suite struct RetryDurationTextTests {
    @Test(arguments: [
        ("1", 1.0), ("1.5", 1.5), (".5", 0.5), ("250ms", 0.25), ("1.5s", 1.5), ("2m", 120), ("6m0s", 360),
        ("1h2m3s", 3723), ("12ms", 0.012), (" 3s ", 3), ("1d", 86_400), ("0", 0), ("1m30.25s", 90.25), ("7.66s", 7.66),
        ("2m59.56s", 179.56), ("1s500ms", 1.5), ("120us", 0.00012), ("1000000000", 1e9), ("0.000000001", 1e-9),
    ])
    func reads(text: String, seconds: Double) {
        #expect(DurationText.parse(text) == .nanoseconds(Int64((seconds * 1e9).rounded())))
    }

    @Test(arguments: [
        "", " ", "s", "1x", "-1", "+1", "1e3", "inf", "nan", "1s1m", "1s1s", "1m30", "1 s", ".", "ms", "0x10",
        "1000000001", "99999999999999999999999999", "20000d", "1.s.5",
    ])
    func refuses(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [
        (0, "0s"), (0.0005, "<1ms"), (0.25, "250ms"), (1, "1s"), (1.57, "1.5s"), (59.99, "59.9s"), (60, "1m"),
        (125, "2m 5s"),
        (3600, "1h"), (12_000, "3h 20m"), (187_200, "2d 4h"), (1_610_034, "18d 15h"), (-1.5, "-1.5s"),
    ])
    func says(seconds: Double, text: String) {
        #expect(DurationText.format(.nanoseconds(Int64(seconds * 1e9))) == text)
    }

    @Test func whatItSaysShortItReads() throws {
        for text in ["250ms", "1.5s", "2m", "3h", "2d"] {
            #expect(DurationText.format(try #require(DurationText.parse(text))) == text)
        }
    }
}
