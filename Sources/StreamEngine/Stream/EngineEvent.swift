import Providers

/// What the engine tells the outside: for the dashboard, the store and `weir ask`.
public struct EngineEvent: Sendable, Equatable {
    /// Whose it is.
    public var stream: StreamID
    /// When it happened.
    public var at: Instant
    /// What happened.
    public var kind: Kind

    /// From its parts.
    public init(stream: StreamID, at: Instant, kind: Kind) {
        self.stream = stream
        self.at = at
        self.kind = kind
    }

    /// What happened.
    public enum Kind: Sendable, Equatable {
        case attemptStarted(number: Int, of: Int, resume: ResumePlan?)
        case stateChanged(StreamState)
        case headers(status: Int, requestID: String?)
        /// New bytes of the take's text: read them with ``StreamEngine/text(of:)``. Ranges follow each other without gap.
        case text(Range<Int>)
        case thinking(Range<Int>)
        case backoff(Backoff)
        /// The stream waits for the user's word; see ``StreamEngine/goOn(_:by:at:into:)`` and
        /// ``StreamEngine/giveUp(_:at:into:)``.
        case asked(ResumeQuestion)
        case resumed(Seam)
        case fallback
        case usage(Usage, isEstimated: Bool)
        /// A part that is not text: shown as a line of its own.
        case part(kind: String, detail: String)
        /// A restart diverged: the text so far stays as a failed take, and a new take begins with its first `kept` bytes.
        case diverged(take: Int, kept: Int)
        /// What there is to say about the budget.
        case budget(BudgetNotice)
        case ended(Verdict)
    }
}
