import Pricing
import Providers

/// How the next attempt takes up what was received, and what that bills.
///
/// What holds, whatever comes: `text` only grows, but for a new take; ``partial`` is what the present turn has of it; every
/// attempt's request is ``baseRequest`` and nothing but what ``ResumePlanner`` makes of it and the partial; every joint in
/// the text has a seam, and no more than one.
extension ReplyMachine {
    /// A turn that its model paused, and that is gone on with.
    struct PausedState: Sendable {
        /// The request that goes on: it ends in the content of the turn so far.
        var request: ChatRequest
        /// Where the text that has come since begins.
        var textStart: Int
        /// White space at the end of the content that a server would refuse and that was left out: it may come again.
        var trimmedSpace: Int
    }

    /// How often a paused turn goes on by itself.
    static let maximumPauses = 10

    /// What is asked for: the order, or the turn that was paused.
    var baseRequest: ChatRequest { turn?.request ?? order.request }

    /// Where the present turn's text begins.
    var partialStart: Int { turn?.textStart ?? 0 }

    /// The text that the next attempt takes up.
    var partial: [UInt8] { partialStart == 0 ? text : Array(text[partialStart...]) }

    /// A paused turn goes on, and has brought no word since.
    var isTurnsBeginning: Bool { turn != nil && partialStart == text.count }

    private var situation: ResumePlanner.Situation {
        ResumePlanner.Situation(
            setting: order.resume, preferred: chosenStrategy ?? order.model.resume,
            known: memory.refusals(of: order.endpoint, model: order.model.id), request: baseRequest, partial: partial,
            hasParts: hasParts)
    }

    /// How the next attempt takes up the text so far; `nil` when there is none.
    func resumePlan() -> ResumePlan? {
        if let plan = cursorPlan { return plan }
        guard !text.isEmpty || turn != nil else { return nil }
        if isTurnsBeginning {
            return priced(
                ResumePlan(
                    strategy: .prefill, keptBytes: text.count,
                    rebill: Rebill(input: TokenEstimator.estimate(baseRequest))))
        }
        return planner.plan(situation).map(priced)
    }

    /// The ways that the user can choose from.
    func resumeOptions() -> [ResumePlan] {
        isTurnsBeginning ? resumePlan().map { [$0] } ?? [] : planner.options(situation).map(priced)
    }

    /// What starting again bills where there is no text to keep, only thoughts or parts that were paid for; `nil` where
    /// nothing was. It is told, and asked about, like a plan; the attempt is the request as it was.
    func restartPlan() -> ResumePlan? {
        guard partialStart == text.count, !isTurnsBeginning,
            let paid = records.last(where: { $0.status == 200 && ($0.thinkingBytes > 0 || $0.deltas > 0) })
        else { return nil }
        return priced(
            ResumePlan(
                strategy: .restartSkip, keptBytes: 0,
                rebill: Rebill(input: TokenEstimator.estimate(baseRequest), output: paid.usage.output ?? 0)))
    }

    /// By the present model's price, and today's.
    private func priced(_ plan: ResumePlan) -> ResumePlan {
        guard plan.strategy != .off else { return plan }
        var plan = plan
        if plan.strategy == .restartSkip, plan.keptBytes > 0 { plan.rebill.output += thoughtsOfLastText() }
        guard let record = records.last,
            let price = prices?.price(
                provider: order.endpoint.provider, model: order.model.id, at: record.startedAtWall.secondsSince1970)
        else { return plan }
        plan.rebill.cost = price.cost(
            of: TokenCounts(input: plan.rebill.input, output: plan.rebill.output), isEstimated: true,
            at: record.startedAtWall.secondsSince1970)
        return plan
    }

    /// Tokens of thinking before the text that stands: a restart thinks again.
    private func thoughtsOfLastText() -> Int {
        guard let record = records.last(where: { $0.textBytes > 0 }), record.thinkingBytes > 0 else { return 0 }
        var estimator = TokenEstimator()
        estimator.add(thinking.suffix(record.thinkingBytes))
        return estimator.tokens
    }

    /// What stands between the decoder and the text.
    func filter(for plan: ResumePlan) -> Attempt.SeamFilter {
        if let turn, isTurnsBeginning {
            // The model goes on with blocks of its own and repeats nothing but the white space that was left out.
            return .trimming(SeamTrimmer(committed: text.suffix(turn.trimmedSpace), strategy: .prefill))
        }
        return switch plan.strategy {
        case .prefill, .continue, .systemNote: .trimming(SeamTrimmer(committed: partial, strategy: plan.strategy))
        case .restartSkip: .matching(RestartMatcher(shown: partial, start: partialStart))
        case .cursor, .off: .none
        }
    }

    // MARK: What a server refuses

    /// A server that refuses a strategy is asked in another way, at once: a new request, not the old one again.
    /// - Returns: whether the failure was dealt with.
    mutating func wentOnOtherwise(
        after attempt: Attempt, _ failure: StreamFailure, at now: Now, into actions: inout EngineActions
    ) -> Bool {
        guard let plan = attempt.plan else { return false }
        // A restart is the request that was accepted before: no error is about how it resumes.
        let refusal = plan.strategy == .restartSkip ? nil : failure.resumeRefusal
        guard refusal != nil || failure.kind == .diverged else { return false }
        planner.refused(plan.strategy, because: refusal)
        if refusal == .named,
            memory.remember(plan.strategy, refusedBy: order.endpoint, model: order.model.id)
        {
            learntAt = now
        }
        if isTurnsBeginning {
            // Its content is not taken back: the text is, perhaps.
            turn = nil
            hasParts = false
        }
        guard let next = resumePlan(), next.strategy != .off else { return false }
        log.note("\(plan.strategy.rawValue) refused, next: \(next.strategy.rawValue)", at: now.instant)
        // It is no retry of what failed; the chain of strategies is bounded by itself.
        attemptInRun -= 1
        notices.append(.failed(failure, retryAfter: nil, wait: .zero))
        if order.resume == .ask, next.rebill.output > plan.rebill.output {
            // The yes was to something cheaper.
            ask(.none(because: failure, at: now.instant), at: now, into: &actions)
        } else if isOutOfTime(at: now) {
            ranOutOfTime(at: now, into: &actions)
        } else {
            startAttempt(at: now, into: &actions)
        }
        return true
    }

    // MARK: What goes on by itself

    /// After a stop that is no end: a pause, or the limit of tokens where the order says to go on. The attempt is closed.
    /// - Returns: whether the reply goes on.
    mutating func wentOn(
        after attempt: Attempt, mayGoOn: Bool, at now: Now, into actions: inout EngineActions
    ) -> Bool {
        switch attempt.stop {
        case .pauseTurn?:
            // Also where it ends here: whoever takes it up by hand goes on from the turn as it came.
            guard turnPaused(attempt, at: now), mayGoOn, !isOutOfTime(at: now), pauses < Self.maximumPauses else {
                return false
            }
            pauses += 1
            log.note("turn paused: on by itself, \(pauses) of \(Self.maximumPauses)", at: now.instant)
        case .maxTokens?:
            guard mayGoOn, !isOutOfTime(at: now), truncationsContinued < order.truncationsContinued,
                records[records.count - 1].textBytes > 0, let plan = resumePlan(), plan.strategy.sendsPartial
            else { return false }
            truncationsContinued += 1
            textBreak = TextBreak(at: now.instant, reason: .tokenLimit, tokens: attempt.output.tokens)
            log.note(
                "token limit: on by itself, \(truncationsContinued) of \(order.truncationsContinued)", at: now.instant)
        default: return false
        }
        beginAllowance()
        startAttempt(at: now, into: &actions)
        return true
    }

    /// What came of a turn is sent back with the next request.
    /// - Returns: `false` where it cannot be.
    private mutating func turnPaused(_ attempt: Attempt, at now: Now) -> Bool {
        guard let paused = attempt.pausedTurn, order.endpoint.dialect == .anthropic else { return false }
        let record = records[records.count - 1]
        // Of a restarted reply all of the partial came again; of any other, what it added.
        let isRestart = attempt.plan?.strategy == .restartSkip && attempt.plan?.keptBytes ?? 0 > 0
        let ours = isRestart ? text.count - partialStart : record.textBytes
        var words = text.suffix(min(ours, paused.textBytes))
        // White space that the request was sent without and that came with these blocks is theirs, and is not repeated.
        let repeated = paused.textBytes - words.count
        let before = text.dropLast(words.count).dropFirst(partialStart)
        if before.count >= repeated, before.suffix(repeated).allSatisfy(\.isSpace) {
            words = text.suffix(words.count + repeated)
        }
        guard
            let content = paused.content(
                text: words, thinking: thinking.suffix(record.thinkingBytes), skipping: paused.textBytes - words.count)
        else { return false }

        var request = attempt.request
        request.stream = order.request.stream
        request.container = paused.container ?? request.container
        let readable = String(decoding: words, as: UTF8.self)
        if let last = request.messages.last, last.role == .assistant {
            request.messages[request.messages.count - 1] = last.appending(content: content, text: readable)
        } else {
            request.messages.append(ChatMessage(role: .assistant, text: readable, content: content))
        }
        turn = PausedState(
            request: request, textStart: text.count, trimmedSpace: words.reversed().prefix { $0.isSpace }.count)
        hasParts = false
        partsSinceText = 0
        toldParts = []
        textBreak = TextBreak(at: now.instant, reason: .paused, tokens: attempt.output.tokens)
        return true
    }
}
