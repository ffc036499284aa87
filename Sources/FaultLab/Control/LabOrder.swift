/// What a person at the console orders.
public enum LabOrder: Sendable, Equatable {
    /// Close live streams in good order, their last chunk missing.
    case dropNow
    /// Reset live streams' connections.
    case resetNow
    /// Live streams fall silent for so many seconds; 0 is for ever.
    case stall(seconds: Double)
    /// Live streams go on at this pace.
    case slow(tokensPerSecond: Double)
    /// The next request for a reply is answered 429, with that Retry-After in seconds.
    case next429(retryAfter: Double?)
    /// The next requests for a reply are answered 529.
    case next529(count: Int)
    /// Live streams get an event that is not JSON.
    case corrupt
    /// Live streams lose all faults that are still to come, stalls end, and pending orders are dropped.
    case heal
    /// Live streams that a `wait` holds go on.
    case release
}

extension LabOrder {
    /// From the body of `POST /lab/steer`: `{"order": "stall", "seconds": 5}`. The orders are `drop_now`, `reset_now`,
    /// `stall` (`seconds`), `slow` (`tokens_per_second`), `next_429` (`retry_after`), `next_529` (`count`), `corrupt`,
    /// `heal`, `release`.
    init(_ json: JSONValue) throws(RequestComplaint) {
        func number(_ name: String, _ range: ClosedRange<Double>, _ usual: Double) throws(RequestComplaint) -> Double {
            guard let given = json[name], given != .null else { return usual }
            guard let number = given.number, range.contains(number) else {
                throw RequestComplaint("\(name): expected a number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
        switch json["order"]?.text {
        case "drop_now": self = .dropNow
        case "reset_now": self = .resetNow
        case "stall": self = .stall(seconds: try number("seconds", 0...86_400, 10))
        case "slow": self = .slow(tokensPerSecond: try number("tokens_per_second", 0.01...1_000_000, 3))
        case "next_429":
            let wait = try number("retry_after", 0...86_400, -1)
            self = .next429(retryAfter: wait < 0 ? nil : wait)
        case "next_529": self = .next529(count: Int(try number("count", 1...1_000, 1)))
        case "corrupt": self = .corrupt
        case "heal": self = .heal
        case "release": self = .release
        default:
            throw RequestComplaint(
                "order: expected one of drop_now, reset_now, stall, slow, next_429, next_529, corrupt, heal, release")
        }
    }

    /// For the journal.
    var words: String {
        switch self {
        case .dropNow: "drop now"
        case .resetNow: "reset now"
        case .stall(let seconds): "stall for \(JSONText.seconds(seconds)) s"
        case .slow(let rate): "slow to \(rate) tokens/s"
        case .next429(let wait): "next request 429" + (wait.map { ", Retry-After \(JSONText.seconds($0))" } ?? "")
        case .next529(let count): "next \(count) requests 529"
        case .corrupt: "corrupt"
        case .heal: "heal"
        case .release: "release"
        }
    }
}
