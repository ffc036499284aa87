/// What every attempt cost: one row each, whatever became of it. A row may be set again and again while its attempt
/// runs; the totals follow.
public struct Ledger: Sendable {
    /// An attempt: of which conversation, which reply in it, and the attempt's number.
    public struct Key: Sendable, Hashable {
        /// Whose it is.
        public var conversation: String
        /// Unique in its conversation: the stream's or the turn's number.
        public var reply: Int
        /// From 1.
        public var attempt: Int

        /// The attempt's place.
        public init(conversation: String, reply: Int, attempt: Int) {
            self.conversation = conversation
            self.reply = reply
            self.attempt = attempt
        }
    }

    /// What one attempt was, and cost.
    public struct Row: Sendable, Equatable {
        /// Who was asked.
        public var provider: String
        /// As the provider calls it.
        public var model: String
        /// As they are billed.
        public var counts: TokenCounts
        /// With how sure it is.
        public var cost: Cost
        /// The attempt's text did not become the reply: it failed, or was thrown away. What it cost is shown apart.
        public var isLost: Bool
        /// Which price was used: the date when it was read.
        public var priceDate: Day?

        /// One attempt.
        public init(
            provider: String, model: String, counts: TokenCounts, cost: Cost, isLost: Bool = false,
            priceDate: Day? = nil
        ) {
            self.provider = provider
            self.model = model
            self.counts = counts
            self.cost = cost
            self.isLost = isLost
            self.priceDate = priceDate
        }
    }

    /// What a number of attempts cost.
    public struct Totals: Sendable, Equatable {
        /// Of attempts that made replies.
        public var replies = CostSum()
        /// Spent on failed attempts.
        public var lost = CostSum()

        /// Both together.
        public var all: CostSum {
            var sum = replies
            sum.add(lost)
            return sum
        }

        /// Nothing.
        public init() {}

        fileprivate mutating func add(_ row: Row) {
            row.isLost ? lost.add(row.cost) : replies.add(row.cost)
        }

        fileprivate mutating func remove(_ row: Row) {
            row.isLost ? lost.remove(row.cost) : replies.remove(row.cost)
        }
    }

    private var rows: [Key: Row] = [:]
    private var conversations: [String: Totals] = [:]
    /// Of everything in the ledger.
    public private(set) var totals = Totals()

    /// Nothing.
    public init() {}

    /// How many attempts it knows.
    public var count: Int { rows.count }

    /// The attempt's row; `nil` = it has none.
    public subscript(key: Key) -> Row? { rows[key] }

    /// Makes the attempt's row or replaces it.
    public mutating func set(_ row: Row, for key: Key) {
        if let old = rows.updateValue(row, forKey: key) {
            guard old != row else { return }
            totals.remove(old)
            conversations[key.conversation, default: Totals()].remove(old)
        }
        totals.add(row)
        conversations[key.conversation, default: Totals()].add(row)
    }

    /// Of one conversation; empty for one that has no rows.
    public func totals(of conversation: String) -> Totals {
        conversations[conversation] ?? Totals()
    }

    /// Of one reply: all of its attempts.
    public func totals(of conversation: String, reply: Int) -> Totals {
        var totals = Totals()
        var attempt = 1
        while let row = rows[Key(conversation: conversation, reply: reply, attempt: attempt)] {
            totals.add(row)
            attempt += 1
        }
        return totals
    }

    /// The conversation was deleted: its rows go, and with them their part of the totals.
    public mutating func remove(conversation: String) {
        for (key, row) in rows where key.conversation == conversation {
            totals.remove(row)
            rows[key] = nil
        }
        conversations[conversation] = nil
    }
}
