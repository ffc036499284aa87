import Pricing
import Providers
import StreamEngine

/// What is held after every call, of the stream that it was about.
extension World {
    mutating func check(_ index: Int) {
        checkText(index)
        guard violation == nil, let snapshot = engine.snapshot(clients[index].id, at: now) else { return }
        let client = clients[index]
        if snapshot.state != client.toldState {
            return fail(
                .endsOnceAndInTime, "the state is \(snapshot.state.rawValue), and \(client.toldState.rawValue) was told"
            )
        }
        if snapshot.textBytes != client.stored.count {
            return fail(.shownIsStoredIsReceived, "the snapshot counts \(snapshot.textBytes) B")
        }
        if snapshot.attemptInRun > snapshot.maximumAttempts {
            return fail(.attemptsAndWaitsAreBounded, "attempt \(snapshot.attemptInRun) of \(snapshot.maximumAttempts)")
        }
        if snapshot.verdict != client.verdict {
            return fail(.endsOnceAndInTime, "the verdict changed without a word")
        }
        if client.verdict == nil { checkLife(client) }
        if violation == nil { checkMoney(client, snapshot) }
    }

    /// What has not ended waits for something.
    private mutating func checkLife(_ client: Client) {
        if let attempt = client.current, attempt.hasVerdict, !attempt.isClosed {
            return fail(.endsOnceAndInTime, "attempt \(attempt.id.generation) is over, and nothing follows")
        }
        if engine.nextDeadline == nil {
            fail(.endsOnceAndInTime, "stream \(client.id) waits for nothing")
        }
    }

    // MARK: Money

    /// What an attempt costs, as far as can be known from what its server told.
    private enum Bill: Equatable {
        case nothing, unknown
        case exact(Int64)
        /// Counted by ourselves, or not to its end.
        case inexact
    }

    private func bill(_ attempt: AttemptTruth) -> Bill {
        if let charge = attempt.charge { return .exact(charge) }
        guard let status = attempt.status else { return attempt.isConnected ? .unknown : .nothing }
        guard status == 200 else { return .nothing }
        guard let rate = Setting.rates[attempt.pricing] else { return .unknown }
        // Without a word of text, the first count may be the last.
        let isLast = attempt.hasLastUsage || (attempt.said <= attempt.script.from && !attempt.hasThought)
        guard attempt.stop != nil, isLast, let input = attempt.input, let output = attempt.output else {
            return .inexact
        }
        return .exact(Int64(input) * rate.input + Int64(output) * rate.output)
    }

    /// What has certainly been spent.
    func spent(_ client: Client) -> Int64 {
        client.attempts.reduce(0) { sum, attempt in
            if attempt.isClosed, case .exact(let picos) = bill(attempt) { sum + picos } else { sum }
        }
    }

    mutating func checkBudget(_ index: Int, _ notice: BudgetNotice) {
        guard let budget = clients[index].budget else {
            return fail(.costIsTheSum, "a word about a budget that nobody set")
        }
        switch notice {
        case .nearing(let gauge):
            if gauge.spent.picos >= budget { fail(.costIsTheSum, "nearly spent: \(gauge.spent) of \(gauge.limit)") }
        case .reached(let gauge):
            clients[index].isOutOfMoney = true
            if gauge.spent.picos < budget { fail(.costIsTheSum, "stopped at \(gauge.spent) of \(gauge.limit)") }
        case .refused(let gauge, let prompt):
            clients[index].isOutOfMoney = true
            if gauge.spent.picos + prompt.picos <= budget, gauge.spent.picos < budget {
                fail(.costIsTheSum, "refused at \(gauge.spent) and \(prompt) of \(gauge.limit)")
            }
        case .unenforced: break
        }
    }

    private mutating func checkMoney(_ client: Client, _ snapshot: StreamSnapshot) {
        guard snapshot.attempts.count == client.attempts.count else {
            return fail(
                .costIsTheSum,
                "\(client.attempts.count) requests went out, and there are \(snapshot.attempts.count) rows")
        }
        var picos: Int64 = 0
        var (hasUnknown, hasBound, hasEstimate) = (false, false, false)
        for (record, attempt) in zip(snapshot.attempts, client.attempts) {
            let expected = bill(attempt)
            let isRight =
                switch (expected, record.cost) {
                case (.nothing, .reported(let money)): money.isZero
                case (.unknown, .unknown): true
                case (.exact(let picos), .reported(let money)): money.picos == picos
                case (.inexact, .estimated), (.inexact, .lowerBound), (.inexact, .unknown): true
                default: false
                }
            guard isRight else {
                return fail(
                    .costIsTheSum,
                    "attempt \(attempt.id.generation) costs \(record.cost), and the server's word is \(expected)")
            }
            switch record.cost {
            case .unknown: hasUnknown = true
            case .lowerBound(let money):
                hasBound = true
                picos += money.picos
            case .estimated(let money):
                hasEstimate = hasEstimate || !money.isZero
                picos += money.picos
            case .reported(let money): picos += money.picos
            }
        }
        let sum = snapshot.cost + snapshot.lostCost
        let isRight =
            switch sum {
            case .unknown: (hasUnknown || hasBound) && picos == 0
            case .lowerBound(let money): (hasUnknown || hasBound) && money.picos == picos
            case .estimated(let money): !hasUnknown && !hasBound && money.picos == picos
            case .reported(let money): !hasUnknown && !hasBound && !hasEstimate && money.picos == picos
            }
        if !isRight {
            fail(.costIsTheSum, "\(snapshot.cost) and \(snapshot.lostCost) lost, and the rows say \(picos) picos")
        }
    }
}
