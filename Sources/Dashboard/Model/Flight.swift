/// What the flight recorder does.
public enum Flight: Sendable, Equatable {
    case none
    /// What goes over the wire is written down.
    case recording
    /// Nothing here is live: a recording is played.
    case replaying(Replay)

    public struct Replay: Sendable, Equatable {
        /// Times as fast as it was; `nil` = as fast as it goes.
        public var speed: Double?
        public var isPaused: Bool
        public var isOver: Bool

        public init(speed: Double?, isPaused: Bool = false, isOver: Bool = false) {
            self.speed = speed
            self.isPaused = isPaused
            self.isOver = isOver
        }
    }

    var replay: Replay? {
        if case .replaying(let replay) = self { replay } else { nil }
    }
}

extension Model {
    /// Why a key that would talk to a provider does nothing.
    static let replayReason = "This is a replay: nothing is sent, and what happened cannot be changed. Space pauses it"

    var isReplay: Bool { flight.replay != nil }

    /// The header's sign.
    var flightSign: String? {
        switch flight {
        case .none: return nil
        case .recording: return "\(glyphs.state(.streaming)) rec"
        case .replaying(let replay):
            if replay.isOver { return "replay: the end" }
            if replay.isPaused { return "replay: paused" }
            guard let speed = replay.speed else { return "replay: max" }
            let tenths = Int((speed * 10).rounded())
            return "replay \(glyphs.times)\(tenths / 10)" + (tenths % 10 == 0 ? "" : ".\(tenths % 10)")
        }
    }

    /// The keys of a replay, which stand before all others.
    func replayAction(for chord: Chord) -> Action? {
        guard isReplay, overlay == nil, focus != .input || editor.isEmpty else { return nil }
        switch chord {
        case .plain(" "): return .pauseReplay
        case .plain("."): return .stepReplay
        default: return nil
        }
    }
}
