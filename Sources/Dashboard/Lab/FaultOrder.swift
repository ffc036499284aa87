/// What a presenter orders the demo's provider to do.
public enum FaultOrder: Sendable, Equatable {
    /// Live streams are closed in good order, their last chunk missing.
    case drop
    /// Live streams' connections are reset.
    case reset
    /// Live streams fall silent.
    case stall(seconds: Int)
    /// Live streams go on at this pace.
    case slow(tokensPerSecond: Int)
    /// The next request is answered 429.
    case rateLimit(retryAfter: Int)
    /// The next requests are answered 529.
    case overload(count: Int)
    /// Live streams get an event that is no JSON.
    case corrupt
    /// Nothing that was ordered or planned happens any more to live streams.
    case heal

    /// Whether it is about streams that run, and not about what comes next.
    var needsStream: Bool {
        switch self {
        case .drop, .reset, .stall, .slow, .corrupt: true
        case .rateLimit, .overload, .heal: false
        }
    }

    /// As the console offers it.
    var title: String {
        switch self {
        case .drop: "Drop the connection"
        case .reset: "Reset the connection"
        case .stall(let seconds): "Stall for \(seconds) s"
        case .slow(let rate): "Slow down to \(rate) tokens/s"
        case .rateLimit(let seconds): "Next request: 429, Retry-After \(seconds)"
        case .overload(let count): "Next \(count) requests: 529"
        case .corrupt: "Corrupt an event"
        case .heal: "Heal: nothing more breaks"
        }
    }

    /// The same where there is little room.
    var short: String {
        switch self {
        case .drop: "drop"
        case .reset: "reset"
        case .stall: "stall"
        case .slow: "slow"
        case .rateLimit(let seconds): "429 in \(seconds)s"
        case .overload(let count): "\(count) x 529"
        case .corrupt: "corrupt"
        case .heal: "heal"
        }
    }

    /// What was done, once it is done.
    var done: String {
        switch self {
        case .drop: "connection dropped"
        case .reset: "connection reset"
        case .stall(let seconds): "silent for \(seconds) s"
        case .slow(let rate): "slowed down to \(rate) tokens/s"
        case .rateLimit(let seconds): "the next request gets 429, Retry-After \(seconds)"
        case .overload(let count): "the next \(count) requests get 529"
        case .corrupt: "an event corrupted"
        case .heal: "healed: nothing more breaks"
        }
    }
}
