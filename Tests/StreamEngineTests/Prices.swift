import Pricing
import Providers
import StreamEngine
import TOML

/// Prices that are easy to add up.
enum Prices {
    /// A token of `test-model` costs a thousandth of a dollar, whichever way it goes; one of `yuan-model` a thousandth of a
    /// yuan, twice that at night; one of `tiered-model` ten times as much where the prompt has more than 100.
    static func table() throws -> PriceTable {
        var table = PriceTable()
        try table.merge(
            TOMLDocument(
                """
                [providers.east]
                currency = "CNY"

                [[prices]]
                provider = "lab"
                model = "test-model"
                input = 1000
                output = 1000
                cache_read = 100
                as_of = 2026-11-01

                [[prices]]
                provider = "lab"
                model = "tiered-model"
                input = 1000
                output = 1000
                cache_read = 1000
                as_of = 2026-11-02
                tiers = [{ over = 100, input = 10000, output = 10000, cache_read = 10000 }]

                [[prices]]
                provider = "east"
                model = "yuan-model"
                input = 1000
                output = 1000
                as_of = 2026-11-03
                windows = [{ from = "22:00", until = "06:00", multiplier = 2 }]
                """, source: "test.toml"))
        return table
    }

    static func dollars(_ thousandths: Int64) -> Money { Money(picos: thousandths * 1_000_000_000) }
    static func yuan(_ thousandths: Int64) -> Money { Money(picos: thousandths * 1_000_000_000, currency: "CNY") }
}

extension StreamOrder {
    /// Limits in thousandths, so in tokens.
    func limited(reply: Int64? = nil, conversation: Int64? = nil, currency: String? = nil) -> StreamOrder {
        func limit(_ thousandths: Int64?) -> Budget.Limit? {
            thousandths.map { Budget.Limit(picos: $0 * 1_000_000_000, currency: currency) }
        }
        var order = self
        order.budget = Budget(reply: limit(reply), conversation: limit(conversation))
        return order
    }

    /// One of the conversation `c`, which has cost so many thousandths of a dollar before.
    func inConversation(spentBefore: Int64 = 0) -> StreamOrder {
        var order = self
        order.conversation = "c"
        order.spentBefore = Spending(CostSum([.reported(Prices.dollars(spentBefore))]))
        return order
    }
}

extension Endpoint {
    static func test(_ provider: String, _ dialect: Dialect = .anthropic) throws -> Endpoint {
        try Endpoint(provider: provider, dialect: dialect, baseURL: "http://127.0.0.1:1", key: nil)
    }
}
