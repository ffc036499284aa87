import Pricing

/// What a stream has spent, as its budget counts it. An arrival costs a multiplication and two comparisons: the price is
/// worked out when an attempt starts and when its usage is reported, and is linear in the output between them.
struct BudgetMeter: Sendable {
    /// Of the present price; `nil` = the model is unpriced.
    private(set) var currency: String?
    /// What the running attempt's prompt costs, and each token of its output (rounded up), in picos.
    private(set) var prompt: Int64 = 0
    private var perToken: Int64 = 0
    /// Counted for the running attempt.
    private(set) var running: Int64 = 0
    /// Of the attempts that are over.
    private(set) var ended = Spending()
    /// Of this reply in the present currency, the running attempt included.
    private(set) var spent: Int64 = 0
    /// Where each limit has something to say next, in picos of ``currency``: its warning, then its end. `.max` = never.
    var replyMark = Int64.max
    var conversationMark = Int64.max
    /// Limits that were warned of.
    var hasWarned = (reply: false, conversation: false)
    /// The reason that was last given for not holding a limit.
    var toldReason: String?
    /// Whether the running attempt's counts have changed since they were last priced.
    var isStale = false
    /// Of the model at the time of the running attempt.
    private var price: Price?

    /// An attempt begins at this price, with a prompt of so many tokens (an estimate).
    mutating func began(at price: Price?, wall: WallTime, promptTokens: Int) {
        self.price = price
        currency = price?.currency
        running = 0
        spent = currency.map(ended.amount) ?? 0
        priced(wall: wall, counts: TokenCounts(input: promptTokens, output: 0))
    }

    /// The prompt's counts are known now, or known better.
    mutating func priced(wall: WallTime, counts: TokenCounts) {
        isStale = false
        guard let price else {
            (prompt, perToken) = (0, 0)
            return
        }
        (prompt, perToken) = Self.line(price, wall: wall, counts: counts)
    }

    /// The cost of a request without output, and of each token of output.
    static func line(_ price: Price, wall: WallTime, counts: TokenCounts) -> (prompt: Int64, perToken: Int64) {
        let many: Int64 = 1_000_000
        var counts = counts
        counts.output = 0
        let none = price.charge(for: counts, at: wall.secondsSince1970).money.picos
        counts.output = Int(many)
        let all = price.charge(for: counts, at: wall.secondsSince1970).money.picos
        return (none, (all - none + many - 1) / many)
    }

    /// The running attempt has made so many tokens. Returns by how much it costs more than before.
    mutating func counted(tokens: Int) -> Int64 {
        let (product, overflow) = perToken.multipliedReportingOverflow(by: Int64(tokens))
        let (sum, overflow2) = prompt.addingReportingOverflow(product)
        let cost = overflow || overflow2 ? .max / 2 : sum
        let step = cost - running
        running = cost
        spent += step
        return step
    }

    /// What an attempt that is over counted for is counted elsewhere.
    mutating func refunded(_ money: Money) {
        ended.add(-money.picos, money.currency)
        if money.currency == currency { spent -= money.picos }
    }

    /// The running attempt is over. Returns what is to be added to an account that followed it.
    mutating func settled(_ cost: Money?) -> (running: Int64, cost: Money?) {
        let counted = running
        spent -= running
        running = 0
        if let cost {
            ended.add(cost.picos, cost.currency)
            if cost.currency == currency { spent += cost.picos }
        }
        return (-counted, cost)
    }
}
