/// The clocks of a reply: what is due when, and what then happens.
extension ReplyMachine {
    /// Silence after which the panel changes its tone; see ``StallTier``.
    static let stallTiers: [(tier: StallTier, after: Duration)] = [
        (.quiet, .seconds(5)), (.long, .seconds(30)), (.veryLong, .seconds(60)),
    ]

    /// When this machine wants to be looked at again; `nil` = it waits for nothing but the network or the user.
    var deadline: Instant? {
        var earliest = draining?.until
        func consider(_ instant: Instant?) {
            guard let instant else { return }
            earliest = earliest.map { min($0, instant) } ?? instant
        }
        switch state {
        case .idle, .ended:
            break
        case .backingOff(let backoff):
            consider(backoff.deadline)
            consider(totalDeadline)
        case .attempting(let attempt):
            consider(timeout(of: attempt)?.at)
            consider(attempt.stoppedAt.map { $0 + Self.trailingGrace })
            consider(nextStallTier(of: attempt)?.at)
        }
        return earliest
    }

    private var totalDeadline: Instant? { order.timeouts.totalDeadline(from: runStartedAt) }

    /// The nearest of the clocks that can end this attempt.
    private func timeout(of attempt: Attempt) -> (at: Instant, failure: StreamFailure)? {
        var nearest: (at: Instant, failure: StreamFailure)?
        func consider(_ at: Instant, _ failure: StreamFailure) {
            if nearest.map({ at < $0.at }) ?? true { nearest = (at, failure) }
        }
        let timeouts = order.timeouts
        if let heard = attempt.lastByteAt {
            let heeded = attempt.lastContentAt ?? attempt.headersAt ?? attempt.startedAt
            consider(heard + timeouts.idle, .idleTimeout(after: timeouts.idle))
            consider(heeded + timeouts.contentIdle, .contentTimeout(after: timeouts.contentIdle))
        } else {
            consider(attempt.startedAt + timeouts.firstByte, .firstByteTimeout(after: timeouts.firstByte))
        }
        if let totalDeadline {
            consider(totalDeadline, .totalTimeout(after: timeouts.total))
        }
        return nearest
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
            if let stoppedAt = attempt.stoppedAt, stoppedAt + Self.trailingGrace <= now.instant {
                complete(attempt, isTransferOver: false, at: now, into: &actions)
            } else if let timeout = timeout(of: attempt), timeout.at <= now.instant {
                attemptFailed(attempt, timeout.failure, isTransferOver: false, at: now, into: &actions)
            } else {
                while let next = nextStallTier(of: attempt), next.at <= now.instant {
                    liveness.tier = next.tier
                }
                tellState(at: now, into: &actions)
            }
        }
    }
}
