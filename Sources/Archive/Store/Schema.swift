internal import GRDB

/// The tables, and how an older file becomes one of today's.
enum Schema {
    /// `PRAGMA application_id` of our files, "Weir" in ASCII: https://www.sqlite.org/pragma.html#pragma_application_id
    static let applicationID = 0x5765_6972

    /// Step n leads from schema n to schema n + 1. Steps are only ever added.
    static let steps: [@Sendable (Database) throws -> Void] = [first, attachments, standing]

    static var version: Int { steps.count }

    /// Brings the file up to date, in the transaction that the caller has begun.
    static func migrate(
        _ db: Database, path: String, steps: [@Sendable (Database) throws -> Void] = Self.steps
    ) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= steps.count else {
            throw ArchiveError.newerSchema(path: path, found: found, known: steps.count)
        }
        guard found < steps.count else { return }
        for step in steps[max(0, found)...] { try step(db) }
        try db.execute(sql: "PRAGMA user_version = \(steps.count)")
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    }

    /// Whether the file is ours, or empty and to become ours.
    static func isOurs(_ db: Database) throws -> Bool {
        let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if id == applicationID { return true }
        return try id == 0 && Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
    }

    @Sendable private static func first(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE conversations (
                    id TEXT PRIMARY KEY NOT NULL,
                    title TEXT NOT NULL,
                    created_at REAL NOT NULL,
                    updated_at REAL NOT NULL
                ) STRICT;

                -- Prompts and replies, in the order of their positions. Texts are UTF-8 in blobs, here and below:
                -- they may hold U+0000, where SQLite's functions for text would end.
                CREATE TABLE turns (
                    id INTEGER PRIMARY KEY NOT NULL,
                    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
                    position INTEGER NOT NULL,
                    role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
                    text BLOB NOT NULL,
                    prompt INTEGER REFERENCES turns (id) ON DELETE SET NULL,
                    provider TEXT,
                    model TEXT,
                    -- NULL while a reply is being written; its text is then in "pieces".
                    verdict TEXT,
                    stop_reason TEXT,
                    started_at REAL NOT NULL,
                    ended_at REAL,
                    -- The session that writes the reply.
                    session TEXT,
                    UNIQUE (conversation, position)
                ) STRICT;
                CREATE INDEX turns_by_session ON turns (session) WHERE session IS NOT NULL;
                CREATE INDEX turns_by_prompt ON turns (prompt) WHERE prompt IS NOT NULL;

                -- The text of replies that are being written, as it came; bytes, because a piece may end anywhere.
                CREATE TABLE pieces (
                    reply INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
                    number INTEGER NOT NULL,
                    bytes BLOB NOT NULL,
                    PRIMARY KEY (reply, number)
                ) STRICT;

                -- Texts that were shown and given up.
                CREATE TABLE abandoned (
                    reply INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
                    number INTEGER NOT NULL,
                    text BLOB NOT NULL,
                    PRIMARY KEY (reply, number)
                ) STRICT;

                CREATE TABLE attempts (
                    reply INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
                    number INTEGER NOT NULL,
                    provider TEXT NOT NULL,
                    model TEXT NOT NULL,
                    status INTEGER,
                    request_id TEXT,
                    outcome TEXT NOT NULL,
                    failure TEXT,
                    resume TEXT,
                    is_stream INTEGER NOT NULL,
                    started_at REAL NOT NULL,
                    headers_at REAL,
                    first_token_at REAL,
                    ended_at REAL,
                    input INTEGER,
                    output INTEGER,
                    cache_read INTEGER,
                    cache_write INTEGER,
                    cache_write_hour INTEGER,
                    thinking INTEGER,
                    usage_is_estimated INTEGER NOT NULL,
                    cost_picos INTEGER,
                    cost_currency TEXT,
                    cost_certainty TEXT,
                    price_date TEXT,
                    is_lost INTEGER NOT NULL,
                    text_bytes INTEGER NOT NULL,
                    thinking_bytes INTEGER NOT NULL,
                    PRIMARY KEY (reply, number)
                ) STRICT;

                -- Not bound to conversations: a draft is there before its conversation's first prompt.
                CREATE TABLE drafts (
                    conversation TEXT PRIMARY KEY NOT NULL,
                    text BLOB NOT NULL,
                    updated_at REAL NOT NULL
                ) STRICT;
                """)
    }

    /// Of a reply `kept`: the user chose it among several. Of a prompt `replaced`: another has taken its place, and neither
    /// it nor what was said to it goes along any more.
    @Sendable private static func standing(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE turns ADD COLUMN standing TEXT CHECK (standing IN ('kept', 'replaced'))")
    }

    /// What went out with a prompt besides its text, as it was then: a file that has changed since, or is gone, is sent
    /// again as it was.
    @Sendable private static func attachments(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE attachments (
                    prompt INTEGER NOT NULL REFERENCES turns (id) ON DELETE CASCADE,
                    number INTEGER NOT NULL,
                    name TEXT NOT NULL,
                    type TEXT NOT NULL,
                    bytes BLOB NOT NULL,
                    PRIMARY KEY (prompt, number)
                ) STRICT;

                -- Of a prompt that was a part of a longer one: what later requests say in its place.
                ALTER TABLE turns ADD COLUMN brief BLOB;
                """)
    }
}
