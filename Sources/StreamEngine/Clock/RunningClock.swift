/// A clock that can end an attempt, as it stands.
public struct RunningClock: Sendable, Equatable {
    /// What it measures.
    public enum Kind: String, Sendable, CaseIterable {
        /// Until a connection stands: ``Timeouts/connect``. The transport's.
        case connect
        /// Until the response's headers: ``Timeouts/firstByte``.
        case firstByte = "first-byte"
        /// Until the next byte of any kind: ``Timeouts/idle``. Keep-alives set it back.
        case idle
        /// Until the next text or thinking: ``Timeouts/contentIdle``. Keep-alives do not set it back.
        case content
        /// Until the whole reply: ``Timeouts/total``.
        case total
        /// Until the first byte after the machine slept: ``Timeouts/wake``.
        case wake
    }

    /// What it measures.
    public var kind: Kind
    /// When it began to run.
    public var since: Instant
    /// As set; the clock runs out at ``endsAt``.
    public var limit: Duration

    /// When it runs out.
    public var endsAt: Instant { since + limit }

    /// A clock that runs.
    public init(kind: Kind, since: Instant, limit: Duration) {
        self.kind = kind
        self.since = since
        self.limit = limit
    }
}

extension RunningClock.Kind {
    /// The option that sets the limit; its key in `[timeouts]` of the configuration.
    public var setting: (option: String, key: String) {
        switch self {
        case .connect: ("--connect-timeout", "connect")
        case .firstByte: ("--first-byte-timeout", "first_byte")
        case .idle: ("--idle-timeout", "idle")
        case .content: ("--content-timeout", "content")
        case .total: ("--timeout", "total")
        case .wake: ("--wake-timeout", "wake")
        }
    }
}
