import Providers

/// What follows a failed attempt: another one, when, and how; or the end.
extension ReplyMachine {
    mutating func attemptFailed(
        _ attempt: Attempt, _ failure: StreamFailure, retryAfter: Duration? = nil, isTransferOver: Bool, at now: Now,
        into actions: inout EngineActions
    ) {
        if !isTransferOver {
            actions.transport.append(.cancel(attempt.id))
        }
        close(attempt, as: .failed(failure), at: now)
        // In few words: the message as a whole stands beside the log.
        log.note("failed: \(failure.label)", at: now.instant)
        lastFailure = failure
        noteBreak(of: attempt, failure, at: now)
        // Another reply than the one that is shown: nothing of it is wanted, and the way that began it leads to no other.
        if failure.kind == .diverged {
            if attempt.plan?.strategy == .cursor, let way = background?.plan?.strategy {
                planner.refused(way, because: nil)
            }
            abandonBackground(at: now, into: &actions)
        }

        // A connection that did not outlive a sleep says nothing against streaming.
        if attempt.isStream, attempt.headersAt != nil, case .receiving = attempt.phase, failure.kind != .wakeTimeout {
            // By a cursor it gets further each time: a whole reply, which is billed anew, is for where it does not.
            brokenStreams = leftCursor(attempt) ? 0 : brokenStreams + 1
        }
        if attempt.plan?.strategy == .cursor, failure.refusesCursor {
            planner.refused(.cursor)
            let next = resumePlan()
            if next?.strategy != .off {
                log.note("cursor refused, next: \(next?.strategy.rawValue ?? "start anew")", at: now.instant)
                attemptInRun -= 1
                notices.append(.failed(failure, retryAfter: nil, wait: .zero))
                // What follows bills again, which the cursor did not: a yes before it was to nothing.
                hasLeave = false
                if mustAsk {
                    ask(.none(because: failure, at: now.instant), at: now, into: &actions)
                } else {
                    startAttempt(at: now, into: &actions)
                }
                return
            }
        }
        if wentOnOtherwise(after: attempt, failure, at: now, into: &actions) { return }
        guard failure.isRetryable, attemptInRun <= order.retryPolicy.maximumRetries, canResume else {
            notices.append(.failed(failure, retryAfter: retryAfter, wait: nil))
            endFailed(at: now, into: &actions)
            return
        }
        if let refusal = budgetRefusal(at: now) {
            // Known now, so not waited for.
            notices.append(.failed(failure, retryAfter: retryAfter, wait: nil))
            lastFailure = .budget(refusal, after: failure)
            emit(.budget(refusal), at: now, into: &actions)
            endFailed(at: now, into: &actions)
            return
        }
        let backoff = backoff(after: failure, retryAfter: retryAfter, at: now)
        notices.append(.failed(failure, retryAfter: retryAfter, wait: backoff.deadline - now.instant))
        if backoff.exceedsMaximum, order.longWaits == .giveUp {
            endFailed(at: now, into: &actions)
            return
        }
        if mustAsk {
            ask(backoff, at: now, into: &actions)
            return
        }
        state = .backingOff(backoff)
        log.note(
            "backoff \(DurationText.format(backoff.deadline - now.instant)) (\(backoff.source.rawValue))",
            at: now.instant)
        emit(.backoff(backoff), at: now, into: &actions)
        tellState(at: now, into: &actions)
    }

    /// Whether there is a way to go on that keeps the text so far.
    private var canResume: Bool {
        guard let plan = resumePlan() else { return true }
        return plan.strategy != .off
    }

    private mutating func endFailed(at now: Now, into actions: inout EngineActions) {
        end(text.isEmpty ? .failed : .incomplete, at: now, into: &actions)
    }

    private mutating func backoff(after failure: StreamFailure, retryAfter: Duration?, at now: Now) -> Backoff {
        let isThrottled = failure.isThrottle
        let wait = order.retryPolicy.wait(
            retry: attemptInRun - 1, throttled: isThrottled, retryAfter: retryAfter,
            quotaReset: isThrottled ? rateLimits.quotaReset(now: now) : nil, previous: previousDelay,
            using: &random)
        if wait.source == .schedule { previousDelay = wait.delay }
        let deadline = now.instant + wait.delay
        return Backoff(
            reason: failure, source: wait.source, exponential: wait.exponential, jitter: wait.jitter,
            startedAt: now.instant, deadline: deadline, notBefore: wait.isServersWord ? deadline : nil,
            exceedsMaximum: wait.exceedsMaximum, resume: resumePlan() ?? restartPlan())
    }
}
