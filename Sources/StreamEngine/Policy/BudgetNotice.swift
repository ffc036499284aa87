import Pricing

/// Which limit of a budget.
public enum BudgetScope: String, Sendable, CaseIterable {
    case reply, conversation
}

/// How much of a limit is spent, as the budget counts it: every attempt, lost ones too. What runs counts by our own count
/// of its tokens; a request that was sent and never answered counts with its prompt.
public struct BudgetGauge: Sendable, Equatable {
    /// Which limit it is.
    public var scope: BudgetScope
    /// So far.
    public var spent: Money
    /// What may be spent.
    public var limit: Money

    /// A gauge; both amounts in the same currency.
    public init(scope: BudgetScope, spent: Money, limit: Money) {
        self.scope = scope
        self.spent = spent
        self.limit = limit
    }

    /// 1 = all of it.
    public var share: Double { limit.amount > 0 ? spent.amount / limit.amount : 1 }
}

/// How a stream stands to its budget.
public struct BudgetStatus: Sendable, Equatable {
    /// One for each limit that can be held.
    public var gauges: [BudgetGauge]
    /// Why a limit cannot be held, in words for a person; `nil` where all can.
    public var unenforced: String?
    /// Whether the next attempt of this stream fits into what is left.
    public var allowsAttempt: Bool

    /// A status.
    public init(gauges: [BudgetGauge], unenforced: String? = nil, allowsAttempt: Bool = true) {
        self.gauges = gauges
        self.unenforced = unenforced
        self.allowsAttempt = allowsAttempt
    }
}

/// What there is to say about a budget.
public enum BudgetNotice: Sendable, Equatable {
    /// The share at which a warning was wanted is spent. Told once for each limit and each setting of it.
    case nearing(BudgetGauge)
    /// All of it is spent: the stream was stopped.
    case reached(BudgetGauge)
    /// The next request's prompt alone would cost more than what is left: it is not sent.
    case refused(BudgetGauge, prompt: Money)
    /// The limit cannot be held: the model has no price, or one in another currency. Told once for each model.
    case unenforced(reason: String)

    /// The word for `--json`.
    public var word: String {
        switch self {
        case .nearing: "nearing"
        case .reached: "reached"
        case .refused: "refused"
        case .unenforced: "unenforced"
        }
    }

    /// The limit that it is about, where there is one.
    public var gauge: BudgetGauge? {
        switch self {
        case .nearing(let gauge), .reached(let gauge), .refused(let gauge, _): gauge
        case .unenforced: nil
        }
    }

    /// One line for a person; it may quote a model's name.
    public var message: String {
        switch self {
        case .nearing(let gauge):
            "\(Int((gauge.share * 100).rounded(.down))) % of the budget for this \(gauge.scope.rawValue) is spent: "
                + "\(gauge.spent) of \(gauge.limit)"
        case .reached(let gauge):
            "the budget for this \(gauge.scope.rawValue) is spent: \(gauge.spent) of \(gauge.limit)"
        case .refused(let gauge, let prompt):
            "the budget for this \(gauge.scope.rawValue) does not allow another request: \(gauge.spent) of "
                + "\(gauge.limit) is spent, and its prompt alone costs about \(prompt)"
        case .unenforced(let reason):
            "the budget cannot be held: \(reason)"
        }
    }
}

extension StreamFailure {
    /// The budget is spent, or does not allow the next request.
    ///
    /// - Parameter failure: what made another attempt necessary.
    static func budget(_ notice: BudgetNotice, after failure: StreamFailure? = nil) -> StreamFailure {
        let cause = failure.map { $0.kind == .budget ? "" : " (after: \($0.label))" } ?? ""
        let option = notice.gauge?.scope == .conversation ? "--conversation-budget" : "--budget"
        let word = notice.gauge?.scope == .conversation ? "/budget conversation" : "/budget"
        return StreamFailure(
            kind: .budget, message: notice.message + cause, isRetryable: false,
            hint: "A higher \(option) (in the dashboard: \(word) AMOUNT, then retry) lets it go on.")
    }
}
