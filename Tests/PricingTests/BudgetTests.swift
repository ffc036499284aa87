import Pricing
import Testing

@Suite struct BudgetTests {
    @Test(
        arguments: [
            ("0.50", 500_000_000_000, nil), ("1", 1_000_000_000_000, nil), ("$0.50", 500_000_000_000, "USD"),
            ("¥3", 3_000_000_000_000, "CNY"), ("€2.5", 2_500_000_000_000, "EUR"), ("0.50 USD", 500_000_000_000, "USD"),
            ("usd 0.50", 500_000_000_000, "USD"), ("0.000001", 1_000_000, nil),
            ("1000000", 1_000_000_000_000_000_000, nil), ("5e-1", 500_000_000_000, nil),
        ] as [(String, Int64, String?)])
    func readsAmounts(text: String, picos: Int64, currency: String?) {
        #expect(Budget.Limit(text) == Budget.Limit(picos: picos, currency: currency))
    }

    @Test(arguments: [
        "", "0", "-1", "0.0000001", "1000001", "abc", "1 2", "$", "$ 1 USD", "1 dollars", "1 USD EUR", "nan", "inf",
        "1,5",
        "$1 USD x",
    ])
    func refusesWhatIsNoAmount(text: String) {
        #expect(Budget.Limit(text) == nil)
    }

    @Test func sayWhatTheyAre() {
        #expect(Budget.Limit("0.5")?.description == "0.5")
        #expect(Budget.Limit("$0.5")?.description == "$0.5000")
        #expect(Budget.Limit("5 CHF")?.description == "CHF 5.00")
    }

    @Test func anOpenLimitHoldsForEveryCurrency() {
        let open = Budget.Limit(picos: 5)
        let yuan = Budget.Limit(picos: 5, currency: "CNY")
        #expect(open.holds(for: "USD") && open.holds(for: "CNY"))
        #expect(!yuan.holds(for: "USD") && yuan.holds(for: "CNY"))
        #expect(open.money(in: "CHF") == Money(picos: 5, currency: "CHF"))
    }

    @Test func spendingKeepsCurrenciesApart() {
        var spending = Spending(
            CostSum([
                .reported(Money(picos: 7)), .estimated(Money(picos: 1)), .unknown,
                .lowerBound(Money(picos: 4, currency: "CNY")),
            ]))
        spending.add(-3, "USD")
        spending.add(2, "EUR")
        #expect(["USD", "CNY", "EUR", "CHF"].map(spending.amount) == [5, 4, 2, 0])
    }

    @Test func spendingStopsAtTheEndOfTheRange() {
        var spending = Spending()
        spending.add(.max, "USD")
        spending.add(1, "USD")
        #expect(spending.amount(in: "USD") == .max)
    }
}
