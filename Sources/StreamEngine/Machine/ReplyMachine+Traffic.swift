/// What a machine tells of its attempts to what all streams share, see ``Traffic``; the engine hands it on after every
/// event and answers ``due`` with one of the methods below.
enum TrafficNotice: Sendable {
    /// The next attempt is due: the first one, or one whose wait is over. Not what the user calls for by hand.
    case due
    /// It waited, and need not any longer: the engine's own.
    case turn
    case started
    case responded(status: Int, limits: RateLimits?)
    /// The first text or thinking of an attempt came.
    case answered
    /// - Parameter wait: until the next attempt; `nil` where there is none.
    case failed(StreamFailure, retryAfter: Duration?, wait: Duration?)
    case completed
    /// It ended, or waits by the user's own word.
    case left
}

/// What becomes of an attempt that is due. Whatever is decided here, the user's "retry now" beats it.
extension ReplyMachine {
    mutating func admitted(at now: Now, into actions: inout EngineActions) {
        // Its turn may come in that moment.
        if case .backingOff = state, isOutOfTime(at: now) {
            ranOutOfTime(at: now, into: &actions)
            return
        }
        startAttempt(at: now, into: &actions)
    }

    /// It waits for its turn, no longer than `max_delay`: between half of it and all of it, by chance, so that those that
    /// wait together do not come together. When its turn comes sooner, the engine says so.
    mutating func queued(at now: Now, into actions: inout EngineActions) {
        let half = max(0, order.retryPolicy.maximumDelay.nanoseconds / 2)
        let wait = Duration.nanoseconds(half + Int64.random(in: 0...half, using: &random))
        let reason = lastFailure ?? .heldBack("the provider's other streams come first")
        withhold(
            Backoff(
                reason: reason, source: .retryBudget, startedAt: now.instant, deadline: now.instant + wait,
                resume: resumePlan()), at: now, into: &actions)
    }

    /// It waits until the provider would accept it, as far as its own word goes, and a little longer by chance.
    mutating func heldBack(_ refusal: Quota.Refusal, at now: Now, into actions: inout EngineActions) {
        if case .backingOff(let backoff) = state, backoff.source == .holdBack, backoff.deadline > now.instant,
            backoff.deadline >= refusal.until,
            backoff.deadline <= refusal.until + RetryPolicy.additiveSpread
        {
            // Looked at again, and nothing new.
            isWithheld = true
            return
        }
        let spread = order.retryPolicy.jitter == .none ? 0 : RetryPolicy.additiveSpread.nanoseconds
        let jitter = Duration.nanoseconds(Int64.random(in: 0...spread, using: &random))
        withhold(
            Backoff(
                reason: refusal.why, source: .holdBack, jitter: jitter, startedAt: now.instant,
                deadline: refusal.until + jitter, notBefore: refusal.until,
                exceedsMaximum: refusal.until - now.instant > order.retryPolicy.maximumDelay,
                resume: resumePlan()), at: now, into: &actions)
    }

    private mutating func withhold(_ backoff: Backoff, at now: Now, into actions: inout EngineActions) {
        isWithheld = true
        state = .backingOff(backoff)
        log.note(
            "wait \(DurationText.format(backoff.deadline - now.instant)) at most (\(backoff.source.rawValue))",
            at: now.instant)
        emit(.backoff(backoff), at: now, into: &actions)
        tellState(at: now, into: &actions)
    }
}

extension ReplyMachine {
    /// The machine slept for `slept`, which the monotonic clock does not count; `now` is after it.
    ///
    /// A connection that lived before may be dead, and nobody says so: the attempt has to show life within
    /// ``Timeouts/wake``, or as long as it had been silent before, whichever is longer; else it is tried again. A wait
    /// went on while the machine slept, and ends a second from now at the earliest.
    mutating func wokeUp(after slept: Duration, at now: Now, into actions: inout EngineActions) {
        rateLimits.slept(slept)
        if let draining {
            actions.transport.append(.cancel(draining.id))
            self.draining = nil
        }
        switch state {
        case .idle, .ended:
            break
        case .attempting(let held):
            var attempt = held.attempt
            log.note("woke up after \(DurationText.format(slept))", at: now.instant)
            guard order.timeouts.wake > .zero else { break }
            let silence = now.instant - (attempt.lastByteAt ?? attempt.startedAt)
            attempt.wake = Attempt.Wake(
                at: now.instant, slept: slept, limit: max(order.timeouts.wake, silence))
            state = .attempting(HeldAttempt(attempt))
        case .asking(var question):
            question.wait.deadline = max(now.instant, question.wait.deadline + (.zero - slept))
            state = .asking(question)
        case .backingOff(var backoff):
            log.note("woke up after \(DurationText.format(slept))", at: now.instant)
            let earliest = max(now.instant + .seconds(1), backoff.deadline + (.zero - slept))
            guard earliest < backoff.deadline else { break }
            backoff.notBefore = backoff.notBefore.map { min($0, earliest) }
            backoff.deadline = earliest
            state = .backingOff(backoff)
            emit(.backoff(backoff), at: now, into: &actions)
        }
    }
}
