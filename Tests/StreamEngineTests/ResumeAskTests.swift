import Pricing
import Providers
import StreamEngine
import TOML
import Testing

/// `--resume ask`: nothing is billed again before the user has said so.
@Suite struct ResumeAskTests {
    private func broken(
        _ setting: ResumeSetting = .ask, text: String = "half of it, ", prices: PriceTable? = nil,
        timeouts: Timeouts = Timeouts()
    ) throws -> (EngineHarness, StreamID) {
        var world = EngineHarness(prices: prices)
        let id = world.start(.test(resume: setting, timeouts: timeouts))
        try world.headers()
        try world.body(Wire.start + Wire.blockStart + Wire.text(text))
        try world.fail(.reset)
        return (world, id)
    }

    private func prices() throws -> PriceTable {
        var table = try PriceTable.builtIn()
        try table.merge(
            TOMLDocument(
                "[[prices]]\nprovider = \"lab\"\nmodel = \"test-model\"\ninput = 10\noutput = 20\n", source: "test"))
        return table
    }

    @Test func theStreamWaitsForTheUser() throws {
        var (world, id) = try broken(prices: try prices())
        #expect(world.engine.state(of: id) == .asking)
        world.advance(.seconds(3600))
        #expect(world.engine.state(of: id) == .asking && world.started.count == 1)
        let snapshot = try world.snapshot(id)
        let question = try #require(snapshot.question)
        #expect(question.options.map(\.strategy) == [.prefill, .continue, .systemNote, .restartSkip])
        #expect(question.reason.kind == .transport(.reset))
        #expect(question.plan.rebill.input > 0 && question.plan.rebill.output == 0)
        // What is said is what the price table makes of it: $10 a million.
        let cost = try #require(question.plan.rebill.cost.money)
        #expect(cost.picos == Int64(question.plan.rebill.input) * 10_000_000)
        // A restart pays for the words once more.
        #expect(question.options[3].rebill.output > 0)
        #expect(snapshot.controls == [.cancel, .retry, .answer, .giveUp, .switchModel])

        world.act { $0.goOn(id, at: $1, into: &$2) }
        try world.headers()
        try world.body(Wire.reply("and the rest."))
        #expect(world.text(id) == "half of it, and the rest." && world.engine.state(of: id) == .complete)
        #expect(world.mistakes.isEmpty)
    }

    /// An early yes does not go before the wait that a retry makes.
    @Test func theWaitIsKept() throws {
        var (world, id) = try broken()
        world.act { $0.goOn(id, at: $1, into: &$2) }
        #expect(world.engine.state(of: id) == .backingOff && world.started.count == 1)
        world.advance(.milliseconds(999))
        #expect(world.started.count == 1)
        world.advance(.milliseconds(1))
        #expect(world.started.count == 2)
    }

    @Test func anotherWayCanBeChosen() throws {
        var (world, id) = try broken()
        for strategy in [ResumeStrategy.continue, .systemNote, .restartSkip, .prefill, .continue] {
            world.act { $0.lookAtOtherWay(id, at: $1, into: &$2) }
            #expect(try world.snapshot(id).question?.plan.strategy == strategy)
        }
        world.act { $0.retryNow(id, at: $1, into: &$2) }
        let body = String(decoding: world.started[1].request.http.body, as: UTF8.self)
        #expect(body.contains("cut off by a network failure"))
    }

    @Test func noMeansNo() throws {
        var (world, id) = try broken()
        world.act { $0.giveUp(id, at: $1, into: &$2) }
        #expect(try world.snapshot(id).verdict == .incomplete)
        #expect(world.text(id) == "half of it, ")
        world.act { $0.goOn(id, at: $1, into: &$2) }
        #expect(world.started.count == 1)
    }

    /// An attempt that cost nothing is no reason to ask twice; one that was answered is.
    @Test func oneYesIsForOneBill() throws {
        var (world, id) = try broken()
        world.act { $0.retryNow(id, at: $1, into: &$2) }
        try world.answer(529)
        #expect(world.engine.state(of: id) == .backingOff)
        world.advance(.seconds(10))
        try world.headers()
        try world.body(Wire.start + Wire.text("a word "))
        try world.fail(.reset)
        #expect(world.engine.state(of: id) == .asking)
    }

    /// Nothing was received: a retry bills nothing again, and nobody is asked.
    @Test func whatCostNothingIsNotAskedAbout() throws {
        var world = EngineHarness()
        let id = world.start(.test(resume: .ask))
        try world.answer(529)
        #expect(world.engine.state(of: id) == .backingOff)
    }

    @Test func thoughtsAreAskedAboutToo() throws {
        var world = EngineHarness(prices: try prices())
        let id = world.start(.test(resume: .ask))
        try world.headers()
        try world.body(Wire.start + Wire.thinking("let me think about that for a while"))
        try world.fail(.reset)
        let question = try #require(try world.snapshot(id).question)
        #expect(question.options.count == 1 && question.plan.keptBytes == 0 && question.plan.rebill.output > 5)
        world.act { $0.retryNow(id, at: $1, into: &$2) }
        try world.headers()
        try world.body(Wire.reply("Whole."))
        #expect(world.text(id) == "Whole." && world.engine.state(of: id) == .complete)
    }

    /// In `auto` the same is said without being asked.
    @Test func aRestartAfterThoughtsSaysWhatItBills() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.thinking("let me think about that for a while"))
        try world.fail(.reset)
        let plan = try #require(try world.snapshot(id).backoff?.resume)
        #expect(plan.keptBytes == 0 && plan.rebill.output > 5 && plan.rebill.input > 0)
    }

    @Test func theTimeLimitHoldsForAQuestion() throws {
        var timeouts = Timeouts()
        timeouts.total = .seconds(60)
        var (world, id) = try broken(timeouts: timeouts)
        world.advance(.seconds(61))
        #expect(try world.snapshot(id).verdict == .incomplete)
    }

    /// A refused way is replaced unasked by one that costs no more, and asked about where it costs more.
    @Test func aDearerWayIsAskedAboutAgain() throws {
        var (world, id) = try broken()
        world.act { $0.retryNow(id, at: $1, into: &$2) }
        try world.answer(400)
        #expect(world.started.count == 3)
        try world.answer(400)
        try world.answer(400)
        #expect(world.engine.state(of: id) == .asking)
        #expect(try world.snapshot(id).question?.plan.strategy == .restartSkip)
    }
}

/// What one stream learns of a server, the others know.
@Suite struct ResumeMemoryTests {
    private let refusal =
        #"{"type":"error","error":{"type":"invalid_request_error","message":"This model does not support assistant message prefill."}}"#

    private func breakOne(_ world: inout EngineHarness, _ order: StreamOrder = .test()) throws -> StreamID {
        let id = world.start(order)
        try world.headers()
        try world.body(Wire.start + Wire.text("half of it, "))
        try world.fail(.reset)
        return id
    }

    @Test func aNamedRefusalIsKnownToEveryStream() throws {
        var world = EngineHarness()
        let early = try breakOne(&world)
        let first = try breakOne(&world)
        world.act { $0.cancel(early, at: $1, into: &$2) }
        world.advance(.seconds(1))
        try world.answer(400, body: refusal)
        #expect(try world.snapshot(first).attempts.last?.resume?.strategy == .continue)
        try world.headers()
        try world.body(Wire.reply("done."))
        world.advance(.seconds(5))
        // One that began before, and one that begins after.
        world.retry(early)
        #expect(try world.snapshot(early).attempts.last?.resume?.strategy == .continue)
        try world.headers()
        try world.body(Wire.reply("done."))
        world.advance(.seconds(5))
        let later = try breakOne(&world)
        #expect(try world.snapshot(later).backoff?.resume?.strategy == .continue)
        #expect(!world.engine.memory.isEmpty)
    }

    @Test func anUnexplainedRefusalIsForOneStreamOnly() throws {
        var world = EngineHarness()
        let first = try breakOne(&world)
        world.advance(.seconds(1))
        try world.answer(400)
        #expect(try world.snapshot(first).attempts.last?.resume?.strategy == .continue)
        world.act { $0.cancel(first, at: $1, into: &$2) }
        let later = try breakOne(&world)
        #expect(try world.snapshot(later).backoff?.resume?.strategy == .prefill)
        #expect(world.engine.memory.isEmpty)
    }

    /// A 400 about something else ends the stream and refuses nothing.
    @Test func anUnrelatedErrorIsNoRefusal() throws {
        var world = EngineHarness()
        let id = try breakOne(&world)
        world.advance(.seconds(1))
        try world.answer(
            400,
            body:
                #"{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}"#
        )
        #expect(try world.snapshot(id).verdict == .incomplete && world.started.count == 2)
        #expect(world.engine.memory.isEmpty)
    }

    @Test func otherModelsAndAddressesAreNotMeant() throws {
        var memory = ResumeMemory()
        let endpoint = StreamOrder.test().endpoint
        let isNews = memory.remember(.prefill, refusedBy: endpoint, model: "m")
        let isNewsAgain = memory.remember(.prefill, refusedBy: endpoint, model: "m")
        #expect(isNews && !isNewsAgain)
        #expect(memory.refusals(of: endpoint, model: "m") == [.prefill])
        #expect(memory.refusals(of: endpoint, model: "n").isEmpty)
        let other = try Endpoint(provider: "lab", dialect: .anthropic, baseURL: "http://127.0.0.1:2", key: nil)
        #expect(memory.refusals(of: other, model: "m").isEmpty)
    }

    /// An order brings along what was known when it was given.
    @Test func anOrderBringsItsKnowledge() throws {
        var memory = ResumeMemory()
        var order = StreamOrder.test()
        memory.remember(.prefill, refusedBy: order.endpoint, model: order.model.id)
        order.knownRefusals = memory
        var world = EngineHarness()
        let id = try breakOne(&world, order)
        #expect(try world.snapshot(id).backoff?.resume?.strategy == .continue)
    }
}
