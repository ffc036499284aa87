internal import Foundation
internal import GRDB

/// One change of the store. Each is applied whole or not at all.
enum Write: Sendable {
    case prompt(
        conversation: String, id: PromptID, text: String, brief: String?, attachments: [ArchivedAttachment], at: Double)
    case begin(ReplyID, conversation: String, prompt: PromptID?, provider: String, model: String, at: Double)
    case text(ReplyID, [UInt8])
    case abandon(ReplyID, kept: Int)
    case finish(ReplyID, verdict: String, stopReason: String?, at: Double)
    case reopen(ReplyID)
    case attempt(ArchivedAttempt)
    case keep(ReplyID)
    case replace([PromptID])
    case draft(Draft)
    case rename(String, title: String)
    case delete(String)

    /// What a message calls it when it is lost.
    var name: String {
        switch self {
        case .prompt: "a prompt"
        case .begin, .text, .abandon, .finish, .reopen: "text of a reply"
        case .attempt: "the record of an attempt"
        case .keep, .replace: "which of several replies or prompts holds"
        case .draft: "a draft"
        case .rename: "a conversation's title"
        case .delete: "the deletion of a conversation"
        }
    }

    /// About how much memory it takes while it waits.
    var size: Int {
        switch self {
        case .prompt(_, _, let text, _, let attachments, _):
            attachments.reduce(256 + text.utf8.count) { $0 + 128 + $1.bytes.count }
        case .text(_, let bytes): 64 + bytes.count
        case .draft(let draft): 128 + draft.text.utf8.count
        default: 512
        }
    }

    func apply(to db: Database, session: String) throws {
        switch self {
        case .prompt(let conversation, let id, let text, let brief, let attachments, let at):
            try db.execute(
                sql: """
                    INSERT INTO conversations (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET updated_at = max(updated_at, excluded.updated_at)
                    """, arguments: [conversation, Self.title(of: text), at, at])
            try db.execute(
                sql: """
                    INSERT INTO turns (id, conversation, position, role, text, brief, started_at)
                    VALUES (?, ?, \(Self.nextPosition), 'user', ?, ?, ?)
                    """,
                arguments: [
                    id.rawValue, conversation, conversation, Data(text.utf8), brief.map { Data($0.utf8) }, at,
                ])
            for (number, attachment) in attachments.enumerated() {
                try db.execute(
                    sql: "INSERT INTO attachments (prompt, number, name, type, bytes) VALUES (?, ?, ?, ?, ?)",
                    arguments: [id.rawValue, number, attachment.name, attachment.type, Data(attachment.bytes)])
            }
            try db.execute(sql: "DELETE FROM drafts WHERE conversation = ?", arguments: [conversation])
        case .begin(let reply, let conversation, let prompt, let provider, let model, let at):
            try db.execute(
                sql: """
                    INSERT INTO turns
                        (id, conversation, position, role, text, prompt, provider, model, started_at, session)
                    VALUES (?, ?, \(Self.nextPosition), 'assistant', x'', ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    reply.rawValue, conversation, conversation, prompt?.rawValue, provider, model, at, session,
                ])
        case .text(let reply, let bytes):
            try Pieces.append(bytes, to: reply, in: db)
        case .abandon(let reply, let kept):
            try Pieces.abandon(reply, keeping: kept, in: db)
        case .finish(let reply, let verdict, let stopReason, let at):
            try Pieces.join(reply, in: db)
            try db.execute(
                sql: """
                    UPDATE turns SET verdict = ?, stop_reason = ?, ended_at = ?, session = NULL WHERE id = ?
                    """, arguments: [verdict, stopReason, at, reply.rawValue])
            try db.execute(
                sql: """
                    UPDATE conversations SET updated_at = max(updated_at, ?)
                    WHERE id = (SELECT conversation FROM turns WHERE id = ?)
                    """, arguments: [at, reply.rawValue])
        case .reopen(let reply):
            try Pieces.reopen(reply, in: db)
            try db.execute(
                sql: """
                    UPDATE turns SET verdict = NULL, stop_reason = NULL, ended_at = NULL, session = ? WHERE id = ?
                    """, arguments: [session, reply.rawValue])
        case .attempt(let attempt):
            try attempt.save(to: db)
        case .keep(let reply):
            try db.execute(
                sql: """
                    UPDATE turns SET standing = NULL
                    WHERE role = 'assistant' AND prompt = (SELECT prompt FROM turns WHERE id = ?)
                    """, arguments: [reply.rawValue])
            try db.execute(sql: "UPDATE turns SET standing = 'kept' WHERE id = ?", arguments: [reply.rawValue])
        case .replace(let prompts):
            for prompt in prompts {
                try db.execute(sql: "UPDATE turns SET standing = 'replaced' WHERE id = ?", arguments: [prompt.rawValue])
            }
        case .draft(let draft) where draft.text.isEmpty:
            try db.execute(sql: "DELETE FROM drafts WHERE conversation = ?", arguments: [draft.conversation])
        case .draft(let draft):
            try db.execute(
                sql: "INSERT OR REPLACE INTO drafts (conversation, text, updated_at) VALUES (?, ?, ?)",
                arguments: [draft.conversation, Data(draft.text.utf8), draft.updatedAt])
        case .rename(let conversation, let title):
            try db.execute(
                sql: "UPDATE conversations SET title = ? WHERE id = ?", arguments: [title, conversation])
        case .delete(let conversation):
            try db.execute(sql: "DELETE FROM conversations WHERE id = ?", arguments: [conversation])
            try db.execute(sql: "DELETE FROM drafts WHERE conversation = ?", arguments: [conversation])
        }
    }

    private static let nextPosition =
        "(SELECT coalesce(max(position), 0) + 1 FROM turns WHERE conversation = ?)"

    /// A conversation is called by the first line of its first prompt, until the user names it.
    static func title(of prompt: String) -> String {
        let line = prompt.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) } ?? ""
        var title = String(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F })[...]
        while title.first?.isWhitespace == true { title.removeFirst() }
        if title.count > 60 { title = title.prefix(59) + "…" }
        while title.last?.isWhitespace == true { title.removeLast() }
        return title.isEmpty ? "untitled" : String(title)
    }
}
