import Pricing
import TOML
import TestSupport
import Testing

@Suite struct PriceTableTests {
    private let now = 1_795_176_000.0

    private func table(_ text: String, over base: PriceTable = PriceTable()) throws -> PriceTable {
        var table = base
        try table.merge(TOMLDocument(text, source: "pricing.toml"))
        return table
    }

    private func cost(_ table: PriceTable, _ provider: String, _ model: String, output: Int = 1_000_000) -> String {
        table.cost(
            of: TokenCounts(output: output), isEstimated: false, provider: provider, model: model, at: now
        ).description
    }

    private static let rows = """
        [[prices]]
        provider = "p"
        model = "m-large"
        input = 1
        output = 2

        """

    @Test func aUsersRowReplacesAllRowsOfItsModel() throws {
        let table = try table(
            """
            [[prices]]
            provider = "anthropic"
            model = "claude-sonnet-5-5"
            input = 7
            output = 8
            """, over: PriceTable.builtIn())
        let price = try #require(table.price(provider: "anthropic", model: "claude-sonnet-5-5", at: 0))
        #expect(price.source == "pricing.toml")
        #expect(price.asOf == nil)
        #expect(price.rates.cacheRead == nil)
        #expect(cost(table, "anthropic", "claude-sonnet-5-5") == "$8.00")
        #expect(cost(table, "anthropic", "claude-sonnet-5") == "$10.00")
    }

    @Test func aUsersProviderKeepsTheBuiltInRows() throws {
        let table = try table("[providers.openai]\nmultiplier = 1.1\n", over: PriceTable.builtIn())
        #expect(cost(table, "openai", "gpt-4.1") == "$8.80")
        #expect(table.price(provider: "openai", model: "gpt-4.1", at: now)?.asOf == Day("2026-07-02"))
    }

    @Test func relaysPriceLikeTheirUpstreams() throws {
        let table = try table(
            """
            [providers.relay]
            like = ["anthropic", "openai"]
            multiplier = 1.1
            currency = "CNY"
            rate = 7.3
            [[prices]]
            provider = "relay"
            model = "gpt-4.1"
            input = 1
            output = 1
            """, over: PriceTable.builtIn())
        #expect(cost(table, "relay", "gpt-4.1") == "¥8.03")
        #expect(cost(table, "relay", "anthropic/claude-sonnet-4-5-20250929") == "¥120.45")
        #expect(cost(table, "relay", "gpt-5.2") == "¥112.42")
        #expect(cost(table, "relay", "elsewhere") == "?")
        #expect(table.price(provider: "relay", model: "gpt-5.2", at: now)?.provider == "relay")
    }

    @Test(arguments: [
        ("m-large", "$2.00"), ("m-large-20250929", "$2.00"), ("m-large-2025-09-29", "$2.00"),
        ("maker/m-large", "$2.00"),
        ("maker/m-large-20250929", "$2.00"), ("m-large-19990101", "?"), ("m-large-2025", "?"), ("m-larger", "?"),
        ("M-large", "?"), ("m-large-preview", "?"), ("20250929", "?"), ("-20250929", "?"), ("/", "?"),
    ])
    func findsModelsByTheirIds(model: String, expected: String) throws {
        #expect(cost(try table(Self.rows), "p", model) == expected)
    }

    @Test func patternsComeLastAndTheLongestFirst() throws {
        let table = try table(
            Self.rows + """
                [[prices]]
                provider = "p"
                model = "m-*"
                input = 0
                output = 3
                [[prices]]
                provider = "p"
                model = "*"
                input = 0
                output = 0
                """)
        #expect(cost(table, "p", "m-large-20250929") == "$2.00")
        #expect(cost(table, "p", "m-small") == "$3.00")
        #expect(cost(table, "p", "other") == "$0")
        #expect(cost(table, "q", "other") == "?")
    }

    @Test(
        arguments: [
            ("2026-03-31", 1), ("2026-04-01", 2), ("2026-04-30", 2), ("2026-05-01", nil), ("2026-06-01", 3),
            ("2030-01-01", 3),
        ] as [(String, Int?)])
    func rowsHoldFromTheirFirstToTheirLastDay(day: String, input: Int?) throws {
        let table = try table(
            [
                ("", "until = 2026-03-31", 1), ("from = 2026-04-01", "until = 2026-04-30", 2),
                ("from = 2026-06-01", "", 3),
            ]
            .map { "[[prices]]\nprovider = \"p\"\nmodel = \"m\"\n\($0)\n\($1)\ninput = \($2)\noutput = 0\n" }
            .joined())
        let midnight = Double(try #require(Day(day)).number) * 86_400
        for time in [midnight, midnight + 86_399.999] {
            let price = table.price(provider: "p", model: "m", at: time)
            #expect(price?.rates.input == input.map { Int64($0) * 1_000_000 })
        }
    }

    @Test func ofOverlappingRowsTheLatestHolds() throws {
        let table = try table(
            [("", 1), ("from = 2026-01-01", 2), ("from = 2025-01-01", 3)]
                .map { "[[prices]]\nprovider = \"p\"\nmodel = \"m\"\n\($0)\ninput = 0\noutput = \($1)\n" }.joined())
        #expect(cost(table, "p", "m") == "$2.00")
    }

    @Test(arguments: [
        ("22:59", false), ("23:00", true), ("23:59", true), ("00:00", true), ("01:59", true), ("02:00", false),
    ])
    func windowsMayPassMidnight(time: String, isOpen: Bool) throws {
        let table = try table(
            Self.rows + "windows = [{ days = [\"fri\"], from = \"23:00\", until = \"02:00\", multiplier = 0.5 }]\n")
        let parts = time.split(separator: ":").compactMap { Int($0) }
        // Friday, and the Saturday after it.
        let midnight = parts[0] < 12 ? 1_795_219_200.0 : 1_795_132_800.0
        let price = try #require(table.price(provider: "p", model: "m-large", at: now))
        let at = midnight + Double(parts[0] * 3600 + parts[1] * 60)
        #expect((price.window(at: at) != nil) == isOpen)
        #expect(price.window(at: at - 86_400 * 3) == nil)
        #expect(
            price.charge(for: TokenCounts(output: 1_000_000), at: at).money.exactText == (isOpen ? "1" : "2"))
    }

    @Test func roundsOnceToTheNearestPico() throws {
        let table = try table(
            "[providers.p]\nmultiplier = 0.5\n[[prices]]\nprovider = \"p\"\nmodel = \"m\"\ninput = 0.000001\noutput = 0\n"
        )
        let price = try #require(table.price(provider: "p", model: "m", at: now))
        for (tokens, picos) in [(0, 0), (1, 1), (2, 1), (3, 2), (4, 2), (-5, 0)] as [(Int, Int64)] {
            #expect(price.charge(for: TokenCounts(input: tokens), at: now).money.picos == picos)
        }
    }

    @Test func hugeCountsStopAtTheEndOfTheRange() throws {
        let table = try table(Self.rows)
        let price = try #require(table.price(provider: "p", model: "m-large", at: now))
        let counts = TokenCounts(input: .max, output: .max, cacheRead: 0)
        #expect(price.charge(for: counts, at: now).money.picos == .max)
        #expect(TokenCounts(input: .max, cacheRead: .max).prompt == .max)
    }

    /// The charge of all tokens is the sum of the charges of each kind, and does not depend on how a prompt is cut up
    /// over requests, as long as no tier is passed.
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func chargesAddUp(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let table = try PriceTable.builtIn()
        for price in table.prices where price.tiers.isEmpty {
            func number() -> Int { Int.random(in: 0...200_000, using: &random) }
            let one = TokenCounts(input: number(), output: number())
            let two = TokenCounts(input: number(), output: number())
            let both = TokenCounts(input: one.input + two.input, output: one.output + two.output)
            func picos(_ counts: TokenCounts) -> Int64 { price.charge(for: counts, at: now).money.picos }
            #expect(picos(both) == picos(one) + picos(two))
            #expect(picos(one) == picos(TokenCounts(input: one.input)) + picos(TokenCounts(output: one.output)))
        }
    }

    @Test(arguments: [
        ("[[prices]]\nmodel = \"m\"", "pricing.toml:1: prices[0].provider: is required"),
        ("[[prices]]\nprovider = \"p\"", "pricing.toml:1: prices[0].model: is required"),
        ("[[prices]]\nprovider = \"p\"\nmodel = \"m\"\noutput = 1", "pricing.toml:1: prices[0].input: is required"),
        (rows + "cashe_read = 1", "pricing.toml:6: prices[0].cashe_read: unknown key, did you mean \"cache_read\"?"),
        (
            rows + "cache_read = \"cheap\"",
            "pricing.toml:6: prices[0].cache_read: expected a decimal number, found \"cheap\""
        ),
        (
            rows + "cache_read = -1",
            "pricing.toml:6: prices[0].cache_read: expected a price per million tokens, at most six decimals, found -1"
        ),
        (
            rows + "cache_read = 0.0000001",
            "pricing.toml:6: prices[0].cache_read: expected a price per million tokens, at most six decimals, found 0.0000001"
        ),
        (
            rows + "cache_read = 1e18",
            "pricing.toml:6: prices[0].cache_read: expected a price per million tokens, at most six decimals, found 1e18"
        ),
        (
            rows + "from = 2026-02-01\nuntil = 2026-01-31",
            "pricing.toml:7: prices[0].until: 2026-01-31 is before \"from\", 2026-02-01"
        ),
        (rows + "models = [\"a\"]", "pricing.toml:6: prices[0].models: stands beside \"model\": write one of the two"),
        (rows + "tiers = [{ input = 1, output = 1 }]", "pricing.toml:6: prices[0].tiers[0].over: is required"),
        (
            rows + "windows = [{ from = \"1:00\", until = \"02:00\", multiplier = 2 }]",
            "pricing.toml:6: prices[0].windows[0].from: expected a time of day like \"09:30\", UTC, found \"1:00\""
        ),
        (
            rows + "windows = [{ days = [\"Monday\"], from = \"01:00\", until = \"02:00\", multiplier = 2 }]",
            "pricing.toml:6: prices[0].windows[0].days: expected days like \"mon\", found \"Monday\""
        ),
        (
            "[providers.p]\ncurrency = \"dollars\"",
            "pricing.toml:2: providers.p.currency: expected a code of ISO 4217 like \"USD\", found \"dollars\""
        ),
        (
            "[providers.p]\nrate = 0",
            "pricing.toml:2: providers.p.rate: expected a number above 0 with at most six decimals, found 0"
        ),
        ("[provider.p]", "pricing.toml:1: provider: unknown key, did you mean \"providers\"?"),
        ("prices = 1", "pricing.toml:1: prices: expected an array of tables ([[prices]]), found a whole number"),
    ])
    func errorsNameTheKey(text: String, expected: String) throws {
        var table = try PriceTable.builtIn()
        let before = table.prices
        #expect {
            try table.merge(TOMLDocument(text, source: "pricing.toml"))
        } throws: { error in
            #expect("\(error)" == expected)
            return true
        }
        #expect(table.prices == before)
    }
}
