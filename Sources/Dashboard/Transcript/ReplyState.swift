import Pricing
import Providers
import Screen
import StreamEngine

/// What the transcript shows of a stream besides its text.
struct ReplyState: Sendable, Equatable {
    var state: StreamState
    var attempts: Int
    var model: String
    var failure: StreamFailure?
    var backoff: Backoff?
    var question: ResumeQuestion?
    var continuation: ResumePlan?
    var stateSince: Instant
    var silentSince: Instant?
    var receipt: CancelReceipt?
    /// Of all attempts, those that broke included, as a stored reply shows it; only of a reply that has ended.
    var cost: String?
    var took: Duration?
    var thinkingTokens: Int?

    init(_ snapshot: StreamSnapshot) {
        state = snapshot.state
        attempts = snapshot.attempts.count
        model = Model.shortName(snapshot.model)
        failure = snapshot.failure
        backoff = snapshot.backoff
        question = snapshot.question
        continuation = snapshot.controls.contains(.retry) ? snapshot.continuation : nil
        stateSince = snapshot.stateSince
        silentSince = snapshot.state == .stalled ? snapshot.ageBegan : nil
        receipt = snapshot.cancelReceipt
        if snapshot.state.isTerminal {
            cost = (snapshot.cost + snapshot.lostCost).description
            took = snapshot.endedAt.map { $0 - snapshot.startedAt }
        }
        thinkingTokens = snapshot.usage.thinking
    }

    var isRunning: Bool { !state.isTerminal }
}
