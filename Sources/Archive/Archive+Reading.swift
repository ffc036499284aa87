internal import Dispatch
internal import Foundation
internal import GRDB

/// Reads wait for the disk. An event loop calls them through ``Archive/fetch(_:then:)``.
extension Archive {
    /// Runs reads away from the caller's thread and hands the result to `then`, on a queue of the archive's.
    public func fetch<Value: Sendable>(
        _ read: @escaping @Sendable (Archive) throws(ArchiveError) -> Value,
        then: @escaping @Sendable (Result<Value, ArchiveError>) -> Void
    ) {
        queue.async { [self] in
            do throws(ArchiveError) {
                then(.success(try read(self)))
            } catch {
                then(.failure(error))
            }
        }
    }

    /// Newest first, by their latest prompt or reply.
    public func conversations(limit: Int = 1000) throws(ArchiveError) -> [ConversationSummary] {
        try reading { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT *, (SELECT count(*) FROM turns WHERE conversation = c.id AND role = 'user') AS prompts,
                        (SELECT count(*) FROM turns WHERE conversation = c.id AND role = 'assistant') AS replies
                    FROM conversations c ORDER BY updated_at DESC, created_at DESC, id LIMIT ?
                    """, arguments: [limit]
            ).map { row in
                ConversationSummary(
                    id: row["id"], title: row["title"], createdAt: row["created_at"], updatedAt: row["updated_at"],
                    prompts: row["prompts"], replies: row["replies"])
            }
        }
    }

    /// `nil` for a conversation that the store does not have.
    public func title(of conversation: String) throws(ArchiveError) -> String? {
        try reading { db in
            try String.fetchOne(db, sql: "SELECT title FROM conversations WHERE id = ?", arguments: [conversation])
        }
    }

    /// Prompts in their order, each with the replies to it, with attempts.
    public func turns(of conversation: String) throws(ArchiveError) -> [ArchivedTurn] {
        try reading { db in
            let replies = "(SELECT id FROM turns WHERE conversation = ? AND role = 'assistant')"
            let attempts = Dictionary(
                grouping: try Row.fetchAll(
                    db, sql: "SELECT * FROM attempts WHERE reply IN \(replies) ORDER BY reply, number",
                    arguments: [conversation]
                ).map { ArchivedAttempt($0) }, by: \.reply.rawValue)
            let abandoned = Dictionary(
                grouping: try Row.fetchAll(
                    db, sql: "SELECT reply, text FROM abandoned WHERE reply IN \(replies) ORDER BY reply, number",
                    arguments: [conversation]
                ).map { (reply: $0["reply"] as Int64, text: String(stored: $0["text"])) }, by: \.reply)
            let attachments = Dictionary(
                grouping: try Row.fetchAll(
                    db,
                    sql: "SELECT * FROM attachments WHERE prompt IN (SELECT id FROM turns WHERE conversation = ?) "
                        + "ORDER BY prompt, number", arguments: [conversation]
                ).map { row in
                    (
                        prompt: row["prompt"] as Int64,
                        attachment: ArchivedAttachment(
                            name: row["name"], type: row["type"], bytes: [UInt8](row["bytes"] as Data))
                    )
                }, by: \.prompt)
            return try Row.fetchAll(
                // A reply stands with the prompt that it answers, though it was made anew after later ones.
                db,
                sql: "SELECT * FROM turns WHERE conversation = ? ORDER BY "
                    + "coalesce((SELECT asked.position FROM turns asked WHERE asked.id = turns.prompt), position), position",
                arguments: [conversation]
            ).map { row in
                let id: Int64 = row["id"]
                let role = ArchivedTurn.Role(rawValue: row["role"]) ?? .user
                var text: Data = row["text"]
                let verdict: String? = row["verdict"]
                if role == .assistant, verdict == nil {
                    text += try Pieces.bytes(of: id, in: db)
                }
                return ArchivedTurn(
                    id: id, role: role, text: String(stored: text),
                    prompt: (row["prompt"] as Int64?).map { PromptID(rawValue: $0) }, provider: row["provider"],
                    model: row["model"], verdict: verdict, stopReason: row["stop_reason"],
                    startedAt: row["started_at"], endedAt: row["ended_at"], attempts: attempts[id] ?? [],
                    abandoned: abandoned[id]?.map(\.text) ?? [],
                    attachments: attachments[id]?.map(\.attachment) ?? [],
                    brief: (row["brief"] as Data?).map { String(stored: $0) },
                    standing: (row["standing"] as String?).flatMap { ArchivedTurn.Standing(rawValue: $0) })
            }
        }
    }

    public func draft(of conversation: String) throws(ArchiveError) -> String? {
        try reading { db in
            try Data.fetchOne(
                db, sql: "SELECT text FROM drafts WHERE conversation = ?", arguments: [conversation]
            ).map { String(stored: $0) }
        }
    }

    /// Every draft, the latest first: what was typed last before a crash may belong to no stored conversation.
    public func drafts() throws(ArchiveError) -> [Draft] {
        try reading { db in
            try Row.fetchAll(db, sql: "SELECT * FROM drafts ORDER BY updated_at DESC, conversation").map { row in
                Draft(
                    conversation: row["conversation"], text: String(stored: row["text"]), updatedAt: row["updated_at"])
            }
        }
    }

    /// What was sent last, over all conversations, newest first, each text once: the input line's history.
    public func recentPrompts(limit: Int = 200) throws(ArchiveError) -> [String] {
        try reading { db in
            try Data.fetchAll(
                db,
                sql: """
                    SELECT text FROM turns WHERE role = 'user'
                    GROUP BY text ORDER BY max(started_at) DESC, max(rowid) DESC LIMIT ?
                    """, arguments: [limit]
            ).map { String(stored: $0) }
        }
    }

    /// What waits is written first, so that a read sees it; where that fails, the read shows what is stored.
    func reading<Value>(_ read: (Database) throws -> Value) throws(ArchiveError) -> Value {
        _ = try? drain()
        return try ArchiveError.translating(path) { try database.read(read) }
    }
}
