import Pricing
import Providers
import StreamEngine
import TOML

extension World.Setting {
    /// Picos for a token of prompt and of reply, by model.
    static let rates: [(input: Int64, output: Int64)?] = [(3_000_000, 15_000_000), (100_000, 400_000), nil]

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
            """
        var table = PriceTable()
        try table.merge(TOMLDocument(text, source: "simulation"))
        prices = table
        endpoints = try [Dialect.anthropic, .openai, .responses].map { (dialect) throws(EndpointError) in
            try Endpoint(
                provider: "simulated", dialect: dialect, baseURL: "http://127.0.0.1:1", key: Secret("sk-simulated-key"))
        }
        models = ["one", "two", "three"].map { Model(id: $0) }
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
        if forced == nil {
            switch choices.below(8) {
            case 4, 5: setting = .fixed(strategy)
            case 6: setting = .fixed(.off)
            default: break
            }
            policy.maximumRetries = [5, 1, 2, 0, 9][choices.below(5)]
            policy.jitter = RetryPolicy.Jitter.allCases[choices.below(RetryPolicy.Jitter.allCases.count)]
            policy.fallbackAfter = [2, 0, 1, 5][choices.below(4)]
            policy.maximumDelay = [.seconds(60), .seconds(5), .seconds(300)][choices.below(3)]
            if choices.once(in: 10) { timeouts.total = .seconds([30, 120, 700][choices.below(3)]) }
            if choices.once(in: 6) { refuses = Set(strategies.prefix(1 + choices.below(4))) }
            isFickle = choices.once(in: 4)
            // A tool call in a reply that comes out otherwise is rare by itself.
            hasTool = choices.once(in: isFickle && strategy == .restartSkip ? 3 : 12)
            if choices.once(in: 4) { thoughts = Array("let me think. then more.".utf8) }
            if choices.once(in: 3) { longWaits = .giveUp }
            if choices.once(in: 3) { allowsNewTake = false }
            policy.budget = [10, 3, 0][choices.below(3)]
            if choices.once(in: 4) { policy.holdsBack = false }
            if choices.once(in: 8) {
                budget.reply = Budget.Limit(picos: [200_000_000, 800_000_000, 3_000_000_000][choices.below(3)])
            }
        }
        let pricing = forced != nil ? 0 : choices.below(3)
        var model = self.setting.models[pricing]
        model.resume = strategy
        let endpoint = self.setting.endpoints[dialect == .anthropic ? 0 : dialect == .openai ? 1 : 2]
        let request = ChatRequest(
            model: model.id, system: nil, messages: [ChatMessage(role: .user, text: "question")])
        let order = StreamOrder(
            endpoint: endpoint, model: model, request: request, retryPolicy: policy, timeouts: timeouts,
            resume: setting, longWaits: longWaits, allowsNewTake: allowsNewTake,
            maximumEventBytes: ModelServer.eventLimit, budget: budget)
        clients.append(
            Client(
                id: StreamID(rawValue: index + 1), policy: policy, timeouts: timeouts,
                givesUpLongWaits: longWaits == .giveUp, allowsNewTake: allowsNewTake, hasTool: hasTool,
                thoughts: thoughts, refuses: refuses, isFickle: isFickle, setting: setting, dialect: dialect,
                pricing: pricing, canonical: canonical))
        clients[index].runStartedAt = now.instant
        clients[index].budget = budget.reply?.picos
        tally.replies += 1
        trace.note(
            now.instant.nanoseconds,
            "stream \(index + 1): \(dialect.rawValue), \(canonical.count) B, resume \(setting) (\(strategy.rawValue)), \(policy.maximumRetries) retries"
                + (hasTool ? ", a tool call" : "") + (allowsNewTake ? "" : ", one take")
                + (refuses.isEmpty ? "" : ", server refuses \(refuses.map(\.rawValue).sorted().joined(separator: " "))")
        )
        act = (index, .start)
        call(index) { _ = $0.start(order, at: $1, into: &$2) }
        act = nil
    }
}
