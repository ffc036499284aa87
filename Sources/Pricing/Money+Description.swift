extension Money: CustomStringConvertible {
    /// Four decimals below one unit, two from there on, rounded to the nearest: `$0.0421`, `$1.23`, `¥0.0009`; `$0` only
    /// for nothing at all, and `<$0.0001` for less than can be shown.
    public var description: String { text(roundedDown: false) }

    func text(roundedDown: Bool) -> String {
        guard picos != 0 else { return symbol + "0" }
        let magnitude = picos.magnitude
        let sign = picos < 0 ? "-" : ""
        let smallest = UInt64(Self.unit / 10_000)
        let hundredth = UInt64(Self.unit / 100)
        guard magnitude >= smallest else { return (picos < 0 ? ">-" : "<") + symbol + "0.0001" }
        let fine = (magnitude + (roundedDown ? 0 : smallest / 2)) / smallest
        if fine < 10_000 { return sign + symbol + Self.decimal(fine, digits: 4) }
        return sign + symbol + Self.decimal((magnitude + (roundedDown ? 0 : hundredth / 2)) / hundredth, digits: 2)
    }

    /// Every digit, without a symbol and without trailing zeros: `0.00421`. Exact, for machines.
    public var exactText: String {
        let unit = UInt64(Self.unit)
        let whole = picos.magnitude / unit
        var fraction = String(picos.magnitude % unit)
        fraction = String(repeating: "0", count: 12 - fraction.utf8.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return (picos < 0 ? "-" : "") + (fraction.isEmpty ? "\(whole)" : "\(whole).\(fraction)")
    }

    var symbol: String {
        switch currency {
        case "USD": "$"
        case "CNY": "¥"
        case "EUR": "€"
        case "GBP": "£"
        default: currency + " "
        }
    }

    /// `number` / 10^`digits`.
    private static func decimal(_ number: UInt64, digits: Int) -> String {
        var scale: UInt64 = 1
        for _ in 0..<digits { scale *= 10 }
        let fraction = String(number % scale)
        return "\(number / scale)." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    }
}
