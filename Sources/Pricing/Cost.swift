/// What something cost, and how sure that is.
public enum Cost: Sendable, Hashable {
    /// No price, or no count: shown as `?`, never as 0.
    case unknown
    /// At least this much: some part of it is unknown. Shown as `≥$0.0421`.
    case lowerBound(Money)
    /// Of our own count of tokens: shown as `~$0.0421`.
    case estimated(Money)
    /// Of the provider's count of tokens, or the provider's own charge: shown plain.
    case reported(Money)

    /// Nothing, for certain.
    public static let zero = Cost.reported(.zero())

    /// What is known of it.
    public var money: Money? {
        switch self {
        case .unknown: nil
        case .lowerBound(let money), .estimated(let money), .reported(let money): money
        }
    }

    /// Of what is known of it.
    public var currency: String? { money?.currency }

    /// Certainly nothing.
    public var isZero: Bool {
        if case .reported(let money) = self { return money.isZero }
        return false
    }
}

extension Cost {
    /// An unknown part makes the sum a lower bound of what is known; where nothing is known (or only nothing was spent
    /// for certain), the sum is unknown. An estimate makes the sum an estimate. Amounts in another currency than the
    /// first cannot be added up: they count as an unknown part; ``Ledger`` keeps currencies apart instead.
    public static func + (one: Cost, other: Cost) -> Cost {
        if one.isZero { return other }
        if other.isZero { return one }
        guard let known = one.money else { return other.weakened }
        guard let more = other.money else { return one.weakened }
        guard known.currency == more.currency || known.isZero || more.isZero else { return one.weakened }
        let sum = known + more
        switch (one, other) {
        case (.lowerBound, _), (_, .lowerBound): return sum.isZero ? .unknown : .lowerBound(sum)
        case (.estimated, _), (_, .estimated): return .estimated(sum)
        default: return .reported(sum)
        }
    }

    /// See `+`.
    public static func += (one: inout Cost, other: Cost) { one = one + other }

    /// The same with an unknown part added.
    private var weakened: Cost {
        guard let money, !money.isZero else { return .unknown }
        return .lowerBound(money)
    }
}

extension Cost: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknown: "?"
        // Rounded down, because more would not be true; and of less than can be shown only that it is something.
        case .lowerBound(let money):
            money.picos > 0 && money.picos < Money.unit / 10_000
                ? ">" + money.symbol + "0" : "≥" + money.text(roundedDown: true)
        case .estimated(let money): "~" + money.description
        case .reported(let money): money.description
        }
    }
}
