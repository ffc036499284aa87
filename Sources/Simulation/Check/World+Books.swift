import Pricing
import Providers
import StreamEngine

/// The ledger, kept as a program keeps it, and held against what the servers bill.
extension World {
    private func account(_ client: Client) -> String { client.conversation ?? "alone" }

    private func key(_ index: Int, _ attempt: Int) -> Ledger.Key {
        Ledger.Key(conversation: account(clients[index]), reply: index + 1, attempt: attempt)
    }

    /// A row for each attempt: of the running one as it stands.
    mutating func write(_ index: Int, _ snapshot: StreamSnapshot) {
        let isOpen = clients[index].current.map { !$0.isClosed } ?? false
        let rows = isOpen ? snapshot.attempts.suffix(1) : snapshot.attempts[...]
        for record in rows {
            let usage = record.usage
            ledger.set(
                Ledger.Row(
                    provider: record.provider, model: record.model,
                    counts: TokenCounts(
                        input: usage.input ?? 0, output: usage.output ?? 0, cacheRead: usage.cacheRead ?? 0,
                        cacheWrite: usage.cacheWrite ?? 0, cacheWriteHour: usage.cacheWriteHour ?? 0),
                    cost: record.cost, isLost: record.isLost(isLast: record.number == snapshot.attempts.count)),
                for: key(index, record.number))
        }
        if !isOpen { audit(index) }
    }

    /// What a server bills in the end, whether anybody is told or not; `nil` = at a price that nobody knows.
    private func billed(_ attempt: AttemptTruth, _ client: Client) -> Int64? {
        if attempt.isSuperseded { return 0 }
        let rate = Setting.rates[attempt.pricing]
        guard let status = attempt.status else {
            // It may have begun; every other server had.
            guard attempt.isConnected, attempt.strategy != .cursor, attempt.id.generation % 2 == 0 else { return 0 }
            return rate.map { Int64(attempt.script.input) * $0.input }
        }
        guard status == 200 else { return 0 }
        if let charge = attempt.script.charge, attempt.stop != nil, attempt.dead == nil { return charge }
        // Of what breaks before it has a word, the first count is the last.
        var output = attempt.deltas > 0 ? attempt.deltas : attempt.output ?? 0
        if attempt.stop != nil, attempt.dead == nil, attempt.hasLastUsage || attempt.deltas > 0 {
            output = attempt.script.output
        }
        if let place = attempt.script.response {
            // In the background it is made to its end, whoever listens, until it is stopped.
            let response = client.responses[place]
            if !response.isStopped { output = response.output }
        } else if attempt.script.fault == .errorAsReply || attempt.script.fault == .webPage {
            return 0
        }
        let input = attempt.input ?? attempt.script.input
        return rate.map { Int64(input) * $0.input + Int64(output) * $0.output }
    }

    /// No row and no sum claims more than is known, and where the provider's word is given it is what the provider bills.
    private mutating func audit(_ index: Int) {
        let client = clients[index]
        var sums: [Audit] = [Audit(currency: "USD"), Audit(currency: "CNY")]
        for (number, attempt) in client.attempts.enumerated() {
            guard let row = ledger[key(index, number + 1)] else {
                return fail(.costIsTheSum, "attempt \(attempt.id.generation) has no row in the ledger")
            }
            let billed = billed(attempt, client)
            if case .reported(let money) = row.cost, let billed, money.picos != billed {
                return fail(
                    .costIsTheSum,
                    "attempt \(attempt.id.generation) costs \(money.picos) picos by its server's word, which bills \(billed)"
                )
            }
            let isUSD = (row.cost.currency ?? Setting.currencies[attempt.pricing]) == "USD"
            sums[isUSD || row.cost.isZero ? 0 : 1].add(row.cost, billed: billed)
            if row.cost == .unknown { for place in sums.indices { sums[place].hasUnknown = true } }
        }
        let totals = ledger.totals(of: account(client), reply: index + 1)
        for sum in sums where violation == nil {
            if let problem = sum.problem(with: totals.all.costs) { fail(.costIsTheSum, "the ledger: \(problem)") }
        }
        guard violation == nil else { return }
        var parts = totals.replies
        parts.add(totals.lost)
        if parts != totals.all { fail(.costIsTheSum, "the ledger: what stands and what is lost are not all") }
    }

    /// At the end: the conversation is the sum of its replies, and everything the sum of the conversations.
    mutating func checkBooks() {
        var all = Ledger.Totals()
        for name in Set(clients.map(account)).sorted() {
            var sum = Ledger.Totals()
            for (index, client) in clients.enumerated() where account(client) == name {
                let part = ledger.totals(of: name, reply: index + 1)
                sum.replies.add(part.replies)
                sum.lost.add(part.lost)
            }
            if Set(sum.all.costs) != Set(ledger.totals(of: name).all.costs) {
                let total = ledger.totals(of: name).all
                fail(.costIsTheSum, "the ledger: “\(name)” is \(total), and its replies are \(sum.all)")
            }
            all.replies.add(sum.replies)
            all.lost.add(sum.lost)
        }
        if Set(all.all.costs) != Set(ledger.totals.all.costs) {
            fail(.costIsTheSum, "the ledger: all is \(ledger.totals.all), and its conversations are \(all.all)")
        }
        if ledger.count != clients.reduce(0, { $0 + $1.attempts.count }) {
            fail(.costIsTheSum, "the ledger has \(ledger.count) rows")
        }
    }
}

/// Rows of one currency added up by hand.
private struct Audit {
    let currency: String
    var picos: Int64 = 0
    var billed: Int64 = 0
    var hasEstimate = false
    var hasBound = false
    var hasUnknown = false

    init(currency: String) {
        self.currency = currency
    }

    mutating func add(_ cost: Cost, billed: Int64?) {
        self.billed += billed ?? 0
        guard let money = cost.money else { return }
        picos += money.picos
        switch cost {
        case .lowerBound: hasBound = true
        case .estimated: hasEstimate = true
        case .reported, .unknown: break
        }
    }

    func problem(with costs: [Cost]) -> String? {
        let sum = costs.first { $0.currency == currency }
        let isRight =
            switch sum {
            case nil: picos == 0
            case .reported(let money)?:
                !hasUnknown && !hasBound && !hasEstimate && money.picos == picos && picos == billed
            case .estimated(let money)?: !hasUnknown && !hasBound && hasEstimate && money.picos == picos
            // Of what the servers told, no more than they bill.
            case .lowerBound(let money)?:
                (hasUnknown || hasBound) && money.picos == picos && (hasEstimate || picos <= billed)
            case .unknown?: false
            }
        let words = sum.map(\.description) ?? "nothing"
        return isRight ? nil : "\(words), where the rows are \(picos) picos and the bills \(billed)"
    }
}
