/// What the lab does to its clients: a story of faults for each conversation, request by request.
///
/// A *conversation* is one reply being fetched: the first request for it, and all that repeat or continue it until it was
/// delivered whole.
public struct Scenario: Sendable, Equatable {
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
    /// What is expected of every request.
    public var expect: Expectation?
    /// The first conversation gets the first story, and so on, in a circle; of those that are for its model.
    public var stories: [Story] = []

    public init(name: String, description: String) {
        self.name = name
        self.description = description
    }

    /// The stories that a model's conversations are told.
    func stories(for model: String) -> [Story] {
        stories.filter { $0.model.map { Glob($0).matches(model) } ?? true }
    }

    /// Conversations of one key get the stories in turn: those of models that are told the same stories.
    func storyKey(for model: String) -> String {
        guard stories.contains(where: { $0.model != nil }) else { return name }
        let told = stories.indices.filter { index in stories[index].model.map { Glob($0).matches(model) } ?? true }
        return name + " " + told.map { "\($0)" }.joined(separator: ",")
    }

    /// What its story has for a request; both count from 1. `nil` beyond the story's end.
    func request(conversation: Int, request: Int, model: String) -> Story.Request? {
        let stories = stories(for: model)
        guard !stories.isEmpty else { return nil }
        return stories[(conversation - 1) % stories.count].request(request)
    }

    /// The steps of a request, with their places and chances decided. `conversation` and `request` count from 1; `key`
    /// makes the chances depend on what is asked and not on the order in which it comes.
    func steps(conversation: Int, request: Int, key: UInt64, model: String = "") -> [FaultStep] {
        let told = self.request(conversation: conversation, request: request, model: model)
        return decided(always + (told?.steps ?? []), request: request, key: key, model: model)
    }

    /// Of these steps the ones that happen, each at its places.
    func decided(_ steps: [FaultStep], request: Int, key: UInt64, model: String) -> [FaultStep] {
        var random = SplitMix64(seed: seed ^ key &+ UInt64(truncatingIfNeeded: request) &* 0x9E37_79B9_7F4A_7C15)
        var decided: [FaultStep] = []
        for var step in steps {
            // Drawn for every step, so that one step's chance does not move the next one's.
            let chance = random.unit()
            let shift = random.below(2 * step.spread + 1) - step.spread
            guard chance < step.probability, step.model.map({ Glob($0).matches(model) }) ?? true else { continue }
            step.afterTokens = max(0, step.afterTokens + shift)
            decided += step.places
        }
        return decided
    }
}

extension Scenario {
    /// The faults of the 1st, 2nd, … request of a conversation.
    public struct Story: Sendable, Equatable {
        /// One of them, or several in a row that are alike.
        public struct Request: Sendable, Equatable {
            public var steps: [FaultStep]
            public var expect: Expectation?
            /// Takes the place of the steps where an expectation was not met.
            public var otherwise: [FaultStep]?
            /// For so many requests in a row, at least 1.
            public var times: Int

            public init(
                _ steps: [FaultStep], expect: Expectation? = nil, otherwise: [FaultStep]? = nil, times: Int = 1
            ) {
                self.steps = steps
                self.expect = expect
                self.otherwise = otherwise
                self.times = times
            }
        }

        public var title: String
        /// Only for conversations with a model that this matches; a pattern with `*`.
        public var model: String?
        public var requests: [Request]
        /// How often the requests are told from the first to the last; `nil` is for ever. After that, requests are
        /// answered without faults.
        public var rounds: Int?

        public init(title: String = "", model: String? = nil, requests: [Request], rounds: Int? = 1) {
            self.title = title
            self.model = model
            self.requests = requests
            self.rounds = rounds
        }

        /// Requests of which nothing is expected; `repeats` is for ever.
        public init(title: String = "", requests: [[FaultStep]], repeats: Bool = false) {
            self.init(title: title, requests: requests.map { Request($0) }, rounds: repeats ? nil : 1)
        }

        /// A conversation's request, counted from 1.
        func request(_ number: Int) -> Request? {
            let count = requests.reduce(0) { $0 + $1.times }
            guard count > 0, number >= 1 else { return nil }
            let (round, place) = (number - 1).quotientAndRemainder(dividingBy: count)
            if let rounds, round >= rounds { return nil }
            var left = place
            for request in requests {
                if left < request.times { return request }
                left -= request.times
            }
            return nil
        }
    }
}

extension FaultStep {
    /// A step that comes again is so many steps at most.
    static let mostPlaces = 10_000

    /// The step at each of its places.
    var places: [FaultStep] {
        guard let every else { return [self] }
        var places: [FaultStep] = []
        var place = self
        place.every = nil
        while places.count < min(times ?? Self.mostPlaces, Self.mostPlaces), place.afterTokens <= ReplyLength.longest {
            places.append(place)
            place.afterTokens += every
        }
        return places
    }
}
