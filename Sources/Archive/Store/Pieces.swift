internal import Foundation
internal import GRDB

/// The text of a reply while it is written: appended piece by piece, so that a flush costs what is new and not what is
/// there. Of a reply that is not in the store (its conversation was deleted) nothing is kept.
enum Pieces {
    static func append(_ bytes: some Collection<UInt8>, to reply: ReplyID, in db: Database) throws {
        guard !bytes.isEmpty else { return }
        try db.execute(
            sql: """
                INSERT INTO pieces (reply, number, bytes)
                SELECT id, (SELECT coalesce(max(number), -1) + 1 FROM pieces WHERE reply = turns.id), ?
                FROM turns WHERE id = ?
                """, arguments: [Data(bytes), reply.rawValue])
    }

    static func bytes(of reply: Int64, in db: Database) throws -> Data {
        var bytes = Data()
        let pieces = try Data.fetchCursor(
            db, sql: "SELECT bytes FROM pieces WHERE reply = ? ORDER BY number", arguments: [reply])
        while let piece = try pieces.next() { bytes += piece }
        return bytes
    }

    /// The pieces become the reply's text.
    static func join(_ reply: ReplyID, in db: Database) throws {
        let bytes = try bytes(of: reply.rawValue, in: db)
        guard !bytes.isEmpty else { return }
        let text = try text(of: reply, in: db) + bytes
        try db.execute(sql: "UPDATE turns SET text = ? WHERE id = ?", arguments: [text, reply.rawValue])
        try remove(reply, in: db)
    }

    /// The reply's text becomes its first piece again.
    static func reopen(_ reply: ReplyID, in db: Database) throws {
        try join(reply, in: db)
        try append(text(of: reply, in: db), to: reply, in: db)
        try db.execute(sql: "UPDATE turns SET text = x'' WHERE id = ?", arguments: [reply.rawValue])
    }

    /// The text so far is kept as one that was given up; the reply goes on from its first `kept` bytes.
    static func abandon(_ reply: ReplyID, keeping kept: Int, in db: Database) throws {
        let bytes = try bytes(of: reply.rawValue, in: db)
        try db.execute(
            sql: """
                INSERT INTO abandoned (reply, number, text)
                SELECT id, (SELECT coalesce(max(number), -1) + 1 FROM abandoned WHERE reply = turns.id), ?
                FROM turns WHERE id = ?
                """, arguments: [bytes, reply.rawValue])
        try remove(reply, in: db)
        try append(bytes.prefix(max(0, kept)), to: reply, in: db)
    }

    private static func text(of reply: ReplyID, in db: Database) throws -> Data {
        try Data.fetchOne(db, sql: "SELECT text FROM turns WHERE id = ?", arguments: [reply.rawValue]) ?? Data()
    }

    private static func remove(_ reply: ReplyID, in db: Database) throws {
        try db.execute(sql: "DELETE FROM pieces WHERE reply = ?", arguments: [reply.rawValue])
    }
}

extension String {
    /// A text as the store keeps it. Bytes that are not UTF-8 (a reply cut off within a character) become U+FFFD.
    init(stored data: Data) {
        self.init(decoding: data, as: UTF8.self)
    }
}
