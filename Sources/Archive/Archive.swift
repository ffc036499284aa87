internal import Dispatch
internal import GRDB
internal import Synchronization

/// The store of conversations: a SQLite file, or memory where there is no file.
///
/// Only ``appendPrompt(_:as:to:at:)`` waits for the disk. All other writes are taken at once and written behind, in order,
/// many to a transaction; where writing fails they stay in memory and are tried again, and the user is told. Reads see
/// every write made before them.
///
/// Several processes may use one file. A process that ends without finishing its replies leaves them with the text of
/// the last flush; the next one to open the file marks them `incomplete`.
public final class Archive: Sendable {
    public struct Settings: Sendable {
        /// Text of replies is written at least this often, in milliseconds.
        public var flushInterval = 1000
        /// How long a write waits for another process, in milliseconds. Short, because the user waits along: what could
        /// not be written stays in memory and is tried again.
        public var busyTimeout = 250
        /// How long after a failure the next try comes, in milliseconds.
        public var retryInterval = 5000
        /// Writes that may wait in memory while the disk fails, in bytes; beyond it they are given up.
        public var maximumBacklog = 64 << 20

        public init() {}
    }

    /// What waits to be written. The lock is held for moments only, never during I/O: the event loop hands writes over,
    /// the queue takes them.
    struct Backlog {
        var writes: [Write] = []
        var size = 0
        /// Where the latest text of a reply waits: more of it joins it there.
        var openText: [ReplyID: Int] = [:]
        var isFlushScheduled = false
        var isFailing = false
        var isClosed = false
        /// `nil` without a file, and when it has ended.
        var session: Session?
    }

    /// `:memory:` where there is no file.
    public let path: String
    let settings: Settings
    let database: DatabaseQueue
    /// Which replies are this process's; empty without a file.
    let session: String
    let backlog: Mutex<Backlog>
    /// Where writing behind and reading ahead happen.
    let queue = DispatchQueue(label: "weir.archive", qos: .utility)
    let notify: @Sendable (ArchiveNotice) -> Void

    /// Opens the file, makes it where it is missing, and marks replies that a dead process left as incomplete.
    ///
    /// - Parameter notify: called on a queue of the archive's.
    public init(
        path: String, settings: Settings = Settings(), notify: @escaping @Sendable (ArchiveNotice) -> Void = { _ in }
    ) throws(ArchiveError) {
        try StoreFile.prepare(path)
        self.path = path
        self.settings = settings
        self.notify = notify
        let (database, session) = try Self.open(path, settings)
        self.database = database
        self.session = session?.id ?? ""
        backlog = Mutex(Backlog(session: session))
    }

    /// A store that is gone when the program ends: for trying out, and where the file cannot be opened.
    public init(
        inMemory settings: Settings, notify: @escaping @Sendable (ArchiveNotice) -> Void = { _ in }
    ) throws(ArchiveError) {
        path = ":memory:"
        self.settings = settings
        self.notify = notify
        let (database, session) = try Self.open(path, settings)
        self.database = database
        self.session = session?.id ?? ""
        backlog = Mutex(Backlog(session: session))
    }

    deinit {
        endSession()
    }

    /// Writes what waits and ends the session. Later writes are dropped. Throws where something could not be stored.
    public func close() throws(ArchiveError) {
        defer { endSession() }
        try drain()
    }

    private func endSession() {
        let session = backlog.withLock { backlog in
            backlog.isClosed = true
            return backlog.session.take()
        }
        session?.end()
    }

    private static func open(
        _ path: String, _ settings: Settings
    ) throws(ArchiveError) -> (DatabaseQueue, Session?) {
        var configuration = Configuration()
        configuration.busyMode = .timeout(Double(settings.busyTimeout) / 1000)
        configuration.label = "weir.archive.sqlite"
        configuration.prepareDatabase { db in
            // One small file that survives power cuts and network homes: no -wal, no shared memory. TRUNCATE keeps the
            // journal's name in the folder, which saves a directory sync for each commit.
            try db.execute(sql: "PRAGMA journal_mode = TRUNCATE")
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // What the user deletes is overwritten.
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        return try ArchiveError.translating(path) {
            let database = try DatabaseQueue(path: path, configuration: configuration)
            let session = try database.writeWithoutTransaction { db in
                var session: Session?
                try db.inTransaction(.immediate) {
                    guard try Schema.isOurs(db) else { throw ArchiveError.notAnArchive(path: path) }
                    try Schema.migrate(db, path: path)
                    try recover(db, path)
                    if path != ":memory:" {
                        Session.removeDead(besides: path)
                        session = Session(besides: path)
                    }
                    return .commit
                }
                return session
            }
            return (database, session)
        }
    }

    /// Replies of processes that are no more become incomplete, with the text that they had flushed.
    private static func recover(_ db: Database, _ path: String) throws {
        let sessions = try String.fetchAll(
            db, sql: "SELECT DISTINCT session FROM turns WHERE session IS NOT NULL")
        for session in sessions where !Session.isAlive(session, besides: path) {
            let replies = try Int64.fetchAll(
                db, sql: "SELECT id FROM turns WHERE session = ?", arguments: [session])
            for reply in replies { try Pieces.join(ReplyID(rawValue: reply), in: db) }
            try db.execute(
                sql: "UPDATE attempts SET outcome = 'failed', failure = coalesce(failure, 'the program ended') "
                    + "WHERE outcome = 'running' AND reply IN (SELECT id FROM turns WHERE session = ?)",
                arguments: [session])
            try db.execute(
                sql: "UPDATE turns SET verdict = 'incomplete', session = NULL WHERE session = ?",
                arguments: [session])
        }
    }
}

extension ArchiveError {
    /// Runs `body` and puts SQLite's errors into our words.
    static func translating<Value>(_ path: String, _ body: () throws -> Value) throws(ArchiveError) -> Value {
        do {
            return try body()
        } catch let error as ArchiveError {
            throw error
        } catch let error as DatabaseError {
            throw ArchiveError(error, path: path)
        } catch {
            throw .failed(path: path, reason: "\(error)")
        }
    }

    init(_ error: DatabaseError, path: String) {
        self =
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(path: path)
            case .SQLITE_FULL: .diskFull(path: path)
            case .SQLITE_READONLY, .SQLITE_PERM: .readOnly(path: path)
            case .SQLITE_CORRUPT: .corrupted(path: path)
            case .SQLITE_NOTADB: .notAnArchive(path: path)
            case .SQLITE_CANTOPEN, .SQLITE_IOERR:
                .cannotOpen(path: path, reason: error.message ?? "input or output failed")
            default: .failed(path: path, reason: error.message ?? "\(error.resultCode)")
            }
    }
}
