/// What the lab does to its clients: a story of faults for each conversation, request by request.
///
/// A *conversation* is one reply being fetched: the first request for it, and all that repeat or continue it until it was
/// delivered whole.
public struct Scenario: Sendable, Equatable {
    /// The faults of the 1st, 2nd, … request of a conversation.
    public struct Story: Sendable, Equatable {
        public var title: String
        public var requests: [[FaultStep]]
        /// After the last request: start over, or answer without faults.
        public var repeats: Bool

        public init(title: String = "", requests: [[FaultStep]], repeats: Bool = false) {
            self.title = title
            self.requests = requests
            self.repeats = repeats
        }

        /// The steps of a conversation's request, counted from 1.
        func steps(ofRequest number: Int) -> [FaultStep] {
            guard !requests.isEmpty, number >= 1 else { return [] }
            if number <= requests.count { return requests[number - 1] }
            return repeats ? requests[(number - 1) % requests.count] : []
        }
    }

    public var name: String
    /// One line for a list.
    public var description: String
    public var seed: UInt64 = 1
    /// 0 is as fast as the client reads.
    public var tokensPerSecond = 45.0
    /// Each gap between tokens is made longer or shorter by up to this share of it, 0 to 1.
    public var jitter = 0.25
    public var requestsPerMinute = 1_000
    public var tokensPerMinute = 1_000_000
    /// Whether a request over the limits is answered 429; the headers count in any case.
    public var enforcesLimits = false
    /// Steps of every request, before those of its story.
    public var always: [FaultStep] = []
    /// The first conversation gets the first story, and so on, in a circle.
    public var stories: [Story] = []

    public init(name: String, description: String) {
        self.name = name
        self.description = description
    }

    /// The steps of a request, with their places and chances decided. `conversation` and `request` count from 1; `key`
    /// makes the chances depend on what is asked and not on the order in which it comes.
    func steps(conversation: Int, request: Int, key: UInt64) -> [FaultStep] {
        var steps = always
        if !stories.isEmpty { steps += stories[(conversation - 1) % stories.count].steps(ofRequest: request) }
        var random = SplitMix64(seed: seed ^ key &+ UInt64(truncatingIfNeeded: request) &* 0x9E37_79B9_7F4A_7C15)
        var decided: [FaultStep] = []
        for var step in steps {
            // Drawn for every step, so that one step's chance does not move the next one's.
            let chance = random.unit()
            let shift = random.below(2 * step.spread + 1) - step.spread
            guard chance < step.probability else { continue }
            step.afterTokens = max(0, step.afterTokens + shift)
            decided.append(step)
        }
        return decided
    }
}
