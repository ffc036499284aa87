import Histogram
import RealModule
import StreamEngine

/// Durations, kept in constant memory: from a microsecond to an hour, true to three digits, whatever their number.
public struct Distribution: Sendable {
    private var histogram = Histogram<UInt64>(
        highestTrackableValue: Self.highest, numberOfSignificantValueDigits: .three)

    /// An hour in microseconds: what is longer counts as that.
    private static let highest: UInt64 = 3_600_000_000

    public init() {}

    public var count: Int { Int(clamping: histogram.totalCount) }
    public var isEmpty: Bool { histogram.totalCount == 0 }

    /// Negative durations count as a microsecond.
    public mutating func record(_ duration: Duration) {
        let microseconds = UInt64(max(1, duration.nanoseconds / 1000))
        histogram.record(min(Self.highest, microseconds))
    }

    public mutating func add(_ other: Distribution) {
        histogram.add(other.histogram)
    }

    /// - Parameter percent: 0 to 100.
    /// - Returns: the value that so many per cent are at or below; `nil` where there is none.
    public func percentile(_ percent: Double) -> Duration? {
        isEmpty ? nil : .microseconds(Int64(clamping: histogram.valueAtPercentile(percent)))
    }

    public var highest: Duration? { isEmpty ? nil : .microseconds(Int64(clamping: histogram.max)) }

    public var mean: Duration? {
        isEmpty ? nil : .microseconds(Int64(histogram.mean.rounded()))
    }

    /// The percentiles that reports name.
    public static let named: [(name: String, percent: Double)] = [
        ("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9),
    ]

    /// A range of durations and how many fell into it.
    public struct Bar: Sendable, Equatable {
        public var from: Duration
        public var to: Duration
        public var count: Int
    }

    /// The recorded values in so many ranges, each as much wider than the one before as a logarithmic axis wants it, from
    /// the smallest to the largest; empty where nothing was recorded.
    ///
    /// - Parameter range: in place of the smallest and the largest, so that two distributions can be compared.
    public func bars(_ wanted: Int, over range: ClosedRange<Duration>? = nil) -> [Bar] {
        guard !isEmpty, wanted > 0, let range = range ?? self.range else { return [] }
        let low = Double(range.lowerBound.nanoseconds) / 1000
        let high = max(Double(range.upperBound.nanoseconds) / 1000, low * 1.000_001)
        let factor = Double.pow(high / low, 1 / Double(wanted))
        var bars: [Bar] = []
        var edge = low
        for index in 0..<wanted {
            let next = index == wanted - 1 ? high : edge * factor
            bars.append(Bar(from: .microseconds(Int64(edge)), to: .microseconds(Int64(next.rounded(.up))), count: 0))
            edge = next
        }
        let step = Double.log(factor)
        for value in histogram.recordedValues() {
            let place = step > 0 ? Int(Double.log(Double(value.value) / low) / step) : 0
            bars[min(wanted - 1, max(0, place))].count += Int(clamping: value.count)
        }
        return bars
    }

    /// From the smallest to the largest, from a microsecond; `nil` where nothing was recorded.
    public var range: ClosedRange<Duration>? {
        guard !isEmpty else { return nil }
        let low = Int64(clamping: max(1, histogram.minNonZero))
        return .microseconds(low) ... .microseconds(max(low, Int64(clamping: histogram.max)))
    }

    /// Points of the curve "so many per cent are at or below so much", for a plot.
    public func curve() -> [(percent: Double, value: Duration)] {
        guard !isEmpty else { return [] }
        return histogram.percentiles(ticksPerHalfDistance: 5).map { point in
            (point.percentile, .microseconds(Int64(clamping: point.value)))
        }
    }
}
