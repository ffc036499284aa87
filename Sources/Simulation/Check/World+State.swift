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
        if (snapshot.question != nil) != (client.question != nil) {
            return fail(.nothingIsBilledUnasked, "a question came or went without a word")
        }
        checkParts(client)
        if violation == nil, client.verdict == .cancelled { checkLeft(index) }
        if violation == nil { checkMoney(client, snapshot) }
        if violation == nil { checkGauges(index, snapshot) }
        if violation == nil { write(index, snapshot) }
    }

    /// What has not ended waits for something.
    private mutating func checkLife(_ client: Client) {
        if let attempt = client.current, attempt.hasVerdict, !attempt.isClosed {
            return fail(.endsOnceAndInTime, "attempt \(attempt.id.generation) is over, and nothing follows")
        }
        if engine.nextDeadline == nil, client.question == nil {
            fail(.endsOnceAndInTime, "stream \(client.id) waits for nothing")
        }
    }

    // MARK: Money

    /// What an attempt costs, as far as can be known from what its server told.
    enum Bill: Equatable {
        case nothing, unknown
        case exact(Int64)
        /// Counted by ourselves, or not to its end.
        case inexact
    }

    func bill(_ attempt: AttemptTruth) -> Bill {
        if attempt.isSuperseded { return .nothing }
        if let charge = attempt.charge { return .exact(charge) }
        guard let status = attempt.status else {
            return attempt.isConnected && attempt.strategy != .cursor ? .unknown : .nothing
        }
        guard status == 200 else { return .nothing }
        guard let rate = Setting.rates[attempt.pricing] else { return .unknown }
        // Without a word of text, the first count may be the last.
        let isLast = attempt.hasLastUsage || (attempt.said <= attempt.script.from && !attempt.hasThought)
        guard attempt.stop != nil, isLast, let input = attempt.input, let output = attempt.output else {
            return .inexact
        }
        return .exact(Int64(input) * rate.input + Int64(output) * rate.output)
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
        // What is billed in several currencies is no sum: the ledger keeps it apart.
        let money = snapshot.attempts.compactMap { $0.cost.money }.filter { !$0.isZero }
        guard money.allSatisfy({ $0.currency == money[0].currency }) else { return }
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
