import Screen
import StreamEngine

/// The last row: keys that do something now, the most useful first.
enum Footer {
    static func draw(_ model: Model, in rect: Rect, isFramed: Bool, on canvas: inout Canvas, ink: Ink) {
        guard !rect.isEmpty else { return }
        canvas.fill(rect, style: ink(.footer))
        var column = rect.column + 1
        // Where the prompt has no frame, what it would send stands here.
        var end = rect.endColumn
        if !isFramed, model.overlay == nil, model.completion == nil {
            let words = model.estimateWords(columns: rect.columns / 3)
            end -= words.isEmpty ? 0 : Width.columns(of: words) + 2
            canvas.put(words, at: Position(column: end + 1, row: rect.row), style: ink(.muted, on: .footer))
        }
        let entries = entries(for: model)
        for (index, entry) in entries.enumerated() {
            let width = Width.columns(of: entry.key) + 1 + Width.columns(of: entry.text)
            // Of the usual keys the first are the most useful, and the help has all. After a prefix, all are as likely:
            // that some are missing is said, with room kept for it.
            let rest = model.isAfterPrefix && index + 1 < entries.count ? 2 : 0
            guard column + width + rest < end else {
                if model.isAfterPrefix {
                    canvas.put(
                        ink.glyphs.ellipsis, at: Position(column: column, row: rect.row),
                        style: ink(.muted, on: .footer))
                }
                break
            }
            column += canvas.put(
                entry.key, at: Position(column: column, row: rect.row), style: ink(.footerKey, on: .footer))
            column += canvas.put(
                " " + entry.text, at: Position(column: column, row: rect.row), style: ink(.footer))
            column += 2
        }
    }

    struct Entry: Sendable, Equatable {
        var key: String
        var text: String
        var action: Action?
    }

    static func entries(for model: Model) -> [Entry] {
        if model.overlay == .inspector { return inspector(model) }
        if model.overlay == .lanes { return lanes(model) }
        if let overlay = model.overlay { return self.entries(for: overlay, model.keymap) }
        if model.finder != nil {
            let keys = Keys(table: .search, keymap: model.keymap)
            return keys.entries([
                ([.take], "keep"), ([.previousMatch, .nextMatch], "before, next"), ([.close], "back"),
            ])
        }
        if model.isAfterPrefix {
            var told: Set<Action> = []
            return model.keymap.seconds(in: model.focus.keys).filter { _, action in
                told.insert(action).inserted && model.availability(of: action).isAvailable
            }.map { Entry(key: $0.chord.alone.label, text: $0.action.short, action: $0.action) }
        }
        if model.completion != nil {
            let keys = Keys(table: .completion, keymap: model.keymap)
            return keys.entries([
                ([.complete], "complete"), ([.take], "take"), ([.lineUp, .lineDown], "choose"), ([.close], "close"),
            ])
        }
        return tour(model) + replay(model) + letGo(model)
            + actions(for: model).compactMap { action in
                guard doesSomething(action, model), let chord = model.keymap.chord(for: action, in: model.focus.keys)
                else {
                    return nil
                }
                return Entry(key: chord.label, text: text(action, model), action: action)
            }
    }

    /// What Esc does first where something is picked out.
    private static func letGo(_ model: Model) -> [Entry] {
        guard model.focus == .transcript, model.transcript.search != nil || model.transcript.selected != nil else {
            return []
        }
        let text = model.transcript.search != nil ? "end search" : "deselect"
        return [Entry(key: Chord(.escape).label, text: text, action: .cancel)]
    }

    /// What moves a replay, where it does not type a space.
    private static func replay(_ model: Model) -> [Entry] {
        guard let replay = model.flight.replay, !replay.isOver, model.replayAction(for: .plain(" ")) != nil else {
            return []
        }
        let pause = Entry(key: "Space", text: replay.isPaused ? "go on" : "pause", action: .pauseReplay)
        return replay.isPaused ? [pause, Entry(key: ".", text: "step", action: .stepReplay)] : [pause]
    }

    /// What the tour's keys do, where they are the tour's.
    private static func tour(_ model: Model) -> [Entry] {
        guard let tour = model.tour else { return [] }
        let skip = tour.isAtEnd ? [] : [Entry(key: "Esc", text: "skip the tour")]
        guard model.focus == .input, model.editor.isEmpty, let next = tour.next else { return skip }
        return [Entry(key: "Enter", text: next)] + skip
    }

    private static func doesSomething(_ action: Action, _ model: Model) -> Bool {
        let transcript = model.transcript
        switch action {
        case .lineUp,
            .pageUp where model.focus != .events:
            return transcript.total > transcript.rows
        case .toBottom where model.focus != .events: return !transcript.follows
        case .toBottom: return model.eventScroll > 0
        // Esc brings the focus home where nothing runs, which is worth no place here.
        case .cancel where !model.marked(for: .cancel).isEmpty: return model.availability(of: .cancel).isAvailable
        case .cancel:
            return !model.isReplay && model.tour == nil && model.selectedEntry?.canCancel ?? false
                && letGo(model).isEmpty
        case .nextMatch, .previousMatch: return transcript.search?.total ?? 0 > 0
        // On the table, the wait's own keys say it better.
        case .retry where model.focus == .streams:
            return model.availability(of: .retry).isAvailable && !model.availability(of: .retryNow).isAvailable
        default: return model.availability(of: action).isAvailable
        }
    }

    private static func text(_ action: Action, _ model: Model) -> String {
        let marked = model.marked(for: action).count { model.can(action, $0) }
        if marked > 0 { return "\(action.short) \(marked)" }
        guard action == .retry, let entry = model.selectedEntry else { return action.short }
        if entry.snapshot.controls.contains(.answer) { return "go on" }
        if entry.snapshot.state == .truncated, entry.snapshot.continuation != nil { return "go on" }
        if entry.snapshot.controls.contains(.retryNow) { return Action.retryNow.short }
        return entry.snapshot.controls.contains(.retry) ? action.short : Action.regenerate.short
    }

    private static func actions(for model: Model) -> [Action] {
        let usual = usualActions(for: model)
        guard model.selectedEntry?.snapshot.controls.contains(.answer) == true else { return usual }
        // A question goes before everything else.
        let answers: [Action] = [.retry, .otherWay, .giveUp]
        return answers + usual.filter { !answers.contains($0) }
    }

    private static func usualActions(for model: Model) -> [Action] {
        switch model.focus {
        case .input:
            var list: [Action] = [.send, .cancel]
            if model.editor.isBlank { list = [.cancel] }
            if !model.editor.isEmpty { list.append(.newline) }
            return list + [.retry, .focusNext, .faults, .palette, .help, .pageUp]
        case .transcript:
            return [
                .cancel, .nextMatch, .previousMatch, .lineUp, .toBottom, .search, .nextMessage, .copyReply, .toggleFold,
                .retry, .focusNext, .help, .quit,
            ]
        case .streams:
            return [
                .retryNow, .waitLonger, .giveUp, .cancel, .retry, .keepReply, .lanes, .otherModel, .showReply,
                .selectNext, .focusNext, .help,
            ]
        case .events:
            return [.cancel, .lineUp, .toBottom, .focusNext, .help, .quit]
        }
    }

    private static func lanes(_ model: Model) -> [Entry] {
        let actions: [Action] = [.retryNow, .waitLonger, .giveUp, .cancel, .retry, .otherModel, .copyReply, .inspect]
        let keys = Keys(table: .lanes, keymap: model.keymap)
        let keep: [([Action], String)] = model.keepAvailability.isAvailable ? [([.keepReply], "keep this one")] : []
        let isLong = model.laneScroll.above + model.laneScroll.below > 0
        let scroll: [([Action], String)] = isLong ? [([.pageUp, .pageDown], "scroll")] : []
        return keys.entries([([.close], "close"), ([.selectPrevious, .selectNext], "choose")] + keep)
            + actions.compactMap { action in
                guard model.availability(of: action).isAvailable, let chord = model.keymap.chordInLanes(for: action)
                else {
                    return nil
                }
                return Entry(key: chord.label, text: action.short, action: action)
            } + keys.entries(scroll)
    }

    private static func inspector(_ model: Model) -> [Entry] {
        guard model.inspector?.rawScroll == nil else {
            let keys = Keys(table: .page, keymap: model.keymap)
            return keys.entries([([.lineUp, .lineDown], "scroll"), ([.copyReply], "copy")])
                + [Entry(key: "any other key", text: "back")]
        }
        let keys = Keys(table: .inspector, keymap: model.keymap)
        return keys.entries([([.close], "close")]) + [Entry(key: "type", text: "filter")]
            + keys.entries([
                ([.take], "open"), ([.lineUp, .lineDown], "choose"), ([.copyReply], "copy"), ([.toBottom], "follow"),
                ([.selectPrevious, .selectNext], "other stream"),
            ])
    }

    private static func entries(for overlay: Overlay, _ keymap: Keymap) -> [Entry] {
        switch overlay {
        case .inspector, .lanes: return []
        case .help, .notices, .policy:
            let keys = Keys(table: .page, keymap: keymap)
            return keys.entries([([.lineUp, .lineDown], "scroll")]) + [Entry(key: "any other key", text: "close")]
        case .faults:
            let keys = Keys(table: .faults, keymap: keymap)
            return [Entry(key: "letter", text: "break")]
                + keys.entries([
                    ([.faultTarget], "one or all"), ([.close], "close"),
                    ([.faultRetryLater, .faultRetrySooner], "Retry-After"),
                ])
        case .picker:
            let keys = Keys(table: .list, keymap: keymap)
            return [Entry(key: "type", text: "filter")]
                + keys.entries([([.lineUp, .lineDown], "choose"), ([.take], "take"), ([.close], "close")])
        }
    }

    /// The keys of what lies over the panes, as the footer tells them: several of one kind together.
    private struct Keys {
        var table: KeyTable
        var keymap: Keymap

        func entries(_ list: [([Action], String)]) -> [Entry] {
            list.compactMap { actions, text in
                let keys = actions.compactMap { keymap.chord(for: $0, in: table)?.label }
                guard !keys.isEmpty else { return nil }
                // What scrolls or chooses is for the keys and the wheel; a click on one of two would be a guess.
                return Entry(
                    key: keys.joined(separator: " "), text: text, action: actions == [.keepReply] ? .keepReply : nil)
            }
        }
    }
}
