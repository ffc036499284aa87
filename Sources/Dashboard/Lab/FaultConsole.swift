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

    /// What there is.
    static let actions: [Action] = [
        .faultDrop, .faultReset, .faultStall, .faultSlow, .faultRateLimit, .faultOverload, .faultCorrupt, .faultHeal,
    ]

    /// The same as orders, with the console's own Retry-After.
    var entries: [(action: Action, order: FaultOrder)] {
        Self.actions.compactMap { action in order(for: action).map { (action, $0) } }
    }

    func order(for action: Action) -> FaultOrder? {
        if action == .faultRateLimit { return .rateLimit(retryAfter: retryAfter) }
        return action.fault
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
    var isDemoOnly: Bool {
        switch self {
        case .faults, .tour, .faultTarget, .faultRetryLater, .faultRetrySooner: true
        default: fault != nil
        }
    }
}
