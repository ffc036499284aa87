import StreamEngine

/// A notice as it is kept: every one of the session, so that a toast is never the only copy.
struct NoticeRecord: Sendable, Equatable {
    /// Kept at most, newest last.
    static let limit = 200

    var level: Notice.Level
    /// Sanitised, as the hint.
    var text: String
    var hint: String?
    var wall: WallTime
    /// Alike ones in a row are counted.
    var count = 1
}

/// A notice that is on the screen for a while.
struct Toast: Sendable, Equatable {
    /// Shown at once at most; older ones make room.
    static let limit = 3

    var level: Notice.Level
    var text: String
    var hint: String?
    var endsAt: Instant
    var count = 1
    /// An answer to a key, which the next one replaces.
    var isPassing = false

    /// Long enough to read, longer for what matters more.
    static func duration(_ level: Notice.Level) -> Duration {
        switch level {
        case .info: .seconds(4)
        case .warning: .seconds(6)
        case .error: .seconds(9)
        }
    }
}
