/// Why the store could not be opened, read or written, in words for the user.
public enum ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file or its folder cannot be made or opened.
    case cannotOpen(path: String, reason: String)
    /// The file was written by a later version of the program.
    case newerSchema(path: String, found: Int, known: Int)
    /// The file is a database of something else, or no database.
    case notAnArchive(path: String)
    case corrupted(path: String)
    /// Another process kept the store locked for longer than the time-out.
    case busy(path: String)
    case diskFull(path: String)
    case readOnly(path: String)
    /// A write that the schema refuses, or anything else in SQLite's words.
    case failed(path: String, reason: String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "cannot open the store \(path): \(reason)"
        case .newerSchema(let path, let found, let known):
            "the store \(path) was written by a newer version of weir (its schema is \(found), this version knows \(known))"
        case .notAnArchive(let path): "\(path) is not a store of weir, or its beginning is damaged"
        case .corrupted(let path): "the store \(path) is damaged"
        case .busy(let path): "another program keeps the store \(path) locked"
        case .diskFull(let path): "no room is left on the disk of the store \(path)"
        case .readOnly(let path): "the store \(path) may not be written"
        case .failed(let path, let reason): "the store \(path) failed: \(reason)"
        }
    }

    /// What to do about it.
    public var hint: String {
        switch self {
        case .cannotOpen: "check the folder's owner and permissions, or set XDG_DATA_HOME to another"
        case .newerSchema: "update weir, or move the file away to begin a new one"
        case .notAnArchive: "move the file away to begin a new store"
        case .corrupted(let path):
            "move the file away to begin a new store; `sqlite3 \(path) .recover` may save what is in it"
        case .busy: "close the other program, or wait: what was not stored is tried again"
        case .diskFull: "make room: what was not stored is tried again"
        case .readOnly: "check the permissions of the file and of its folder"
        case .failed: "what was not stored is tried again"
        }
    }

    /// Whether the same write may succeed later.
    var isPassing: Bool {
        switch self {
        case .busy, .diskFull, .readOnly, .cannotOpen, .corrupted: true
        case .newerSchema, .notAnArchive, .failed: false
        }
    }
}

/// Something about storing that the user should know. What is not stored goes on in memory.
public enum ArchiveNotice: Sendable, Equatable {
    /// Writes fail; they are kept and tried again.
    case failing(ArchiveError)
    /// Everything that waited is stored.
    case recovered
    /// This will not be stored any more.
    case lost(what: String, ArchiveError)
}
