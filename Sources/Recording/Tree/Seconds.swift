import StreamEngine

/// Times as decimal seconds, exact to the nanosecond and never a binary fraction.
enum Seconds {
    static func text(_ duration: Duration) -> String {
        let nanoseconds = duration.nanoseconds
        let magnitude = nanoseconds.magnitude
        let fraction = String(magnitude % 1_000_000_000)
        return (nanoseconds < 0 ? "-" : "") + String(magnitude / 1_000_000_000) + "."
            + String(repeating: "0", count: 9 - fraction.utf8.count) + fraction
    }

    /// `nil` for what is no decimal, has more than nine digits after the point, or is beyond ±10⁹ s.
    static func duration(_ text: String) -> Duration? {
        var bytes = text.utf8[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes = bytes.dropFirst() }
        let point = bytes.firstIndex(of: UInt8(ascii: ".")) ?? bytes.endIndex
        let whole = bytes[..<point]
        let fraction = bytes[point...].dropFirst()
        guard (1...10).contains(whole.count), fraction.count <= 9, whole.allSatisfy(isDigit),
            fraction.allSatisfy(isDigit)
        else { return nil }
        func number(_ digits: some Sequence<UInt8>) -> Int64 {
            digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        let seconds = number(whole)
        guard seconds <= 1_000_000_000 else { return nil }
        var nanoseconds = number(fraction)
        for _ in fraction.count..<9 { nanoseconds *= 10 }
        let sum = seconds * 1_000_000_000 + nanoseconds
        return .nanoseconds(isNegative ? -sum : sum)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
