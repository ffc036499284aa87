/// The clocks of a reply: what is due when, and what then happens.
extension ReplyMachine {
    /// Silence after which the panel changes its tone; see ``StallTier``.
    static let stallTiers: [(tier: StallTier, after: Duration)] = [
        (.quiet, .seconds(5)), (.long, .seconds(30)), (.veryLong, .seconds(60)),
    ]

    /// What can end an attempt.
    private enum Clock {
        case firstByte, idle, contentIdle, total
    }

    /// When this machine wants to be looked at again; `nil` = it waits for nothing but the network or the user.
    ///
    /// Asked after every piece of every body, so it is `mutating`: that reads the machine where it lies in the engine's
    /// array, while a plain getter would get a copy of the whole machine.
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
            case .attempting(let attempt):
                consider(timeout(of: attempt)?.at)
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

    private var totalDeadline: Instant? { order.timeouts.totalDeadline(from: runStartedAt) }

    /// The nearest of the clocks that can end this attempt.
    private func timeout(of attempt: Attempt) -> (at: Instant, clock: Clock, limit: Duration)? {
        var nearest: (at: Instant, clock: Clock, limit: Duration)?
        func consider(_ since: Instant, _ limit: Duration, _ clock: Clock) {
            guard limit > .zero else { return }
            let at = since + limit
            if nearest.map({ at < $0.at }) ?? true { nearest = (at, clock, limit) }
        }
        let timeouts = order.timeouts
        if let heard = attempt.lastByteAt {
            consider(heard, timeouts.idle, .idle)
            consider(
                attempt.lastContentAt ?? attempt.headersAt ?? attempt.startedAt, timeouts.contentIdle, .contentIdle)
        } else if attempt.isStream || timeouts.firstByte == .zero {
            consider(attempt.startedAt, timeouts.firstByte, .firstByte)
        } else {
            // The headers of a whole reply come when all of it has been made: it may take as long as a stream's silence.
            consider(attempt.startedAt, max(timeouts.firstByte, timeouts.contentIdle), .firstByte)
        }
        consider(runStartedAt, timeouts.total, .total)
        return nearest
    }

    private func failure(of clock: Clock, after limit: Duration) -> StreamFailure {
        switch clock {
        case .firstByte: .firstByteTimeout(after: limit)
        case .idle: .idleTimeout(after: limit)
        case .contentIdle: .contentTimeout(after: limit)
        case .total: .totalTimeout(after: limit)
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
        case .backingOff(let backoff):
            if let totalDeadline, totalDeadline <= now.instant {
                lastFailure = .totalTimeout(after: order.timeouts.total)
                end(text.isEmpty ? .failed : .incomplete, at: now, into: &actions)
            } else if backoff.deadline <= now.instant {
                startAttempt(at: now, into: &actions)
            }
        case .attempting(let attempt):
            let timeout = timeout(of: attempt)
            let isTimedOut = timeout.map { $0.at <= now.instant } ?? false
            if isTimedOut || (graceEnd(of: attempt).map { $0 <= now.instant } ?? false) {
                // What is known already beats the clock: a stop reason makes the reply whole, a status says what failed.
                if attempt.stop != nil {
                    complete(attempt, isTransferOver: false, at: now, into: &actions)
                } else if case .collectingError(let response) = attempt.phase {
                    errorAnswered(attempt, response, isTransferOver: false, at: now, into: &actions)
                } else if let timeout {
                    attemptFailed(
                        attempt, failure(of: timeout.clock, after: timeout.limit), isTransferOver: false, at: now,
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
}
