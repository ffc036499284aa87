import Pricing
import Providers
import StreamEngine

/// Budgets: of a reply, and of a conversation.
extension World {
    /// What has certainly been billed, in picos of a currency.
    private func spent(_ client: Client, in currency: String) -> Int64 {
        client.attempts.reduce(0) { sum, attempt in
            // What a provider charges is in dollars, whatever its prices are in.
            let own = attempt.charge == nil ? Setting.currencies[attempt.pricing] : "USD"
            guard attempt.isClosed, own == currency, case .exact(let picos) = bill(attempt)
            else { return sum }
            return sum + picos
        }
    }

    /// Who shares the conversation's budget with a client.
    private func companions(of client: Client) -> [Client] {
        client.conversation == nil ? [client] : clients.filter { $0.conversation == client.conversation }
    }

    /// What stands in the conversation's account by itself.
    private func before(_ client: Client, in currency: String) -> Int64 {
        client.conversation != nil && currency == "USD" ? spentBefore : 0
    }

    /// An attempt begins: no limit is used up.
    mutating func checkIsAffordable(_ index: Int) {
        let client = clients[index]
        let currency = Setting.currencies[client.pricing]
        guard violation == nil, Setting.rates[client.pricing] != nil else { return }
        if let limit = client.budget.reply, limit.holds(for: currency), spent(client, in: currency) >= limit.picos {
            return fail(.budgetsHold, "stream \(client.id) asks again, and its budget is spent")
        }
        guard let limit = client.budget.conversation, limit.holds(for: currency) else { return }
        let sum = companions(of: client).reduce(before(client, in: currency)) { $0 + spent($1, in: currency) }
        if sum >= limit.picos { fail(.budgetsHold, "stream \(client.id) asks, and the conversation's budget is spent") }
    }

    mutating func checkBudget(_ index: Int, _ notice: BudgetNotice) {
        let client = clients[index]
        guard let gauge = notice.gauge else {
            let currency = Setting.currencies[client.pricing]
            let limits = [client.budget.reply, client.budget.conversation].compactMap { $0 }
            if Setting.rates[client.pricing] != nil, limits.allSatisfy({ $0.holds(for: currency) }) {
                fail(.budgetsHold, "a budget that can be held is not: \(notice.message)")
            }
            return
        }
        let limit = gauge.scope == .reply ? client.budget.reply : client.budget.conversation
        guard let limit, limit.picos == gauge.limit.picos, limit.holds(for: gauge.spent.currency) else {
            return fail(.budgetsHold, "a word about a budget that nobody set: \(notice.message)")
        }
        switch notice {
        case .nearing:
            let mark = limit.picos / 1_000_000 * Int64(client.budget.warnAt.millionths)
            guard gauge.spent.picos < limit.picos, gauge.spent.picos >= mark else {
                return fail(.budgetsHold, "nearly spent: \(gauge.spent) of \(gauge.limit)")
            }
            if !clients[index].hasWarned.insert(gauge.scope).inserted {
                fail(.budgetsHold, "warned of the budget for the \(gauge.scope.rawValue) once more")
            }
        case .reached:
            clients[index].isOutOfMoney = true
            if gauge.spent.picos < limit.picos { fail(.budgetsHold, "stopped at \(gauge.spent) of \(gauge.limit)") }
        case .refused(_, let prompt):
            clients[index].isOutOfMoney = true
            if gauge.spent.picos + prompt.picos <= limit.picos, gauge.spent.picos < limit.picos {
                fail(.budgetsHold, "refused at \(gauge.spent) and \(prompt) of \(gauge.limit)")
            }
        case .unenforced: break
        }
    }

    /// What the gauges show: at rest exactly what the ledger has, and while an attempt runs no more than the limit.
    mutating func checkGauges(_ index: Int, _ snapshot: StreamSnapshot) {
        keepSpent(index, snapshot)
        let client = clients[index]
        guard !client.budget.isEmpty else { return }
        guard let status = snapshot.budget else { return fail(.budgetsHold, "a budget is not shown") }
        if client.isOutOfMoney, client.verdict == nil {
            return fail(.budgetsHold, "stream \(client.id) goes on, and its budget is spent")
        }
        if client.conversation != nil, client.budget.conversation != nil {
            for other in clients.indices where other != index && clients[other].conversation == client.conversation {
                if let snapshot = engine.snapshot(clients[other].id, at: now) { keepSpent(other, snapshot) }
            }
        }
        let companions = companions(of: client)
        for gauge in status.gauges {
            let currency = gauge.spent.currency
            let involved = gauge.scope == .reply ? [client] : companions
            guard involved.allSatisfy({ $0.current?.isClosed ?? true }) else {
                let isAlone = gauge.scope == .reply || companions.count == 1
                if isAlone, client.current?.stop == nil, gauge.spent.picos > gauge.limit.picos {
                    return fail(.budgetsHold, "runs on with \(gauge.spent) of \(gauge.limit)")
                }
                continue
            }
            let start = gauge.scope == .reply ? 0 : before(client, in: currency)
            let expected = involved.reduce(start) { $0 + $1.spent[currency == "USD" ? 0 : 1] }
            if gauge.spent.picos != expected {
                return fail(
                    .budgetsHold,
                    "the \(gauge.scope.rawValue)'s budget counts \(gauge.spent.picos) picos, and the rows say \(expected)"
                )
            }
        }
    }

    /// What is known of the rows, and the prompts of requests that were sent and never answered.
    private mutating func keepSpent(_ index: Int, _ snapshot: StreamSnapshot) {
        guard clients[index].current?.isClosed ?? true else { return }
        var spent: [Int64] = [0, 0]
        for (record, attempt) in zip(snapshot.attempts, clients[index].attempts) {
            let place = Setting.currencies[attempt.pricing] == "USD" ? 0 : 1
            if let money = record.cost.money {
                spent[money.isZero ? place : money.currency == "USD" ? 0 : 1] += money.picos
            } else if attempt.isConnected, attempt.status == nil, let rate = Setting.rates[attempt.pricing] {
                spent[place] += Int64(record.usage.input ?? 0) * rate.input
            }
        }
        clients[index].spent = spent
    }
}
