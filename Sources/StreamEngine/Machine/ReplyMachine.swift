import Pricing
import Providers

/// The state machine of one reply: its attempts, the waits between them, and its end.
///
/// Methods are things that happened, or that the user wants; each takes the time and appends what is to be done to
/// `actions`. The machine does nothing itself: no I/O, no clock, and its random numbers come from its own seed, so the
/// same events at the same times give the same actions.
struct ReplyMachine: Sendable {
    /// Small, since it is exchanged with every piece of a body: what is large stands in places of its own.
    enum State: Sendable {
        /// Made, not yet started. → attempting, backingOff (held back)
        case idle
        /// One request is under way. → attempting (retried by hand, refused strategy, paused turn, token limit),
        /// backingOff, asking, ended
        case attempting(HeldAttempt)
        /// The next attempt has a time. → attempting, backingOff (held back), ended
        indirect case backingOff(Backoff)
        /// The user is to say whether a broken reply goes on, and how. → attempting, backingOff, ended
        indirect case asking(ResumeQuestion)
        /// A verdict was reached. → attempting (retried by hand, or with another model)
        case ended(Verdict)
    }

    struct TextBreak: Sendable {
        var at: Instant
        var reason: StreamFailure
        /// Of the attempt that broke.
        var tokens: Int
    }

    /// Bytes of an error response that are kept; providers' errors are under 4 KiB, HTML pages are cut.
    static let errorBodyLimit = 64 << 10
    /// How long usage is waited for after a stop reason that no terminator follows.
    static let trailingGrace = Duration.seconds(2)
    /// How long the rest of an error's body is waited for after its status.
    static let errorGrace = Duration.seconds(5)
    /// How long a finished reply's connection may take to end in order, so that it can be used again.
    static let drainGrace = Duration.seconds(1)

    let id: StreamID

    // What a piece of a body touches comes first and lies together: of a thousand streams each piece finds its own cold.
    /// Which of the engine's accounts ``account`` is.
    var accountIndex: Int?
    var state = State.idle
    /// Of the attempt under way, from its response on; a blank one before. Beside the attempt, because it is large and
    /// changed in place; no optional, because asking one of these a question copies it.
    var decoder = ReplyDecoder(format: .eventStream)
    var text: [UInt8] = []
    var liveness = Liveness()
    var meter = DeltaMeter()
    var log = EventLog()
    var isNotStreamed = false
    var toldState = StreamState.idle
    /// A part that is not text came in this take (and turn), and text after it: it cannot be resumed in the middle.
    var hasParts = false
    /// Parts since the last text.
    var partsSinceText = 0
    /// For the engine to hand on; empty between two events.
    var notices: [TrafficNotice] = []
    /// What the reply has spent as its budget counts it.
    var budget = BudgetMeter()
    /// What the conversation has spent: the engine's, lent to the machine while it is told something.
    var account = Spending()

    var order: StreamOrder
    let prices: PriceTable?
    var random: SplitMix64

    /// A finished attempt whose connection is left to end by itself until the deadline.
    var draining: (id: AttemptID, until: Instant)?
    /// A request that tells the provider to stop making a reply; until the deadline.
    var notice: (id: AttemptID, until: Instant)?
    /// The response that a cursor can take up.
    var background: BackgroundReply?
    var generation = 0
    /// Attempts since the start or the last retry by hand.
    var attemptInRun = 0
    /// Attempts of this run whose stream broke: after ``RetryPolicy/fallbackAfter`` of them a batch is asked for.
    var brokenStreams = 0
    var runStartedAt = Instant(nanoseconds: 0)
    var startedAt = Instant(nanoseconds: 0)
    var endedAt: Instant?
    var planner = ResumePlanner()
    /// What all streams of the engine have learnt; the engine keeps it up to date.
    var memory: ResumeMemory
    /// When this machine put something into ``memory`` that the engine has not spread yet.
    var learntAt: Now?
    /// The user's choice of a way to go on.
    var chosenStrategy: ResumeStrategy?
    /// The user said yes to going on, and nothing was billed since.
    var hasLeave = false
    /// The turn that the reply is in, once its model has paused one.
    var turn: PausedState?
    var pauses = 0
    var truncationsContinued = 0
    /// How an ended reply can be taken up.
    var continuation: ResumePlan?
    var previousDelay: Duration?
    var lastFailure: StreamFailure?
    /// Where the text stopped, for the seam to come: attempts that fail before they bring a word do not change it.
    var textBreak: TextBreak?

    // What was received, beside ``text``.
    var thinking: [UInt8] = []
    var take = 0
    var seams: [Seam] = []
    /// Parts of this take that were told.
    var toldParts: [ToldPart] = []

    // What is told of it.
    var records: [AttemptRecord] = []
    var rateLimits = RateLimits()
    var unknownEvents = 0
    var malformedEvents = 0
    var stateSince = Instant(nanoseconds: 0)
    var cancelKeyAt: Instant?
    var cancelledGeneration: Int?
    var cancelReceipt: CancelReceipt?

    // What is shared with other streams.
    /// Waits for others, or for a quota, and may be let go before its deadline.
    var isWithheld = false
    /// Its turn did not come, and it has waited long enough for it.
    var hasWaitedItsTurn = false

    init(id: StreamID, order: StreamOrder, prices: PriceTable?, memory: ResumeMemory = ResumeMemory(), seed: UInt64) {
        self.id = id
        self.memory = memory
        self.order = order
        self.prices = prices
        random = SplitMix64(seed: seed)
    }

    var isOver: Bool {
        if case .ended = state { true } else { false }
    }

    // MARK: Acts of the user

    mutating func started(at now: Now, into actions: inout EngineActions) {
        guard case .idle = state else { return }
        startedAt = now.instant
        runStartedAt = now.instant
        notices.append(.due)
    }

    mutating func cancelled(at now: Now, into actions: inout EngineActions) {
        switch state {
        case .idle, .backingOff, .asking:
            abandonBackground(at: now, into: &actions)
            end(.cancelled, at: now, into: &actions)
        case .attempting(let held):
            let attempt = held.attempt
            cancelKeyAt = now.instant
            cancelledGeneration = attempt.id.generation
            actions.transport.append(.cancel(attempt.id))
            log.note("cancelled by you", at: now.instant)
            if attempt.stop != nil {
                // The stop reason came first: the reply is whole, and one that would go on by itself does not.
                complete(attempt, isTransferOver: true, mayGoOn: false, at: now, into: &actions)
                return
            }
            close(attempt, as: .cancelled, at: now)
            noteBreak(of: attempt, .cancelled, at: now)
            abandonBackground(at: now, into: &actions)
            end(.cancelled, at: now, into: &actions)
        case .ended:
            break
        }
    }

    /// Takes the reply up again: now instead of later, or once more after its end. A running attempt is given up for it.
    mutating func retried(at now: Now, into actions: inout EngineActions) {
        switch state {
        case .idle:
            started(at: now, into: &actions)
        case .backingOff:
            log.note("retry by hand", at: now.instant)
            beginRun(at: now)
            startAttempt(at: now, into: &actions)
        case .asking:
            beginRun(at: now)
            answered(by: nil, at: now, into: &actions)
        case .attempting(let held) where held.attempt.stop != nil:
            complete(held.attempt, isTransferOver: false, at: now, into: &actions)
        case .attempting(let held):
            let attempt = held.attempt
            actions.transport.append(.cancel(attempt.id))
            close(attempt, as: .cancelled, at: now)
            lastFailure = .retriedByHand
            noteBreak(of: attempt, .retriedByHand, at: now)
            beginRun(at: now)
            startAttempt(at: now, into: &actions)
        case .ended(let verdict):
            guard verdict != .complete, verdict != .refused else { return }
            endedAt = nil
            if verdict == .truncated, textBreak == nil {
                textBreak = TextBreak(
                    at: now.instant, reason: .tokenLimit, tokens: records.last?.usage.output ?? 0)
            }
            if lastFailure == nil { lastFailure = .retriedByHand }
            beginRun(at: now)
            startAttempt(at: now, into: &actions)
        }
    }

    /// The user's own choice, so it may be earlier than the server asked for; the log says so.
    mutating func retriedNow(at now: Now, into actions: inout EngineActions) {
        if case .asking = state {
            answered(by: nil, isUrgent: true, at: now, into: &actions)
            return
        }
        guard case .backingOff(let backoff) = state else { return }
        let early = backoff.notBefore.map { $0 > now.instant } ?? false
        log.note(early ? "retry now, sooner than the server asked" : "retry now", at: now.instant)
        startAttempt(at: now, into: &actions)
    }

    mutating func waitedLonger(by extra: Duration, at now: Now, into actions: inout EngineActions) {
        guard case .backingOff(var backoff) = state else { return }
        backoff.deadline += extra
        isWithheld = false
        notices.append(.left)
        state = .backingOff(backoff)
        log.note("wait \(Int(extra.inSeconds.rounded())) s longer", at: now.instant)
        emit(.backoff(backoff), at: now, into: &actions)
    }

    mutating func gaveUp(at now: Now, into actions: inout EngineActions) {
        switch state {
        case .backingOff(let backoff):
            // Held back before its first attempt, nothing had failed.
            if lastFailure == nil { lastFailure = backoff.reason }
        case .asking: break
        case .idle, .attempting, .ended: return
        }
        log.note("given up", at: now.instant)
        end(text.isEmpty ? .failed : .incomplete, at: now, into: &actions)
    }

    /// Goes on from the partial with another model, at once.
    mutating func switched(
        to model: Model, of endpoint: Endpoint, context: FailureContext, at now: Now, into actions: inout EngineActions
    ) {
        if case .ended(let verdict) = state, verdict == .complete || verdict == .refused { return }
        if case .attempting(let held) = state {
            var attempt = held.attempt
            if let stop = attempt.stop, stop.verdict != .truncated {
                complete(attempt, isTransferOver: false, at: now, into: &actions)
                return
            }
            actions.transport.append(.cancel(attempt.id))
            // A stop that is no end is gone on from as any other break; what was held back at a seam is new after all.
            if let stop = attempt.stop, closeSeam(of: &attempt, at: now, into: &actions) {
                close(attempt, as: .completed(stop), at: now)
            } else {
                close(attempt, as: .cancelled, at: now)
            }
            noteBreak(of: attempt, .switchedModel, at: now)
        }
        abandonBackground(at: now, into: &actions)
        log.note("go on with \(model.id)", at: now.instant)
        order.endpoint = endpoint
        order.model = model
        order.request.model = model.id
        order.failureContext = context
        planner = ResumePlanner()
        chosenStrategy = nil
        // Blocks of one model are nothing to another one: it goes on from the text.
        if turn != nil {
            turn = nil
            hasParts = false
        }
        // The other provider's limits are its own.
        rateLimits = RateLimits()
        endedAt = nil
        lastFailure = .switchedModel
        beginRun(at: now)
        startAttempt(at: now, into: &actions)
    }

    /// Whatever begins a run is the user's own act.
    private mutating func beginRun(at now: Now) {
        beginAllowance()
        hasLeave = true
        pauses = 0
        truncationsContinued = 0
        continuation = nil
        cancelReceipt = nil
        cancelKeyAt = nil
        runStartedAt = now.instant
    }

    /// As many attempts as the policy allows, once more.
    mutating func beginAllowance() {
        attemptInRun = 0
        brokenStreams = 0
        previousDelay = nil
    }

    // MARK: Attempts

    mutating func startAttempt(at now: Now, into actions: inout EngineActions) {
        guard isAllowed(at: now, into: &actions) else { return }
        generation += 1
        attemptInRun += 1
        isWithheld = false
        hasWaitedItsTurn = false
        notices.append(.started)
        let attemptID = AttemptID(stream: id, generation: generation)
        let isStream = wantsStream
        var plan = resumePlan()
        if plan?.strategy == .off {
            // Nothing can be resumed, and yet the user wants another attempt: it is a take of its own.
            turn = nil
            beginTake(keeping: 0, at: now, into: &actions)
            plan = nil
        }
        if plan == nil {
            hasParts = false
            partsSinceText = 0
        }

        var request = baseRequest
        if let plan, plan.keptBytes > 0, !isTurnsBeginning {
            request = ResumePlanner.request(
                original: request, partial: String(decoding: partial, as: UTF8.self), strategy: plan.strategy)
        }
        request.stream = isStream

        let announced = plan ?? restartPlan()
        var attempt = Attempt(id: attemptID, request: request, plan: plan, startedAt: now.instant)
        if let plan {
            attempt.filter = filter(for: plan)
            if plan.strategy == .restartSkip {
                attempt.partsToSkip = toldParts
            } else if plan.strategy.sendsPartial {
                // The reply goes on before them, and brings them again.
                awaitParts(of: &attempt)
            } else if plan.strategy == .cursor, let background, background.plan?.strategy.sendsPartial == true,
                background.origin.parts == 0
            {
                // So does the response that such a request began, and that has brought none of them yet.
                awaitParts(of: &attempt)
            }
        }
        attempt.origin = Attempt.Origin(text: text.count, thinking: thinking.count)
        if plan?.strategy == .restartSkip { attempt.origin.text = partialStart }
        let cursor = plan?.strategy == .cursor ? background?.cursor : nil
        prepareCursor(for: &attempt, at: now, into: &actions)
        var record = AttemptRecord(
            number: records.count + 1, provider: order.endpoint.provider, model: order.model.id,
            startedAt: now.instant, startedAtWall: now.wall,
            resume: plan, isStream: isStream)
        record.usage.input = TokenEstimator.estimate(request)
        records.append(record)
        budgetBegan(record)
        liveness.tier = .none
        state = .attempting(HeldAttempt(attempt))

        let http =
            cursor.map { order.endpoint.request(after: $0, requestID: requestID()) }
            ?? order.endpoint.request(for: request, requestID: requestID())
        log.note("→ \(http.method) \(http.path)", bytes: http.body.count, at: now.instant)
        actions.transport.append(
            .start(
                attemptID,
                TransportRequest(
                    http: http, connectTimeout: order.timeouts.connect, maximumBodyBytes: order.maximumBodyBytes,
                    maximumHeaderBytes: order.maximumHeaderBytes,
                    isStream: isStream)))
        emit(
            .attemptStarted(number: attemptInRun, of: order.retryPolicy.maximumRetries + 1, resume: announced), at: now,
            into: &actions)
        if !isStream, order.request.stream {
            emit(.fallback, at: now, into: &actions)
        }
        tellState(at: now, into: &actions)
    }

    /// What was told at the end of the text comes again.
    private mutating func awaitParts(of attempt: inout Attempt) {
        while partsSinceText > 0, let last = toldParts.lastIndex(where: { !$0.isCitation }) {
            attempt.partsAwaited.insert(toldParts.remove(at: last), at: 0)
            partsSinceText -= 1
        }
        partsSinceText = 0
    }

    /// Unique among this run's requests; a correlation id, no secret.
    mutating func requestID() -> String {
        let hex = String(random.next(), radix: 16)
        return "weir-\(id.rawValue)-\(generation)-" + String(repeating: "0", count: 16 - hex.count) + hex
    }

    /// Writes the attempt's end into its record. What it held back at the seam is dropped: it stands in the text already,
    /// as far as anyone can tell, and comes again where the reply goes on.
    mutating func close(_ attempt: Attempt, as outcome: AttemptRecord.Outcome, at now: Now) {
        unknownEvents += decoder.unknownEvents
        malformedEvents += decoder.malformedEvents
        noteCursor(of: attempt, isComplete: outcome.isCompleted)
        decoder = ReplyDecoder(format: .eventStream)
        meter.interrupted()
        // Those that did not come again were told all the same: whoever restarts after it must not tell them anew. They
        // stand behind what it began with, and before what it told after its text.
        if attempt.hasText {
            toldParts.insert(contentsOf: attempt.partsAwaited, at: 0)
        } else {
            toldParts += attempt.partsAwaited
            partsSinceText += attempt.partsAwaited.count
        }
        let last = records.count - 1
        records[last].endedAt = now.instant
        records[last].outcome = outcome
        records[last] = settled(records[last], attempt: attempt)
        budgetSettled(records[last])
    }

    /// Remembers where the text stopped, for the seam.
    mutating func noteBreak(of attempt: Attempt, _ reason: StreamFailure, at now: Now) {
        guard attempt.hasText || textBreak == nil else { return }
        textBreak = TextBreak(at: now.instant, reason: reason, tokens: attempt.output.tokens)
    }

    // MARK: The end

    mutating func end(_ verdict: Verdict, at now: Now, into actions: inout EngineActions) {
        state = .ended(verdict)
        isWithheld = false
        notices.append(.left)
        endedAt = now.instant
        continuation =
            verdict == .complete || verdict == .refused ? nil : resumePlan().flatMap { $0.strategy == .off ? nil : $0 }
        // A failure that was overcome is not why the reply ended so.
        if verdict != .failed, verdict != .incomplete { lastFailure = nil }
        let total = usage(over: currentRecords())
        emit(.usage(total.usage, isEstimated: total.isEstimated), at: now, into: &actions)
        log.note("end: \(verdict.rawValue)", at: now.instant)
        tellState(at: now, into: &actions)
        emit(.ended(verdict), at: now, into: &actions)
    }

    // MARK: What is told

    func emit(_ kind: EngineEvent.Kind, at now: Now, into actions: inout EngineActions) {
        actions.events.append(EngineEvent(stream: id, at: now.instant, kind: kind))
    }

    mutating func tellState(at now: Now, into actions: inout EngineActions) {
        tell(shownState, at: now, into: &actions)
    }

    mutating func tell(_ current: StreamState, at now: Now, into actions: inout EngineActions) {
        guard current != toldState else { return }
        toldState = current
        stateSince = now.instant
        emit(.stateChanged(current), at: now, into: &actions)
    }

    var shownState: StreamState {
        switch state {
        case .idle: .idle
        case .backingOff: .backingOff
        case .asking: .asking
        case .attempting(let held): held.attempt.shownState(tier: liveness.tier)
        case .ended(let verdict):
            switch verdict {
            case .complete: .complete
            case .truncated: .truncated
            case .refused: .refused
            case .cancelled: .cancelled
            case .failed, .incomplete: .failed
            }
        }
    }
}

extension Attempt {
    func shownState(tier: StallTier) -> StreamState {
        guard isStream else { return .fallingBack }
        switch phase {
        case .connecting: return .connecting
        case .sent, .collectingError: return .waiting
        case .receiving:
            guard lastContentAt != nil else { return .waiting }
            if tier > .none { return .stalled }
            return hasText ? .streaming : .thinking
        }
    }
}

extension ReplyMachine {
    /// The driver closed the connection of a cancelled attempt.
    mutating func transferClosed(_ closed: Int, at now: Now) {
        guard let cancelKeyAt, closed == cancelledGeneration else { return }
        // The machine took nothing after the key: the generation's bytes are dropped from then on.
        cancelReceipt = CancelReceipt(closedAfter: now.instant - cancelKeyAt, tokensAfter: 0)
        self.cancelKeyAt = nil
    }
}

extension HTTPRequest {
    /// The URL from its path on, without a query: for the event log.
    var path: Substring {
        let slash = UInt8(ascii: "/")
        guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")), url.utf8[colon...].starts(with: "://".utf8) else {
            return url[...]
        }
        let path = url.utf8[colon...].dropFirst(3).drop { $0 != slash }
        return Substring(path.prefix { $0 != UInt8(ascii: "?") })
    }
}
