import Providers

/// `--resume ask`: the stream waits for the user before anything is billed again.
extension ReplyMachine {
    /// Something was received, and what it cost would be billed again: is that wanted? What was agreed to and cost nothing
    /// yet needs no second word.
    var mustAsk: Bool {
        guard order.resume == .ask, !hasLeave, let plan = resumePlan() ?? restartPlan() else { return false }
        return plan.strategy != .off && plan.rebill.tokens > 0
    }

    mutating func ask(_ wait: Backoff, at now: Now, into actions: inout EngineActions) {
        var options = resumeOptions()
        if options.isEmpty, let restart = restartPlan() { options = [restart] }
        guard !options.isEmpty else {
            end(text.isEmpty ? .failed : .incomplete, at: now, into: &actions)
            return
        }
        let question = ResumeQuestion(reason: wait.reason, askedAt: now.instant, wait: wait, options: options)
        state = .asking(question)
        log.note("goes on? ~\(question.plan.rebill.tokens) tokens again", at: now.instant)
        emit(.asked(question), at: now, into: &actions)
        tellState(at: now, into: &actions)
    }

    /// Another way to go on is looked at: the next of the question's, in a circle.
    mutating func otherWayLookedAt(at now: Now, into actions: inout EngineActions) {
        guard case .asking(var question) = state, question.options.count > 1 else { return }
        question.chosen = (question.chosen + 1) % question.options.count
        state = .asking(question)
        emit(.asked(question), at: now, into: &actions)
    }

    /// Yes: by the way that is chosen, or by another one of the question's. What the server asked to wait for is waited
    /// for, unless `isUrgent`.
    mutating func answered(
        by strategy: ResumeStrategy?, isUrgent: Bool = false, at now: Now, into actions: inout EngineActions
    ) {
        guard case .asking(var question) = state else { return }
        if let strategy {
            guard let index = question.options.firstIndex(where: { $0.strategy == strategy }) else { return }
            question.chosen = index
        }
        let chosen = question.plan
        if chosen.keptBytes > 0, !isTurnsBeginning { chosenStrategy = chosen.strategy }
        // A retry tries streams again, and with them the cursor: it bills nothing, and a yes to more is one to that.
        let plan = cursorPlan ?? chosen
        hasLeave = true
        log.note("goes on, \(plan.strategy.rawValue)", at: now.instant)
        guard question.wait.deadline > now.instant, !isUrgent else {
            startAttempt(at: now, into: &actions)
            return
        }
        var wait = question.wait
        wait.resume = plan
        state = .backingOff(wait)
        emit(.backoff(wait), at: now, into: &actions)
        tellState(at: now, into: &actions)
    }
}

extension Backoff {
    /// A question that follows no wait.
    static func none(because reason: StreamFailure, at instant: Instant) -> Backoff {
        Backoff(reason: reason, source: .schedule, startedAt: instant, deadline: instant)
    }
}
