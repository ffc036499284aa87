import Providers
import StreamEngine

/// `--resume ask`: what was received is billed again only after a yes.
extension World {
    /// Whatever begins a run is the user's own act, and a yes.
    func beginRun(_ client: inout Client) {
        client.hasLeave = true
        client.pausesInRun = 0
        client.limitsInRun = 0
        client.agreed = nil
    }

    /// A yes, to the way that is chosen or to another one.
    func agree(_ client: inout Client, to wish: ResumeStrategy?) {
        guard let question = client.question else { return }
        let plan = question.options.first { $0.strategy == wish } ?? question.plan
        client.hasLeave = true
        client.agreed = plan.keptBytes > 0 && client.turn?.start != client.stored.count ? plan.strategy : nil
    }

    mutating func checkQuestion(_ index: Int, _ question: ResumeQuestion) {
        let client = clients[index]
        tally.questions += 1
        guard client.setting == .ask else {
            return fail(.nothingIsBilledUnasked, "a question, and nobody wants to be asked")
        }
        guard question.options.indices.contains(question.chosen) else {
            return fail(.nothingIsBilledUnasked, "a question without a way to go on")
        }
        if let before = client.question {
            guard act?.client == index, act?.kind == .otherWay, question.options == before.options,
                question.chosen == (before.chosen + 1) % before.options.count,
                question.wait.deadline == before.wait.deadline
            else { return fail(.nothingIsBilledUnasked, "asked again, and nobody looked at another way") }
            clients[index].question = question
            return
        }
        guard client.verdict == nil, let attempt = client.current, !attempt.isClosed else {
            return fail(.nothingIsBilledUnasked, "a question without an attempt that failed")
        }
        guard isPaid(client) else {
            return fail(.nothingIsBilledUnasked, "a question, and nothing would be billed again")
        }
        let isRefused = isRefused(attempt, client) && question.wait.deadline == now.instant
        if !isRefused { checkWait(index, question.wait) }
        clients[index].attempts[client.attempts.count - 1].isClosed = true
        clients[index].isOtherWay = isRefused
        clients[index].waitsUntil = nil
        clients[index].isWithheld = false
        clients[index].question = question
    }

    /// A yes that comes before the wait is over waits for its end.
    mutating func checkAnswered(_ index: Int, _ question: ResumeQuestion, _ backoff: Backoff) {
        guard act?.client == index, act?.kind == .goOn || act?.kind == .retry else {
            return fail(.nothingIsBilledUnasked, "goes on, and the question is not answered")
        }
        guard backoff.deadline == question.wait.deadline else {
            return fail(.attemptsAndWaitsAreBounded, "a yes waits \(backoff.deadline - question.wait.deadline) longer")
        }
        if act?.kind == .retry {
            clients[index].inRun = 0
            clients[index].runStartedAt = now.instant
            beginRun(&clients[index])
        }
        agree(&clients[index], to: act?.kind == .goOn ? clients[index].wish : nil)
        if backoff.resume?.strategy == .cursor {
            guard act?.kind == .retry else {
                return fail(.nothingIsBilledUnasked, "a cursor that was there is found only when the user says yes")
            }
            // It bills nothing. What is told is what must follow.
            clients[index].agreed = .cursor
        }
        clients[index].question = nil
        clients[index].waitsUntil = backoff.deadline
        clients[index].isWithheld = false
    }

    /// An attempt begins: whether the user wants what it costs.
    mutating func checkLeave(_ index: Int, _ strategy: ResumeStrategy?) {
        let client = clients[index]
        clients[index].agreed = nil
        guard violation == nil, client.setting == .ask else { return }
        // To try again tries streams again, and with them a cursor, which costs nothing.
        let isFree = strategy == .cursor && act?.client == index && act?.kind == .retry
        if let agreed = client.agreed, clients.count == 1, strategy != agreed, !isFree {
            return fail(
                .nothingIsBilledUnasked,
                "goes on by \(strategy?.rawValue ?? "a new start"), and the yes was to \(agreed.rawValue)")
        }
        guard client.isUnasked, !client.isOnByItself, strategy != .cursor, isPaid(client) else { return }
        // Another way in place of a refused one is what was agreed to, if it costs no more. A cursor costs nothing.
        let isInstead = client.isInsteadOfRefused && client.attempts.last?.strategy != .cursor
        if !isInstead, !client.hasLeave || client.isInsteadOfRefused {
            return fail(.nothingIsBilledUnasked, "what was received is billed again, and nobody was asked")
        }
        if isInstead, strategy == .restartSkip, client.attempts.last?.strategy != .restartSkip,
            client.stored.count > 24
        {
            fail(.nothingIsBilledUnasked, "all of it is billed again, and the yes was to less")
        }
    }

    /// Something was received that another attempt would pay for once more.
    private func isPaid(_ client: Client) -> Bool {
        !client.stored.isEmpty || client.attempts.contains { $0.hasThought || $0.deltas > 0 }
    }

    /// The server said that the way in which the request resumed will not do.
    func isRefused(_ attempt: AttemptTruth, _ client: Client) -> Bool {
        (attempt.script.refusesStrategy && attempt.status != nil
            && (attempt.finished || attempt.failure != nil || isTimedOut(attempt, client)))
            || (attempt.strategy == .restartSkip && attempt.dead == .final && !client.allowsNewTake)
            || attempt.refusesCursor
    }
}
