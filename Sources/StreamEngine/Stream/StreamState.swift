/// What a stream is doing: the words of the panel, of `weir ask --json` and of the themes.
public enum StreamState: String, Sendable, CaseIterable {
    case idle, connecting, waiting, thinking, streaming, stalled
    case backingOff = "backing-off"
    case fallingBack = "falling-back"
    /// The user is asked whether, and how, a broken reply goes on.
    case asking
    case complete, truncated, refused, cancelled, failed

    /// It has come to its end; only the user takes it up again.
    public var isTerminal: Bool {
        switch self {
        case .complete, .truncated, .refused, .cancelled, .failed: true
        case .idle, .connecting, .waiting, .thinking, .streaming, .stalled, .backingOff, .fallingBack, .asking: false
        }
    }

    /// A transfer is under way.
    public var isLive: Bool {
        switch self {
        case .connecting, .waiting, .thinking, .streaming, .stalled, .fallingBack: true
        case .idle, .backingOff, .asking, .complete, .truncated, .refused, .cancelled, .failed: false
        }
    }
}

/// How long nothing was heard: 5 s quiet, 30 s long, 60 s very long (the key to cancel is shown). Peers kill healthy
/// thinking at 60 s of silence; these tiers only show.
public enum StallTier: Int, Sendable, Comparable {
    case none, quiet, long, veryLong
    public static func < (left: StallTier, right: StallTier) -> Bool { left.rawValue < right.rawValue }
}
