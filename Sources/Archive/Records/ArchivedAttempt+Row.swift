internal import GRDB

extension ArchivedAttempt {
    /// Makes the attempt's row or replaces it; nothing where the reply is not in the store.
    func save(to db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO attempts (
                    reply, number, provider, model, status, request_id, outcome, failure, resume, is_stream,
                    started_at, headers_at, first_token_at, ended_at, input, output, cache_read, cache_write,
                    cache_write_hour, thinking, usage_is_estimated, cost_picos, cost_currency, cost_certainty,
                    price_date, is_lost, text_bytes, thinking_bytes
                ) SELECT id, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
                FROM turns WHERE id = ?
                """,
            arguments: [
                number, provider, model, status, requestID, outcome,
                failure.map(Redaction.redacted), resume, isStream, startedAt, headersAt, firstTokenAt, endedAt,
                usage.input, usage.output, usage.cacheRead, usage.cacheWrite, usage.cacheWriteHour, usage.thinking,
                usage.isEstimated, cost?.picos, cost?.currency, cost?.certainty.rawValue, priceDate, isLost,
                textBytes, thinkingBytes, reply.rawValue,
            ])
    }

    init(_ row: Row) {
        self.init(
            reply: ReplyID(rawValue: row["reply"]), number: row["number"], provider: row["provider"],
            model: row["model"], outcome: row["outcome"], startedAt: row["started_at"])
        status = row["status"]
        requestID = row["request_id"]
        failure = row["failure"]
        resume = row["resume"]
        isStream = row["is_stream"]
        headersAt = row["headers_at"]
        firstTokenAt = row["first_token_at"]
        endedAt = row["ended_at"]
        usage = ArchivedUsage(
            input: row["input"], output: row["output"], cacheRead: row["cache_read"],
            cacheWrite: row["cache_write"], cacheWriteHour: row["cache_write_hour"], thinking: row["thinking"],
            isEstimated: row["usage_is_estimated"])
        if let picos: Int64 = row["cost_picos"], let currency: String = row["cost_currency"],
            let certainty = ArchivedCost.Certainty(rawValue: row["cost_certainty"] ?? "")
        {
            cost = ArchivedCost(picos: picos, currency: currency, certainty: certainty)
        }
        priceDate = row["price_date"]
        isLost = row["is_lost"]
        textBytes = row["text_bytes"]
        thinkingBytes = row["thinking_bytes"]
    }
}
