import Screen
import StreamEngine

/// A stream's life on one line, scaled to the wall clock: waiting for the first token, text, where it broke, the waits
/// between, and how it ended or that it goes on.
///
///     ╌╌━━━━━━╸✗┄┄┄┄┄┄╌━━━━━━━━━━━━▶
enum Timeline {
    /// Shorter lives do not fill the line, or every stream would begin with a full bar.
    private static let shortest = 2.0

    /// What a line stands for where several stand under each other.
    struct Span: Sendable, Equatable {
        var start: Instant
        var seconds: Double
    }

    static func line(
        _ snapshot: StreamSnapshot, now: Instant, columns: Int, glyphs: Glyphs, span: Span? = nil, chosen: Int? = nil
    ) -> [PanelLine.Piece] {
        guard columns > 0 else { return [] }
        let end = snapshot.endedAt ?? now
        let horizon = max(end, snapshot.backoff?.end ?? end)
        let whole = max(shortest, span?.seconds ?? (horizon - snapshot.startedAt).inSeconds)
        let start = span?.start ?? snapshot.startedAt
        let scale = Scale(start: start, secondsPerCell: whole / Double(columns), columns: columns)
        let first = scale.cell(snapshot.startedAt)

        var cells: [PanelLine.Piece] = []
        let head = scale.cell(end)
        for column in 0..<columns {
            let moment = scale.middle(of: column)
            if column < first {
                cells.append(.init(" ", .faint))
            } else if column > head {
                // What is still to be waited for; beyond it, nothing.
                let isPlanned = moment < horizon
                cells.append(isPlanned ? .init(glyphs.attemptBackoff, .faint) : .init(" ", .faint))
            } else {
                var cell = cell(at: moment, of: snapshot, glyphs: glyphs)
                if chosen != nil, Self.attempt(at: moment, of: snapshot)?.number == chosen { cell.role = .emphasis }
                cells.append(cell)
            }
        }
        mark(&cells, snapshot, scale: scale, head: head, glyphs: glyphs)
        return cells
    }

    private struct Scale {
        var start: Instant
        var secondsPerCell: Double
        var columns: Int

        func cell(_ instant: Instant) -> Int {
            let cell = (instant - start).inSeconds / secondsPerCell
            guard cell.isFinite, cell > 0 else { return 0 }
            return min(columns - 1, Int(min(cell, 1e6)))
        }

        func middle(of column: Int) -> Instant {
            start + .clamping(seconds: (Double(column) + 0.5) * secondsPerCell)
        }
    }

    /// The attempt that was under way then.
    private static func attempt(at moment: Instant, of snapshot: StreamSnapshot) -> AttemptRecord? {
        snapshot.attempts.last { $0.startedAt <= moment && $0.endedAt.map { $0 >= moment } ?? true }
    }

    /// What was going on then.
    private static func cell(at moment: Instant, of snapshot: StreamSnapshot, glyphs: Glyphs) -> PanelLine.Piece {
        guard let attempt = snapshot.attempts.last(where: { $0.startedAt <= moment }) else {
            // Before the first request: held back, or on its way this very moment.
            let isHeldBack =
                snapshot.attempts.first.map { $0.startedAt > snapshot.startedAt }
                ?? (snapshot.state == .backingOff || snapshot.state.isTerminal)
            return isHeldBack
                ? .init(glyphs.attemptBackoff, .backingOff) : .init(glyphs.attemptWaiting, .waiting)
        }
        if let end = attempt.endedAt, end < moment { return .init(glyphs.attemptBackoff, .backingOff) }
        guard let first = attempt.firstTokenAt, first <= moment else { return .init(glyphs.attemptWaiting, .waiting) }
        // The last attempt has the state's colour, those before it are history.
        let isLast = attempt.number == snapshot.attempts.last?.number
        if isLast, snapshot.state == .stalled, let last = lastContent(snapshot), last < moment {
            return .init(glyphs.attemptWaiting, .stalled)
        }
        return .init(glyphs.attemptText, isLast ? textRole(snapshot) : .failedAttempt)
    }

    private static func lastContent(_ snapshot: StreamSnapshot) -> Instant? {
        [snapshot.liveness.lastTextAt, snapshot.liveness.lastThinkingAt].compactMap { $0 }.max()
    }

    private static func textRole(_ snapshot: StreamSnapshot) -> Role {
        switch snapshot.state {
        case .complete, .truncated, .refused, .cancelled, .stalled: snapshot.state.role
        case .failed, .backingOff, .asking: .failedAttempt
        default: .streaming
        }
    }

    /// The marks: breaks where they were, and the head.
    private static func mark(
        _ cells: inout [PanelLine.Piece], _ snapshot: StreamSnapshot, scale: Scale, head: Int, glyphs: Glyphs
    ) {
        var taken: Set<Int> = []
        for attempt in snapshot.attempts {
            guard case .failed = attempt.outcome, let end = attempt.endedAt else { continue }
            // Breaks that fall together stand side by side, as long as there is room.
            var column = scale.cell(end)
            while taken.contains(column), column < head { column += 1 }
            taken.insert(column)
            if column > 0, !taken.contains(column - 1), cells[column - 1].text == glyphs.attemptText {
                cells[column - 1].text = glyphs.attemptHalf
            }
            cells[column] = .init(glyphs.attemptFailed, .failed)
        }
        switch snapshot.state {
        case .failed where taken.contains(head): break
        case .complete, .truncated, .refused, .cancelled, .failed:
            cells[head] = .init(glyphs.state(snapshot.state), snapshot.state.role)
        case .backingOff:
            if !taken.contains(head) { cells[head] = .init(glyphs.attemptRunning, .backingOff) }
        default:
            cells[head] = .init(glyphs.attemptRunning, snapshot.state.role)
        }
    }
}
