import Pricing
import TestSupport
import Testing

@Suite struct CostTests {
    private let some = Money(picos: 42_100_000_000)
    private let other = Money(picos: 1_000_000_000)
    private let sum = Money(picos: 43_100_000_000)

    @Test func saysHowSureItIs() {
        #expect(Cost.unknown.description == "?")
        #expect(Cost.lowerBound(some).description == "≥$0.0421")
        #expect(Cost.estimated(some).description == "~$0.0421")
        #expect(Cost.reported(some).description == "$0.0421")
    }

    @Test func lowerBoundsAreRoundedDown() {
        #expect(Cost.lowerBound(Money(picos: 42_199_999_999)).description == "≥$0.0421")
        #expect(Cost.lowerBound(Money(picos: 1_239_999_999_999)).description == "≥$1.23")
        #expect(Cost.lowerBound(Money(picos: 99_999_999)).description == ">$0")
    }

    @Test func sumsAreAsUncertainAsTheirParts() {
        #expect(Cost.reported(some) + .reported(other) == .reported(sum))
        #expect(Cost.reported(some) + .estimated(other) == .estimated(sum))
        #expect(Cost.estimated(some) + .lowerBound(other) == .lowerBound(sum))
        #expect(Cost.reported(some) + .unknown == .lowerBound(some))
        #expect(Cost.unknown + .unknown == .unknown)
        #expect(Cost.unknown + .zero == .unknown)
        #expect(Cost.zero + .estimated(some) == .estimated(some))
    }

    @Test func otherCurrenciesAreAnUnknownPart() {
        let yuan = Cost.reported(Money(picos: 5, currency: "CNY"))
        #expect(Cost.reported(some) + yuan == .lowerBound(some))
        #expect(Cost.zero + yuan == yuan)
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func theOrderOfASumDoesNotMatter(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let costs = (0..<12).map { _ -> Cost in
            let money = Money(picos: Int64.random(in: 0...3, using: &random) * 1_000_000)
            return [.unknown, .lowerBound(money), .estimated(money), .reported(money), .reported(money)]
                .randomElement(using: &random) ?? .unknown
        }.filter { $0 != .lowerBound(.zero()) }
        let one = costs.reduce(.zero, +)
        let two = costs.shuffled(using: &random).reduce(.zero, +)
        let half = costs.count / 2
        let three = costs[..<half].reduce(.zero, +) + costs[half...].reduce(.zero, +)
        #expect(one == two)
        #expect(one == three)
    }
}
