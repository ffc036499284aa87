import Pricing
import TestSupport
import Testing

@Suite struct LedgerTests {
    private func row(_ cost: Cost, isLost: Bool = false) -> Ledger.Row {
        Ledger.Row(provider: "p", model: "m", counts: TokenCounts(), cost: cost, isLost: isLost)
    }

    private func key(_ conversation: String = "c", _ reply: Int = 1, _ attempt: Int = 1) -> Ledger.Key {
        Ledger.Key(conversation: conversation, reply: reply, attempt: attempt)
    }

    private func dollars(_ thousandths: Int64) -> Money { Money(picos: thousandths * 1_000_000_000) }

    @Test func keepsFailedAttemptsApart() {
        var ledger = Ledger()
        ledger.set(row(.estimated(dollars(9)), isLost: true), for: key("c", 1, 1))
        ledger.set(row(.reported(dollars(112))), for: key("c", 1, 2))
        #expect(ledger.totals(of: "c").replies.description == "$0.1120")
        #expect(ledger.totals(of: "c").lost.description == "~$0.0090")
        #expect(ledger.totals(of: "c").all.description == "~$0.1210")
        #expect(ledger.totals(of: "c", reply: 1).lost.description == "~$0.0090")
        #expect(ledger.totals(of: "c", reply: 2).all.description == "$0")
    }

    @Test func aRunningAttemptsRowIsReplaced() {
        var ledger = Ledger()
        for thousandths in 1...50 as ClosedRange<Int64> {
            ledger.set(row(.estimated(dollars(thousandths))), for: key())
        }
        #expect(ledger.totals.all.description == "~$0.0500")
        ledger.set(row(.reported(dollars(42))), for: key())
        #expect(ledger.totals.all.description == "$0.0420")
        ledger.set(row(.reported(dollars(42)), isLost: true), for: key())
        #expect(ledger.totals.replies.description == "$0")
        #expect(ledger.totals.lost.description == "$0.0420")
        #expect(ledger.count == 1)
    }

    @Test func unknownPartsMakeLowerBounds() {
        var ledger = Ledger()
        #expect(ledger.totals.all.description == "$0")
        ledger.set(row(.unknown), for: key("c", 1))
        #expect(ledger.totals.all.description == "?")
        ledger.set(row(.reported(dollars(42))), for: key("c", 2))
        #expect(ledger.totals.all.description == "≥$0.0420")
        ledger.set(row(.zero), for: key("c", 1))
        #expect(ledger.totals.all.description == "$0.0420")
    }

    @Test func currenciesAreNotMixed() {
        var ledger = Ledger()
        ledger.set(row(.reported(dollars(42))), for: key("c", 1))
        ledger.set(row(.estimated(Money(picos: 18_000_000_000, currency: "CNY"))), for: key("c", 2))
        #expect(ledger.totals.all.description == "~¥0.0180 + $0.0420")
        ledger.set(row(.unknown), for: key("c", 3))
        #expect(ledger.totals.all.description == "≥¥0.0180 + ≥$0.0420")
        #expect(ledger.totals.all.cost == .lowerBound(Money(picos: 18_000_000_000, currency: "CNY")))
    }

    @Test func conversationsAreApart() {
        var ledger = Ledger()
        ledger.set(row(.reported(dollars(1))), for: key("a"))
        ledger.set(row(.reported(dollars(2))), for: key("b"))
        #expect(ledger.totals(of: "a").all.description == "$0.0010")
        ledger.remove(conversation: "a")
        #expect(ledger.totals(of: "a").all.description == "$0")
        #expect(ledger.totals.all.description == "$0.0020")
        #expect(ledger.count == 1)
    }

    /// The running totals against adding everything up, after any series of changes.
    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func runningTotalsAreTheSum(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var ledger = Ledger()
        var rows: [Ledger.Key: Ledger.Row] = [:]
        for _ in 0..<200 {
            let key = key(
                ["a", "b"].randomElement(using: &random) ?? "a", Int.random(in: 1...3, using: &random),
                Int.random(in: 1...4, using: &random))
            let money = Money(
                picos: Int64.random(in: 0...Int64.max / 2, using: &random),
                currency: Bool.random(using: &random) ? "USD" : "CNY")
            let cost: Cost =
                [.unknown, .lowerBound(money), .estimated(money), .reported(money)].randomElement(using: &random)
                ?? .unknown
            let row = row(cost, isLost: Bool.random(using: &random))
            ledger.set(row, for: key)
            rows[key] = row
        }
        let shuffled = rows.values.shuffled(using: &random)
        #expect(ledger.totals.replies == CostSum(shuffled.filter { !$0.isLost }.map(\.cost)))
        #expect(ledger.totals.lost == CostSum(shuffled.filter(\.isLost).map(\.cost)))
    }
}
