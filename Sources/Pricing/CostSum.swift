/// Costs added up, currencies kept apart. What was added can be taken out again, so that a running attempt's cost can be
/// corrected without adding everything up anew.
public struct CostSum: Sendable, Equatable {
    private struct Part: Sendable, Equatable {
        var currency: String
        // Wide enough that no order of additions reaches its end.
        var picos: Int128 = 0
        var lowerBounds = 0
        var estimates = 0
        var count = 0
    }

    /// By currency code.
    private var parts: [Part] = []
    private var unknowns = 0

    /// Nothing.
    public init() {}

    /// All of them, added up.
    public init(_ costs: some Sequence<Cost>) {
        for cost in costs { add(cost) }
    }

    /// Adds one.
    public mutating func add(_ cost: Cost) { count(cost, 1) }

    /// Takes out what was added before.
    public mutating func remove(_ cost: Cost) { count(cost, -1) }

    /// Adds another sum.
    public mutating func add(_ other: CostSum) {
        unknowns += other.unknowns
        for part in other.parts {
            update(part.currency) { mine in
                mine.picos += part.picos
                mine.lowerBounds += part.lowerBounds
                mine.estimates += part.estimates
                mine.count += part.count
            }
        }
    }

    /// One cost for each currency, by its code; empty where nothing is known. An unknown part makes lower bounds of all.
    public var costs: [Cost] {
        parts.map { part in
            let money = Money(picos: Int64(clamping: part.picos), currency: part.currency)
            if unknowns > 0 || part.lowerBounds > 0 { return money.isZero ? .unknown : .lowerBound(money) }
            return part.estimates > 0 ? .estimated(money) : .reported(money)
        }.filter { $0 != .unknown }
    }

    /// The sum as one cost, where it is of one currency: of several the first, as a lower bound.
    public var cost: Cost {
        let costs = costs
        guard let first = costs.first else { return isEmpty ? .zero : .unknown }
        return costs.count == 1 ? first : costs[1...].reduce(first, +)
    }

    /// Nothing was added, or nothing but certain zeros.
    public var isEmpty: Bool { parts.isEmpty && unknowns == 0 }

    private mutating func count(_ cost: Cost, _ step: Int) {
        if cost.isZero { return }
        guard let money = cost.money else {
            unknowns += step
            return
        }
        update(money.currency) { part in
            part.picos += Int128(step) * Int128(money.picos)
            part.count += step
            switch cost {
            case .lowerBound: part.lowerBounds += step
            case .estimated: part.estimates += step
            case .reported, .unknown: break
            }
        }
    }

    private mutating func update(_ currency: String, _ change: (inout Part) -> Void) {
        let position = parts.firstIndex { $0.currency >= currency } ?? parts.endIndex
        if position == parts.endIndex || parts[position].currency != currency {
            parts.insert(Part(currency: currency), at: position)
        }
        change(&parts[position])
        if parts[position].count == 0 { parts.remove(at: position) }
    }
}

extension CostSum: CustomStringConvertible {
    /// `$0.0421`, `~$0.0421 + ¥0.0180`, `≥$0.0421`; `$0` for nothing at all and `?` where nothing is known.
    public var description: String {
        let costs = costs
        if costs.isEmpty { return cost.description }
        return costs.map(\.description).joined(separator: " + ")
    }
}
