/// Requests and tokens left in a window of one minute, as both families of headers tell it.
struct RateLimit: Sendable {
    static let window = 60.0

    let requestsPerMinute: Int
    let tokensPerMinute: Int
    private var requests = 0
    private var tokens = 0
    /// Seconds since the lab started; `nil` before the first request.
    private var began: Double?

    init(requestsPerMinute: Int, tokensPerMinute: Int) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
    }

    struct Snapshot: Sendable, Equatable {
        var requestLimit: Int
        var requestsLeft: Int
        var tokenLimit: Int
        var tokensLeft: Int
        /// Seconds until both are full again.
        var reset: Double
        /// The request was one too many.
        var isExceeded: Bool
    }

    /// Counts a request of `tokens` tokens at `now`, in seconds since the lab started.
    mutating func take(tokens wanted: Int, at now: Double) -> Snapshot {
        if began.map({ now >= $0 + Self.window }) ?? true {
            began = now
            requests = 0
            tokens = 0
        }
        let isExceeded = requests >= requestsPerMinute || tokens >= tokensPerMinute
        if !isExceeded {
            requests += 1
            tokens = min(tokensPerMinute, tokens + max(0, min(wanted, tokensPerMinute)))
        }
        return Snapshot(
            requestLimit: requestsPerMinute, requestsLeft: requestsPerMinute - requests, tokenLimit: tokensPerMinute,
            tokensLeft: tokensPerMinute - tokens, reset: (began ?? now) + Self.window - now, isExceeded: isExceeded)
    }
}

extension RateLimit.Snapshot {
    /// `wall` is the time of day in seconds since 1970.
    func headers(_ dialect: LabDialect, wall: Double) -> [(String, String)] {
        switch dialect {
        case .anthropic:
            let reset = WallClock.rfc3339(wall + reset)
            return [
                ("anthropic-ratelimit-requests-limit", "\(requestLimit)"),
                ("anthropic-ratelimit-requests-remaining", "\(requestsLeft)"),
                ("anthropic-ratelimit-requests-reset", reset),
                ("anthropic-ratelimit-tokens-limit", "\(tokenLimit)"),
                ("anthropic-ratelimit-tokens-remaining", "\(tokensLeft)"),
                ("anthropic-ratelimit-tokens-reset", reset),
            ]
        case .openai, .responses:
            let reset = Self.duration(reset)
            return [
                ("x-ratelimit-limit-requests", "\(requestLimit)"),
                ("x-ratelimit-remaining-requests", "\(requestsLeft)"),
                ("x-ratelimit-reset-requests", reset), ("x-ratelimit-limit-tokens", "\(tokenLimit)"),
                ("x-ratelimit-remaining-tokens", "\(tokensLeft)"), ("x-ratelimit-reset-tokens", reset),
            ]
        }
    }

    /// As OpenAI writes it: `12ms`, `1.5s`, `6m0s`.
    static func duration(_ seconds: Double) -> String {
        let milliseconds = Int((max(0, seconds) * 1000).rounded(.up))
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        if milliseconds < 60_000 {
            let rest = milliseconds % 1000
            guard rest > 0 else { return "\(milliseconds / 1000)s" }
            var digits = "\(1000 + rest)".dropFirst()
            while digits.last == "0" { digits.removeLast() }
            return "\(milliseconds / 1000).\(digits)s"
        }
        return "\(milliseconds / 60_000)m\(milliseconds % 60_000 / 1000)s"
    }
}
