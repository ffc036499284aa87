/// Amounts that were spent, by currency: what a budget is held against. Only what is known counts, so it is the least that
/// was spent.
public struct Spending: Sendable, Equatable, Codable {
    private struct Part: Sendable, Equatable, Codable {
        var currency: String
        var picos: Int64
    }

    /// One currency as a rule, so that a search is a comparison.
    private var parts: [Part] = []

    /// Nothing.
    public init() {}

    /// What is known of a sum of costs.
    public init(_ sum: CostSum) {
        for cost in sum.costs {
            if let money = cost.money { add(money.picos, money.currency) }
        }
    }

    /// Adds an amount, or takes one away that was added before. Stops at the ends of the range.
    public mutating func add(_ picos: Int64, _ currency: String) {
        guard picos != 0 else { return }
        for index in parts.indices where parts[index].currency == currency {
            let (sum, overflow) = parts[index].picos.addingReportingOverflow(picos)
            parts[index].picos = overflow ? (picos < 0 ? .min : .max) : sum
            return
        }
        parts.append(Part(currency: currency, picos: picos))
    }

    /// In picos.
    public func amount(in currency: String) -> Int64 {
        for part in parts where part.currency == currency { return part.picos }
        return 0
    }
}
