import Pricing
import Providers
import StreamEngine
import TOML

extension World.Setting {
    /// Picos for a token of prompt and of reply, by model.
    static let rates: [(input: Int64, output: Int64)?] = [
        (3_000_000, 15_000_000), (100_000, 400_000), nil, (2_000_000, 8_000_000),
    ]
    /// The last model is another provider's, who bills in its own currency.
    static let currencies = ["USD", "USD", "USD", "CNY"]
    static let providers = [0, 0, 0, 1]

    /// - Throws: an error of our own data, which the tests would see.
    public init() throws {
        let text = """
            [[prices]]
            provider = "simulated"
            model = "one"
            input = 3
            output = 15
            source = "simulation"
            as_of = 2026-01-01
            [[prices]]
            provider = "simulated"
            model = "two"
            input = 0.1
            output = 0.4
            source = "simulation"
            as_of = 2026-01-01
            [providers.abroad]
            currency = "CNY"
            [[prices]]
            provider = "abroad"
            model = "four"
            input = 2
            output = 8
            source = "simulation"
            as_of = 2026-01-01
            """
        var table = PriceTable()
        try table.merge(TOMLDocument(text, source: "simulation"))
        prices = table
        endpoints = try ["simulated", "abroad"].map { (provider) throws(EndpointError) in
            var endpoints = try [Dialect.anthropic, .openai, .responses].map { (dialect) throws(EndpointError) in
                try Endpoint(
                    provider: provider, dialect: dialect, baseURL: "http://127.0.0.1:1",
                    key: Secret("sk-simulated-key"))
            }
            endpoints += [endpoints[2].inBackground() ?? endpoints[2]]
            return endpoints
        }
        models = ["one", "two", "three", "four"].map { Model(id: $0) }
    }

    func endpoint(_ dialect: Dialect, isBackground: Bool, pricing: Int) -> Endpoint {
        let place =
            switch dialect {
            case .anthropic: 0
            case .openai: 1
            case .responses: isBackground ? 3 : 2
            }
        return endpoints[Self.providers[pricing]][place]
    }
}

extension World {
    /// A user begins a reply.
    mutating func order() {
        let index = clients.count
        let dialect: Dialect = forced?.dialect ?? [Dialect.anthropic, .openai, .responses][choices.below(3)]
        let words: Int
        if let forced {
            words = forced.words
        } else {
            words = 1 + (choices.once(in: 12) ? choices.below(60) : choices.below(9))
        }
        let canonical = ReplyText.make(words: words, variant: 0, using: &choices)
        let strategies: [ResumeStrategy] = [.prefill, .continue, .systemNote, .restartSkip]
        let strategy = forced != nil ? .prefill : strategies[choices.below(4)]
        var setting = ResumeSetting.auto
        var policy = RetryPolicy(jitter: .none)
        var timeouts = Timeouts()
        var refuses: Set<ResumeStrategy> = []
        var isFickle = false
        var hasTool = false
        var thoughts: [UInt8] = []
        var longWaits = StreamOrder.LongWaits.wait
        var allowsNewTake = true
        var budget = Budget()
        var conversation: String?
        var spentBefore = Spending()
        var limitsAllowed = 0
        var isBackground = forced?.mode == .background
        let pauses = pauses(in: canonical, dialect)
        if forced?.mode == .asking { setting = .ask }
        if forced == nil {
            isBackground = choices.below(2) == 1
            switch choices.below(8) {
            case 4, 5: setting = .fixed(strategy)
            case 6: setting = .fixed(isBackground && choices.below(2) == 1 ? .cursor : .off)
            case 7: setting = .ask
            default: break
            }
            policy.maximumRetries = [5, 1, 2, 0, 9][choices.below(5)]
            policy.jitter = RetryPolicy.Jitter.allCases[choices.below(RetryPolicy.Jitter.allCases.count)]
            policy.fallbackAfter = [2, 0, 1, 5][choices.below(4)]
            policy.maximumDelay = [.seconds(60), .seconds(5), .seconds(300)][choices.below(3)]
            if choices.once(in: 10) { timeouts.total = .seconds([30, 120, 700][choices.below(3)]) }
            if choices.once(in: 6) { refuses = Set(strategies.prefix(1 + choices.below(4))) }
            if isBackground, choices.once(in: 8) { refuses.insert(.cursor) }
            limitsAllowed = [0, 0, 1, 3][choices.below(4)]
            isFickle = choices.once(in: 4)
            // A tool call in a reply that comes out otherwise is rare by itself.
            hasTool = choices.once(in: isFickle && strategy == .restartSkip ? 3 : 12)
            if choices.once(in: 4) { thoughts = Array("let me think. then more.".utf8) }
            if choices.once(in: 3) { longWaits = .giveUp }
            if choices.once(in: 3) { allowsNewTake = false }
            policy.budget = [10, 3, 0][choices.below(3)]
            if choices.once(in: 4) { policy.holdsBack = false }
            budget = limits()
            if choices.once(in: 3) {
                conversation = "talk"
                if index == 0, choices.below(2) == 1 { self.spentBefore = 300_000_000 }
                spentBefore.add(self.spentBefore, "USD")
            }
        }
        let pricing = forced != nil ? 0 : choices.below(4)
        var model = self.setting.models[pricing]
        model.resume = strategy
        let endpoint = self.setting.endpoint(dialect, isBackground: isBackground, pricing: pricing)
        let request = ChatRequest(
            model: model.id, system: nil, messages: [ChatMessage(role: .user, text: "question")])
        let order = StreamOrder(
            endpoint: endpoint, model: model, request: request, retryPolicy: policy, timeouts: timeouts,
            resume: setting, truncationsContinued: limitsAllowed, longWaits: longWaits, allowsNewTake: allowsNewTake,
            maximumEventBytes: ModelServer.eventLimit, budget: budget, conversation: conversation,
            spentBefore: spentBefore)
        clients.append(
            Client(
                id: StreamID(rawValue: index + 1), policy: policy, timeouts: timeouts,
                givesUpLongWaits: longWaits == .giveUp, allowsNewTake: allowsNewTake, hasTool: hasTool,
                thoughts: thoughts, refuses: refuses, isFickle: isFickle, setting: setting, preferred: strategy,
                conversation: conversation, limitsAllowed: limitsAllowed,
                mayBeCut: forced == nil && choices.once(in: 4), isBackground: isBackground, pauses: pauses,
                dialect: dialect, pricing: pricing, canonical: canonical))
        clients[index].runStartedAt = now.instant
        clients[index].budget = budget
        tally.replies += 1
        trace.note(
            now.instant.nanoseconds,
            "stream \(index + 1): \(dialect.rawValue), \(canonical.count) B, resume \(setting) (\(strategy.rawValue)), \(policy.maximumRetries) retries"
                + (hasTool ? ", a tool call" : "") + (allowsNewTake ? "" : ", one take")
                + (isBackground && dialect == .responses ? ", in the background" : "")
                + (pauses.isEmpty ? "" : ", pauses at \(pauses.map(String.init).joined(separator: " "))")
                + (budget.isEmpty ? "" : ", a budget") + (conversation == nil ? "" : ", of a conversation")
                + (refuses.isEmpty ? "" : ", server refuses \(refuses.map(\.rawValue).sorted().joined(separator: " "))")
        )
        act = (index, .start)
        clients[index].hasLeave = false
        call(index) { _ = $0.start(order, at: $1, into: &$2) }
        act = nil
    }

    /// Where the model pauses its turn: before a word, or before the space before it.
    private mutating func pauses(in text: [UInt8], _ dialect: Dialect) -> [Int] {
        guard dialect == .anthropic else { return [] }
        let every: Int
        if let forced {
            guard forced.mode == .pausing else { return [] }
            every = 1
        } else {
            // One in so many words; of some replies each, and more of them than a turn may be paused.
            guard choices.once(in: 4) else { return [] }
            every = [4, 2, 1][choices.below(3)]
        }
        var pauses: [Int] = []
        for index in 1..<text.count where ReplyText.isSpace(text[index - 1]) {
            if every > 1, choices.below(every) > 0 { continue }
            let place = forced == nil && choices.below(3) == 2 ? index - 1 : index
            if place > 0 { pauses.append(place) }
            if forced != nil { break }
        }
        return pauses
    }

    /// A budget, or none.
    mutating func limits() -> Budget {
        var budget = Budget()
        func limit(_ picos: [Int64], _ choices: inout Choices) -> Budget.Limit {
            Budget.Limit(
                picos: picos[choices.below(picos.count)], currency: choices.below(3) == 2 ? "USD" : nil)
        }
        if choices.once(in: 8) { budget.reply = limit([200_000_000, 800_000_000, 3_000_000_000], &choices) }
        if choices.once(in: 8) {
            budget.conversation = limit([500_000_000, 1_500_000_000, 6_000_000_000], &choices)
        }
        if !budget.isEmpty { budget.warnAt = Factor(millionths: [800_000, 300_000, 1_000_000][choices.below(3)]) }
        return budget
    }
}
