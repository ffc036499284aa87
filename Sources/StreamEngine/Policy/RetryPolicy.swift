/// When a failed attempt is tried again. The defaults and the formula are those of the programs that Weir descends from:
/// base · 2ⁿ and a random half second, twice as long after a 429, never more than a minute.
public struct RetryPolicy: Sendable, Equatable, Codable {
    /// How chance spreads the waits, so that clients which failed together do not come back together. `full`, `equal`
    /// and `decorrelated` are those of "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015).
    public enum Jitter: String, Sendable, CaseIterable, Codable {
        /// min(cap, v + U(0, ``RetryPolicy/additiveSpread``)) with v = base · 2ⁿ.
        case additive
        /// U(0, v) with v = min(cap, base · 2ⁿ).
        case full
        /// v/2 + U(0, v/2) with v = min(cap, base · 2ⁿ).
        case equal
        /// min(cap, U(base, 3 · previous)); the first wait takes base for previous.
        case decorrelated
        /// v = min(cap, base · 2ⁿ).
        case none
    }

    /// Retries after the first attempt, 0…1000. With 5 there are at most 6 attempts.
    public var maximumRetries: Int
    /// 1 ms … ``maximumDelay``.
    public var baseDelay: Duration
    /// The longest wait that is not the user's own choice, at most 24 h.
    public var maximumDelay: Duration
    /// How waits are spread.
    public var jitter: Jitter
    /// After so many failed streaming attempts a batch request (`stream: false`) is made; 0 = never.
    public var fallbackAfter: Int
    /// Tokens of the retry budget that all streams of a provider share, 0…1000; 0 = every stream retries for itself. See
    /// ``RetryBudget``.
    public var budget = 10
    /// Whether an attempt that the provider would refuse by its own word is held back until it would not. See ``Quota``.
    public var holdsBack = true

    /// The width of ``Jitter/additive``.
    public static let additiveSpread = Duration.milliseconds(500)

    /// The usual policy, but for what is named.
    public init(
        maximumRetries: Int = 5, baseDelay: Duration = .seconds(1), maximumDelay: Duration = .seconds(60),
        jitter: Jitter = .additive, fallbackAfter: Int = 2
    ) {
        self.maximumRetries = maximumRetries
        self.baseDelay = baseDelay
        self.maximumDelay = maximumDelay
        self.jitter = jitter
        self.fallbackAfter = fallbackAfter
    }

    /// One wait of the schedule, in the parts that are shown. `total` = min(`exponential`, cap) + `jitter`, exactly.
    public struct Delay: Sendable, Hashable {
        /// base · 2ⁿ, twice that after a 429, before the cap; at most 10⁹ s. With ``Jitter/decorrelated``, which has no
        /// exponent, the lower bound of the draw.
        public var exponential: Duration
        /// What chance added to the capped exponential, or (negative) took from it.
        public var jitter: Duration
        /// 0 … ``RetryPolicy/maximumDelay``.
        public var total: Duration
    }

    /// The wait before a retry.
    /// - Parameters:
    ///   - retry: 0 for the first retry; any size.
    ///   - throttled: the server said 429: the wait is twice as long (before the cap).
    ///   - previous: the last wait of this run, for ``Jitter/decorrelated``.
    public func delay(
        retry: Int, throttled: Bool, previous: Duration?, using random: inout some RandomNumberGenerator
    ) -> Delay {
        let cap = max(0, min(maximumDelay.nanoseconds, Self.ceiling))
        let base = max(0, min(baseDelay.nanoseconds, Self.ceiling))
        let factor: Int64 = throttled ? 2 : 1
        let exponential: Int64
        let total: Int64
        switch jitter {
        case .decorrelated:
            exponential = base * factor
            let upper = max(base, 3 * max(0, min(previous?.nanoseconds ?? base, Self.ceiling)))
            total = min(cap, factor * Int64.random(in: base...upper, using: &random))
        case .additive:
            exponential = Self.doubled(base, times: retry, factor: factor)
            let spread = Int64.random(in: 0...Self.additiveSpread.nanoseconds, using: &random)
            total = min(cap, exponential + spread)
        case .full:
            exponential = Self.doubled(base, times: retry, factor: factor)
            total = Int64.random(in: 0...min(cap, exponential), using: &random)
        case .equal:
            exponential = Self.doubled(base, times: retry, factor: factor)
            let whole = min(cap, exponential)
            total = whole - whole / 2 + Int64.random(in: 0...(whole / 2), using: &random)
        case .none:
            exponential = Self.doubled(base, times: retry, factor: factor)
            total = min(cap, exponential)
        }
        return Delay(
            exponential: .nanoseconds(exponential), jitter: .nanoseconds(total - min(exponential, cap)),
            total: .nanoseconds(total))
    }

    /// 10⁹ s in nanoseconds: six times it still fits an `Int64`.
    private static let ceiling: Int64 = 1_000_000_000_000_000_000

    /// base · 2ⁿ · factor, at most ``ceiling``.
    private static func doubled(_ base: Int64, times retry: Int, factor: Int64) -> Int64 {
        guard base > 0 else { return 0 }
        let shift = min(max(0, retry), 60) + (factor == 2 ? 1 : 0)
        // The number of doublings that keep base at or below the ceiling is less than 60.
        guard shift < 60, base <= ceiling >> Int64(shift) else { return ceiling }
        return base << Int64(shift)
    }
}

extension RetryPolicy {
    /// The wait before the next attempt, and whose word it is.
    public struct Wait: Sendable, Hashable {
        /// From now.
        public var delay: Duration
        /// Where its length comes from.
        public var source: Backoff.Source
        /// Set where the source is the schedule.
        public var exponential: Duration?
        /// Set where the source is the schedule; may be negative, see ``RetryPolicy/Delay/jitter``.
        public var jitter: Duration?
        /// The server asks for more than ``RetryPolicy/maximumDelay``: whether to wait that long is for the user to say.
        public var exceedsMaximum: Bool
        /// The server said not to come back earlier.
        public var isServersWord: Bool { source != .schedule }
    }

    /// The server's word (`Retry-After`, then an exhausted quota) beats the schedule, and is never shortened: a wait that
    /// is longer than ``maximumDelay`` is returned whole and marked.
    public func wait(
        retry: Int, throttled: Bool, retryAfter: Duration?, quotaReset: Duration?, previous: Duration?,
        using random: inout some RandomNumberGenerator
    ) -> Wait {
        if let retryAfter {
            return Wait(delay: retryAfter, source: .retryAfter, exceedsMaximum: retryAfter > maximumDelay)
        }
        if let quotaReset {
            return Wait(delay: quotaReset, source: .quotaReset, exceedsMaximum: quotaReset > maximumDelay)
        }
        let delay = delay(retry: retry, throttled: throttled, previous: previous, using: &random)
        return Wait(
            delay: delay.total, source: .schedule, exponential: delay.exponential, jitter: delay.jitter,
            exceedsMaximum: false)
    }
}
