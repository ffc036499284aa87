import Providers
import Screen
import StreamEngine

extension Model {
    /// Does what a key, the palette or a command asked for, or says why not.
    mutating func perform(_ action: Action) -> [Command] {
        if let reason = availability(of: action).reason {
            tell(reason)
            return []
        }
        changed()
        if !Self.doneWhileHeld.contains(action) { letDisplayGo() }
        let marked = marked(for: action)
        if !marked.isEmpty { return steer(action, all: marked) }
        switch action {
        case .send: return submit()
        case .retry, .retryNow, .waitLonger, .giveUp, .otherWay, .otherModel, .regenerate, .cancel: return steer(action)
        case .selectNext: selectStream(by: 1)
        case .selectPrevious: selectStream(by: -1)
        case .showReply: showSelectedReply()
        case .pageUp, .pageDown, .halfPageUp, .halfPageDown, .lineUp, .lineDown, .toTop, .toBottom: scroll(action)
        case .toggleFold: toggleFold()
        case .search: beginSearch()
        case .nextMatch: goToMatch(by: 1)
        case .previousMatch: goToMatch(by: -1)
        case .previousMessage, .nextMessage, .previousCode, .nextCode: selectInTranscript(action)
        case .showLateness: toggleLateness()
        case .focusNext: moveFocus(by: 1)
        case .focusPrevious: moveFocus(by: -1)
        case .newline: edit { $0.insert("\n") }
        case .undo: edit { $0.undo() }
        case .clearDraft: edit { $0.clear() }
        case .openEditor: return [.openEditor(editor.expanded)]
        case .copyReply, .copyCode, .copyConversation: return copy(action)
        case .saveConversation: beginSaving()
        case .newConversation: return newConversation()
        case .searchHistory, .chooseModel, .switchConversation, .chooseTheme, .palette, .help, .notices,
            .previewPolicy:
            open(action)
            if action == .switchConversation, listsStored { return [.listConversations] }
        case .toggleMouse:
            mouse.toggle()
            tell(
                mouse
                    ? "Mouse on: \(way(to: .toggleMouse)) gives it back to the terminal"
                    : "Mouse off: the terminal selects text")
        case .editPrompt: editPrompt()
        case .markStream: toggleMark()
        case .markAll: toggleAllMarks()
        case .sortStreams: sortStreams()
        case .holdDisplay: holdDisplay()
        case .nextTab: switchTab(by: 1)
        case .previousTab: switchTab(by: -1)
        case .closeTab: return closeTab()
        case .previousAttempt: selectAttempt(by: -1)
        case .nextAttempt: selectAttempt(by: 1)
        case .lanes:
            laneScroll = LaneScroll()
            overlay = .lanes
        case .keepReply: return keepReply()
        case .inspect: return inspect()
        case .saveReport: return selected.map { [.saveReport($0)] } ?? []
        case .record: return [.toggleRecording]
        case .pauseReplay: return [.pauseReplay]
        case .stepReplay: return [.stepReplay]
        case .faults: openFaults()
        case .faultDrop, .faultReset, .faultStall, .faultSlow, .faultRateLimit, .faultOverload, .faultCorrupt,
            .faultHeal:
            return action.fault.map { give($0, to: nil) } ?? []
        case .take, .complete, .close, .faultTarget, .faultRetryLater, .faultRetrySooner:
            break  // What lies over the panes does them; without it they are not available.
        case .tour: return beginTour()
        case .reloadKeys: return [.readKeys]
        case .redraw: return [.redraw]
        case .suspend: return saveDrafts(dueAt: nil) + [.suspend]
        case .quit: return quit()
        case .lineStart, .lineEnd, .characterLeft, .characterRight, .wordLeft, .wordRight, .textStart, .textEnd,
            .deleteBefore, .deleteAfter, .killLine, .killLineBefore, .killWordBefore, .killWordAfter, .yank, .redo:
            focus = .input
            edit { _ = $0.perform(action) }
        }
        return []
    }

    private mutating func steer(_ action: Action) -> [Command] {
        if [.retry, .regenerate].contains(action), let prompt = promptToAskAnew {
            return askAnew(prompt, of: currentModel)
        }
        return selectedEntry.map { steer(action, $0) } ?? []
    }

    /// Every marked stream to which it would do something.
    private mutating func steer(_ action: Action, all marked: [StreamEntry]) -> [Command] {
        let able = marked.filter { can(action, $0) }
        let commands = able.flatMap { steer(action, $0) }
        let rest = able.count < marked.count ? ", \(marked.count - able.count) could not" : ""
        tell("\(Self.sentence(action.short)): \(Format.plural(able.count, "stream", "streams"))\(rest)")
        return commands
    }

    private mutating func steer(_ action: Action, _ entry: StreamEntry) -> [Command] {
        switch action {
        case .retry:
            // Asked whether to go on, to retry is a yes.
            if entry.snapshot.controls.contains(.answer) { return [.goOn(entry.id)] }
            // In a wait, to retry is not to wait any longer.
            if entry.snapshot.controls.contains(.retryNow) { return [.retryNow(entry.id)] }
            guard entry.snapshot.controls.contains(.retry) else { return regenerate(entry) }
            transcript.follow()
            return [.retry(entry.id)]
        case .retryNow: return [.retryNow(entry.id)]
        case .waitLonger: return [.waitLonger(entry.id, .seconds(10))]
        case .giveUp: return [.giveUp(entry.id)]
        case .otherWay: return [.otherWay(entry.id)]
        case .otherModel: open(.otherModel)
        case .regenerate: return regenerate(entry)
        case .cancel: return cancel(entry)
        default: break
        }
        return []
    }

    mutating func cancel(_ entry: StreamEntry) -> [Command] {
        tell("Cancelling \(name(of: entry.snapshot))")
        return [.cancel(entry.id)]
    }

    /// Esc: the selected stream is cancelled if it runs; else the focus goes home.
    mutating func escape() -> [Command] {
        changed()
        // What was picked out while reading is let go of first.
        if focus == .transcript, letGoInTranscript() { return [] }
        if let entry = selectedEntry, entry.canCancel, !isReplay { return cancel(entry) }
        if focus != .input {
            focus = .input
            return []
        }
        tell(availability(of: .cancel).reason ?? "Nothing to cancel")
        return []
    }

    private mutating func quit() -> [Command] {
        let running = streams.live + streams.waiting
        guard running > 0, !isReplay else { return quitting() }
        let what = running == 1 ? "1 stream still runs" : "\(running) streams still run"
        return quitOrArm(again: "\(what), and what it has received is kept: press again to quit")
    }

    private mutating func showSelectedReply() {
        guard let entry = selectedEntry else { return }
        let id = entry.id
        if entry.conversation != current { show(entry.conversation) }
        withTranscriptLaidOut { $0.show(reply: id, rows: $1) }
        focus = .transcript
    }

    // MARK: Focus and scrolling

    private mutating func moveFocus(by step: Int) {
        var panes: [Pane] = [.input, .transcript, .streams]
        if !layout().events.isEmpty || focus == .events { panes.append(.events) }
        let index = panes.firstIndex(of: focus) ?? 0
        focus = panes[(index + step + panes.count) % panes.count]
        completion = nil
    }

    /// Hands on the transcript with its lines laid out for the screen as it is, and how many rows it has.
    mutating func withTranscriptLaidOut(_ body: (inout Transcript, Int) -> Void) {
        let text = layout().text
        guard !text.isEmpty else { return }
        let glyphs = self.glyphs
        transcript.prepare(columns: text.columns, rows: text.rows, glyphs: glyphs)
        body(&transcript, text.rows)
        changed()
    }

    private mutating func scroll(_ action: Action) {
        if focus == .events { return scrollEvents(action) }
        withTranscriptLaidOut { transcript, rows in
            switch action {
            case .pageUp: transcript.scroll(by: -max(1, rows - 2))
            case .pageDown: transcript.scroll(by: max(1, rows - 2))
            case .halfPageUp: transcript.scroll(by: -max(1, rows / 2))
            case .halfPageDown: transcript.scroll(by: max(1, rows / 2))
            case .lineUp: transcript.scroll(by: -1)
            case .lineDown: transcript.scroll(by: 1)
            case .toTop: transcript.scrollToTop()
            default: transcript.follow()
            }
        }
    }

    private mutating func scrollEvents(_ action: Action) {
        let rows = layout().events.rows
        let last = max(0, (selectedEntry?.snapshot.events.count ?? 0) - rows)
        switch action {
        case .pageUp: eventScroll += max(1, rows - 1)
        case .pageDown: eventScroll -= max(1, rows - 1)
        case .halfPageUp: eventScroll += max(1, rows / 2)
        case .halfPageDown: eventScroll -= max(1, rows / 2)
        case .lineUp: eventScroll += 1
        case .lineDown: eventScroll -= 1
        case .toTop: eventScroll = last
        default: eventScroll = 0
        }
        eventScroll = min(max(0, eventScroll), last)
        changed()
    }

    mutating func scrollWheel(_ pane: Pane, by step: Int) {
        letDisplayGo()
        if pane == .events {
            let last = max(0, (selectedEntry?.snapshot.events.count ?? 0) - layout().events.rows)
            eventScroll = min(max(0, eventScroll - step), last)
            changed()
        } else if pane == .streams {
            selectStream(by: step.signum())
        } else {
            withTranscriptLaidOut { transcript, _ in transcript.scroll(by: step) }
        }
    }
}
