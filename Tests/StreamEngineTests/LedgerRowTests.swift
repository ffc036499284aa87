import Pricing
import Providers
import StreamEngine
import Testing

/// One row for each attempt, with how sure it is; whatever happened to the attempt. Prices: ``Prices``.
@Suite struct LedgerRowTests {
    /// How an attempt ends, and what its row then says.
    struct Case: CustomTestStringConvertible {
        var name: String
        var happens: @Sendable (inout EngineHarness) throws -> Void
        var cost: Cost
        var testDescription: String { name }
    }

    private static let openAIStart =
        #"data: {"id":"1","choices":[{"index":0,"delta":{"content":"one two"}}]}"# + "\n\n"

    private static func openAIEnd(_ usage: String) -> String {
        #"data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{\#(usage)}}"#
            + "\n\ndata: [DONE]\n\n"
    }

    static let cases: [Case] = [
        Case(name: "nothing sent", happens: { try $0.fail(.connectionRefused) }, cost: .zero),
        Case(
            name: "sent, never answered",
            happens: {
                try $0.connected()
                try $0.fail(.reset)
            }, cost: .unknown),
        Case(name: "an error", happens: { try $0.answer(500) }, cost: .zero),
        Case(
            name: "cut before its usage: the prompt by our count",
            happens: {
                try $0.headers()
                try $0.body(Wire.text("one two three"))
                try $0.fail(.reset)
            }, cost: .estimated(Prices.dollars(8 + 3))),
        Case(
            name: "cut after its first usage: the output by our count",
            happens: {
                try $0.headers()
                try $0.body(Wire.start + Wire.text("one two three"))
                try $0.fail(.reset)
            }, cost: .estimated(Prices.dollars(12 + 3))),
        Case(
            name: "thinking only, cut",
            happens: {
                try $0.headers()
                try $0.body(Wire.start + Wire.thinking("one two three four"))
                try $0.fail(.reset)
            }, cost: .estimated(Prices.dollars(12 + 4))),
        Case(
            name: "whole: the provider's count, the last one said",
            happens: {
                try $0.headers()
                try $0.body(Wire.start + Wire.text("one two") + Wire.stop(output: 30) + Wire.messageStop)
            }, cost: .reported(Prices.dollars(12 + 30))),
        Case(
            name: "usage is cumulative: it replaces",
            happens: {
                try $0.headers()
                let usage = { (output: Int) in
                    Wire.event(
                        "message_delta", #"{"type":"message_delta","delta":{},"usage":{"output_tokens":\#(output)}}"#)
                }
                try $0.body(Wire.start + Wire.text("one two") + usage(10) + usage(20))
                try $0.body(Wire.stop(output: 30) + Wire.messageStop)
            }, cost: .reported(Prices.dollars(12 + 30))),
        Case(
            name: "OpenAI's cached tokens are taken out of the input",
            happens: {
                try $0.headers()
                try $0.body(
                    openAIStart
                        + openAIEnd(
                            #""prompt_tokens":100,"completion_tokens":5,"prompt_tokens_details":{"cached_tokens":90}"#))
            }, cost: .reported(Prices.dollars(10 + 9 + 5))),
        Case(
            name: "the provider's own charge comes first",
            happens: {
                try $0.headers()
                try $0.body(openAIStart + openAIEnd(#""prompt_tokens":100,"completion_tokens":5,"cost":0.25"#))
            }, cost: .reported(Prices.dollars(250))),
        Case(
            name: "a charge of nothing is nothing",
            happens: {
                try $0.headers()
                try $0.body(openAIStart + openAIEnd(#""prompt_tokens":100,"completion_tokens":5,"cost":0"#))
            }, cost: .zero),
        Case(
            name: "cached writes without a price: a lower bound",
            happens: {
                try $0.headers()
                let start = Wire.start.replacing(
                    #""input_tokens":12"#, with: #""input_tokens":12,"cache_creation_input_tokens":50"#)
                try $0.body(start + Wire.text("one two") + Wire.stop(output: 7) + Wire.messageStop)
            }, cost: .lowerBound(Prices.dollars(12 + 7))),
    ]

    @Test(arguments: cases)
    func aRowSaysWhatIsKnown(_ example: Case) throws {
        var world = EngineHarness(prices: try Prices.table())
        let id = world.start()
        try example.happens(&world)
        #expect(try world.snapshot(id).attempts[0].cost == example.cost)
    }

    @Test func aCancelledAttemptIsAnEstimate() throws {
        var world = EngineHarness(prices: try Prices.table())
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("one two three"))
        world.cancel(id)
        #expect(try world.snapshot(id).cost == .estimated(Prices.dollars(15)))
        #expect(try world.snapshot(id).lostCost == .zero)
        // Taken up again, what it cost is spent on nothing that stands by itself.
        world.retry(id)
        #expect(try world.snapshot(id).lostCost == .estimated(Prices.dollars(15)))
    }

    @Test func rowsKeepTheirOwnModelPriceAndCurrency() throws {
        var world = EngineHarness(prices: try Prices.table())
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("one two three "))
        var model = Model(id: "yuan-model")
        model.resume = .prefill
        let east = try Endpoint.test("east")
        world.act { $0.switchModel(id, to: model, of: east, at: $1, into: &$2) }
        try world.headers()
        try world.body(Wire.reply("four"))
        let snapshot = try world.snapshot(id)
        #expect(snapshot.attempts.map(\.model) == ["test-model", "yuan-model"])
        #expect(snapshot.attempts.map(\.provider) == ["lab", "east"])
        #expect(snapshot.attempts.map(\.priceDate) == ["2026-11-01", "2026-11-03"])
        #expect(snapshot.attempts[0].cost == .estimated(Prices.dollars(15)))
        #expect(snapshot.cost == .reported(Prices.yuan(19)))
        #expect(snapshot.lostCost == .estimated(Prices.dollars(15)))
        // Dollars and yuan are not added up.
        let sum = CostSum(snapshot.attempts.map(\.cost))
        #expect(sum.costs == [.reported(Prices.yuan(19)), .estimated(Prices.dollars(15))])
    }

    /// A request is priced at the time when it was made: a stream that runs into dear hours costs what it did before.
    @Test(arguments: [("21:59", 19), ("22:01", 38)] as [(String, Int64)])
    func aStreamKeepsThePriceOfItsStart(start: String, thousandths: Int64) throws {
        var world = EngineHarness(prices: try Prices.table())
        let minutes = Double(start == "21:59" ? 21 * 60 + 59 : 22 * 60 + 1)
        world.now.wall = WallTime(secondsSince1970: 20_000 * 86_400 + minutes * 60)
        var order = StreamOrder.test()
        order.endpoint = try .test("east")
        order.model.id = "yuan-model"
        let id = world.start(order)
        try world.headers()
        try world.body(Wire.start + Wire.text("one "))
        world.advance(.seconds(100))
        try world.body(Wire.text("two") + Wire.stop() + Wire.messageStop)
        #expect(try world.snapshot(id).cost == .reported(Prices.yuan(thousandths)))
    }

    /// Each attempt by its own prompt: what comes from the cache counts for the tier, and so does a partial that is sent.
    @Test(arguments: [(90, 10, 10 + 90 + 7), (91, 10, 1010 + 70)] as [(Int, Int, Int64)])
    func tiersLookAtTheRequestsPrompt(cached: Int, input: Int, thousandths: Int64) throws {
        var world = EngineHarness(prices: try Prices.table())
        var order = StreamOrder.test()
        order.model.id = "tiered-model"
        let id = world.start(order)
        try world.headers()
        let start = Wire.start.replacing(
            #""input_tokens":12"#, with: #""input_tokens":\#(input),"cache_read_input_tokens":\#(cached)"#)
        try world.body(start + Wire.text("one two") + Wire.stop(output: 7) + Wire.messageStop)
        #expect(try world.snapshot(id).cost == .reported(Prices.dollars(thousandths)))
    }

    /// What the budget counts while the stream runs is what the ledger then says.
    @Test func theRunningCountFollowsTheTier() throws {
        var world = EngineHarness(prices: try Prices.table())
        var order = StreamOrder.test().limited(reply: 100_000)
        order.model.id = "tiered-model"
        let id = world.start(order)
        try world.headers()
        let start = Wire.start.replacing(#""input_tokens":12"#, with: #""input_tokens":101"#)
        try world.body(start + Wire.text("one two three"))
        let snapshot = try world.snapshot(id)
        #expect(snapshot.cost == .estimated(Prices.dollars(1040)))
        #expect(snapshot.budget?.gauges.first?.spent == Prices.dollars(1040))
    }
}
