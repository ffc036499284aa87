import Pricing
import Providers

extension ReplyMachine {
    /// The stream as a value for views. Costs a few microseconds, whatever the length of the reply.
    mutating func snapshot(at now: Now) -> StreamSnapshot {
        let records = currentRecords()
        let usage = usage(over: records).usage
        let answered = records.filter { $0.status == 200 }
        let gaps = meter.gapPercentiles()

        var backoff: Backoff?
        if case .backingOff(let current) = state { backoff = current }
        var verdict: Verdict?
        if case .ended(let reached) = state { verdict = reached }
        var stopReason: StopReason?
        if case .completed(let reason)? = records.last?.outcome { stopReason = reason }

        let unknown = unknownEvents + decoder.unknownEvents
        let malformed = malformedEvents + decoder.malformedEvents
        let budget = budgetStatus(at: now)
        var question: ResumeQuestion?
        if case .asking(let asked) = state { question = asked }
        let isRunning = verdict == nil && backoff == nil && question == nil

        return StreamSnapshot(
            id: id, provider: order.endpoint.provider, model: order.model.id, state: shownState, verdict: verdict,
            stopReason: stopReason, failure: verdict == .complete ? nil : lastFailure, startedAt: startedAt,
            endedAt: endedAt, stateSince: stateSince, attempts: records,
            maximumAttempts: order.retryPolicy.maximumRetries + 1, attemptInRun: attemptInRun, backoff: backoff,
            question: question, continuation: continuation,
            seams: seams, liveness: liveness,
            tokensPerSecond: isRunning ? meter.rate(at: now.instant) : meter.averageRate,
            rateHistory: isRunning ? meter.rateHistory(at: now.instant) : meter.rateHistory(at: endedAt ?? now.instant),
            recentGaps: meter.recentGaps, gapP50: gaps?.p50, gapP95: gaps?.p95, usage: usage,
            inputIsEstimated: answered.contains { !$0.inputIsReported } || answered.isEmpty,
            outputIsEstimated: answered.contains { !$0.outputIsReported } || answered.isEmpty,
            cost: costOfReply(records), lostCost: costLost(records),
            priceDate: records.last?.priceDate,
            rateLimits: rateLimits, events: log.entries, unknownEvents: unknown, malformedEvents: malformed,
            isNotStreamed: isNotStreamed, textBytes: text.count, thinkingBytes: thinking.count, take: take,
            controls: controls(budget), clocks: runningClocks, cancelReceipt: cancelReceipt, budget: budget)
    }

    /// Of the attempt that makes the reply: the running or the last one, unless it failed.
    private func costOfReply(_ records: [AttemptRecord]) -> Cost {
        // Nothing was asked, so nothing is owed.
        guard let last = records.last else { return .zero }
        // What came before the model paused is a part of the reply and paid for as one.
        let paused = records.dropLast().filter { $0.outcome == .completed(.pauseTurn) }
            .reduce(Cost.zero) { $0 + $1.cost }
        return last.isLost(isLast: true) ? paused : paused + last.cost
    }

    private func costLost(_ records: [AttemptRecord]) -> Cost {
        var lost = Cost.zero
        for (index, record) in records.enumerated() where record.isLost(isLast: index == records.count - 1) {
            lost = lost + record.cost
        }
        return lost
    }

    private func controls(_ budget: BudgetStatus?) -> StreamControls {
        switch state {
        case .idle: [.cancel]
        case .attempting: [.cancel, .retry, .switchModel]
        case .backingOff: [.cancel, .retry, .retryNow, .waitLonger, .giveUp, .switchModel]
        case .asking: [.cancel, .retry, .answer, .giveUp, .switchModel]
        case .ended(.complete), .ended(.refused): []
        // Another model may be cheaper.
        case .ended: budget?.allowsAttempt == false ? [.switchModel] : [.retry, .switchModel]
        }
    }
}
