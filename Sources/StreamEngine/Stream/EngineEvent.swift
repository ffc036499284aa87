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
        /// A request goes out: which one of how many the policy allows, and what it takes up.
        indirect case attemptStarted(number: Int, of: Int, resume: ResumePlan?)
        /// What the stream does now.
        case stateChanged(StreamState)
        /// A response began.
        indirect case headers(status: Int, requestID: String?)
        /// New bytes of the take's text: read them with ``StreamEngine/text(of:)``. Ranges follow each other without gap.
        case text(Range<Int>)
        /// New bytes of its thoughts, likewise.
        case thinking(Range<Int>)
        /// It waits before the next attempt, or the wait has changed.
        indirect case backoff(Backoff)
        /// The stream waits for the user's word; see ``StreamEngine/goOn(_:by:at:into:)`` and
        /// ``StreamEngine/giveUp(_:at:into:)``.
        indirect case asked(ResumeQuestion)
        /// Text follows on what was there before.
        indirect case resumed(Seam)
        /// This attempt asks for the whole reply at once, and no stream.
        case fallback
        /// What the reply used, at its end.
        indirect case usage(Usage, isEstimated: Bool)
        /// A part that is not text: shown as a line of its own.
        indirect case part(kind: String, detail: String)
        /// A restart diverged: the text so far stays as a failed take, and a new take begins with its first `kept` bytes.
        indirect case diverged(take: Int, kept: Int)
        /// What there is to say about the budget.
        indirect case budget(BudgetNotice)
        /// It is over, until the user takes it up again.
        case ended(Verdict)
    }
}
