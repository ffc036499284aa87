import NIOCore

/// When the next token is due. The plan is absolute: a late token does not make the ones after it late.
struct Pacer {
    /// Seconds between two tokens, at most: a day.
    private static let longestGap = 86_400.0

    private(set) var tokensPerSecond: Double
    private var jitter: Double
    private var random: SplitMix64
    private var nextDue: NIODeadline?

    init(tokensPerSecond: Double, jitter: Double, seed: UInt64) {
        self.tokensPerSecond = tokensPerSecond
        self.jitter = jitter
        random = SplitMix64(seed: seed)
    }

    var isUnthrottled: Bool { tokensPerSecond <= 0 }

    /// The first token after a start or a pause is due at once.
    mutating func due(now: NIODeadline) -> NIODeadline {
        if let nextDue { return nextDue }
        nextDue = now
        return now
    }

    mutating func sent() {
        guard let due = nextDue, tokensPerSecond > 0 else { return }
        let gap = 1 / tokensPerSecond * (1 + jitter * (2 * random.unit() - 1))
        // Of a rate next to nothing the time would not fit into a number.
        nextDue = due + .nanoseconds(Int64(min(gap, Self.longestGap) * 1e9))
    }

    /// There was a pause: what was not sent in it is not made up for.
    mutating func pause() {
        nextDue = nil
    }

    mutating func change(tokensPerSecond: Double, jitter: Double) {
        self.tokensPerSecond = tokensPerSecond
        self.jitter = jitter
        nextDue = nil
    }
}
