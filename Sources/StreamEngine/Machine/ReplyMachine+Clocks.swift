/// The clocks of a reply: what is due when, and what then happens.
extension ReplyMachine {
    /// Silence after which the panel changes its tone; see ``StallTier``.
    static let stallTiers: [(tier: StallTier, after: Duration)] = [
        (.quiet, .seconds(5)), (.long, .seconds(30)), (.veryLong, .seconds(60)),
    ]

    /// When this machine wants to be looked at again; `nil` = it waits for nothing but the network or the user.
    ///
    /// `mutating`: that reads the machine where it lies in the engine's array, while a plain getter would get a copy of the
    /// whole machine. Pieces of a body that only put it off are spared the question, see ``bodyArrived(_:of:batch:at:into:)``.
    var deadline: Instant? {
        mutating get {
            var earliest = draining?.until
            func consider(_ instant: Instant?) {
                guard let instant else { return }
                earliest = earliest.map { min($0, instant) } ?? instant
            }
            consider(notice?.until)
            switch state {
            case .idle, .ended:
                break
            case .backingOff(let backoff):
                consider(backoff.deadline)
                consider(totalDeadline)
            case .asking:
                consider(totalDeadline)
            case .attempting(let held):
                let attempt = held.attempt
                consider(timeout(of: attempt)?.endsAt)
                consider(graceEnd(of: attempt))
                consider(nextStallTier(of: attempt)?.at)
            }
            return earliest
        }
    }

    /// When the wait for what may still come is over: usage after a stop reason, the rest of an error's body.
    private func graceEnd(of attempt: Attempt) -> Instant? {
        if let stoppedAt = attempt.stoppedAt { return stoppedAt + Self.trailingGrace }
        if case .collectingError = attempt.phase { return attempt.headersAt.map { $0 + Self.errorGrace } }
        return nil
    }

    /// The reply's time is used up: what begins now would be billed and given up at once.
    func isOutOfTime(at now: Now) -> Bool { totalDeadline.map { $0 <= now.instant } ?? false }

    var totalDeadline: Instant? { order.timeouts.totalDeadline(from: runStartedAt) }

    /// Every clock that runs over an attempt, in no order. (A closure, because this is asked after every piece of a body.)
    @inline(__always)
    private func eachClock(of attempt: Attempt, _ body: (RunningClock) -> Void) {
        func run(_ kind: RunningClock.Kind, since: Instant, _ limit: Duration) {
            if limit > .zero { body(RunningClock(kind: kind, since: since, limit: limit)) }
        }
        let timeouts = order.timeouts
        if let heard = attempt.lastByteAt {
            run(.idle, since: heard, timeouts.idle)
            run(
                .content, since: attempt.lastContentAt ?? attempt.headersAt ?? attempt.startedAt, timeouts.contentIdle)
        } else if attempt.isStream || timeouts.firstByte == .zero {
            run(.firstByte, since: attempt.startedAt, timeouts.firstByte)
        } else {
            // The headers of a whole reply come when all of it has been made: it may take as long as a stream's silence.
            run(.firstByte, since: attempt.startedAt, max(timeouts.firstByte, timeouts.contentIdle))
        }
        if let wake = attempt.wake { run(.wake, since: wake.at, wake.limit) }
        run(.total, since: runStartedAt, timeouts.total)
    }

    /// The nearest of the clocks that can end this attempt.
    private func timeout(of attempt: Attempt) -> RunningClock? {
        var nearest: RunningClock?
        eachClock(of: attempt) { clock in
            if nearest.map({ clock.endsAt < $0.endsAt }) ?? true { nearest = clock }
        }
        return nearest
    }

    /// For the panel: the nearest first. With that of the transport, which sees for itself that a connection is made in
    /// time.
    var runningClocks: [RunningClock] {
        guard case .attempting(let held) = state else { return [] }
        let attempt = held.attempt
        var clocks: [RunningClock] = []
        if case .connecting = attempt.phase {
            clocks.append(RunningClock(kind: .connect, since: attempt.startedAt, limit: order.timeouts.connect))
        }
        eachClock(of: attempt) { clocks.append($0) }
        return clocks.sorted { $0.endsAt < $1.endsAt }
    }

    private func failure(of clock: RunningClock, _ attempt: Attempt) -> StreamFailure {
        switch clock.kind {
        // The transport's own: it never comes here.
        case .connect, .firstByte: .firstByteTimeout(after: clock.limit)
        case .idle: .idleTimeout(after: clock.limit)
        case .content: .contentTimeout(after: clock.limit)
        case .total: .totalTimeout(after: clock.limit)
        case .wake: .wakeTimeout(after: clock.limit, slept: attempt.wake?.slept ?? .zero)
        }
    }

    /// Silence is counted from the last text or thinking, or from the start of the attempt.
    private func nextStallTier(of attempt: Attempt) -> (tier: StallTier, at: Instant)? {
        let since = attempt.lastContentAt ?? attempt.startedAt
        guard let next = Self.stallTiers.first(where: { $0.tier > liveness.tier }) else { return nil }
        return (next.tier, since + next.after)
    }

    mutating func timeReached(_ now: Now, into actions: inout EngineActions) {
        if let draining, draining.until <= now.instant {
            actions.transport.append(.cancel(draining.id))
            self.draining = nil
        }
        if let notice, notice.until <= now.instant {
            actions.transport.append(.cancel(notice.id))
            self.notice = nil
        }
        switch state {
        case .idle, .ended:
            break
        case .asking:
            if isOutOfTime(at: now) { ranOutOfTime(at: now, into: &actions) }
        case .backingOff(let backoff):
            if isOutOfTime(at: now) {
                ranOutOfTime(at: now, into: &actions)
            } else if backoff.deadline <= now.instant {
                hasWaitedItsTurn = backoff.source == .retryBudget
                notices.append(.due)
            }
        case .attempting(let held):
            let attempt = held.attempt
            let timeout = timeout(of: attempt)
            let isTimedOut = timeout.map { $0.endsAt <= now.instant } ?? false
            if isTimedOut || (graceEnd(of: attempt).map { $0 <= now.instant } ?? false) {
                // What is known already beats the clock: a stop reason makes the reply whole, a status says what failed.
                if attempt.stop != nil {
                    complete(attempt, isTransferOver: false, at: now, into: &actions)
                } else if case .collectingError(let response) = attempt.phase {
                    errorAnswered(attempt, response, isTransferOver: false, at: now, into: &actions)
                } else if let timeout {
                    attemptFailed(
                        attempt, failure(of: timeout, attempt), isTransferOver: false, at: now,
                        into: &actions)
                }
            } else {
                while let next = nextStallTier(of: attempt), next.at <= now.instant {
                    liveness.tier = next.tier
                }
                tellState(at: now, into: &actions)
            }
        }
    }

    mutating func ranOutOfTime(at now: Now, into actions: inout EngineActions) {
        lastFailure = .totalTimeout(after: order.timeouts.total)
        end(text.isEmpty ? .failed : .incomplete, at: now, into: &actions)
    }
}
