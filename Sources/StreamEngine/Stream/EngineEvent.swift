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

    /// What happened. Text and thoughts come by the thousand, and every event is as large as the largest kind that stands in
    /// it: the rare and large ones stand in places of their own.
    public enum Kind: Sendable, Equatable {
        indirect case attemptStarted(number: Int, of: Int, resume: ResumePlan?)
        case stateChanged(StreamState)
        indirect case headers(status: Int, requestID: String?)
        /// New bytes of the take's text: read them with ``StreamEngine/text(of:)``. Ranges follow each other without gap.
        case text(Range<Int>)
        case thinking(Range<Int>)
        indirect case backoff(Backoff)
        /// The stream waits for the user's word; see ``StreamEngine/goOn(_:by:at:into:)`` and
        /// ``StreamEngine/giveUp(_:at:into:)``.
        indirect case asked(ResumeQuestion)
        indirect case resumed(Seam)
        case fallback
        indirect case usage(Usage, isEstimated: Bool)
        /// A part that is not text: shown as a line of its own.
        indirect case part(kind: String, detail: String)
        /// A restart diverged: the text so far stays as a failed take, and a new take begins with its first `kept` bytes.
        indirect case diverged(take: Int, kept: Int)
        /// What there is to say about the budget.
        indirect case budget(BudgetNotice)
        case ended(Verdict)
    }
}
