import Pricing
import TOML

/// `[budget]` of `config.toml`, as written.
struct BudgetConfiguration {
    var reply: BudgetArgument?
    var conversation: BudgetArgument?
    var warn: Double?

    init() {}

    init(_ table: TOMLTable) throws(TOMLError) {
        try table.rejectUnknownKeys(["reply", "conversation", "warn"])
        reply = try table.budget("reply")
        conversation = try table.budget("conversation")
        warn = try table.double("warn")
        if let warn, !(warn > 0 && warn <= 1) {
            throw table.error("warn", "expected more than 0 and at most 1, found \(warn)")
        }
    }
}

extension TOMLTable {
    /// A number, or a text such as "0.50 USD", or "off".
    fileprivate func budget(_ key: String) throws(TOMLError) -> BudgetArgument? {
        let text: String
        switch self[key] {
        case nil: return nil
        case .integer(_, let written), .float(_, let written), .string(let written): text = written
        default: text = ""
        }
        guard let budget = BudgetArgument(argument: text) else {
            throw error(
                key, "expected an amount above 0 with at most six decimals (0.50, \"0.50 USD\"), or \"off\"")
        }
        return budget
    }
}

extension Settings {
    /// What may be spent: each limit from the command line, or else from `config.toml`.
    func budget() -> Budget {
        let said = options.budget
        let written = configuration.budget
        let warn = said.budgetWarning ?? written.warn
        return Budget(
            reply: (said.budget ?? written.reply)?.limit,
            conversation: (said.conversationBudget ?? written.conversation)?.limit,
            warnAt: warn.map { Factor(millionths: max(1, Int64($0 * 1_000_000))) } ?? Budget.usualWarning)
    }
}
