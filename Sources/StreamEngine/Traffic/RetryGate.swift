import Providers

/// Who asks a provider again, and when: one gate for each provider and host, shared by all its streams, so that many of
/// them do not hammer one that is down.
///
/// While the ``RetryBudget`` lasts, the gate is open. Once it is spent, retries are *probes*, and go through in turn:
/// one at a time; after one that was answered (its first text came) one more, as TCP starts slowly; after one that
/// failed, one at a time again, and not before ``opensAt``. Whoever does not go through waits in ``queue``; how long at
/// most is the stream's to say (``ReplyMachine/withheld(until:at:into:)``).
///
/// First attempts, and what the user does by hand, always go through; they count as probes too.
///
/// A stream that is alone with its provider never waits here: ``opensAt`` is not later than its own next retry.
struct RetryGate: Sendable {
    private(set) var budget: RetryBudget
    /// Attempts under way of which nobody knows yet whether they are answered, while the budget is spent.
    private(set) var probes: Set<StreamID> = []
    /// How many of them may be under way.
    private(set) var window = 1
    /// Probes that failed in a row.
    private var failedProbes = 0
    /// No probe before it.
    private(set) var opensAt: Instant?
    /// Streams whose retry is due, the longest wait first.
    private(set) var queue: [StreamID] = []

    init(capacity: Int) {
        budget = RetryBudget(capacity: capacity)
    }

    /// Whether a retry may go out now.
    func isOpen(at now: Instant) -> Bool {
        !budget.isSpent || (probes.count < window && (opensAt.map { $0 <= now } ?? true))
    }

    /// A stream's retry is due and the gate is not open.
    mutating func queued(_ stream: StreamID) {
        if !queue.contains(stream) { queue.append(stream) }
    }

    /// The stream whose turn it is, which leaves the queue; `nil` while the gate is closed or nobody waits.
    mutating func next(at now: Instant) -> StreamID? {
        guard !queue.isEmpty, isOpen(at: now) else { return nil }
        return queue.removeFirst()
    }

    /// The stream whose turn comes as time passes, and when; `nil` where a probe's answer is waited for.
    var nextByTime: (stream: StreamID, at: Instant)? {
        guard let first = queue.first, let opensAt, probes.count < window else { return nil }
        return (first, opensAt)
    }

    mutating func started(_ stream: StreamID) {
        left(stream)
        if budget.isSpent { probes.insert(stream) }
    }

    /// The first text or thinking of an attempt came.
    mutating func answered(_ stream: StreamID) {
        guard probes.remove(stream) != nil else { return }
        window += 1
        failedProbes = 0
        opensAt = nil
    }

    /// - Parameters:
    ///   - wait: how long the stream itself waits; `nil` where it ended.
    ///   - policy: the stream's.
    mutating func failed(_ stream: StreamID, wait: Duration?, policy: RetryPolicy, at now: Instant) {
        budget.failed()
        let wasProbe = probes.remove(stream) != nil
        guard budget.isSpent else { return }
        window = 1
        if wasProbe { failedProbes += 1 }
        // base · 2ⁿ over the probes of all streams, as if the provider had one.
        let pace = policy.baseDelay.nanoseconds
        let doubled = failedProbes < 40 && pace <= Int64.max >> Int64(failedProbes + 1) ? pace << failedProbes : .max
        let spacing = min(policy.maximumDelay, .nanoseconds(doubled))
        // Where nobody else waits, the stream's own pace is the provider's.
        opensAt = now + (queue.isEmpty ? min(spacing, wait ?? spacing) : spacing)
    }

    mutating func completed(_ stream: StreamID) {
        budget.succeeded()
        probes.remove(stream)
        if !budget.isSpent {
            window = 1
            failedProbes = 0
            opensAt = nil
        }
    }

    /// The machine slept, which the monotonic clock did not count.
    mutating func wokeUp(after slept: Duration) {
        opensAt = opensAt.map { $0 + (.zero - slept) }
    }

    /// The stream waits no more and has nothing under way: cancelled, ended, or gone elsewhere.
    mutating func left(_ stream: StreamID) {
        probes.remove(stream)
        if !queue.isEmpty { queue.removeAll { $0 == stream } }
    }
}
