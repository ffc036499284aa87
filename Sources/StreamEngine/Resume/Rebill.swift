import Pricing

/// What a next attempt would bill again: told before it is made. All of it is our estimate.
public struct Rebill: Sendable, Equatable {
    /// Prompt tokens, with the partial reply where it is sent along.
    public var input: Int
    /// Tokens that were generated once and are generated again: those of a restart. Tokens that are new are not counted.
    public var output: Int
    /// By the price table; unknown where the model has no price.
    public var cost: Cost

    /// So many tokens each way.
    public init(input: Int, output: Int = 0, cost: Cost = .unknown) {
        self.input = input
        self.output = output
        self.cost = cost
    }

    /// Of nothing that is sent.
    public static let nothing = Rebill(input: 0, output: 0, cost: .zero)

    /// Both ways together.
    public var tokens: Int { input.addingReportingOverflow(output).overflow ? .max : input + output }
}

/// What is asked before a broken reply goes on (`--resume ask`).
public struct ResumeQuestion: Sendable, Equatable {
    /// Why the last attempt broke.
    public var reason: StreamFailure
    /// When the wait for an answer began.
    public var askedAt: Instant
    /// The wait that a retry would have made. A yes that comes earlier waits for its end, for the server may have asked
    /// for it.
    public var wait: Backoff
    /// The ways to go on, best first; not empty.
    public var options: [ResumePlan]
    /// Which of ``options`` a plain yes takes.
    public var chosen: Int

    /// From its parts.
    public init(reason: StreamFailure, askedAt: Instant, wait: Backoff, options: [ResumePlan], chosen: Int = 0) {
        self.reason = reason
        self.askedAt = askedAt
        self.wait = wait
        self.options = options
        self.chosen = chosen
    }

    /// The way that is chosen so far.
    public var plan: ResumePlan { options[chosen] }
}
