import Pricing
import Providers

/// The budget: a rule over the running estimate of what the reply, and its conversation, have cost.
extension ReplyMachine {
    /// Before an attempt: whether its prompt fits into what is left. Where it does not the stream ends, and says so.
    mutating func isAllowed(at now: Now, into actions: inout EngineActions) -> Bool {
        guard !order.budget.isEmpty else { return true }
        tellUnenforced(at: now, into: &actions)
        guard let refusal = budgetRefusal(at: now) else { return true }
        emit(.budget(refusal), at: now, into: &actions)
        log.note("budget: request not sent", at: now.instant)
        lastFailure = .budget(refusal, after: lastFailure)
        if case .ended(let verdict) = state {
            // A retry by hand changes nothing about how the reply ended.
            end(verdict, at: now, into: &actions)
        } else {
            end(text.isEmpty ? .failed : .incomplete, at: now, into: &actions)
        }
        return false
    }

    /// Why the next attempt may not start; `nil` = it may.
    func budgetRefusal(at now: Now) -> BudgetNotice? {
        guard !order.budget.isEmpty, let price = currentPrice(at: now) else { return nil }
        let tokens = nextPromptTokens
        let prompt = BudgetMeter.line(
            price, wall: now.wall, counts: TokenCounts(input: tokens, output: 0)
        ).prompt
        for gauge in gauges(in: price.currency) {
            let (after, overflow) = gauge.spent.picos.addingReportingOverflow(prompt)
            if overflow || after > gauge.limit.picos || gauge.spent.picos >= gauge.limit.picos {
                return .refused(gauge, prompt: Money(picos: prompt, currency: price.currency))
            }
        }
        return nil
    }

    /// Estimated; a reply that cannot be resumed is asked for anew.
    private var nextPromptTokens: Int {
        guard let plan = resumePlan(), plan.strategy != .off else { return TokenEstimator.estimate(order.request) }
        return plan.rebilledTokens
    }

    private func currentPrice(at now: Now) -> Price? {
        prices?.price(provider: order.endpoint.provider, model: order.model.id, at: now.wall.secondsSince1970)
    }

    /// Whether anybody looks at what this stream spends.
    private var followsMoney: Bool { order.conversation != nil || !order.budget.isEmpty }

    /// An attempt begins: its prompt counts as spent from here on.
    mutating func budgetBegan(_ record: AttemptRecord) {
        guard followsMoney else { return }
        // A cursor fetches what is billed already.
        let prompt = record.resume?.strategy == .cursor ? 0 : record.usage.input ?? 0
        budget.began(at: price(of: record), wall: record.startedAtWall, promptTokens: prompt)
        guard let currency = budget.currency else { return }
        setMarks(in: currency)
        let step = budget.counted(tokens: 0)
        if order.conversation != nil { account.add(step, currency) }
    }

    /// After an arrival: counts it, warns, and says whether the stream has to stop.
    mutating func budgetCounted(
        _ attempt: borrowing Attempt, at now: Now, into actions: inout EngineActions
    ) -> StreamFailure? {
        guard let currency = budget.currency, followsMoney else { return nil }
        let record = records.count - 1
        if budget.isStale {
            budget.priced(wall: records[record].startedAtWall, counts: TokenCounts(records[record].usage))
        }
        let step = budget.counted(tokens: max(attempt.output.tokens, records[record].usage.output ?? 0))
        if order.conversation != nil { account.add(step, currency) }
        return budgetVerdict(in: currency, at: now, into: &actions)
    }

    private mutating func budgetVerdict(
        in currency: String, at now: Now, into actions: inout EngineActions
    ) -> StreamFailure? {
        if budget.spent >= budget.replyMark, let limit = order.budget.reply {
            let failure = held(limit, .reply, spent: budget.spent, in: currency, at: now, into: &actions)
            if let failure { return failure }
        }
        guard budget.conversationMark < .max, let limit = order.budget.conversation else { return nil }
        let spent = conversationSpent(in: currency)
        return spent < budget.conversationMark
            ? nil : held(limit, .conversation, spent: spent, in: currency, at: now, into: &actions)
    }

    private func conversationSpent(in currency: String) -> Int64 {
        order.conversation == nil ? budget.spent : account.amount(in: currency)
    }

    /// A mark is reached: the warning, or the end.
    private mutating func held(
        _ limit: Budget.Limit, _ scope: BudgetScope, spent: Int64, in currency: String, at now: Now,
        into actions: inout EngineActions
    ) -> StreamFailure? {
        let gauge = BudgetGauge(
            scope: scope, spent: Money(picos: spent, currency: currency), limit: limit.money(in: currency))
        guard spent < limit.picos else {
            log.note("budget: \(scope.rawValue) spent", at: now.instant)
            emit(.budget(.reached(gauge)), at: now, into: &actions)
            return .budget(.reached(gauge))
        }
        switch scope {
        case .reply: budget.hasWarned.reply = true
        case .conversation: budget.hasWarned.conversation = true
        }
        setMarks(in: currency)
        log.note("budget: \(scope.rawValue) nearly spent", at: now.instant)
        emit(.budget(.nearing(gauge)), at: now, into: &actions)
        return nil
    }

    private mutating func setMarks(in currency: String) {
        func mark(_ limit: Budget.Limit?, _ hasWarned: Bool) -> Int64 {
            guard let limit, limit.holds(for: currency) else { return .max }
            return hasWarned ? limit.picos : order.budget.warning(of: limit)
        }
        budget.replyMark = mark(order.budget.reply, budget.hasWarned.reply)
        budget.conversationMark = mark(order.budget.conversation, budget.hasWarned.conversation)
    }

    /// The attempt is over: what it cost replaces what was counted for it.
    mutating func budgetSettled(_ record: AttemptRecord) {
        guard followsMoney else { return }
        let change = budget.settled(amount(of: record))
        guard order.conversation != nil else { return }
        if let currency = budget.currency { account.add(change.running, currency) }
        if let cost = change.cost { account.add(cost.picos, cost.currency) }
    }

    /// What a row counts for, once its attempt is over.
    private func amount(of record: AttemptRecord) -> Money? {
        if let money = record.cost.money { return money }
        guard let currency = budget.currency else { return nil }
        // Sent and never answered: it may be billed, and a limit is held on the safe side.
        return Money(picos: record.status == nil ? budget.prompt : 0, currency: currency)
    }

    /// A later attempt bears what an earlier one counted for: a response that is gone on with costs once.
    mutating func budgetMoved(from earlier: AttemptRecord, to record: AttemptRecord, tokens: Int) {
        guard followsMoney else { return }
        if let money = earlier.cost.money {
            budget.refunded(money)
            if order.conversation != nil { account.add(-money.picos, money.currency) }
        }
        guard let currency = budget.currency else { return }
        budget.priced(wall: record.startedAtWall, counts: TokenCounts(record.usage))
        let step = budget.counted(tokens: tokens)
        if order.conversation != nil { account.add(step, currency) }
    }

    /// Nobody looked at what this stream spends so far: it is counted from its rows.
    private mutating func recount() {
        budget = BudgetMeter()
        var running: Attempt?
        if case .attempting(let held) = state { running = held.attempt }
        for (index, record) in records.enumerated() {
            budget.began(at: price(of: record), wall: record.startedAtWall, promptTokens: record.usage.input ?? 0)
            if let running, index == records.count - 1 {
                budget.priced(wall: record.startedAtWall, counts: TokenCounts(record.usage))
                _ = budget.counted(tokens: max(running.output.tokens, record.usage.output ?? 0))
            } else {
                _ = budget.settled(amount(of: record))
            }
        }
    }

    /// The user has set another budget.
    mutating func budgetChanged(to new: Budget, at now: Now, into actions: inout EngineActions) {
        guard new != order.budget else { return }
        let wasFollowed = followsMoney
        order.budget = new
        if !wasFollowed { recount() }
        budget.hasWarned = (false, false)
        budget.toldReason = nil
        if let currency = budget.currency { setMarks(in: currency) }
        guard !isOver, !new.isEmpty else { return }
        tellUnenforced(at: now, into: &actions)
        guard case .attempting(let held) = state, held.attempt.stop == nil else { return }
        if let currency = budget.currency, let failure = budgetVerdict(in: currency, at: now, into: &actions) {
            attemptFailed(held.attempt, failure, isTransferOver: false, at: now, into: &actions)
        }
    }

    // MARK: What is told

    private mutating func tellUnenforced(at now: Now, into actions: inout EngineActions) {
        guard let reason = unenforced(at: now), reason != budget.toldReason else { return }
        budget.toldReason = reason
        emit(.budget(.unenforced(reason: reason)), at: now, into: &actions)
    }

    /// Why a limit cannot be held for the present model.
    private func unenforced(at now: Now) -> String? {
        guard !order.budget.isEmpty else { return nil }
        let name = order.model.id
        guard let price = currentPrice(at: now) else { return "there is no price for \(name)" }
        let other = [order.budget.reply, order.budget.conversation].compactMap { $0 }
            .first { !$0.holds(for: price.currency) }
        return other.map { "\(name) is billed in \(price.currency), and the limit is in \($0.currency ?? "")" }
    }

    private func gauges(in currency: String) -> [BudgetGauge] {
        var gauges: [BudgetGauge] = []
        // While another attempt runs at a price of another currency, this one's sum is not at hand.
        let reply = budget.currency == currency ? budget.spent : budget.ended.amount(in: currency)
        if let limit = order.budget.reply, limit.holds(for: currency) {
            gauges.append(
                BudgetGauge(
                    scope: .reply, spent: Money(picos: reply, currency: currency), limit: limit.money(in: currency)))
        }
        if let limit = order.budget.conversation, limit.holds(for: currency) {
            let spent = order.conversation == nil ? reply : account.amount(in: currency)
            gauges.append(
                BudgetGauge(
                    scope: .conversation, spent: Money(picos: spent, currency: currency),
                    limit: limit.money(in: currency)))
        }
        return gauges
    }

    /// For views; `nil` without a budget.
    func budgetStatus(at now: Now) -> BudgetStatus? {
        guard !order.budget.isEmpty else { return nil }
        // While it runs the price is the attempt's own, and whether another one fits is not the question yet.
        let currency = isOver ? currentPrice(at: now)?.currency : budget.currency
        let canGoOn = if case .ended(let verdict) = state { verdict != .complete && verdict != .refused } else { false }
        return BudgetStatus(
            gauges: currency.map(gauges) ?? [], unenforced: unenforced(at: now),
            allowsAttempt: !canGoOn || budgetRefusal(at: now) == nil)
    }
}

extension Budget {
    /// The amount at which a limit is warned of.
    fileprivate func warning(of limit: Limit) -> Int64 {
        Int64(Int128(limit.picos) * Int128(min(warnAt.millionths, 1_000_000)) / 1_000_000)
    }
}
