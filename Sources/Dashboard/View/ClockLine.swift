import Screen
import StreamEngine

/// What ends the running attempt when nothing comes, and how long that still is: `idle 2 m 48 s of 3 m`, then what comes
/// after it.
enum ClockLine {
    /// How many clocks are named.
    static let shown = 2

    static func pieces(_ clocks: [RunningClock], now: Instant, glyphs: Glyphs) -> [PanelLine.Piece] {
        clocks.prefix(shown).enumerated().flatMap { index, clock -> [PanelLine.Piece] in
            let rest = Format.countdown(clock.endsAt - now, coarse: true)
            let limit = " of " + whole(clock.limit)
            guard index == 0 else {
                return [.init(" \(glyphs.dot) \(clock.kind.word) \(rest)", .muted, isOptional: true)]
            }
            let role = role(clock, now: now)
            return [.init(clock.kind.word + " " + rest, role), .init(limit, .muted, isOptional: true)]
        }
    }

    /// The nearest clock alone, for where there is little room; `nil` while there is nothing to fear.
    static func warning(_ snapshot: StreamSnapshot, now: Instant) -> PanelLine.Piece? {
        guard snapshot.liveness.tier > .none, let clock = snapshot.clocks.first else { return nil }
        let rest = Format.countdown(clock.endsAt - now, coarse: true)
        return .init(", \(clock.kind.word) \(rest)", role(clock, now: now), isOptional: true)
    }

    /// When the line says something else by itself.
    static func nextChange(_ clocks: [RunningClock], after now: Instant) -> [Instant] {
        clocks.prefix(shown).compactMap { clock in
            Format.countdownStep(clock.endsAt - now, coarse: true).map { now + $0 }
        }
    }

    private static func role(_ clock: RunningClock, now: Instant) -> Role {
        let left = clock.endsAt - now
        if left < clock.limit / 10 { return .critical }
        return left < clock.limit / 3 ? .warning : .value
    }

    /// A setting: `3 m`, `1 m 30 s`, `250 ms`.
    private static func whole(_ duration: Duration) -> String {
        guard duration.nanoseconds % 1_000_000_000 == 0 else { return Format.duration(duration) }
        let text = Format.age(duration)
        for tail in [" 00 s", " 00 m", " 00 h"] where text.hasSuffix(tail) { return String(text.dropLast(tail.count)) }
        return text
    }
}

extension RunningClock.Kind {
    /// As in the names of the options, without the dashes.
    var word: String {
        switch self {
        case .connect: "connect"
        case .firstByte: "first byte"
        case .idle: "idle"
        case .content: "content"
        case .total: "total"
        case .wake: "wake"
        }
    }
}
