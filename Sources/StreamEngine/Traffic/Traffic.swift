import Providers

/// What the streams of one engine know of their providers together: whether one is down (``RetryGate``), and what it has
/// left (``Quota``). Asked before every attempt that the user did not call for, and told how each one went.
///
/// Invariants, at every moment:
/// - A stream is in at most one queue, or held by at most one quota, and only while it backs off with the source
///   `retry-budget` or `hold-back`; a stream that ended is noted nowhere.
/// - A wait with the source `retry-budget` is at most `max_delay`; one with `hold-back` that is longer says
///   ``Backoff/exceedsMaximum``, and comes only where ``StreamOrder/longWaits`` is `wait`. (The user may add to both.)
/// - An attempt never starts before its wait's ``Backoff/notBefore``, unless the user, a newer answer or a sleep of the
///   machine says otherwise.
/// - While a budget is spent, retries under way of which nothing is known are at most ``RetryGate/window``, apart from
///   those that waited for their turn as long as they wait at most, and from the user's own.
/// - A stream alone with its provider never waits with the source `retry-budget`.
struct Traffic: Sendable {
    /// Whose failures count together.
    private struct Site: Hashable {
        var provider: String
        var origin: String
    }

    /// Whose requests count together.
    private struct Account: Hashable {
        var site: Site
        var key: Secret?
        var model: String
    }

    /// Where a stream's attempts count; indices into ``gates`` and ``quotas``, which only grow.
    struct Place: Hashable {
        var gate: Int
        var quota: Int
    }

    /// What becomes of an attempt that is due.
    enum Admission {
        case go
        /// In turn with the provider's other streams.
        case queue
        case holdBack(Quota.Refusal)
    }

    private var sites: [Site: Int] = [:]
    private var accounts: [Account: Int] = [:]
    private var gates: [RetryGate] = []
    private var quotas: [Quota] = []
    /// Streams that were held back and are to be looked at again.
    private var reprieved: [StreamID] = []
    /// Where a stream waits, or where its attempt under way is a probe.
    private var noted: [StreamID: Place] = [:]

    /// Whether any stream waits or probes: what follows then is no work for the others.
    var isIdle: Bool { noted.isEmpty && reprieved.isEmpty }

    mutating func place(of order: StreamOrder) -> Place {
        let site = Site(provider: order.endpoint.provider, origin: order.endpoint.origin)
        let account = Account(site: site, key: order.endpoint.key, model: order.model.id)
        let gate = sites[site] ?? gates.count
        if gate == gates.count {
            sites[site] = gate
            gates.append(RetryGate(capacity: order.retryPolicy.budget))
        }
        let quota = accounts[account] ?? quotas.count
        if quota == quotas.count {
            accounts[account] = quota
            quotas.append(Quota())
        }
        return Place(gate: gate, quota: quota)
    }

    func budget(at place: Place) -> RetryBudget { gates[place.gate].budget }
    func limits(at place: Place) -> RateLimits { quotas[place.quota].limits }

    // MARK: Before an attempt

    /// - Parameters:
    ///   - isRetry: a first attempt spends no retry budget.
    ///   - isTurn: it was let go from the queue.
    ///   - isLast: the stream has waited for its turn as long as it waits at most.
    func admission(
        _ order: StreamOrder, at place: Place, isRetry: Bool, isTurn: Bool, isLast: Bool, now: Now
    ) -> Admission {
        if order.retryPolicy.holdsBack,
            let refusal = quotas[place.quota].refusal(
                promptTokens: { TokenEstimator.estimate(order.request) }, at: now)
        {
            // Where nobody is there to choose a long wait, the server says for itself what it will not do.
            let isLong = refusal.until - now.instant > order.retryPolicy.maximumDelay
            if !isLong || order.longWaits == .wait { return .holdBack(refusal) }
        }
        guard isRetry, !isLast, order.retryPolicy.budget > 0 else { return .go }
        let gate = gates[place.gate]
        // Who comes by its own schedule goes behind those that wait: else one stream would spend its attempts for all.
        return gate.isOpen(at: now.instant) && (isTurn || gate.queue.isEmpty) ? .go : .queue
    }

    mutating func queued(_ stream: StreamID, at place: Place) {
        noted[stream] = place
        gates[place.gate].queued(stream)
    }

    mutating func heldBack(_ stream: StreamID, at place: Place) {
        noted[stream] = place
        if !quotas[place.quota].held.contains(stream) { quotas[place.quota].held.append(stream) }
    }

    /// The next stream that need not wait longer; it is asked for again at once.
    mutating func nextAdmitted(at now: Instant) -> StreamID? {
        if let stream = reprieved.popLast() { return stream }
        for index in gates.indices {
            if let stream = gates[index].next(at: now) { return stream }
        }
        return nil
    }

    /// The streams whose turn comes as time passes.
    var turns: [(stream: StreamID, at: Instant)] { gates.compactMap(\.nextByTime) }

    // MARK: What happened

    mutating func started(_ stream: StreamID, at place: Place) {
        left(stream)
        gates[place.gate].started(stream)
        quotas[place.quota].started()
        if gates[place.gate].probes.contains(stream) { noted[stream] = place }
    }

    /// A response came, with or without rate-limit headers.
    mutating func responded(status: Int, limits: RateLimits?, at place: Place) {
        if let limits { quotas[place.quota].told(limits) }
        if status == 200 { quotas[place.quota].accepted() }
        guard status == 200 || limits != nil, !quotas[place.quota].held.isEmpty else { return }
        // What holds for them is asked anew, the first of them first.
        reprieved = quotas[place.quota].held.reversed() + reprieved
        quotas[place.quota].held = []
    }

    mutating func wokeUp(after slept: Duration) {
        for index in gates.indices { gates[index].wokeUp(after: slept) }
        for index in quotas.indices { quotas[index].wokeUp(after: slept) }
    }

    mutating func answered(_ stream: StreamID, at place: Place) {
        gates[place.gate].answered(stream)
        if noted[stream] == place { noted[stream] = nil }
    }

    mutating func failed(
        _ stream: StreamID, _ failure: StreamFailure, retryAfter: Duration?, wait: Duration?, policy: RetryPolicy,
        at place: Place, now: Instant
    ) {
        if let retryAfter { quotas[place.quota].refused(until: now + retryAfter, by: stream) }
        if failure.countsAgainstProvider, policy.budget > 0 {
            gates[place.gate].failed(stream, wait: wait, policy: policy, at: now)
        }
        left(stream)
    }

    mutating func completed(_ stream: StreamID, at place: Place) {
        gates[place.gate].completed(stream)
        left(stream)
    }

    /// The stream neither waits nor probes.
    mutating func left(_ stream: StreamID) {
        if !reprieved.isEmpty { reprieved.removeAll { $0 == stream } }
        guard let place = noted.removeValue(forKey: stream) else { return }
        gates[place.gate].left(stream)
        if !quotas[place.quota].held.isEmpty { quotas[place.quota].held.removeAll { $0 == stream } }
    }
}

extension StreamFailure {
    /// Whether it says that the provider is in trouble: what may be retried, unless it was this machine that slept.
    var countsAgainstProvider: Bool {
        switch kind {
        case .wakeTimeout, .cancelled, .heldBack: false
        default: isRetryable
        }
    }
}
