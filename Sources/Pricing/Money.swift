/// An amount of money, exact to 10⁻¹² of the currency's unit. A price of $0.003 per million tokens is 3,000 of these per
/// token; the type holds up to 9.2 million units. Sums stop at the ends of that range instead of overflowing.
public struct Money: Sendable, Hashable {
    /// 10⁻¹² of the unit.
    public var picos: Int64
    /// ISO 4217: `USD`, `CNY`.
    public var currency: String

    /// So many picos of a currency.
    public init(picos: Int64, currency: String = "USD") {
        self.picos = picos
        self.currency = currency
    }

    /// Nothing of a currency.
    public static func zero(_ currency: String = "USD") -> Money { Money(picos: 0, currency: currency) }

    /// How many picos make one unit.
    public static let unit: Int64 = 1_000_000_000_000

    /// Whether it is nothing.
    public var isZero: Bool { picos == 0 }

    /// A provider's own charge, which comes as a JSON number: rounded to the nearest pico. `nil` for what is no amount
    /// (not finite, or beyond the range).
    public init?(_ amount: Double, currency: String = "USD") {
        let picos = (amount * Double(Self.unit)).rounded()
        guard picos.isFinite, abs(picos) < Double(Int64.max) else { return nil }
        self.init(picos: Int64(picos), currency: currency)
    }

    /// The amount as a floating-point number, for output formats that have no other; never for sums.
    public var amount: Double { Double(picos) / Double(Self.unit) }
}

extension Money: Comparable {
    /// Amounts of different currencies have no order of value; they are ordered by the currency's code, so that sorting
    /// stays consistent.
    public static func < (one: Money, other: Money) -> Bool {
        one.currency == other.currency ? one.picos < other.picos : one.currency < other.currency
    }

    /// Of the same currency; a zero takes the other's. Sums of different currencies are the ledger's work, which keeps
    /// them apart: here they are a mistake of the caller.
    public static func + (one: Money, other: Money) -> Money {
        if one.picos == 0 { return other }
        if other.picos == 0 { return one }
        precondition(one.currency == other.currency, "a sum of \(one.currency) and \(other.currency)")
        let (sum, overflow) = one.picos.addingReportingOverflow(other.picos)
        return Money(picos: overflow ? (one.picos < 0 ? .min : .max) : sum, currency: one.currency)
    }

    /// See `+`.
    public static func - (one: Money, other: Money) -> Money {
        // The lowest number has no positive counterpart.
        one + Money(picos: other.picos == .min ? .max : -other.picos, currency: other.currency)
    }

    /// See `+`.
    public static func += (one: inout Money, other: Money) { one = one + other }
    /// See `-`.
    public static func -= (one: inout Money, other: Money) { one = one - other }
}
