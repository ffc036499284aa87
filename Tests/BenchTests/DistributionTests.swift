import Bench
import StreamEngine
import TestSupport
import Testing

@Suite struct DistributionTests {
    @Test func percentilesAreTrueToThreeDigits() {
        var random = SeededRandom(seed: 3)
        var distribution = Distribution()
        var values: [Int64] = []
        for _ in 0..<20_000 {
            let value = Int64.random(in: 1...5_000_000, using: &random)
            values.append(value)
            distribution.record(.microseconds(value))
        }
        values.sort()
        for percent in [1.0, 50, 90, 99, 99.9] {
            let expected = Double(values[Int((percent / 100 * Double(values.count)).rounded(.up)) - 1]) / 1e6
            let measured = distribution.percentile(percent)?.inSeconds ?? 0
            #expect(abs(measured - expected) <= expected / 900, "p\(percent): \(measured), not \(expected)")
        }
        #expect(distribution.count == 20_000)
    }

    @Test func whatIsOutsideItsRangeCountsAtTheEdge() {
        var distribution = Distribution()
        distribution.record(.seconds(-5))
        distribution.record(.zero)
        distribution.record(.seconds(100_000))
        #expect(distribution.count == 3)
        #expect(distribution.percentile(50) == .microseconds(1))
        #expect((distribution.highest ?? .zero) >= .seconds(3590))
    }

    @Test func barsHoldEveryValueOnce() {
        var distribution = Distribution()
        for value in 1...1000 { distribution.record(.microseconds(Int64(value * value))) }
        for wanted in [1, 7, 60] {
            let bars = distribution.bars(wanted)
            #expect(bars.count == wanted)
            #expect(bars.reduce(0) { $0 + $1.count } == 1000)
            #expect(zip(bars, bars.dropFirst()).allSatisfy { $0.from <= $1.from })
        }
        #expect(Distribution().bars(5).isEmpty)
        var one = Distribution()
        one.record(.milliseconds(3))
        #expect(one.bars(4).reduce(0) { $0 + $1.count } == 1)
    }
}
