import Histogram
import StreamEngine

/// Tokens a second of many replies, in constant memory.
struct SpeedList: Sendable {
    /// Thousandths of a token a second, up to ten million.
    private var histogram = Histogram<UInt64>(
        highestTrackableValue: 10_000_000_000, numberOfSignificantValueDigits: .three)

    mutating func record(_ perSecond: Double) {
        guard perSecond.isFinite, perSecond > 0 else { return }
        histogram.record(UInt64(min(1e10, max(1, perSecond * 1000))))
    }

    var count: Int { Int(clamping: histogram.totalCount) }

    /// The speed that so many per cent of the replies were at or below; `nil` where there is none.
    func percentile(_ percent: Double) -> Double? {
        count == 0 ? nil : Double(histogram.valueAtPercentile(percent)) / 1000
    }
}

/// A sum over the last two seconds, in tenths.
struct ArrivalRate: Sendable {
    private static let slot: Int64 = 100_000_000
    private var slots = [Int](repeating: 0, count: 20)
    private var current: Int64 = 0
    private var began: Instant?

    mutating func add(_ amount: Int, at now: Instant) {
        if began == nil {
            began = now
            current = now.nanoseconds / Self.slot
        }
        advance(to: now)
        slots[Int(current % Int64(slots.count))] += amount
    }

    mutating func perSecond(at now: Instant) -> Double {
        guard let began else { return 0 }
        advance(to: now)
        let window = min(2, max(0.25, (now - began).inSeconds))
        return Double(slots.reduce(0, +)) / window
    }

    private mutating func advance(to now: Instant) {
        let slot = now.nanoseconds / Self.slot
        guard slot > current else { return }
        for step in 1...min(slot - current, Int64(slots.count)) {
            slots[Int((current + step) % Int64(slots.count))] = 0
        }
        current = slot
    }
}
