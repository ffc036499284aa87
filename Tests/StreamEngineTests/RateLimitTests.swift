import Providers
import StreamEngine
import TestSupport
import Testing

@Suite struct RateLimitTests {
    /// 2026-11-20 14:00:00 UTC.
    private let now = WallTime(secondsSince1970: 1_795_183_200)

    private func limits(_ headers: KeyValuePairs<String, String>) -> RateLimits? {
        RateLimits(headers: headers.map { HTTPHeader($0.key, $0.value) }, now: now)
    }

    private func window(_ limit: Int?, _ remaining: Int?, _ after: Double?) -> RateLimits.Window {
        RateLimits.Window(
            limit: limit, remaining: remaining,
            resetsAt: after.map { WallTime(secondsSince1970: now.secondsSince1970 + $0) })
    }

    @Test func anthropic() {
        let limits = limits([
            "anthropic-ratelimit-requests-limit": "50", "anthropic-ratelimit-requests-remaining": "47",
            "anthropic-ratelimit-requests-reset": "2026-11-20T14:00:12Z",
            "Anthropic-RateLimit-Input-Tokens-Limit": "30000", "anthropic-ratelimit-input-tokens-remaining": "0",
            "anthropic-ratelimit-input-tokens-reset": "2026-11-20T15:01:00.5+01:00",
            "anthropic-ratelimit-output-tokens-remaining": "8000", "anthropic-ratelimit-tokens-limit": "x",
        ])
        #expect(limits?.requests == window(50, 47, 12))
        #expect(limits?.inputTokens == window(30_000, 0, 60.5))
        #expect(limits?.outputTokens == window(nil, 8000, nil))
        #expect(limits?.tokens == nil)
        #expect(limits?.quotaReset(now: now) == .milliseconds(60_500))
    }

    @Test func openAI() {
        let limits = limits([
            "x-ratelimit-limit-requests": "5000", "x-ratelimit-remaining-requests": "4999",
            "x-ratelimit-reset-requests": "12ms", "x-ratelimit-limit-tokens": "160000",
            "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s",
        ])
        #expect(limits?.requests == window(5000, 4999, 0.012))
        #expect(limits?.tokens == window(160_000, 0, 360))
        #expect(limits?.quotaReset(now: now) == .seconds(360))
    }

    @Test(arguments: [
        ("1h2m3s", 3723.0), ("59.7", 59.7), ("30", 30), ("1795183260", 60), ("1795183260000", 60),
        ("2026-11-20T14:01:00Z", 60), ("2026-11-20 14:01:00z", 60), ("2026-11-20T14:01:00-00:00", 60),
    ])
    func resets(value: String, after: Double) throws {
        let limits = limits(["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": value])
        let reset = try #require(limits?.requests?.resetsAt).secondsSince1970 - now.secondsSince1970
        #expect(abs(reset - after) < 1e-6)
    }

    @Test(arguments: ["", "soon", "-5", "0", "2026-13-01T00:00:00Z", "2026-11-20T14:01:00", "20261120T140100Z"])
    func resetsThatSayNothing(value: String) {
        let limits = limits(["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": value])
        #expect(limits?.requests == window(nil, 0, nil))
        #expect(limits?.quotaReset(now: now) == .seconds(60))
    }

    @Test func genericFormOfRelays() {
        let limits = limits([
            "X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795183205",
        ])
        #expect(limits?.requests == window(100, 0, 5))
        #expect(limits?.quotaReset(now: now) == .seconds(5))
        #expect(self.limits(["ratelimit-remaining": "3"])?.requests == window(nil, 3, nil))
    }

    @Test func azureSaysThatItDoesNotKnow() {
        #expect(
            limits([
                "x-ratelimit-limit-requests": "-1", "x-ratelimit-remaining-requests": "-1",
                "x-ratelimit-limit-tokens": "0", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "0",
            ]) == nil)
        #expect(
            limits(["x-ratelimit-limit-tokens": "10", "x-ratelimit-remaining-tokens": "-1"])?.tokens
                == window(10, nil, nil))
    }

    @Test func nothingSaidIsNothing() {
        #expect(limits([:]) == nil)
        #expect(limits(["content-type": "text/html", "x-ratelimit-remaining-requests": "lots"]) == nil)
        #expect(limits(["x-ratelimit-remaining-requests": "99999999999999999999"]) == nil)
    }

    @Test func aQuotaIsWaitedForOnlyWhileItIsSpent() {
        var limits = RateLimits()
        #expect(limits.quotaReset(now: now) == nil)
        limits.requests = window(10, 1, 30)
        #expect(limits.quotaReset(now: now) == nil)
        limits.requests = window(10, 0, 30)
        limits.tokens = window(10, 0, -1)
        #expect(limits.quotaReset(now: now) == .seconds(30))
        limits.requests = window(10, 0, 0)
        #expect(limits.quotaReset(now: now) == nil)
    }

    @Test func newerWindowsReplaceOlderOnes() {
        var limits = RateLimits()
        limits.requests = window(10, 5, 30)
        limits.tokens = window(100, 50, 30)
        var newer = RateLimits()
        newer.requests = window(nil, 4, nil)
        limits.merge(newer)
        #expect(limits.requests == window(nil, 4, nil))
        #expect(limits.tokens == window(100, 50, 30))
    }

    @Test func noHeaderTraps() {
        var random = SeededRandom(seed: 12)
        let letters = Array("0123456789.-:TZhms+ d\u{2028}".unicodeScalars)
        for _ in 0..<4000 {
            var value = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                value.append(letters[Int.random(in: 0..<letters.count, using: &random)])
            }
            let text = String(value)
            let limits = limits([
                "x-ratelimit-limit-tokens": text, "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": text, "anthropic-ratelimit-tokens-remaining": text,
            ])
            _ = limits?.quotaReset(now: now)
        }
    }
}
