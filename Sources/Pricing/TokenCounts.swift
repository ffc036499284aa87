/// The tokens of one request, as they are billed: no token is counted twice.
public struct TokenCounts: Sendable, Hashable {
    /// Prompt tokens that were neither read from nor written to a cache.
    public var input: Int
    /// Generated tokens, thinking included.
    public var output: Int
    /// Tokens of the prompt that came from the cache.
    public var cacheRead: Int
    /// Written to the cache for five minutes, or with no stated lifetime.
    public var cacheWrite: Int
    /// Written to the cache for one hour.
    public var cacheWriteHour: Int

    /// So many of each kind.
    public init(input: Int = 0, output: Int = 0, cacheRead: Int = 0, cacheWrite: Int = 0, cacheWriteHour: Int = 0) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.cacheWriteHour = cacheWriteHour
    }

    /// The whole prompt, by which tiers are chosen: input, cache reads and cache writes.
    public var prompt: Int {
        [input, cacheRead, cacheWrite, cacheWriteHour].reduce(0) { sum, count in
            let (sum, overflow) = sum.addingReportingOverflow(max(0, count))
            return overflow ? .max : sum
        }
    }
}
