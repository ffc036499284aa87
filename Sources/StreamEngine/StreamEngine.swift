import Pricing
import Providers

/// Many streams at once: the engine's public face.
///
/// A pure machine. The driver tells it what happened (`transportReported`, `bodyReceived`, `timeReached`) and what the
/// user wants (`start`, `cancel`, `retry` …), each with the time, and carries out the ``EngineActions`` it appends;
/// when nothing happens before ``nextDeadline``, the driver calls `timeReached`. The same calls with the same seed
/// give the same actions.
public struct StreamEngine: Sendable {
    private var machines: [ReplyMachine] = []
    private var deadlines = DeadlineQueue()
    private var traffic = Traffic()
    private var seeds: SplitMix64
    private let firstStream: Int
    private let prices: PriceTable?
    /// What was called since ``takeJournal()``, where ``isJournaled``.
    private var journal: [CallRecord] = []
    /// What conversations have spent, and which is whose.
    private var accounts: [Spending] = []
    private var accountOf: [String: Int] = [:]
    /// What servers have refused: shared by all streams.
    public private(set) var memory = ResumeMemory()
    /// Shared by all streams, so that a stream needs no decode buffer of its own.
    private var batch = ReplyBatch()

    /// - Parameters:
    ///   - prices: `nil` leaves every cost unknown.
    ///   - seed: of jitter and request ids.
    public init(prices: PriceTable?, seed: UInt64) {
        self.init(prices: prices, origin: EngineOrigin(seed: seed, firstStream: 1))
    }

    /// An engine whose streams are those that another one makes from its ``origin`` on.
    public init(prices: PriceTable?, origin: EngineOrigin) {
        self.prices = prices
        seeds = SplitMix64(seed: origin.seed)
        firstStream = origin.firstStream
    }

    /// Keeps a journal of all calls, with a copy of every body: for a recording. Costs nothing while it is off.
    public var isJournaled = false {
        didSet { if !isJournaled { journal = [] } }
    }

    /// What was called since the last time, in order.
    public mutating func takeJournal() -> [CallRecord] {
        guard !journal.isEmpty else { return [] }
        defer { journal = [] }
        return journal
    }

    /// Where the streams to come take their ids and random numbers from.
    public var origin: EngineOrigin { EngineOrigin(seed: seeds.state, firstStream: firstStream + machines.count) }

    /// Streams in the order of their start.
    public var streams: [StreamID] { machines.map(\.id) }

    /// When ``timeReached(_:into:)`` wants to be called, at the latest; `nil` = nothing is waited for.
    public var nextDeadline: Instant? { deadlines.earliest }

    // MARK: Acts of the user

    /// Starts a stream.
    public mutating func start(_ order: StreamOrder, at now: Now, into actions: inout EngineActions) -> StreamID {
        let id = StreamID(rawValue: firstStream + machines.count)
        var order = order
        memory.merge(order.knownRefusals)
        var machine = ReplyMachine(id: id, order: order, prices: prices, memory: memory, seed: seeds.next())
        if let conversation = order.conversation {
            let account = account(of: conversation, spentBefore: order.spentBefore)
            machine.accountIndex = account
            // As it is now: whoever makes this call again has no other streams' past.
            order.spentBefore = accounts[account]
        }
        order.knownRefusals = memory
        machines.append(machine)
        journaled(.start(id, order), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) { $0.started(at: now, into: &$1) }
        }
        return id
    }

    /// Ends the stream; what was received is kept. A stream whose stop reason has already come is complete instead.
    public mutating func cancel(_ id: StreamID, at now: Now, into actions: inout EngineActions) {
        journaled(.cancel(id), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) { $0.cancelled(at: now, into: &$1) }
        }
    }

    /// Takes the reply up again, from its partial where there is one, with a new allowance of attempts. Nothing for a
    /// reply that is complete or refused: that needs a new stream.
    public mutating func retry(_ id: StreamID, at now: Now, into actions: inout EngineActions) {
        journaled(.retry(id), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) { $0.retried(at: now, into: &$1) }
        }
    }

    /// Ends a backoff at once.
    public mutating func retryNow(_ id: StreamID, at now: Now, into actions: inout EngineActions) {
        journaled(.retryNow(id), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) { $0.retriedNow(at: now, into: &$1) }
        }
    }

    /// Moves a backoff's deadline.
    public mutating func waitLonger(
        _ id: StreamID, by extra: Duration, at now: Now, into actions: inout EngineActions
    ) {
        journaled(.waitLonger(id, extra), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) { $0.waitedLonger(by: extra, at: now, into: &$1) }
        }
    }

    /// Answers a ``ResumeQuestion`` with yes: the stream goes on by `strategy`, one of the question's, or by the one that
    /// is chosen there. What the server asked to wait for is waited for. Nothing for a stream that asks nothing.
    public mutating func goOn(
        _ id: StreamID, by strategy: ResumeStrategy? = nil, at now: Now, into actions: inout EngineActions
    ) {
        journaled(.goOn(id, strategy), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) { $0.answered(by: strategy, at: now, into: &$1) }
        }
    }

    /// Chooses the next one of a ``ResumeQuestion``'s ways to go on; the stream still asks.
    public mutating func lookAtOtherWay(_ id: StreamID, at now: Now, into actions: inout EngineActions) {
        journaled(.lookAtOtherWay(id), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) { $0.otherWayLookedAt(at: now, into: &$1) }
        }
    }

    /// Ends a stream that is backing off, or that asks, keeping what it has.
    public mutating func giveUp(_ id: StreamID, at now: Now, into actions: inout EngineActions) {
        journaled(.giveUp(id), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) { $0.gaveUp(at: now, into: &$1) }
        }
    }

    /// Goes on with another model, at once, from the partial.
    public mutating func switchModel(
        _ id: StreamID, to model: Model, of endpoint: Endpoint, context: FailureContext = FailureContext(), at now: Now,
        into actions: inout EngineActions
    ) {
        journaled(.switchModel(id, model, endpoint, context), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) {
                $0.switched(to: model, of: endpoint, context: context, at: now, into: &$1)
            }
        }
    }

    /// Sets what may be spent from now on; a stream that is over the new limit stops at once. One that the old limit has
    /// stopped can be retried when the new one allows it.
    public mutating func setBudget(
        _ budget: Budget, of id: StreamID, at now: Now, into actions: inout EngineActions
    ) {
        journaled(.setBudget(id, budget), at: now, &actions) { engine, actions in
            engine.with(id, at: now, into: &actions) { $0.budgetChanged(to: budget, at: now, into: &$1) }
        }
    }

    // MARK: What happened

    /// A late event of an attempt that is over is dropped.
    public mutating func transportReported(
        _ event: TransportEvent, of attempt: AttemptID, at now: Now, into actions: inout EngineActions
    ) {
        journaled(.transport(attempt, event), at: now, &actions) { engine, actions in
            guard let index = engine.index(of: attempt.stream) else { return }
            engine.lendAccount(index)
            engine.machines[index].transportReported(
                event, of: attempt.generation, batch: &engine.batch, at: now, into: &actions)
            engine.lendAccount(index)
            engine.settle(index, at: now, into: &actions)
        }
    }

    /// Body bytes; read during the call only.
    public mutating func bodyReceived(
        _ bytes: UnsafeRawBufferPointer, of attempt: AttemptID, at now: Now, into actions: inout EngineActions
    ) {
        journaled(.body(attempt, [UInt8](bytes)), at: now, &actions) { engine, actions in
            guard let index = engine.index(of: attempt.stream) else { return }
            engine.lendAccount(index)
            let deadlineMoved = engine.machines[index].bodyArrived(
                bytes, of: attempt.generation, batch: &engine.batch, at: now, into: &actions)
            engine.lendAccount(index)
            engine.settle(index, deadlineMoved: deadlineMoved, at: now, into: &actions)
        }
    }

    /// A transfer that was told to cancel is closed: the receipt of a cancel by hand.
    public mutating func transferClosed(_ attempt: AttemptID, at now: Now) {
        var nothing = EngineActions()
        journaled(.closed(attempt), at: now, &nothing) { engine, _ in
            guard let index = engine.index(of: attempt.stream) else { return }
            engine.machines[index].transferClosed(attempt.generation, at: now)
        }
    }

    /// Carries out what is due at `now` or before.
    public mutating func timeReached(_ now: Now, into actions: inout EngineActions) {
        journaled(.time, at: now, &actions) { engine, actions in
            while let id = engine.deadlines.popDue(at: now.instant) {
                engine.with(id, at: now, into: &actions) { $0.timeReached(now, into: &$1) }
            }
            if !engine.traffic.isIdle { engine.admitWaiting(at: now, into: &actions) }
        }
    }

    /// The machine slept for `slept`, which the monotonic clock did not count; see ``SleepDetector``. Attempts under way
    /// must show life soon, and waits are shorter by the sleep.
    public mutating func wokeUp(after slept: Duration, at now: Now, into actions: inout EngineActions) {
        journaled(.wokeUp(slept), at: now, &actions) { engine, actions in
            engine.traffic.wokeUp(after: slept)
            for index in engine.machines.indices {
                guard !engine.machines[index].isOver || engine.machines[index].draining != nil else { continue }
                engine.lendAccount(index)
                engine.machines[index].wokeUp(after: slept, at: now, into: &actions)
                engine.lendAccount(index)
                engine.settle(index, at: now, into: &actions)
            }
        }
    }

    // MARK: What is known

    /// The stream as a value for views.
    public mutating func snapshot(_ id: StreamID, at now: Now) -> StreamSnapshot? {
        guard let index = index(of: id) else { return nil }
        lendAccount(index)
        defer { lendAccount(index) }
        return machines[index].snapshot(at: now)
    }

    /// What a stream asks for, without what a resumed attempt adds; `nil` for a stream that is not known.
    public func request(of id: StreamID) -> ChatRequest? {
        index(of: id).map { machines[$0].order.request }
    }

    /// The text of the present take, UTF-8; empty for a stream that is not known.
    public func text(of id: StreamID) -> [UInt8] {
        index(of: id).map { machines[$0].text } ?? []
    }

    /// The same, read where it lies: for who holds the engine by reference, and gets a copy of all of it to ask with else.
    package mutating func textInPlace(of id: StreamID) -> [UInt8] {
        index(of: id).map { machines[$0].text } ?? []
    }

    /// The thoughts so far, UTF-8; empty for a stream that is not known.
    public func thinking(of id: StreamID) -> [UInt8] {
        index(of: id).map { machines[$0].thinking } ?? []
    }

    /// What the stream is doing; `nil` for one that is not known.
    public func state(of id: StreamID) -> StreamState? {
        index(of: id).map { machines[$0].shownState }
    }

    /// Whether a provider is being told that a reply is not wanted any more. It takes two seconds at most; a program that
    /// ends before leaves the provider at work.
    public var isTellingProviders: Bool { machines.contains { $0.notice != nil } }

    /// Lets go of what an ended stream received: text, thoughts, records, log. Its state and verdict stay known; it is not
    /// to be taken up again. For programs that run many streams and read each once, as a benchmark does. No effect on a
    /// stream that has not ended.
    public mutating func discard(_ id: StreamID) {
        guard let index = index(of: id) else { return }
        machines[index].discarded()
    }

    // MARK: Inside

    /// Does the call, and writes down what it was and what came of it.
    @inline(__always)
    private mutating func journaled(
        _ call: @autoclosure () -> EngineCall, at now: Now, _ actions: inout EngineActions,
        _ body: (inout StreamEngine, inout EngineActions) -> Void
    ) {
        guard isJournaled else { return body(&self, &actions) }
        let before = (actions.transport.count, actions.events.count)
        body(&self, &actions)
        journal.append(
            CallRecord(
                at: now, call: call(), asked: Array(actions.transport[before.0...]),
                ended: actions.events[before.1...].compactMap { event in
                    if case .ended(let verdict) = event.kind { (event.stream, verdict) } else { nil }
                }))
    }

    /// Ids are given in order and never again, so the place of a machine is its id.
    private func index(of id: StreamID) -> Int? {
        let (index, overflow) = id.rawValue.subtractingReportingOverflow(firstStream)
        return !overflow && machines.indices.contains(index) ? index : nil
    }

    private mutating func with(
        _ id: StreamID, at now: Now, into actions: inout EngineActions,
        _ body: (inout ReplyMachine, inout EngineActions) -> Void
    ) {
        guard let index = index(of: id) else { return }
        lendAccount(index)
        body(&machines[index], &actions)
        lendAccount(index)
        settle(index, at: now, into: &actions)
    }

    /// After every event of a stream: hands on what it tells the others, and notes when to look at it again.
    @inline(__always)
    private mutating func settle(
        _ index: Int, deadlineMoved: Bool = true, at now: Now, into actions: inout EngineActions
    ) {
        if !machines[index].notices.isEmpty {
            digest(index, at: now, into: &actions)
            if !traffic.isIdle { admitWaiting(at: now, into: &actions) }
        }
        if deadlineMoved { reschedule(index) }
    }

    private mutating func account(of conversation: String, spentBefore: Spending) -> Int {
        if let known = accountOf[conversation] { return known }
        accountOf[conversation] = accounts.count
        accounts.append(spentBefore)
        return accounts.count - 1
    }

    /// Gives a machine the account of its conversation, or takes it back: a swap, so that nothing is copied.
    private mutating func lendAccount(_ index: Int) {
        guard let account = machines[index].accountIndex else { return }
        swap(&machines[index].account, &accounts[account])
    }

    private mutating func reschedule(_ index: Int) {
        if let deadline = machines[index].deadline {
            deadlines.schedule(machines[index].id, at: deadline)
        } else {
            deadlines.forget(machines[index].id)
        }
        if let now = machines[index].learntAt { spread(from: index, at: now) }
    }

    /// What one stream has learnt of a server, all know. Rare: a model refuses a strategy once.
    private mutating func spread(from index: Int, at now: Now) {
        memory = machines[index].memory
        machines[index].learntAt = nil
        for other in machines.indices where other != index {
            machines[other].memory = memory
            if isJournaled, !machines[other].isOver {
                journal.append(CallRecord(at: now, call: .learnt(machines[other].id, memory)))
            }
        }
    }

    /// A call that was written down: what another stream had learnt.
    mutating func learn(_ known: ResumeMemory, by id: StreamID, at now: Now) {
        guard let index = index(of: id) else { return }
        memory.merge(known)
        machines[index].memory = memory
    }
}

// MARK: - What streams share

extension StreamEngine {
    /// Hands on what a stream tells, and decides on its next attempt if one is due.
    private mutating func digest(_ index: Int, at now: Now, into actions: inout EngineActions) {
        let id = machines[index].id
        let place = traffic.place(of: machines[index].order)
        var next = 0
        // An attempt that starts, or fails to, tells of it in its turn.
        while next < machines[index].notices.count {
            let notice = machines[index].notices[next]
            next += 1
            switch notice {
            case .due: decide(index, at: place, isTurn: false, now: now, into: &actions)
            case .turn: decide(index, at: place, isTurn: true, now: now, into: &actions)
            case .started: traffic.started(id, at: place)
            case .responded(let status, let limits): traffic.responded(status: status, limits: limits, at: place)
            case .answered: traffic.answered(id, at: place)
            case .completed: traffic.completed(id, at: place)
            case .left: traffic.left(id)
            case .failed(let failure, let retryAfter, let wait):
                traffic.failed(
                    id, failure, retryAfter: retryAfter, wait: wait, policy: machines[index].order.retryPolicy,
                    at: place, now: now.instant)
            }
        }
        // Without its room, which would be one more cold place to look into after every piece.
        machines[index].notices = []
    }

    private mutating func decide(
        _ index: Int, at place: Traffic.Place, isTurn: Bool, now: Now, into actions: inout EngineActions
    ) {
        let id = machines[index].id
        let limits = traffic.limits(at: place)
        if !limits.isEmpty { machines[index].rateLimits = limits }
        let admission = traffic.admission(
            machines[index].order, at: place, isRetry: machines[index].attemptInRun > 0,
            isTurn: isTurn, isLast: machines[index].hasWaitedItsTurn, now: now)
        lendAccount(index)
        defer { lendAccount(index) }
        switch admission {
        case .go:
            machines[index].admitted(at: now, into: &actions)
        case .queue:
            traffic.left(id)
            traffic.queued(id, at: place)
            machines[index].queued(at: now, into: &actions)
        case .holdBack(let refusal):
            traffic.left(id)
            traffic.heldBack(id, at: place)
            machines[index].heldBack(refusal, at: now, into: &actions)
        }
    }

    /// Lets go whom nothing holds any longer, and notes when to look again.
    private mutating func admitWaiting(at now: Now, into actions: inout EngineActions) {
        while let id = traffic.nextAdmitted(at: now.instant) {
            guard let index = index(of: id), machines[index].isWithheld else { continue }
            machines[index].notices.append(.turn)
            digest(index, at: now, into: &actions)
            reschedule(index)
        }
        for turn in traffic.turns { deadlines.schedule(turn.stream, at: turn.at) }
    }

    /// What is left of the retry budget of a stream's provider; `nil` for a stream that is not known.
    public mutating func retryBudget(of id: StreamID) -> RetryBudget? {
        guard let index = index(of: id) else { return nil }
        return traffic.budget(at: traffic.place(of: machines[index].order))
    }
}
