extension RetryPolicy {
    /// What the wait before each retry can be, the shortest and the longest, in their order: what chance makes of it, it
    /// makes of it between these. A server's word beats them.
    ///
    /// - Parameter throttled: every failure is a 429.
    public func waits(throttled: Bool = false) -> [ClosedRange<Duration>] {
        var waits: [ClosedRange<Duration>] = []
        waits.reserveCapacity(maximumRetries)
        var longest: Duration?
        for retry in 0..<max(0, maximumRetries) {
            var low = Extreme(takesHighest: false)
            var high = Extreme(takesHighest: true)
            let shortest = delay(retry: retry, throttled: throttled, previous: baseDelay, using: &low).total
            // With decorrelated jitter, a wait may be three times the longest that there was.
            let most = max(shortest, delay(retry: retry, throttled: throttled, previous: longest, using: &high).total)
            waits.append(shortest...most)
            longest = most
        }
        return waits
    }

    /// A generator whose draws from a range are one of its ends.
    private struct Extreme: RandomNumberGenerator {
        var takesHighest: Bool

        // Not 0: the standard library draws again where the low half of the product is too small.
        mutating func next() -> UInt64 { takesHighest ? .max : 1 }
    }
}
