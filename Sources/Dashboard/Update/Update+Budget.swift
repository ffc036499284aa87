import Pricing
import Screen
import StreamEngine

extension Model {
    /// `/budget [reply|conversation] AMOUNT`; without an amount it says how things stand.
    mutating func runBudget(_ argument: String, entered: String) -> [Command] {
        var words = argument.split(separator: " ").map(String.init)
        guard !words.isEmpty else {
            accepted(entered)
            tell(budgetSummary)
            return []
        }
        let scope = BudgetScope(rawValue: words[0].lowercased())
        if scope != nil { words.removeFirst() }
        let amount = words.joined(separator: " ")
        var changed = budget
        if amount.lowercased() == "off" {
            if scope != .conversation { changed.reply = nil }
            if scope != .reply { changed.conversation = nil }
        } else if let limit = Budget.Limit(amount) {
            if scope == .conversation { changed.conversation = limit } else { changed.reply = limit }
        } else {
            tell("/budget AMOUNT, /budget conversation AMOUNT, /budget off: an amount is like 0.50 or 0.50 USD")
            return []
        }
        accepted(entered)
        budget = changed
        tell(budgetSummary)
        return [.setBudget(changed)]
    }

    /// Limits, and what of them is spent.
    private var budgetSummary: String {
        guard !budget.isEmpty else { return "No budget: /budget 0.50 sets one for each reply" }
        var parts: [String] = []
        if let limit = budget.reply {
            // Spent by its stream, of the limit that holds now: the stream learns of it a moment later.
            let gauge = selectedEntry?.snapshot.budget?.gauges
                .first { $0.scope == .reply && limit.holds(for: $0.spent.currency) }.map {
                    BudgetGauge(scope: .reply, spent: $0.spent, limit: limit.money(in: $0.spent.currency))
                }
            parts.append("reply " + (gauge.map(Self.words) ?? limit.description))
        }
        if let limit = budget.conversation {
            parts.append("conversation " + (conversationGauge.map(Self.words) ?? limit.description))
        }
        return "Budget: " + parts.joined(separator: ", ")
    }

    static func words(_ gauge: BudgetGauge) -> String { "\(gauge.spent) of \(gauge.limit)" }

    /// What the conversation on the screen has spent of its budget: as its streams know it, or as the store did.
    var conversationGauge: BudgetGauge? {
        guard let limit = budget.conversation else { return nil }
        let known = streams.entries.lazy.filter { $0.conversation == self.current }
            .compactMap { $0.snapshot.budget?.gauges.first { $0.scope == .conversation } }
        // The account is shared, so the highest word on it is the latest.
        if let gauge = known.max(by: { $0.spent.picos < $1.spent.picos }) {
            return BudgetGauge(scope: .conversation, spent: gauge.spent, limit: limit.money(in: gauge.spent.currency))
        }
        let costs = conversation.spentBefore.costs
        guard let currency = limit.currency ?? costs.first?.currency ?? nil else { return nil }
        let spent = costs.first { $0.currency == currency }?.money ?? .zero(currency)
        return BudgetGauge(scope: .conversation, spent: spent, limit: limit.money(in: currency))
    }
}

extension BudgetGauge {
    /// How it is shown: as money, as a warning from the share on at which one is wanted, and red at its end.
    func role(warnAt: Factor) -> Role {
        share >= 1 ? .critical : share >= Double(warnAt.millionths) / 1_000_000 ? .warning : .money
    }
}
