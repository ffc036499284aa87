/// A number with at most six decimals, as a count of millionths: multipliers and exchange rates.
public struct Factor: Sendable, Hashable, Codable {
    /// How many of them.
    public var millionths: Int64

    /// So many millionths.
    public init(millionths: Int64) { self.millionths = millionths }

    /// Once.
    public static let one = Factor(millionths: 1_000_000)

    /// Rounded to the nearest millionth.
    static func * (one: Factor, other: Factor) -> Factor {
        let product = Int128(one.millionths) * Int128(other.millionths)
        return Factor(millionths: Int64(clamping: (product + 500_000) / 1_000_000))
    }
}

enum Decimal {
    /// A non-negative decimal text as a count of 10⁻⁶, exactly. `nil` for more decimals than six, negative numbers and
    /// numbers of a billion or more. A price per million tokens, read so, is in picos per token.
    static func millionths(_ text: String) -> Int64? {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var bytes = text.utf8[...]
        if bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
            case UInt8(ascii: ".") where point == nil: point = digits.count
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard let number = Int(String(bytes) ?? ""), abs(number) <= 18 else { return nil }
                exponent = number
                bytes = bytes[bytes.endIndex...]
            default: return nil
            }
        }
        guard !digits.isEmpty, digits.count <= 40 else { return nil }
        // Where the decimal point of the count of millionths stands among the digits.
        let end = (point ?? digits.count) + exponent + 6
        guard digits.enumerated().allSatisfy({ $0.offset < end || $0.element == 0 }) else { return nil }
        var number: Int64 = 0
        for position in 0..<max(0, end) {
            guard number < 1_000_000_000_000_000 / 10 else { return nil }
            number = number * 10 + Int64(position < digits.count ? digits[position] : 0)
        }
        return number
    }
}
