enum JSONExport {
    static func turn(_ turn: ArchivedTurn) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("role", .string(turn.role.rawValue)), ("text", .string(turn.text)),
            ("started_at", .number(turn.startedAt)),
        ]
        if let standing = turn.standing { members.append(("standing", .string(standing.rawValue))) }
        guard turn.role == .assistant else {
            // What they are, not what is in them: a document for people and scripts holds no Base64.
            if !turn.attachments.isEmpty {
                let attachments = turn.attachments.map { attachment in
                    JSONValue.object([
                        ("name", .string(attachment.name)), ("type", .string(attachment.type)),
                        ("bytes", .integer(attachment.bytes.count)),
                    ])
                }
                members.append(("attachments", .array(attachments)))
            }
            return .object(members)
        }
        members += [
            ("ended_at", .number(turn.endedAt)), ("provider", .string(turn.provider)), ("model", .string(turn.model)),
            ("verdict", .string(turn.verdict)), ("stop_reason", .string(turn.stopReason)),
            ("attempts", .array(turn.attempts.map(attempt))),
        ]
        if !turn.abandoned.isEmpty { members.append(("abandoned", .array(turn.abandoned.map { .string($0) }))) }
        return .object(members)
    }

    private static func attempt(_ attempt: ArchivedAttempt) -> JSONValue {
        .object([
            ("number", .integer(attempt.number)), ("provider", .string(attempt.provider)),
            ("model", .string(attempt.model)), ("status", .integer(attempt.status)),
            ("request_id", .string(attempt.requestID)), ("outcome", .string(attempt.outcome)),
            ("failure", .string(attempt.failure)), ("resume", .string(attempt.resume)),
            ("stream", .boolean(attempt.isStream)), ("started_at", .number(attempt.startedAt)),
            ("headers_at", .number(attempt.headersAt)), ("first_token_at", .number(attempt.firstTokenAt)),
            ("ended_at", .number(attempt.endedAt)),
            (
                "usage",
                .object([
                    ("input", .integer(attempt.usage.input)), ("output", .integer(attempt.usage.output)),
                    ("cache_read", .integer(attempt.usage.cacheRead)),
                    ("cache_write", .integer(attempt.usage.cacheWrite)),
                    ("cache_write_hour", .integer(attempt.usage.cacheWriteHour)),
                    ("thinking", .integer(attempt.usage.thinking)),
                    ("estimated", .boolean(attempt.usage.isEstimated)),
                ])
            ),
            (
                "cost",
                attempt.cost.map { cost in
                    .object([
                        ("amount", .string(cost.amountText)), ("currency", .string(cost.currency)),
                        ("certainty", .string(cost.certainty.rawValue)), ("price_date", .string(attempt.priceDate)),
                    ])
                } ?? .null
            ),
            ("lost", .boolean(attempt.isLost)), ("text_bytes", .integer(attempt.textBytes)),
            ("thinking_bytes", .integer(attempt.thinkingBytes)),
        ])
    }
}
