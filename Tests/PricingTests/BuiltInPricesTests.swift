import Pricing
import Testing

/// The built-in table against prices as their pages list them, per million tokens.
@Suite struct BuiltInPricesTests {
    let table: PriceTable

    init() throws {
        table = try PriceTable.builtIn()
    }

    /// 2026-11-20 12:00 UTC, a Friday outside every window.
    private let noon = 1_795_176_000.0

    @Test(
        arguments: [
            ("anthropic", "claude-fable-5-1", "10", "50", "0.25", "12.5", "20"),
            ("anthropic", "claude-fable-5", "10", "50", "1", "12.5", "20"),
            ("anthropic", "claude-opus-5-5", "4", "20", "0.2", "5", "8"),
            ("anthropic", "claude-opus-5", "5", "25", "0.5", "6.25", "10"),
            ("anthropic", "claude-opus-4-5-20251101", "5", "25", "0.5", "6.25", "10"),
            ("anthropic", "claude-sonnet-5-5", "2", "10", "0.1", "2.5", "4"),
            ("anthropic", "claude-sonnet-5", "2", "10", "0.2", "2.5", "4"),
            ("anthropic", "claude-sonnet-4-5-20250929", "3", "15", "0.3", "3.75", "6"),
            ("anthropic", "claude-sonnet-4-20250514", "3", "15", "0.3", "3.75", "6"),
            ("anthropic", "claude-haiku-4-5", "1", "5", "0.1", "1.25", "2"),
            ("anthropic", "claude-opus-4-1", "15", "75", "1.5", "18.75", "30"),
            ("openai", "gpt-4.1-2025-04-14", "2", "8", "0.5", nil, nil),
            ("openai", "gpt-4.1-mini", "0.4", "1.6", "0.1", nil, nil),
            ("openai", "gpt-5.1", "1.25", "10", "0.125", nil, nil),
            ("openai", "gpt-5-mini", "0.25", "2", "0.025", nil, nil),
            ("openai", "gpt-5.2", "1.75", "14", "0.175", nil, nil),
            ("openai", "gpt-6-sol", "2", "10", "0.2", nil, nil),
            ("openai", "gpt-6.1-sol", "2", "10", "0.1", nil, nil),
            ("openai", "gpt-6-luna", "0.1", "0.5", "0.01", nil, nil),
            ("gemini", "gemini-2.5-flash", "0.3", "2.5", "0.03", nil, nil),
            ("gemini", "gemini-2.5-flash-lite", "0.1", "0.4", nil, nil, nil),
            ("gemini", "gemini-3.5-flash", "1.5", "9", nil, nil, nil),
            ("gemini", "gemini-3.8-flash", "0.75", "3.75", nil, nil, nil),
            ("deepseek", "deepseek-flash", "0.15", "0.6", "0.003", nil, nil),
            ("deepseek", "deepseek-v4-pro", "0.66", "1.98", "0.022", nil, nil),
            ("holysheep", "claude-opus-4-5", "3", "15", nil, nil, nil),
            ("holysheep", "claude-sonnet-4-5", "3", "15", nil, nil, nil),
            ("holysheep", "gpt-4.1", "2", "8", nil, nil, nil),
            ("holysheep", "gemini-2.5-flash", "0.3", "2.5", nil, nil, nil),
            ("holysheep", "deepseek-v3.2", "0.1", "0.42", nil, nil, nil),
            ("lab", "lab-claude", "3", "15", "0.3", "3.75", "6"),
            ("lab", "lab-gpt", "2", "8", "0.5", nil, nil),
        ] as [(String, String, String, String, String?, String?, String?)])
    func priceOfAMillionTokens(
        provider: String, model: String, input: String, output: String, read: String?, write: String?, hour: String?
    ) throws {
        let price = try #require(table.price(provider: provider, model: model, at: noon))
        func million(_ counts: TokenCounts) -> String? {
            // In one request of a token each, so that no tier is reached.
            let (money, isComplete) = price.charge(for: counts, at: noon)
            return isComplete ? Money(picos: money.picos * 1_000_000).exactText : nil
        }
        #expect(million(TokenCounts(input: 1)) == input)
        #expect(million(TokenCounts(output: 1)) == output)
        #expect(million(TokenCounts(cacheRead: 1)) == read)
        #expect(million(TokenCounts(cacheWrite: 1)) == write)
        #expect(million(TokenCounts(cacheWriteHour: 1)) == hour)
    }

    @Test func everyRowSaysWhereItComesFrom() {
        #expect(!table.prices.isEmpty)
        for price in table.prices {
            #expect(!price.source.isEmpty)
            #expect(price.asOf != nil, "\(price.provider) \(price.model)")
        }
    }

    @Test(arguments: [
        ("anthropic", "claude-haiku-5-5", 100_000, "0.1", "0.5"), ("openai", "gpt-5.4", 272_000, "5", "22.5"),
        ("openai", "gpt-5.5", 272_000, "10", "45"), ("openai", "gpt-6.1-terra", 272_000, "2", "7.5"),
        ("gemini", "gemini-2.5-pro", 200_000, "2.5", "15"), ("gemini", "gemini-3.1-pro-preview", 200_000, "4", "18"),
    ])
    func longPromptsReprice(provider: String, model: String, edge: Int, input: String, output: String) throws {
        let price = try #require(table.price(provider: provider, model: model, at: noon))
        let tier = try #require(price.tiers.first)
        #expect(tier.over == edge)
        guard model != "claude-haiku-5-5" else { return }
        #expect(Money(picos: tier.rates.input * 1_000_000).exactText == input)
        #expect(Money(picos: tier.rates.output * 1_000_000).exactText == output)
    }

    @Test(arguments: [(99_999, "0.0099999"), (100_000, "0.01"), (100_001, "0.0500005")])
    func haikuRepricesAboveAHundredThousand(prompt: Int, cost: String) throws {
        let price = try #require(table.price(provider: "anthropic", model: "claude-haiku-5-5", at: noon))
        #expect(price.charge(for: TokenCounts(input: prompt), at: noon).money.exactText == cost)
    }

    @Test(arguments: [
        TokenCounts(input: 1, cacheRead: 100_000), TokenCounts(input: 1, cacheWrite: 100_000),
        TokenCounts(input: 1, cacheWriteHour: 100_000), TokenCounts(cacheRead: 50_000, cacheWrite: 50_001),
    ])
    func tiersCountTheWholePrompt(counts: TokenCounts) throws {
        let price = try #require(table.price(provider: "anthropic", model: "claude-haiku-5-5", at: noon))
        #expect(price.rates(forPrompt: counts.prompt) == price.tiers.first?.rates)
    }

    @Test(arguments: [
        (1_791_331_199.999, "0.2"), (1_791_331_200.0, "0.1"), (1_795_176_000.0, "0.1"), (0.0, "0.2"),
    ])
    func datedChangesHoldFromTheirDay(time: Double, read: String) throws {
        let price = try #require(table.price(provider: "anthropic", model: "claude-sonnet-5-5", at: time))
        #expect(Money(picos: (price.rates.cacheRead ?? 0) * 1_000_000).exactText == read)
    }

    @Test func geminiFlashDoublesWithTheYear() throws {
        let newYear = 1_798_761_600.0
        let before = try #require(table.price(provider: "gemini", model: "gemini-3.8-flash", at: newYear - 0.001))
        let after = try #require(table.price(provider: "gemini", model: "gemini-3.8-flash", at: newYear))
        #expect(after.rates.input == 2 * before.rates.input)
        #expect(after.rates.output == 2 * before.rates.output)
    }

    /// Edges of the windows, on Friday 2026-11-20 and the days after it.
    @Test(arguments: [
        (0, 0, 59, false), (0, 1, 0, true), (0, 3, 59, true), (0, 4, 0, false), (0, 5, 59, false), (0, 6, 0, true),
        (0, 9, 59, true), (0, 10, 0, false), (1, 2, 0, false), (2, 7, 0, false), (3, 2, 0, true),
    ])
    func deepSeekCostsTwiceAtPeak(days: Int, hour: Int, minute: Int, isPeak: Bool) throws {
        let midnight = 1_795_132_800.0
        let time = midnight + Double(days * 86_400 + hour * 3600 + minute * 60)
        let counts = TokenCounts(input: 1_000_000, output: 1_000_000, cacheRead: 1_000_000)
        let (money, price) = try #require(
            table.cost(of: counts, provider: "deepseek", model: "deepseek-flash", at: time))
        #expect(money.exactText == (isPeak ? "1.506" : "0.753"))
        #expect(price.asOf == Day("2026-10-27"))
    }

    @Test func fastModeHasItsOwnPrice() throws {
        let fast = try #require(
            table.price(provider: "anthropic", model: "claude-opus-5-5", at: noon, variant: "fast"))
        #expect(Money(picos: fast.rates.output * 1_000_000).exactText == "40")
        #expect(table.price(provider: "anthropic", model: "claude-opus-5", at: noon, variant: "fast") == nil)
    }

    @Test func holySheepBillsYuan() throws {
        let cost = table.cost(
            of: TokenCounts(input: 1000, output: 1000), isEstimated: false, provider: "holysheep",
            model: "claude-sonnet-4-5", at: noon)
        #expect(cost.description == "¥0.0180")
        #expect(table.note(on: "holysheep")?.contains("¥1 = $1") == true)
    }

    @Test(arguments: [
        ("anthropic", "claude-unheard-of"), ("ollama", "llama3.2"), ("llama.cpp", "default"), ("litellm", "gpt-4.1"),
        ("openrouter", "anthropic/claude-sonnet-4.5"), ("oneapi", "claude-sonnet-4-5"), ("nobody", "nothing"), ("", ""),
    ])
    func whatHasNoRowIsUnpriced(provider: String, model: String) {
        #expect(
            table.cost(
                of: TokenCounts(input: 5, output: 5), isEstimated: false, provider: provider, model: model, at: noon)
                == .unknown)
    }

    @Test func aProvidersOwnChargeBeatsTheTable() {
        func cost(_ charge: Double?, _ provider: String) -> Cost {
            table.cost(
                of: TokenCounts(input: 1000), charge: charge, isEstimated: true, provider: provider, model: "gpt-4.1",
                at: noon)
        }
        #expect(cost(0.0123, "openai").description == "$0.0123")
        #expect(cost(0.0123, "openrouter").description == "$0.0123")
        #expect(cost(nil, "openai").description == "~$0.0020")
        #expect(cost(.nan, "openai").description == "~$0.0020")
        #expect(cost(-1, "openrouter") == .unknown)
    }

    @Test func cachedTokensWithoutAPriceMakeALowerBound() {
        func cost(_ counts: TokenCounts) -> Cost {
            table.cost(of: counts, isEstimated: false, provider: "holysheep", model: "gpt-4.1", at: noon)
        }
        #expect(cost(TokenCounts(input: 10_000, cacheRead: 1)).description == "≥¥0.0200")
        #expect(cost(TokenCounts(cacheRead: 1)) == .unknown)
    }
}
