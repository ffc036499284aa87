/// Lengths of time as text: settings (`250ms`, `1.5s`, `2m`), the reset values of rate-limit headers (`12ms`, `6m0s`,
/// `1h2m3s`), and what a person reads.
public enum DurationText {
    /// Reads seconds with decimals (`1.5`), or one or more numbers with a unit, from the largest to the smallest:
    /// `d`, `h`, `m`, `s`, `ms`, `us`/`µs`, `ns`. White space around it is ignored.
    /// - Returns: `nil` for anything else, for a sign, and for more than 10⁹ s. Exact to the nanosecond.
    public static func parse(_ text: some StringProtocol) -> Duration? {
        parse(Array(text.utf8)[...])
    }

    static func parse(_ bytes: ArraySlice<UInt8>) -> Duration? {
        var rest = bytes.trimmingSpace()
        guard !rest.isEmpty else { return nil }
        var total: Int64 = 0
        var last = Int64.max
        while !rest.isEmpty {
            guard let number = DecimalNumber(takenFrom: &rest) else { return nil }
            let unit: Int64
            if rest.isEmpty {
                // A number without a unit stands alone.
                guard last == .max else { return nil }
                unit = 1_000_000_000
            } else {
                guard let named = takeUnit(from: &rest) else { return nil }
                unit = named
            }
            guard unit < last, let value = number.nanoseconds(unit: unit) else { return nil }
            last = unit
            total += value
            guard total <= maximum else { return nil }
        }
        return .nanoseconds(total)
    }

    /// For messages: `250ms`, `1.5s`, `2m`, `6m 5s`, `3h 20m`, `2d 4h`; two units at most, never `447.231667 hours`.
    public static func format(_ duration: Duration) -> String {
        let nanoseconds = duration.nanoseconds
        guard nanoseconds >= 0 else { return "-" + format(.nanoseconds(nanoseconds == .min ? .max : -nanoseconds)) }
        guard nanoseconds >= 1_000_000_000 || nanoseconds == 0 else {
            return nanoseconds < 1_000_000 ? "<1ms" : "\(nanoseconds / 1_000_000)ms"
        }
        if nanoseconds < 60_000_000_000 {
            let tenths = nanoseconds / 100_000_000
            return tenths % 10 == 0 ? "\(tenths / 10)s" : "\(tenths / 10).\(tenths % 10)s"
        }
        let seconds = nanoseconds / 1_000_000_000
        if seconds < 3600 { return pair(seconds / 60, "m", seconds % 60, "s") }
        if seconds < 86_400 { return pair(seconds / 3600, "h", seconds % 3600 / 60, "m") }
        return pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h")
    }

    private static func pair(_ large: Int64, _ largeUnit: String, _ small: Int64, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(largeUnit)" : "\(large)\(largeUnit) \(small)\(smallUnit)"
    }

    /// 10⁹ s.
    private static let maximum: Int64 = 1_000_000_000_000_000_000

    private static func takeUnit(from rest: inout ArraySlice<UInt8>) -> Int64? {
        for (name, nanoseconds) in units where rest.starts(with: name) {
            rest = rest.dropFirst(name.count)
            return nanoseconds
        }
        return nil
    }

    /// Longer names before their beginnings.
    private static let units: [([UInt8], Int64)] = [
        (Array("ms".utf8), 1_000_000), (Array("us".utf8), 1000), (Array("µs".utf8), 1000), (Array("ns".utf8), 1),
        (Array("d".utf8), 86_400_000_000_000), (Array("h".utf8), 3_600_000_000_000),
        (Array("m".utf8), 60_000_000_000), (Array("s".utf8), 1_000_000_000),
    ]
}

/// An unsigned decimal number, exact: whole part and nine places. Anything beyond 10¹⁰ is not one.
struct DecimalNumber {
    var whole: Int64
    /// Billionths.
    var fraction: Int64

    /// Takes `digits`, `digits.digits` or `.digits` from the front; leaves `rest` where the number ends.
    init?(takenFrom rest: inout ArraySlice<UInt8>) {
        whole = 0
        fraction = 0
        var digits = 0
        while let byte = rest.first, let digit = byte.digit {
            guard whole < 1_000_000_000 else { return nil }
            whole = whole * 10 + Int64(digit)
            digits += 1
            rest = rest.dropFirst()
        }
        if rest.first == UInt8(ascii: ".") {
            var place: Int64 = 100_000_000
            rest = rest.dropFirst()
            while let byte = rest.first, let digit = byte.digit {
                fraction += place * Int64(digit)
                place /= 10
                digits += 1
                rest = rest.dropFirst()
            }
        }
        guard digits > 0 else { return nil }
    }

    /// The number times a unit, in nanoseconds; `nil` beyond 10⁹ s.
    func nanoseconds(unit: Int64) -> Int64? {
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        guard !overflow, product <= 1_000_000_000_000_000_000 else { return nil }
        // A fraction below 10⁹ times a unit of up to a day can pass Int64: split the unit.
        let (high, low) = unit.quotientAndRemainder(dividingBy: 1_000_000_000)
        return product + fraction * high + fraction * low / 1_000_000_000
    }
}
