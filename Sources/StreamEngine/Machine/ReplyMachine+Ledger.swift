import Pricing
import Providers

/// Tokens and money of the attempts: one row each, never merged silently.
extension ReplyMachine {
    /// The record with what the attempt has brought, the numbers that the provider did not give filled in by our
    /// estimate, and its cost.
    func settled(_ record: AttemptRecord, attempt: Attempt) -> AttemptRecord {
        var record = record
        record.lastTokenAt = attempt.lastContentAt
        record.deltas = attempt.deltas
        record.textBytes = attempt.textBytes
        record.thinkingBytes = attempt.thinkingBytes
        // An early count (Anthropic's message_start says 1) does not say what came after it, in a reply that was cut and in
        // one whose end brings no usage.
        if attempt.stop == nil || record.usage.output == nil || attempt.deltas > attempt.deltasCounted {
            record.outputIsReported = false
            record.usage.output = max(record.usage.output ?? 0, attempt.output.tokens)
        }
        let price = price(of: record)
        record.priceDate = (price?.asOf ?? price?.from)?.description
        record.cost = cost(of: record, at: price, wasConnected: attempt.wasConnected)
        return record
    }

    /// Of an attempt's model at the time of the attempt. Looked up when a cost is asked for, not before: what a reply costs
    /// nobody needs to know before it is there.
    func price(of record: AttemptRecord) -> Price? {
        prices?.price(provider: record.provider, model: record.model, at: record.startedAtWall.secondsSince1970)
    }

    private func cost(of record: AttemptRecord, at price: Price?, wasConnected: Bool) -> Cost {
        if let charge = record.usage.charge, let money = Money(charge), money.picos >= 0 {
            return .reported(money)
        }
        guard let status = record.status else {
            // Nothing was sent: nothing is owed. Sent but never answered: the server may have begun, nobody knows.
            // A cursor fetches what is billed already.
            return wasConnected && record.resume?.strategy != .cursor ? .unknown : .zero
        }
        // Providers do not bill answers that are errors.
        guard status == 200 else { return .zero }
        return price?.cost(
            of: TokenCounts(record.usage), isEstimated: !record.inputIsReported || !record.outputIsReported,
            at: record.startedAtWall.secondsSince1970) ?? .unknown
    }

    /// What was used over all attempts, as it is billed.
    func usage(over records: [AttemptRecord]) -> (usage: Usage, isEstimated: Bool) {
        var total = Usage()
        var isEstimated = false
        for record in records where record.status == 200 {
            total.add(record.usage)
            isEstimated = isEstimated || !record.inputIsReported || !record.outputIsReported
        }
        return (total, isEstimated)
    }

    /// The records with the running attempt's numbers as they stand now.
    func currentRecords() -> [AttemptRecord] {
        guard case .attempting(let held) = state, let last = records.last else { return records }
        var records = records
        records[records.count - 1] = settled(last, attempt: held.attempt)
        return records
    }
}

extension Usage {
    /// For totals over attempts; within one attempt usage is cumulative and replaces, see ``replace(with:)``.
    public mutating func add(_ other: Usage) {
        func sum(_ left: Int?, _ right: Int?) -> Int? {
            guard let left, let right else { return left ?? right }
            return left &+ right
        }
        input = sum(input, other.input)
        output = sum(output, other.output)
        cacheRead = sum(cacheRead, other.cacheRead)
        cacheWrite = sum(cacheWrite, other.cacheWrite)
        cacheWriteHour = sum(cacheWriteHour, other.cacheWriteHour)
        thinking = sum(thinking, other.thinking)
        if let charged = other.charge { charge = (charge ?? 0) + charged }
    }
}

extension TokenCounts {
    init(_ usage: Usage) {
        self.init(
            input: usage.input ?? 0, output: usage.output ?? 0, cacheRead: usage.cacheRead ?? 0,
            cacheWrite: usage.cacheWrite ?? 0, cacheWriteHour: usage.cacheWriteHour ?? 0)
    }
}
