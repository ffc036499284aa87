import Pricing

/// What is asked, how often, and how much it may cost.
public struct BenchPlan: Sendable {
    /// Streams at once, 1 to 10,000.
    public var streams: Int
    /// Prompts that each stream asks, one after the other, at least 1.
    public var promptsEach: Int
    /// What is asked, in turn; not empty.
    public var prompts: [String]
    /// Requests at the most, retries included; `nil` = no bound.
    public var maximumRequests: Int?
    /// Spent at the most, what broken attempts cost included; `nil` = no bound.
    public var maximumCost: Money?

    public init(
        streams: Int, promptsEach: Int, prompts: [String], maximumRequests: Int? = nil, maximumCost: Money? = nil
    ) {
        self.streams = streams
        self.promptsEach = promptsEach
        self.prompts = prompts
        self.maximumRequests = maximumRequests
        self.maximumCost = maximumCost
    }

    /// Replies in all.
    public var replies: Int { streams * promptsEach }

    /// A run by this plan is over: the budgets are for all runs together, so the next one has what is left of them, 0 at the
    /// least.
    public mutating func ran(_ tally: BenchTally) {
        maximumRequests = maximumRequests.map { max(0, $0 - tally.requests) }
        guard let limit = maximumCost else { return }
        for spent in tally.spent.costs.compactMap(\.money) where spent.currency == limit.currency {
            maximumCost = Money(picos: max(0, limit.picos - spent.picos), currency: limit.currency)
        }
    }

    /// What the reply of that number asks, from 0.
    public func prompt(_ number: Int) -> String { prompts[number % prompts.count] }

    /// Short texts that any model answers at some length, for who names none.
    public static let standardPrompts = [
        "Explain how a weir steadies a river, in about 150 words.",
        "List the steps of a TCP handshake and what can go wrong in each.",
        "Write a short story about a lighthouse keeper who counts ships.",
        "Compare tea and coffee in a small table, then say which you prefer.",
    ]
}
