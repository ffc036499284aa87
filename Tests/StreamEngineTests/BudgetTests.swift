import Pricing
import Providers
import StreamEngine
import TestSupport
import Testing

/// A token is a thousandth of a dollar; the prompt is 8 of them by our count, and 12 by the provider's.
@Suite struct BudgetTests {
    private func world() throws -> EngineHarness { EngineHarness(prices: try Prices.table()) }

    private func notices(_ world: EngineHarness) -> [BudgetNotice] {
        world.events.compactMap { if case .budget(let notice) = $0 { notice } else { nil } }
    }

    /// So many deltas of one token each.
    private func words(_ count: Int) -> String {
        String(repeating: Wire.text("word "), count: count)
    }

    @Test func warnsAndThenStops() throws {
        var world = try world()
        let id = world.start(.test().limited(reply: 50))
        try world.headers()
        try world.body(Wire.start)
        for _ in 0..<27 { try world.body(Wire.text("word ")) }
        #expect(notices(world).isEmpty)
        try world.body(Wire.text("word "))
        let nearing = BudgetGauge(scope: .reply, spent: Prices.dollars(40), limit: Prices.dollars(50))
        #expect(notices(world) == [.nearing(nearing)])
        for _ in 0..<9 { try world.body(Wire.text("word ")) }
        #expect(notices(world).count == 1)
        #expect(world.running.count == 1)
        try world.body(Wire.text("word "))
        let reached = BudgetGauge(scope: .reply, spent: Prices.dollars(50), limit: Prices.dollars(50))
        #expect(notices(world) == [.nearing(nearing), .reached(reached)])
        #expect(world.running.isEmpty && world.cancelled.count == 1)

        let snapshot = try world.snapshot(id)
        #expect(snapshot.verdict == .incomplete)
        #expect(snapshot.failure?.kind == .budget)
        #expect(snapshot.failure?.message == "the budget for this reply is spent: $0.0500 of $0.0500")
        #expect(snapshot.textBytes == 38 * 5)
        // Its text stands, so what it cost is not lost.
        #expect(snapshot.cost == .estimated(Prices.dollars(50)))
        #expect(snapshot.lostCost == .zero)
        #expect(snapshot.budget?.gauges == [reached])
    }

    @Test func thinkingCountsToo() throws {
        var world = try world()
        let id = world.start(.test().limited(reply: 20))
        try world.headers()
        try world.body(Wire.start + Wire.thinking("a b c d e f g h i"))
        #expect(try world.snapshot(id).verdict == .failed)
        #expect(try world.snapshot(id).failure?.kind == .budget)
    }

    @Test func onlyARaisedBudgetOffersTheRetry() throws {
        var world = try world()
        let id = world.start(.test().limited(reply: 20))
        try world.headers()
        try world.body(Wire.start + words(10))
        #expect(try world.snapshot(id).controls == .switchModel)
        world.retry(id)
        #expect(world.running.isEmpty)
        #expect(try world.snapshot(id).verdict == .incomplete)

        world.act { $0.setBudget(StreamOrder.test().limited(reply: 30).budget, of: id, at: $1, into: &$2) }
        // 22 are spent, and 18 for the prompt do not fit.
        #expect(try world.snapshot(id).controls == .switchModel)
        world.act { $0.setBudget(StreamOrder.test().limited(reply: 500).budget, of: id, at: $1, into: &$2) }
        #expect(try world.snapshot(id).controls == [.retry, .switchModel])
        world.retry(id)
        try world.headers()
        try world.body(Wire.reply("and so on"))
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.text(id) == String(repeating: "word ", count: 10) + "and so on")
        #expect(try world.snapshot(id).budget?.gauges.first?.spent == Prices.dollars(22 + 12 + 7))
    }

    @Test func aPromptThatIsTooDearIsNotSent() throws {
        var world = try world()
        let id = world.start(.test().limited(reply: 7))
        #expect(world.started.isEmpty)
        let snapshot = try world.snapshot(id)
        #expect(snapshot.verdict == .failed)
        #expect(snapshot.failure?.kind == .budget)
        #expect(snapshot.cost == .zero && snapshot.attempts.isEmpty)
        guard case .refused(let gauge, let prompt)? = notices(world).first else {
            Issue.record("not refused: \(notices(world))")
            return
        }
        #expect(gauge.spent.isZero && prompt == Prices.dollars(8))
    }

    @Test func aPromptThatJustFitsIsSent() throws {
        var world = try world()
        _ = world.start(.test().limited(reply: 8))
        #expect(world.running.count == 1)
    }

    /// The prompt goes out again with the partial: known at the break, so nothing is waited for.
    @Test func aRetryThatWouldBreakItIsRefused() throws {
        var world = try world()
        let id = world.start(.test().limited(reply: 60))
        try world.headers()
        try world.body(Wire.start + words(25))
        try world.fail(.reset)
        let snapshot = try world.snapshot(id)
        #expect(snapshot.verdict == .incomplete)
        #expect(snapshot.failure?.kind == .budget)
        #expect(snapshot.failure?.message.contains("after: connection reset") == true)
        #expect(world.engine.nextDeadline == nil)
        #expect(world.started.count == 1)
        #expect(world.text(id) == String(repeating: "word ", count: 25))
    }

    @Test func lostAttemptsCount() throws {
        var world = try world()
        let id = world.start(.test(resume: .fixed(.restartSkip)).limited(reply: 70))
        for _ in 0..<2 {
            try world.headers()
            try world.body(Wire.start + words(10))
            try world.fail(.reset)
            world.advance(.seconds(10))
        }
        // 22 and 22 are spent; a third attempt's prompt fits, and what it says does not.
        try world.headers()
        try world.body(Wire.start)
        try world.body(words(14))
        #expect(try world.snapshot(id).failure?.kind == .budget)
        #expect(try world.snapshot(id).attempts.count == 3)
        #expect(try world.snapshot(id).lostCost == .estimated(Prices.dollars(44)))
    }

    @Test func aRequestThatWasNeverAnsweredCountsWithItsPrompt() throws {
        var world = try world()
        let id = world.start(.test().limited(reply: 100))
        try world.connected()
        try world.fail(.reset)
        #expect(try world.snapshot(id).budget?.gauges.first?.spent == Prices.dollars(8))
        // The ledger does not pretend to know.
        #expect(try world.snapshot(id).lostCost == .unknown)
        world.advance(.seconds(10))
        try world.fail(.connectionRefused)
        #expect(try world.snapshot(id).budget?.gauges.first?.spent == Prices.dollars(8))
    }

    @Test func aReplyWhoseStopReasonCameIsWhole() throws {
        var world = try world()
        let id = world.start(.test().limited(reply: 20))
        try world.headers()
        try world.body(Wire.start + words(30) + Wire.stop())
        #expect(world.running.count == 1)
        try world.finish()
        #expect(world.engine.state(of: id) == .complete)
        #expect(notices(world).isEmpty)
    }

    @Test func aLoweredBudgetStopsAtOnce() throws {
        var world = try world()
        let id = world.start(.test().limited(reply: 500))
        try world.headers()
        try world.body(Wire.start + words(30))
        world.act { $0.setBudget(StreamOrder.test().limited(reply: 40).budget, of: id, at: $1, into: &$2) }
        #expect(world.running.isEmpty)
        #expect(try world.snapshot(id).verdict == .incomplete)
    }

    // MARK: Conversations

    @Test func whatTheStoreHoldsCounts() throws {
        var world = try world()
        let id = world.start(.test().limited(conversation: 100).inConversation(spentBefore: 70))
        try world.headers()
        try world.body(Wire.start + words(17))
        let gauge = try #require(try world.snapshot(id).budget?.gauges.first)
        #expect(gauge == BudgetGauge(scope: .conversation, spent: Prices.dollars(99), limit: Prices.dollars(100)))
        #expect(notices(world) == [.nearing(gauge)])
        try world.body(words(1))
        #expect(
            try world.snapshot(id).failure?.message == "the budget for this conversation is spent: $0.1000 of $0.1000")
        #expect(try world.snapshot(id).failure?.hint?.contains("/budget conversation") == true)
    }

    @Test func streamsOfAConversationShareIt() throws {
        var world = try world()
        let order = StreamOrder.test().limited(conversation: 100).inConversation()
        let one = world.start(order)
        let first = try world.current
        let two = world.start(order)
        let second = try #require(world.running.keys.first { $0 != first })
        for attempt in [first, second] {
            world.deliver(
                .headers(status: 200, headers: [HTTPHeader("content-type", "text/event-stream")], phases: Phases()),
                to: attempt)
            world.deliver(Array((Wire.start + words(30)).utf8), to: attempt)
        }
        // 42 and 42; the prompt of a third of 8 fits, that of a fourth of 12 and what the third has said does not.
        #expect(world.running.count == 2)
        world.deliver(Array(words(20).utf8), to: first)
        #expect(try world.snapshot(one).failure?.kind == .budget)
        #expect(world.engine.state(of: two) == .streaming)
        world.deliver(Array(words(1).utf8), to: second)
        #expect(try world.snapshot(two).failure?.kind == .budget)
        let three = world.start(order)
        #expect(try world.snapshot(three).failure?.kind == .budget)
        #expect(try world.snapshot(three).attempts.isEmpty)
    }

    @Test func otherConversationsAreOthers() throws {
        var world = try world()
        var order = StreamOrder.test().limited(conversation: 40).inConversation(spentBefore: 39)
        #expect(try world.snapshot(world.start(order)).failure?.kind == .budget)
        order.conversation = "d"
        order.spentBefore = Spending()
        _ = world.start(order)
        #expect(world.running.count == 1)
    }

    // MARK: What cannot be held

    @Test func withoutAPriceItSaysSoOnce() throws {
        var world = EngineHarness(prices: nil)
        let id = world.start(.test().limited(reply: 1))
        try world.headers()
        try world.body(Wire.start + words(10))
        try world.fail(.reset)
        world.advance(.seconds(10))
        try world.headers()
        try world.body(Wire.reply("end"))
        #expect(world.engine.state(of: id) == .complete)
        #expect(notices(world) == [.unenforced(reason: "there is no price for test-model")])
        #expect(try world.snapshot(id).budget?.unenforced == "there is no price for test-model")
    }

    @Test func anOpenLimitHoldsInEveryCurrency() throws {
        for (currency, isHeld) in [(nil, true), ("CNY", true), ("USD", false)] as [(String?, Bool)] {
            var world = try world()
            var order = StreamOrder.test().limited(reply: 20, currency: currency)
            order.endpoint = try .test("east")
            order.model.id = "yuan-model"
            let id = world.start(order)
            try world.headers()
            try world.body(Wire.start + words(10))
            #expect((try world.snapshot(id).failure?.kind == .budget) == isHeld, "\(currency ?? "open")")
            if !isHeld {
                let reason = "yuan-model is billed in CNY, and the limit is in USD"
                #expect(notices(world) == [.unenforced(reason: reason)])
            }
        }
    }

    // MARK: The sum

    /// Whatever happens, what is counted is what the ledger's rows add up to, and the prompts of what was never answered.
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func countsWhatTheLedgerAddsUpTo(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var world = try world()
        let policy = RetryPolicy(maximumRetries: 8, jitter: .none)
        let id = world.start(.test(policy: policy).limited(reply: 1_000_000, conversation: 1_000_000).inConversation())
        for _ in 0..<20 {
            switch Int.random(in: 0...9, using: &random) {
            case 0 where world.running.count == 1: try world.connected()
            case 1 where world.running.count == 1: try world.fail(.reset)
            case 2, 3: world.advance(.seconds(5))
            case 4: world.retry(id)
            case 5 where world.running.count == 1:
                try world.headers()
                try world.body(Wire.start)
            default:
                guard let attempt = world.running.keys.first else { continue }
                let snapshot = try world.snapshot(id)
                guard snapshot.attempts.last?.status == 200 else { continue }
                world.deliver(Array(words(Int.random(in: 1...9, using: &random)).utf8), to: attempt)
            }
            let snapshot = try world.snapshot(id)
            var sum: Int64 = 0
            for record in snapshot.attempts {
                if let money = record.cost.money, record.status != nil || record.outcome != .running {
                    sum += money.picos
                } else {
                    // Not answered yet, or never: its prompt as we estimate it.
                    let tokens = Int64(record.usage.input ?? 0)
                    sum += tokens * 1_000_000_000
                }
            }
            for gauge in snapshot.budget?.gauges ?? [] { #expect(gauge.spent.picos == sum, "\(gauge.scope)") }
        }
        #expect(world.mistakes == [])
    }
}
