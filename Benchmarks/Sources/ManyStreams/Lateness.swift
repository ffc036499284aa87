import StreamEngine

/// How long ago the text that arrives was sent: each delta is the monotonic time of its sending.
struct Lateness {
    /// The server's stamp: nanoseconds in decimal, and a space.
    private static let stampLength = 20

    /// Microseconds. All of it is touched beforehand, so that it is no memory of the streams'.
    private var values: [Int32]
    private var count = 0

    init(capacity: Int) {
        values = [Int32](repeating: 0, count: capacity)
    }

    mutating func read(_ text: ArraySlice<UInt8>, at now: Instant) {
        var place = text.startIndex
        while place + Self.stampLength <= text.endIndex, count < values.count {
            var sent: Int64 = 0
            for digit in text[place..<place + Self.stampLength - 1] { sent = sent &* 10 &+ Int64(digit &- 0x30) }
            values[count] = Int32(clamping: (now.nanoseconds - sent) / 1000)
            count += 1
            place += Self.stampLength
        }
    }

    /// Milliseconds by percentile, nearest rank; `null` where nothing was stamped.
    var json: String {
        guard count > 0 else { return "null" }
        let sorted = values[..<count].sorted()
        func rank(_ share: Double) -> Double {
            Double(sorted[min(count - 1, Int((share * Double(count)).rounded(.up)) - 1)]) / 1000
        }
        return """
            {"count": \(count), "p50": \(rank(0.5)), "p99": \(rank(0.99)), "p999": \(rank(0.999)), "max": \(rank(1))}
            """
    }
}
