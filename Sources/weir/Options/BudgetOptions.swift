import ArgumentParser
import Pricing

/// What may be spent.
struct BudgetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What one reply may cost, all of its attempts together: 0.50, \"0.50 USD\"; off = any amount.",
            valueName: "amount"))
    var budget: BudgetArgument?

    @Option(
        help: ArgumentHelp(
            "What a conversation may cost, with what it has cost before; off = any amount.", valueName: "amount"))
    var conversationBudget: BudgetArgument?

    @Option(help: ArgumentHelp("Warn when so much of a budget is spent: 0.8 = four fifths.", valueName: "share"))
    var budgetWarning: Double?

    func validate() throws {
        if let budgetWarning, !(budgetWarning > 0 && budgetWarning <= 1) {
            throw ValidationError("--budget-warning: expected more than 0 and at most 1, found \(budgetWarning)")
        }
    }
}

/// An amount, or `off`.
enum BudgetArgument: ExpressibleByArgument {
    case off
    case limit(Budget.Limit)

    init?(argument: String) {
        if argument == "off" {
            self = .off
        } else if let limit = Budget.Limit(argument) {
            self = .limit(limit)
        } else {
            return nil
        }
    }

    var limit: Budget.Limit? {
        if case .limit(let limit) = self { limit } else { nil }
    }
}
