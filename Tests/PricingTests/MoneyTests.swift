import Pricing
import Testing

@Suite struct MoneyTests {
    @Test(arguments: [
        (Int64(0), "$0"), (1, "<$0.0001"), (99_999_999, "<$0.0001"), (100_000_000, "$0.0001"), (149_999_999, "$0.0001"),
        (150_000_000, "$0.0002"), (900_000_000, "$0.0009"), (42_100_000_000, "$0.0421"), (999_949_999_999, "$0.9999"),
        (999_950_000_000, "$1.00"), (1_234_000_000_000, "$1.23"), (1_235_000_000_000, "$1.24"),
        (12_300_000_000_000, "$12.30"), (1_234_567_000_000_000, "$1234.57"), (-42_100_000_000, "-$0.0421"),
        (-1, ">-$0.0001"), (Int64.max, "$9223372.04"), (Int64.min, "-$9223372.04"),
    ])
    func showsAsMuchAsIsTrue(picos: Int64, text: String) {
        #expect(Money(picos: picos).description == text)
    }

    @Test(arguments: [("USD", "$1.50"), ("CNY", "¥1.50"), ("EUR", "€1.50"), ("CHF", "CHF 1.50")])
    func showsTheCurrency(currency: String, text: String) {
        #expect(Money(picos: 1_500_000_000_000, currency: currency).description == text)
    }

    @Test(arguments: [
        (Int64(0), "0"), (1, "0.000000000001"), (42_100_000_000, "0.0421"), (3_000_000_000_000, "3"),
        (-1_500_000_000_000, "-1.5"), (Int64.min, "-9223372.036854775808"),
    ])
    func writesEveryDigit(picos: Int64, text: String) {
        #expect(Money(picos: picos).exactText == text)
    }

    @Test func sumsStopAtTheEndsOfTheRange() {
        #expect(Money(picos: .max) + Money(picos: 1) == Money(picos: .max))
        #expect(Money(picos: .min) - Money(picos: 1) == Money(picos: .min))
        #expect(Money(picos: -1) - Money(picos: .min) == Money(picos: .max - 1))
        #expect(Money.zero("USD") + Money(picos: 5, currency: "CNY") == Money(picos: 5, currency: "CNY"))
    }

    @Test func takesAProvidersOwnCharge() {
        #expect(Money(0.000123) == Money(picos: 123_000_000))
        #expect(Money(.nan) == nil)
        #expect(Money(.infinity) == nil)
        #expect(Money(1e300) == nil)
    }

    @Test func ordersByAmountWithinACurrency() {
        #expect(Money(picos: 1) < Money(picos: 2))
        #expect(Money(picos: 9, currency: "CNY") < Money(picos: 1, currency: "USD"))
    }
}
