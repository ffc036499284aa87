import Providers
import StreamEngine

/// The order of things: what may begin, wait and end, when, and how often.
extension World {
    /// What the last attempt's end means, from the network's facts alone.
    func meaning(of attempt: AttemptTruth, _ client: Client) -> Fault.Meaning? {
        if let dead = attempt.dead { return dead }
        if let status = attempt.status, status != 200 {
            // That no more is to be had says the body; without it, too many requests are a matter of time.
            if status == 429, attempt.bytes < attempt.script.length { return .passing }
            return attempt.script.meaning
        }
        if attempt.failure != nil {
            if case .fails = attempt.script.opening { return attempt.script.meaning }
            return attempt.failure == .bodyTooLarge ? .final : .passing
        }
        if attempt.finished {
            switch attempt.script.fault {
            case .errorAsReply, .webPage: return .final
            default: return .passing
            }
        }
        return isTimedOut(attempt, client) ? .passing : nil
    }

    /// Whether a clock of the attempt has run out.
    func isTimedOut(_ attempt: AttemptTruth, _ client: Client) -> Bool {
        guard let due = due(attempt, client) else { return false }
        return now.instant >= due
    }

    /// When a clock of the attempt runs out, were nothing to come.
    func due(_ attempt: AttemptTruth, _ client: Client) -> Instant? {
        let timeouts = client.timeouts
        guard let headersAt = attempt.headersAt, let heard = attempt.lastByteAt else {
            let limit = attempt.isStream ? timeouts.firstByte : max(timeouts.firstByte, timeouts.contentIdle)
            let due = attempt.startedAt + limit
            return attempt.wake.map { min(due, $0.at + $0.limit) } ?? due
        }
        if let status = attempt.status, status != 200 { return headersAt + .seconds(5) }
        let due = min(heard + timeouts.idle, (attempt.lastContentAt ?? headersAt) + timeouts.contentIdle)
        return attempt.wake.map { min(due, $0.at + $0.limit) } ?? due
    }

    func isOutOfTime(_ client: Client) -> Bool {
        client.timeouts.totalDeadline(from: client.runStartedAt).map { $0 <= now.instant } ?? false
    }

    // MARK: Beginnings

    mutating func checkStart(_ index: Int, _ id: AttemptID) {
        var client = clients[index]
        let mine = act?.client == index ? act?.kind : nil
        if let open = transfers.first(where: {
            $0.client == index && !$0.isCancelled && $0.phase != .over && $0.notice == nil
        }),
            clients[index].attempts[open.attempt].stop == nil
        {
            return fail(.nothingIsLeft, "attempt \(id.generation) begins while \(open.id.generation) runs")
        }
        if let last = client.current, id.generation <= last.id.generation {
            return fail(.nothingTwice, "generation \(id.generation) comes again")
        }
        var isWanted = mine != nil
        var isOnByItself = false
        var isInsteadOfRefused = false
        if let last = client.current, !last.isClosed, last.mayGoOn, mine != .switchModel {
            checkOnByItself(&client, last, mine)
            if violation != nil { return }
            isWanted = true
            isOnByItself = true
        } else if let mine, mine.beginsRun {
            if mine == .retry, client.verdict == .complete || client.verdict == .refused {
                return fail(.endsOnceAndInTime, "a reply that is whole is asked for again")
            }
            client.inRun = 1
            client.runStartedAt = now.instant
            client.verdict = nil
            client.cancelledByUser = false
            beginRun(&client)
        } else if mine == .retryNow || mine == .goOn, let question = client.question {
            if mine == .goOn, question.wait.deadline > now.instant {
                return fail(.attemptsAndWaitsAreBounded, "a yes goes before the wait that was asked for")
            }
            if !client.isOtherWay { client.inRun += 1 }
            agree(&client, to: mine == .goOn ? client.wish : nil)
        } else if mine == .retryNow, client.waitsUntil != nil {
            client.inRun += 1
        } else if client.verdict != nil {
            return fail(
                client.cancelledByUser ? .cancelIsFinal : .endsOnceAndInTime,
                "a request after the end of stream \(client.id)")
        } else if let until = client.waitsUntil {
            if now.instant < until, !client.isWithheld {
                return fail(.attemptsAndWaitsAreBounded, "the next attempt begins before its time")
            }
            client.inRun += 1
        } else if let last = client.current, !last.isClosed {
            // The server refused the way of resuming: another way, at once, and no retry of the same.
            let refused =
                (last.script.refusesStrategy && last.status != nil
                    && (last.finished || last.failure != nil || isTimedOut(last, client)))
                || (last.strategy == .restartSkip && last.dead == .final && !client.allowsNewTake)
                || last.refusesCursor
            guard refused else {
                let invariant: Invariant =
                    meaning(of: last, client) == .final ? .finalErrorsAreNotRetried : .attemptsAndWaitsAreBounded
                return fail(invariant, "stream \(client.id) asks again without a wait")
            }
            isInsteadOfRefused = true
        } else {
            return fail(.endsOnceAndInTime, "nobody wanted attempt \(id.generation)")
        }
        if isOnByItself || isInsteadOfRefused, isOutOfTime(client) {
            return fail(.endsOnceAndInTime, "attempt \(id.generation) begins when the reply's time is used up")
        }
        if client.inRun > client.policy.maximumRetries + 1 {
            return fail(
                .attemptsAndWaitsAreBounded,
                "attempt \(client.inRun) of a run that may have \(client.policy.maximumRetries + 1)")
        }
        if !client.attempts.isEmpty { client.attempts[client.attempts.count - 1].isClosed = true }
        client.waitsUntil = nil
        client.isWithheld = false
        client.isOutOfMoney = false
        client.question = nil
        client.isUnasked = !isWanted
        client.isOnByItself = isOnByItself
        client.isInsteadOfRefused = isInsteadOfRefused
        clients[index] = client
        checkIsAffordable(index)
    }

    // MARK: Waits

    mutating func checkBackoff(_ index: Int, _ backoff: Backoff) {
        let client = clients[index]
        if act?.client == index, act?.kind == .waitLonger {
            clients[index].waitsUntil = backoff.deadline
            return
        }
        if act?.kind == .sleep {
            // A wait goes on while the machine sleeps.
            guard let until = client.waitsUntil, backoff.deadline <= until, backoff.deadline >= now.instant else {
                return fail(.attemptsAndWaitsAreBounded, "after a sleep, a wait for \(backoff.deadline.nanoseconds)")
            }
            clients[index].waitsUntil = backoff.deadline
            return
        }
        if backoff.source == .retryBudget || backoff.source == .holdBack {
            return checkWithheld(index, backoff)
        }
        if let question = client.question {
            return checkAnswered(index, question, backoff)
        }
        checkWait(index, backoff)
        if violation != nil { return }
        clients[index].attempts[client.attempts.count - 1].isClosed = true
        clients[index].waitsUntil = backoff.deadline
        clients[index].isWithheld = false
    }

    /// A wait after the present attempt: whether there may be one, and whether it is as long as it should be.
    mutating func checkWait(_ index: Int, _ backoff: Backoff) {
        let client = clients[index]
        guard let attempt = client.current, !attempt.isClosed else {
            return fail(.attemptsAndWaitsAreBounded, "a wait without an attempt that failed")
        }
        if attempt.stop != nil, attempt.dead == nil {
            return fail(.endsOnceAndInTime, "a reply whose stop reason has come is to be asked for again")
        }
        switch meaning(of: attempt, client) {
        case .passing: break
        case .final, .asAnswered:
            return fail(.finalErrorsAreNotRetried, "to be retried: \(backoff.reason.message)")
        default:
            return fail(.attemptsAndWaitsAreBounded, "given up before its time: \(backoff.reason.message)")
        }
        if client.inRun > client.policy.maximumRetries {
            return fail(.attemptsAndWaitsAreBounded, "a wait after attempt \(client.inRun), the last one")
        }
        let wait = backoff.deadline - now.instant
        let asked = attempt.status == nil || attempt.status == 200 ? nil : attempt.script.retryAfter
        if backoff.source == .quotaReset {
            guard attempt.status == 429, backoff.deadline <= quotaUntil[client.pricing] + .milliseconds(1) else {
                return fail(.attemptsAndWaitsAreBounded, "waits \(wait) for a quota that nobody told of")
            }
        } else if let asked {
            if wait < asked { return fail(.attemptsAndWaitsAreBounded, "waits \(wait) where the server said \(asked)") }
            if wait > asked + .seconds(1) {
                return fail(.attemptsAndWaitsAreBounded, "waits \(wait) where the server said \(asked)")
            }
        } else if wait > client.policy.maximumDelay || wait < .zero {
            return fail(.attemptsAndWaitsAreBounded, "waits \(wait), and \(client.policy.maximumDelay) is the most")
        }
        if client.givesUpLongWaits, wait > client.policy.maximumDelay {
            return fail(.attemptsAndWaitsAreBounded, "waits \(wait) where nobody is there to choose")
        }
    }

    /// A wait before an attempt that is due: for its turn, or for a quota that somebody told of.
    private mutating func checkWithheld(_ index: Int, _ backoff: Backoff) {
        let client = clients[index]
        let isDue = client.waitsUntil.map { $0 <= now.instant } ?? client.attempts.isEmpty
        guard isDue || client.isWithheld else {
            return fail(.attemptsAndWaitsAreBounded, "held back (\(backoff.source.rawValue)) before it is due")
        }
        let wait = backoff.deadline - now.instant
        if backoff.source == .retryBudget, wait > client.policy.maximumDelay || client.policy.budget == 0 {
            return fail(.attemptsAndWaitsAreBounded, "waits \(wait) for its turn")
        }
        if backoff.source == .holdBack {
            guard client.policy.holdsBack, backoff.deadline <= quotaUntil[client.pricing] + .milliseconds(501) else {
                return fail(.attemptsAndWaitsAreBounded, "held back for \(wait), and no server said so")
            }
            if client.givesUpLongWaits, wait > client.policy.maximumDelay + .milliseconds(501) {
                return fail(.attemptsAndWaitsAreBounded, "held back for \(wait) where nobody is there to choose")
            }
        }
        clients[index].waitsUntil = backoff.deadline
        clients[index].isWithheld = true
    }

    // MARK: Ends

    mutating func checkEnd(_ index: Int, _ verdict: Verdict) {
        let client = clients[index]
        guard client.verdict == nil || (act?.client == index) else {
            return fail(.endsOnceAndInTime, "stream \(client.id) ends a second time")
        }
        // A retry that the budget does not allow changes nothing about how the reply ended.
        if client.isOutOfMoney, client.verdict == verdict { return }
        tally.verdicts[Verdict.allCases.firstIndex(of: verdict) ?? 0] += 1
        let cancelled = act?.client == index && act?.kind == .cancel
        let open = client.current.flatMap { $0.isClosed ? nil : $0 }
        clients[index].verdict = verdict
        clients[index].waitsUntil = nil
        clients[index].cancelledByUser = verdict == .cancelled
        if !client.attempts.isEmpty { clients[index].attempts[client.attempts.count - 1].isClosed = true }

        clients[index].question = nil
        if let open, let stop = open.stop, open.dead == nil {
            checkStopped(index, open, stop, verdict, isCancelled: cancelled)
            if violation != nil || stop == .pauseTurn || stop == .maxTokens { return }
            if open.hasPart != (client.parts > 0) || client.parts > 1 {
                fail(.nothingTwice, "the tool call was told \(client.parts) times")
            }
            return
        }
        switch verdict {
        case .complete, .truncated, .refused:
            fail(.completeNeedsAStop, "\(verdict.rawValue), and no stop reason has come")
        case .cancelled:
            if !cancelled { fail(.cancelIsFinal, "cancelled, and nobody did it") }
        case .failed, .incomplete:
            if (verdict == .failed) != client.stored.isEmpty {
                return fail(.endsOnceAndInTime, "\(verdict.rawValue), with \(client.stored.count) B of text")
            }
            if cancelled { return fail(.cancelIsFinal, "a cancel ended as \(verdict.rawValue)") }
            checkGivingUp(index, client, open)
        }
    }

    static func verdict(_ stop: StopReason) -> Verdict {
        switch stop {
        case .maxTokens, .pauseTurn, .contextWindowExceeded: .truncated
        case .refusal, .contentFilter: .refused
        default: .complete
        }
    }

    /// A stream may only give up where nothing is left to be done.
    private mutating func checkGivingUp(_ index: Int, _ client: Client, _ open: AttemptTruth?) {
        if act?.client == index, act?.kind == .giveUp { return }
        if isOutOfTime(client) { return }
        if client.isOutOfMoney { return }
        guard let open else { return fail(.endsOnceAndInTime, "gave up in the middle of a wait") }
        if meaning(of: open, client) == .final { return }
        if client.inRun > client.policy.maximumRetries { return }
        if !client.stored.isEmpty, client.setting == .fixed(.off) { return }
        if !client.stored.isEmpty || client.turn != nil, client.setting == .fixed(.cursor),
            client.known == nil || client.policy.fallbackAfter > 0
        {
            return
        }
        // What a server refuses is known to every stream.
        if !client.stored.isEmpty, clients.contains(where: Self.mayHaveNoWay) { return }
        if client.givesUpLongWaits, let asked = open.script.retryAfter, asked > client.policy.maximumDelay { return }
        if client.givesUpLongWaits, open.status == 429,
            quotaUntil[client.pricing] - now.instant > client.policy.maximumDelay
        {
            return
        }
        fail(.endsOnceAndInTime, "gave up after attempt \(client.inRun) of \(client.policy.maximumRetries + 1)")
    }

    /// A server refused a way of resuming; with a fixed one, or when a restart was refused, there may be no other.
    static func mayHaveNoWay(_ client: Client) -> Bool {
        client.attempts.contains {
            $0.script.refusesStrategy || ($0.seam == .restartSkip && $0.dead == .final) || $0.refusesCursor
        }
    }

    // MARK: Clocks

    /// After the engine has been told the time: nothing that is due is left lying.
    mutating func checkClocks() {
        for client in clients where client.verdict == nil {
            if isOutOfTime(client), client.current?.stop == nil {
                return fail(.attemptsAndWaitsAreBounded, "stream \(client.id) runs on after its time is used up")
            }
            if let until = client.waitsUntil, until <= now.instant {
                return fail(.endsOnceAndInTime, "stream \(client.id) waits on, and its time has come")
            }
            if let attempt = client.current, !attempt.isClosed, attempt.stop == nil, isTimedOut(attempt, client) {
                return fail(.endsOnceAndInTime, "attempt \(attempt.id.generation) hangs on after its clock ran out")
            }
        }
        if let deadline = engine.nextDeadline, deadline <= now.instant {
            fail(.nothingIsLeft, "a deadline is left that is past")
        }
    }
}
