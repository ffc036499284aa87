import StreamEngine

/// The console from which the demo's provider is broken, as it stands.
struct FaultConsole: Sendable, Equatable {
    /// `nil` = all streams.
    var target: StreamID?
    /// What the next 429 asks for, in seconds.
    var retryAfter = 5
    /// What was done last.
    var last: String?

    static let retryAfters = 1...60

    /// What there is, each with its key.
    var entries: [(key: Character, order: FaultOrder)] {
        [
            ("d", .drop), ("r", .reset), ("s", .stall(seconds: 8)), ("w", .slow(tokensPerSecond: 3)),
            ("l", .rateLimit(retryAfter: retryAfter)), ("o", .overload(count: 3)), ("c", .corrupt), ("h", .heal),
        ]
    }

    func order(for key: Character) -> FaultOrder? {
        entries.first { $0.key == key }?.order
    }
}

extension Action {
    /// What it orders the demo's provider to do.
    var fault: FaultOrder? {
        switch self {
        case .faultDrop: .drop
        case .faultReset: .reset
        case .faultStall: .stall(seconds: 8)
        case .faultSlow: .slow(tokensPerSecond: 3)
        case .faultRateLimit: .rateLimit(retryAfter: 5)
        case .faultOverload: .overload(count: 3)
        case .faultCorrupt: .corrupt
        case .faultHeal: .heal
        default: nil
        }
    }

    /// Only the demo has a provider that breaks on order.
    var isDemoOnly: Bool { fault != nil || self == .faults || self == .tour }
}
