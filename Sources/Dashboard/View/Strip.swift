import Pricing
import Screen
import StreamEngine

/// The selected stream in one to three lines, where there is no room for the panel.
enum Strip {
    static func draw(_ model: Model, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        guard !rect.isEmpty else { return }
        guard let entry = model.selectedEntry else {
            if rect.rows == 1 {
                return canvas.rule(
                    at: Position(column: rect.column, row: rect.row), columns: rect.columns, style: ink(.border))
            }
            return
        }
        let snapshot = entry.snapshot
        let glyphs = ink.glyphs
        let inner = rect.inset(columns: 1, rows: 0)
        canvas.put(first(entry, model, glyphs, columns: inner.columns), in: inner, row: inner.row, ink: ink)
        guard rect.rows >= 3 else { return }
        let now = model.now.instant
        if let backoff = snapshot.backoff {
            canvas.put(
                BackoffGauge.line(
                    backoff, now: now, columns: inner.columns, glyphs: glyphs, coarse: model.options.reducedMotion),
                in: inner, row: inner.row + 1, ink: ink)
            let why = BackoffGauge.arithmetic(backoff, retry: snapshot.attemptInRun - 1, glyphs: glyphs)
            canvas.put(
                PanelLine([.init(backoff.reason.message, .warning)], right: why), in: inner, row: inner.row + 2,
                ink: ink)
        } else if let question = snapshot.question {
            let bill = ResumeWords.sentence(question.plan.rebill)
            let keys = model.keymap
            let answers =
                "\(keys.words(.retry, in: model.focus.keys)) yes, \(keys.words(.giveUp, in: model.focus.keys)) no"
            canvas.put(
                PanelLine([
                    .init(ResumeWords.how(question.plan) + "?", .value), .init(" " + bill, .money, isOptional: true),
                ]), in: inner, row: inner.row + 1, ink: ink)
            canvas.put(
                PanelLine([.init(question.reason.message, .warning)], right: [.init(answers, .info)]),
                in: inner, row: inner.row + 2, ink: ink)
        } else {
            let line = Timeline.line(snapshot, now: now, columns: inner.columns, glyphs: glyphs)
            canvas.put(PanelLine(line), in: inner, row: inner.row + 1, ink: ink)
            canvas.put(third(snapshot, model, glyphs), in: inner, row: inner.row + 2, ink: ink)
        }
    }

    private static func first(
        _ entry: StreamEntry, _ model: Model, _ glyphs: Glyphs, columns: Int
    ) -> PanelLine {
        let snapshot = entry.snapshot
        let number = (model.streams.index(of: entry.id) ?? 0) + 1
        let figure = StreamTable.figure(snapshot, now: model.now.instant, coarse: model.options.reducedMotion)
        var left: [PanelLine.Piece] = [
            .init("\(glyphs.selected)\(number) ", model.focus == .streams ? .emphasis : .muted),
            .init(glyphs.state(snapshot.state) + " " + snapshot.state.word, snapshot.state.role),
        ]
        if snapshot.attemptInRun > 1 || snapshot.state == .backingOff {
            left.append(.init("  \(snapshot.attemptInRun)/\(snapshot.maximumAttempts)", .value))
        }
        if model.streams.count > 1 { left.append(.init("  of \(model.streams.count)", .faint, isOptional: true)) }
        // What the state's word says already is not said twice.
        var right: [PanelLine.Piece] = []
        if snapshot.state == .streaming || snapshot.state == .backingOff { right += figure }
        let cost = snapshot.cost + snapshot.lostCost
        if cost != .unknown || snapshot.state.isTerminal {
            right.append(.init((right.isEmpty ? "" : "  ") + cost.description, .money, isOptional: true))
        }
        return PanelLine(left, right: right)
    }

    private static func third(_ snapshot: StreamSnapshot, _ model: Model, _ glyphs: Glyphs) -> PanelLine {
        var facts: [String] = []
        if let first = snapshot.attempts.last?.phases.firstToken {
            facts.append("first token " + Format.duration(first))
        }
        if let p95 = snapshot.gapP95 { facts.append("gap p95 " + Format.milliseconds(p95)) }
        if let output = snapshot.usage.output {
            facts.append("out " + (snapshot.outputIsEstimated ? "~" : "") + Format.count(output))
        }
        if snapshot.isNotStreamed { facts.append("not streamed") }
        var right: [PanelLine.Piece] = []
        if snapshot.state.isLive {
            let lamp = Lamp(
                snapshot, now: model.now.instant, cancel: model.keymap.words(.cancel, in: .input))
            right = [.init((lamp.isOn ? glyphs.lamp : glyphs.lampOff) + " " + lamp.text, lamp.role)]
            if let clock = ClockLine.warning(snapshot, now: model.now.instant) { right.append(clock) }
        }
        return PanelLine([.init(facts.joined(separator: " \(glyphs.dot) "), .muted)], right: right)
    }
}
