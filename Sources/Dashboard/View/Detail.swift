import Pricing
import Providers
import Screen
import StreamEngine

/// The selected stream in the panel: what it does, why, for how long, and what it costs. Lines have a rank; where there is
/// no room for all, those of the highest rank number go first, so that what remains is what matters.
enum Detail {
    struct Line: Sendable, Equatable {
        /// 0 is never dropped.
        var rank: Int
        var line: PanelLine
    }

    /// How many lines there are to show: for the layout, which must not depend on the time.
    static func rows(for snapshot: StreamSnapshot, attempt: Int? = nil) -> Int {
        let context = Context(
            snapshot: snapshot, now: snapshot.stateSince, columns: 38, glyphs: Glyphs(ascii: true), focus: .input,
            coarse: true,
            clock: { _ in "" }, attempt: attempt)
        return context.lines().count
    }

    /// The lines that fit, in their order.
    static func lines(_ context: Context, rows: Int) -> [PanelLine] {
        var lines = context.lines()
        while lines.count > max(0, rows) {
            let highest = lines.map(\.rank).max() ?? 0
            guard highest > 0, let index = lines.lastIndex(where: { $0.rank == highest }) else {
                lines.removeLast()
                continue
            }
            lines.remove(at: index)
        }
        return lines.map(\.line)
    }

    struct Context {
        var snapshot: StreamSnapshot
        var now: Instant
        var columns: Int
        var glyphs: Glyphs
        var keys = Keymap.standard
        /// Where the keys go.
        var focus = KeyTable.streams
        /// Countdowns in whole seconds.
        var coarse: Bool
        /// The time of day of a moment given by the server.
        var clock: (WallTime) -> String
        /// The number of the attempt that was chosen; `nil` = the last is told of.
        var attempt: Int?

        static let label = 8

        fileprivate func lines() -> [Line] {
            state() + chosen() + backoff() + question() + failure() + continuation() + timing() + rates() + alive()
                + tokens()
                + costs() + budget() + limits() + notes()
        }

        /// The key for an action, in few letters: where the keys go now, or the stream table's.
        func key(_ action: Action) -> String {
            keys.chord(for: action, in: focus)?.label ?? keys.label(action, in: .streams)
        }

        func labelled(_ label: String, _ pieces: [PanelLine.Piece], right: [PanelLine.Piece] = [])
            -> PanelLine
        {
            PanelLine([.init(label.padded(toColumns: Self.label), .label)] + pieces, right: right)
        }
    }
}

extension Detail.Context {
    fileprivate typealias Piece = PanelLine.Piece
    fileprivate typealias Line = Detail.Line

    private func state() -> [Detail.Line] {
        let state = snapshot.state
        let inRun = "\(snapshot.attemptInRun)/\(snapshot.maximumAttempts)"
        // A retry by hand begins to count anew, and the timeline shows them all: both numbers, so that neither is doubted.
        let count = snapshot.attempts.count
        let attempt =
            count == 0 && state == .backingOff
            ? "not sent yet" : count > snapshot.attemptInRun ? "attempt \(count), now \(inRun)" : "attempt \(inRun)"
        var pieces = [Piece(glyphs.state(state) + " " + state.word, state.role)]
        if state.isLive, state != .streaming {
            pieces.append(.init("  " + Format.age(now - snapshot.ageBegan), .muted, isOptional: true))
        } else if let ended = snapshot.endedAt {
            pieces.append(.init("  " + Format.duration(ended - snapshot.startedAt), .muted, isOptional: true))
        }
        let timeline = Timeline.line(snapshot, now: now, columns: columns, glyphs: glyphs, chosen: self.attempt)
        return [
            Line(rank: 0, line: PanelLine(pieces, right: [.init(attempt, .value)])),
            Line(rank: 3, line: PanelLine(timeline)),
        ]
    }

    private func backoff() -> [Detail.Line] {
        guard let backoff = snapshot.backoff else { return [] }
        let retry = snapshot.attemptInRun - 1
        var lines = [
            Line(
                rank: 0,
                line: BackoffGauge.line(backoff, now: now, columns: columns, glyphs: glyphs, coarse: coarse)),
            Line(
                rank: 1,
                line: labelled(
                    "wait", BackoffGauge.arithmetic(backoff, retry: retry, glyphs: glyphs))),
        ]
        lines += because(backoff.reason)
        if !backoff.exceedsMaximum, backoff.source == .holdBack || backoff.source == .retryBudget {
            lines += choices(3, ["\(key(.retryNow)) asks now", "\(key(.giveUp)) gives up"])
        }
        if backoff.exceedsMaximum {
            lines += choices(
                1, ["wait on", "\(key(.retryNow)) now", "\(key(.otherModel)) model", "\(key(.giveUp)) give up"])
        }
        if let plan = backoff.resume { lines += resume(plan) }
        return lines
    }

    /// What can be done about a wait, on as many lines as it takes.
    private func choices(_ rank: Int, _ choices: [String]) -> [Detail.Line] {
        var lines: [String] = []
        for choice in choices {
            let together = (lines.last.map { $0 + ", " } ?? "") + choice
            if !lines.isEmpty, Width.columns(of: together) < columns - Self.label {
                lines[lines.count - 1] = together
            } else {
                if !lines.isEmpty { lines[lines.count - 1] += "," }
                lines.append(choice)
            }
        }
        return lines.enumerated().map { index, text in
            Line(rank: rank, line: labelled(index == 0 ? "choose" : "", [.init(text, .info)]))
        }
    }

    /// Why the wait is, over three lines at most; in a narrow panel the label's place is needed too.
    func because(_ reason: StreamFailure) -> [Detail.Line] {
        let isWide = columns >= 36
        let room = isWide ? columns - Self.label : columns
        return wrapped(reason.message, .warning, limit: isWide ? 3 : 2, columns: room).enumerated().map { index, line in
            let line = isWide ? labelled(index == 0 ? "because" : "", line.left) : line
            return Line(rank: index == 0 ? 1 : 2, line: line)
        }
    }

    /// How it goes on and what that bills again; on two lines where one is too short.
    private func resume(_ plan: ResumePlan) -> [Detail.Line] {
        let how = PanelLine.Piece(ResumeWords.how(plan), .value)
        guard let again = ResumeWords.tokens(plan.rebill) else { return [Line(rank: 2, line: labelled("then", [how]))] }
        let cost = plan.rebill.cost == .unknown ? "" : " \(glyphs.dot) " + plan.rebill.cost.description
        let bill = [Piece(again, .muted), .init(cost, .money, isOptional: true)]
        let together = [how, .init(", ", .muted)] + bill
        if Self.label + PanelLine.columns(together) <= columns {
            return [Line(rank: 2, line: labelled("then", together))]
        }
        return [Line(rank: 2, line: labelled("then", [how])), Line(rank: 2, line: labelled("", bill))]
    }

    private func failure() -> [Detail.Line] {
        guard snapshot.state.isTerminal, let failure = snapshot.failure, snapshot.state != .cancelled else { return [] }
        var lines = wrapped(failure.message, .critical, limit: 5, columns: columns).enumerated().map {
            Line(rank: $0.offset == 0 ? 0 : 1, line: $0.element)
        }
        if let hint = failure.hint {
            lines += wrapped(hint, .info, limit: 3, columns: columns).map { Line(rank: 1, line: $0) }
        }
        return lines
    }

    /// A message over several lines; the last one says with an ellipsis that there is more.
    private func wrapped(_ text: String, _ role: Role, limit: Int, columns: Int) -> [PanelLine] {
        let all = text.wrapped(toColumns: max(1, columns))
        var lines = all.prefix(limit).map { PanelLine.text($0, role) }
        if all.count > limit {
            let rest = all[(limit - 1)...].joined(separator: " ")
            lines[limit - 1] = .text(rest.truncated(toColumns: columns, ellipsis: glyphs.ellipsis), role)
        }
        return lines
    }

    /// The attempt that timing and request are told of.
    private var told: AttemptRecord? {
        attempt.flatMap { number in snapshot.attempts.first { $0.number == number } } ?? snapshot.attempts.last
    }

    /// How the chosen attempt went, and what came after it.
    private func chosen() -> [Detail.Line] {
        guard attempt != nil, let attempt = told,
            let index = snapshot.attempts.firstIndex(where: { $0.number == attempt.number })
        else { return [] }
        let start = attempt.startedAt - snapshot.startedAt
        let length = (attempt.endedAt ?? now) - attempt.startedAt
        var pieces = [
            Piece("\(index + 1) of \(snapshot.attempts.count)", .emphasis),
            Piece(" \(glyphs.dot) at +\(Format.duration(start))", .value, isOptional: true),
            Piece(" \(glyphs.dot) \(Format.duration(length))", .muted, isOptional: true),
        ]
        if let status = attempt.status { pieces.append(.init(" \(glyphs.dot) \(status)", .value)) }
        var lines = [Line(rank: 1, line: labelled("attempt", pieces))]
        let (outcome, role): (String, Role) =
            switch attempt.outcome {
            case .running: ("it runs", .streaming)
            case .completed: ("complete", .complete)
            case .cancelled: ("cancelled", .cancelled)
            case .failed(let failure): (failure.message, .warning)
            }
        let isWide = columns >= 36
        lines += wrapped(outcome, role, limit: 2, columns: isWide ? columns - Self.label : columns).enumerated().map {
            Line(
                rank: $0.offset == 0 ? 1 : 2,
                line: isWide ? labelled($0.offset == 0 ? "ended" : "", $0.element.left) : $0.element)
        }
        if index + 1 < snapshot.attempts.count, let ended = attempt.endedAt {
            let next = snapshot.attempts[index + 1]
            var then = [Piece("waited \(Format.duration(next.startedAt - ended))", .value)]
            if let plan = next.resume { then.append(.init(", " + ResumeWords.how(plan), .muted, isOptional: true)) }
            lines.append(Line(rank: 2, line: labelled("then", then)))
        }
        return lines
    }

    private func timing() -> [Detail.Line] {
        guard let attempt = told else { return [] }
        let first = attempt.phases.firstToken ?? attempt.firstTokenAt.map { $0 - attempt.startedAt }
        let phases = attempt.phases
        let byte = phases.firstByte ?? attempt.headersAt.map { $0 - attempt.startedAt }
        var lines: [Detail.Line] = []
        if let first {
            var pieces = [Piece("token " + Format.duration(first), .value)]
            if let byte {
                pieces.append(.init(" \(glyphs.dot) byte " + Format.duration(byte), .muted, isOptional: true))
            }
            lines.append(Line(rank: 4, line: labelled("first", pieces)))
        } else if let byte {
            lines.append(Line(rank: 4, line: labelled("first", [.init("byte " + Format.duration(byte), .value)])))
        }
        var steps: [String] = phases.connectionReused ? ["connection reused"] : []
        for (name, time) in [("dns", phases.nameLookup), ("tcp", phases.connect), ("tls", phases.tls)] {
            if let time { steps.append(name + " " + Format.duration(time)) }
        }
        if let version = phases.httpVersion { steps.append(version) }
        if !steps.isEmpty {
            let pieces = steps.enumerated().map { index, text in
                Piece((index > 0 ? " \(glyphs.dot) " : "") + text, .muted, isOptional: index > 0)
            }
            lines.append(Line(rank: 8, line: labelled("phases", pieces)))
        }
        return lines
    }

    private func rates() -> [Detail.Line] {
        guard snapshot.tokensPerSecond != nil || !snapshot.recentGaps.isEmpty else { return [] }
        let isWide = columns >= 36
        // While nothing runs the number is a mean, and says so.
        let rate = snapshot.tokensPerSecond.map { Format.rate($0) + (snapshot.state.isLive ? "" : " mean") }
        let gap = snapshot.gapP95.map {
            (isWide ? "p50 " + Format.milliseconds(snapshot.gapP50) + " " : "") + "p95 " + Format.milliseconds($0)
        }
        // As wide as the widest, so that the graphs begin at one place; they yield to the numbers.
        let widest = max(rate.map(Width.columns) ?? 0, gap.map(Width.columns) ?? 0)
        let numbers = max(isWide ? 20 : 11, widest + 1)
        let room = columns - Self.label - numbers
        func line(_ rank: Int, _ label: String, _ number: String, _ values: [Double], _ role: Role) -> Line {
            let graph = Sparkline.text(values, columns: max(0, room), glyphs: glyphs)
            return Line(
                rank: rank,
                line: labelled(label, [.init(number.padded(toColumns: numbers), .value), .init(graph, role)]))
        }
        var lines: [Detail.Line] = []
        if let rate { lines.append(line(3, "rate", rate, snapshot.rateHistory, .graph)) }
        if let gap { lines.append(line(5, "gap", gap, snapshot.recentGaps, .graphLow)) }
        return lines
    }

    private func alive() -> [Detail.Line] {
        guard snapshot.state.isLive else { return [] }
        let lamp = Lamp(snapshot, now: now, cancel: keys.words(.cancel, in: .input))
        let pieces = [
            Piece(lamp.isOn ? glyphs.lamp : glyphs.lampOff, lamp.role), Piece(" " + lamp.text, lamp.role),
        ]
        var lines = [Line(rank: 2, line: labelled("alive", pieces))]
        if !snapshot.clocks.isEmpty {
            // While all is well it is one number more; in a silence it says how long that may last.
            let rank = snapshot.liveness.tier > .none ? 2 : 6
            lines.append(
                Line(
                    rank: rank,
                    line: labelled("clock", ClockLine.pieces(snapshot.clocks, now: now, glyphs: glyphs))))
        }
        return lines
    }

    private func tokens() -> [Detail.Line] {
        let usage = snapshot.usage
        guard usage.input != nil || usage.output != nil else { return [] }
        func number(_ count: Int?, _ isEstimated: Bool) -> String {
            count.map { (isEstimated ? glyphs.approximately : "") + Format.count($0) } ?? "?"
        }
        let cached = usage.cacheRead ?? 0
        var pieces = [
            Piece("in ", .muted), Piece(number(usage.input, snapshot.inputIsEstimated), .value),
            Piece("  out ", .muted), Piece(number(usage.output, snapshot.outputIsEstimated), .value),
        ]
        if cached > 0 { pieces += [Piece("  cached ", .muted), Piece(Format.count(cached), .value)] }
        if let thinking = usage.thinking, thinking > 0 {
            pieces += [Piece("  thought ", .muted), Piece(Format.count(thinking), .value)]
        }
        return [Line(rank: 3, line: labelled("tokens", pieces))]
    }

    private func costs() -> [Detail.Line] {
        var pieces = [Piece(snapshot.cost.description, .money)]
        if !snapshot.lostCost.isZero {
            let lost = snapshot.lostCost.description
            let room = columns - Self.label - Width.columns(of: pieces[0].text + lost)
            // " + … lost", without the second blank, without the word, without both.
            pieces.append(.init((room >= 8 || (3...6).contains(room) ? " + " : " +") + lost, .warning))
            if room >= 7 { pieces.append(.init(" lost", .warning)) }
        }
        let date = snapshot.priceDate.map { [Piece($0, .faint, isOptional: true)] } ?? []
        return [Line(rank: 2, line: labelled("cost", pieces, right: date))]
    }

    private func budget() -> [Detail.Line] {
        guard let budget = snapshot.budget else { return [] }
        var lines = budget.gauges.enumerated().map { index, gauge in
            let role: Role = gauge.share >= 1 ? .critical : gauge.share >= 0.8 ? .warning : .good
            let words = "\(gauge.spent) of \(gauge.limit)"
            let scope = " " + gauge.scope.rawValue
            var pieces = [
                Piece(words, gauge.share >= 1 ? .critical : .money), Piece(scope, .muted, isOptional: true),
            ]
            let room = columns - Self.label - Width.columns(of: words + scope) - 1
            if room >= 3 {
                pieces.append(Piece(" ", .value))
                pieces += BackoffGauge.meter(
                    share: min(1, gauge.share), columns: min(10, room), glyphs: glyphs, role: role)
            }
            return Line(rank: 2, line: labelled(index == 0 ? "budget" : "", pieces))
        }
        if let reason = budget.unenforced {
            lines += wrapped("not held: " + reason, .warning, limit: 2, columns: columns - Self.label).enumerated().map
            {
                Line(
                    rank: 2 + $0.offset,
                    line: labelled($0.offset == 0 && lines.isEmpty ? "budget" : "", $0.element.left))
            }
        }
        return lines
    }

    private func limits() -> [Detail.Line] {
        let limits = snapshot.rateLimits
        let windows = [
            ("req", limits.requests), ("tok", limits.tokens), ("in", limits.inputTokens), ("out", limits.outputTokens),
        ].compactMap { name, window in
            window.flatMap { window in window.remaining.map { (name, $0, window) } }
        }
        // Numbers of one width, so that the gauges stand in a column.
        let width = windows.reduce(0) { max($0, Width.columns(of: numbers($1.1, $1.2))) }
        return windows.enumerated().map { index, entry in
            let (name, left, window) = entry
            return Line(
                rank: index == 0 ? 6 : 7,
                line: labelled(index == 0 ? "limits" : "", gauge(name, left, window, width: width)))
        }
    }

    private func numbers(_ left: Int, _ window: RateLimits.Window) -> String {
        guard let limit = window.limit, limit > 0 else { return Format.count(left) + " left" }
        return Format.whole(left) + "/" + Format.whole(limit)
    }

    private func gauge(_ name: String, _ left: Int, _ window: RateLimits.Window, width: Int) -> [PanelLine.Piece] {
        var pieces = [Piece(name.padded(toColumns: 4), .muted)]
        let text = numbers(left, window).padded(toColumns: width)
        guard let limit = window.limit, limit > 0 else {
            pieces.append(.init(text, .value))
            return pieces + reset(window, room: columns - Self.label - 4 - width)
        }
        let share = Double(left) / Double(limit)
        let role: Role = share < 0.1 ? .critical : share < 0.3 ? .warning : .good
        pieces.append(.init(text, share < 0.1 ? .critical : .value))
        // The numbers say it all; the gauge says it to who only glances.
        let room = columns - Self.label - 4 - width - 1
        guard room >= 3 else { return pieces }
        let cells = min(5, room)
        let bar = BackoffGauge.meter(share: share, columns: cells, glyphs: glyphs, role: role)
        return pieces + [.init(" ", .value)] + bar + reset(window, room: room - cells)
    }

    /// When it is full again.
    private func reset(_ window: RateLimits.Window, room: Int) -> [PanelLine.Piece] {
        guard let at = window.resetsAt.map(clock) else { return [] }
        for text in [" reset " + at, " \(glyphs.dot) " + at] where Width.columns(of: text) <= room {
            return [Piece(text, .muted)]
        }
        return []
    }

    private func notes() -> [Detail.Line] {
        var lines: [Detail.Line] = []
        if let receipt = snapshot.cancelReceipt {
            let text = "in \(Format.duration(receipt.closedAfter)), \(receipt.tokensAfter) tokens after"
            lines.append(Line(rank: 1, line: labelled("closed", [.init(text, .good)])))
        }
        if snapshot.isNotStreamed {
            lines.append(
                Line(
                    rank: 1,
                    line: labelled(
                        "note", [.init("not streamed", .info), .init(": came whole", .info, isOptional: true)])))
        }
        var odd: [String] = []
        if snapshot.unknownEvents > 0 { odd.append("\(snapshot.unknownEvents) unknown") }
        if snapshot.malformedEvents > 0 { odd.append("\(snapshot.malformedEvents) malformed") }
        if !odd.isEmpty {
            let role: Role = snapshot.malformedEvents > 0 ? .warning : .muted
            lines.append(Line(rank: 6, line: labelled("events", [.init(odd.joined(separator: ", "), role)])))
        }
        if let id = told?.requestID {
            lines.append(Line(rank: 9, line: labelled("request", [.init(id, .muted)])))
        }
        return lines
    }
}

/// What keeps a stream alive, and since when: text, thinking, keep-alives and silence are told apart.
struct Lamp: Sendable, Equatable {
    var text: String
    var role: Role
    var isOn: Bool
    /// What its age counts from.
    var since: Instant

    /// When nothing at all has come for so long, there is silence: as long as the engine's first ``StallTier``.
    private static let silence = Duration.seconds(5)

    /// - Parameter cancel: the key that does.
    init(_ snapshot: StreamSnapshot, now: Instant, cancel: String = "") {
        let liveness = snapshot.liveness
        let last = [
            (liveness.lastTextAt, "text"), (liveness.lastThinkingAt, "thinking"),
            (liveness.lastKeepAliveAt, "keep-alive"), (liveness.lastByteAt, "bytes"),
        ].compactMap { at, name in at.map { (at: $0, name: name) } }
        // What an earlier attempt brought says nothing of this one's life. Of what arrived at one moment, the first
        // named says most.
        let began = snapshot.attempts.last?.startedAt ?? snapshot.startedAt
        guard let newest = last.max(by: { $0.at < $1.at }), newest.at >= began,
            let first = last.first(where: { $0.at == newest.at })
        else {
            since = snapshot.stateSince
            isOn = false
            text = "nothing yet, \(Format.age(now - snapshot.stateSince))"
            role = Self.role(liveness.tier, quiet: .muted)
            return
        }
        since = first.at
        let age = now - first.at
        // The tier counts from the last text or thought: in a time of keep-alives only, there is no silence.
        isOn = liveness.tier == .none || age < Self.silence
        let hint = liveness.tier == .veryLong ? ", \(cancel) cancels" : ""
        if isOn {
            text = "\(first.name)  \(Format.age(age)) ago" + hint
            let usual: Role = first.name == "text" ? .good : first.name == "thinking" ? .thinkingState : .info
            role = Self.role(liveness.tier, quiet: usual)
        } else {
            text = "silent for \(Format.age(age))" + hint
            role = Self.role(liveness.tier, quiet: .muted)
        }
    }

    private static func role(_ tier: StallTier, quiet: Role) -> Role {
        switch tier {
        case .none, .quiet: quiet
        case .long: .warning
        case .veryLong: .critical
        }
    }
}
