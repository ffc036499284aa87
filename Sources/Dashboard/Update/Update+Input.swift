import Providers
import Screen
import StreamEngine

extension Model {
    mutating func receive(_ event: InputEvent) -> [Command] {
        switch event {
        case .key(let key, let modifiers):
            return receive(Chord(key, modifiers).normalised)
        case .paste(let text):
            pasted(text)
            return []
        case .mouse(let event):
            isAfterPrefix = false
            return receive(event)
        case .focus(let hasFocus):
            if hasFocus != terminalHasFocus {
                terminalHasFocus = hasFocus
                changed()
            }
            // Another window may be closed before this one comes back.
            return hasFocus ? [] : saveDrafts(dueAt: nil)
        case .reply:
            return []
        }
    }

    private mutating func pasted(_ text: String) {
        if finder != nil { return pasteInFinder(text) }
        isAfterPrefix = false
        if overlay == .inspector {
            inspector?.paste(text)
            return changed()
        }
        if case .picker(var picker) = overlay {
            picker.paste(text)
            overlay = .picker(picker)
            return changed()
        }
        overlay = nil
        focus = .input
        edit { $0.paste(text) }
    }

    private mutating func receive(_ chord: Chord) -> [Command] {
        if chord == .control("c"), !isAfterPrefix { return interrupt() }
        // Only pressing the same thing again confirms.
        if chord != .control("d"), chord != .plain("q"), quitArmedUntil != nil {
            quitArmedUntil = nil
            changed()
        }
        if overlay != nil { return receiveInOverlay(chord) }
        if finder != nil { return receiveInFinder(chord) }
        if let commands = receiveSecond(chord) { return commands }
        if let commands = receiveInTour(chord) { return commands }
        if let action = replayAction(for: chord) { return perform(action) }
        if let number = chord.selectedStream(in: focus.keys) {
            selectStream(number: number)
            return []
        }
        if focus == .input { return receiveInPrompt(chord) }
        if let action = keymap.action(for: chord, in: focus.keys) {
            return action == .cancel && chord.key == .escape ? escape() : perform(action)
        }
        return typedOutsidePrompt(chord)
    }

    /// What is no command of a pane goes to the prompt when it is a beginning of a command or of a search there.
    private mutating func typedOutsidePrompt(_ chord: Chord) -> [Command] {
        guard case .character(let character) = chord.key, chord.modifiers.isEmpty else {
            tell("\(chord.label) does nothing here: \(way(to: .help)) shows the keys")
            return []
        }
        if character == "/" {
            focus = .input
            if editor.isEmpty { edit { $0.insert("/") } }
            changed()
            return []
        }
        tell(
            "\(chord.label) does nothing here: \(way(to: .focusNext)) goes on to the next pane, \(way(to: .help)) shows the keys"
        )
        return []
    }

    private mutating func receiveInPrompt(_ chord: Chord) -> [Command] {
        if completion != nil, let commands = receiveInCompletion(chord) { return commands }
        let action = keymap.action(for: chord, in: .input)
        // In an empty prompt these keys have nothing else to do.
        if editor.isEmpty, action == nil || action?.isEditing == true {
            switch chord {
            case .control("d"): return perform(.quit)
            case Chord(.home): return perform(.toTop)
            case Chord(.end): return perform(.toBottom)
            default: break
            }
        }
        if chord == Chord(.tab), let mention = FileMention.unfinished(in: editor.text, before: editor.cursor) {
            return [.listFiles(mention.path)]
        }
        if let action, !action.isEditing {
            return action == .cancel && chord.key == .escape ? escape() : perform(action)
        }
        let columns = Layout.promptColumns(size, focus: focus)
        let before = editor.generation
        var edited = editor
        let outcome = edited.handle(chord, keys: keymap, columns: columns)
        switch outcome {
        case .changed, .moved:
            editor = edited
            if editor.generation != before {
                history.leave()
                draftChanged()
            }
            if editor.isEmpty { conversation.editing = nil }
            completion = Completion.suggest(for: self)
            changed()
        case .aboveTop:
            if let older = history.older(than: editor.expanded) { recall(older) } else { editor.moveToStart() }
            changed()
        case .belowBottom:
            if let newer = history.newer(than: editor.expanded) { recall(newer) } else { editor.moveToEnd() }
            changed()
        case .ignored:
            tell("\(chord.label) does nothing here: \(way(to: .help)) shows the keys")
        }
        return []
    }

    private mutating func recall(_ text: String) {
        editor.replaceAll(text)
        editor.moveToEnd()
        draftChanged()
        completion = nil
    }

    /// Ctrl-C: what is selected is copied; what is running is cancelled, then a draft is cleared, then a second press quits.
    private mutating func interrupt() -> [Command] {
        if finder != nil, overlay == nil {
            leaveFinder()
            return []
        }
        if focus == .transcript, overlay == nil, transcript.selected != nil { return perform(.copyReply) }
        if let entry = cancellable, !isReplay {
            select(entry.id)
            return cancel(entry)
        }
        if overlay == .inspector { return closeInspector() }
        if overlay != nil {
            overlay = takeOverlayUnderPage()
            changed()
            return []
        }
        if !editor.isEmpty {
            edit { $0.clear() }
            tell("Cleared: \(way(to: .undo)) brings it back")
            return []
        }
        return quitOrArm(again: "Press Ctrl-C again to quit")
    }

    /// The selected stream if it runs, or the newest that does.
    var cancellable: StreamEntry? {
        if let entry = selectedEntry, entry.canCancel { return entry }
        return streams.entries.first { $0.canCancel && $0.conversation == current }
            ?? streams.entries.first { $0.canCancel }
    }

    mutating func quitOrArm(again: String) -> [Command] {
        if let end = quitArmedUntil, now.instant < end { return quitting() }
        quitArmedUntil = now.instant + .seconds(2)
        tell(again)
        return []
    }

    mutating func quitting() -> [Command] {
        saveDrafts(dueAt: nil) + [.quit]
    }

    // MARK: Over the panes

    private mutating func receiveInOverlay(_ chord: Chord) -> [Command] {
        changed()
        if let text = pageToCopy, keymap.action(for: chord, in: .page) == .copyReply { return [.copy(text)] }
        switch overlay {
        case .help(let scroll):
            overlay = scrolled(scroll, by: chord, lines: overlayLines).map(Overlay.help) ?? takeOverlayUnderPage()
        case .notices(let scroll):
            overlay = scrolled(scroll, by: chord, lines: overlayLines).map(Overlay.notices) ?? takeOverlayUnderPage()
        case .policy(let scroll):
            overlay = scrolled(scroll, by: chord, lines: overlayLines).map(Overlay.policy) ?? takeOverlayUnderPage()
        case .faults(let console): return receive(chord, in: console)
        case .picker(var picker):
            switch keymap.action(for: chord, in: .list) {
            case .close?: overlay = nil
            case .take?: return choose(picker.choice)
            case .lineUp?: picker.move(by: -1)
            case .lineDown?: picker.move(by: 1)
            case .pageUp?: picker.move(by: -10)
            case .pageDown?: picker.move(by: 10)
            default: _ = picker.type(chord, keys: keymap)
            }
            let isClosed = overlay == nil
            overlay = isClosed ? nil : .picker(picker)
            return preview(picker, isClosed: isClosed)
        case .inspector: return receiveInInspector(chord)
        case .lanes: return receiveInLanes(chord)
        case nil: break
        }
        return []
    }

    /// A list of themes shows the one it stands at; closed, the chosen one again.
    func preview(_ picker: Picker, isClosed: Bool) -> [Command] {
        guard case .theme? = picker.items.first?.choice else { return [] }
        if isClosed { return [.previewTheme(theme)] }
        guard case .theme(let name)? = picker.choice?.choice else { return [] }
        return [.previewTheme(name)]
    }

    /// The new first line of a page of so many, or `nil` = closed, which every key does that does nothing else.
    /// - Parameter page: how many lines are seen; `nil` = as the help has it. The view clamps what this leaves.
    func scrolled(_ scroll: Int, by chord: Chord, lines: Int, page: Int? = nil) -> Int? {
        let page = page ?? max(1, size.rows - 6)
        let last = max(0, lines - page)
        let target: Int
        switch keymap.action(for: chord, in: .page) {
        case .lineUp?: target = scroll - 1
        case .lineDown?: target = scroll + 1
        case .pageUp?: target = scroll - page
        case .pageDown?: target = scroll + page
        case .toTop?: target = 0
        case .toBottom?: target = last
        default: return nil
        }
        return min(max(0, target), last)
    }

    /// What is seen again when a page is closed.
    mutating func takeOverlayUnderPage() -> Overlay? {
        defer { overlayUnderPage = nil }
        return overlayUnderPage
    }

    var overlayLines: Int { page?.lines.count ?? 0 }

    /// What is read over the panes; an event's bytes are the inspector's.
    var page: (title: String, lines: [PanelLine])? {
        switch overlay {
        case .help: ("Help", Help.lines(for: self))
        case .notices: ("Notices", NoticeList.lines(for: self))
        case .policy: ("Policy", PolicyPreview.lines(for: self))
        default: nil
        }
    }

    private var pageToCopy: CopyText? {
        guard let page else { return nil }
        let lines = page.lines.map { line in
            MarkedScalar.writtenOut((line.left + line.right).map(\.text).joined())
        }
        return CopyText(lines.joined(separator: "\n") + "\n", what: "the \(page.title.lowercased())")
    }

    mutating func choose(_ item: Picker.Item?) -> [Command] {
        guard let item else {
            tell("Nothing matches: \(keymap.words(.close, in: .list)) closes the list")
            return []
        }
        overlay = nil
        changed()
        if let reason = item.unavailable {
            tell(reason)
            return []
        }
        switch item.choice {
        case .action(let action):
            return perform(action)
        case .model(let ref):
            use(ref)
        case .modelForStream(let id, let ref):
            return goOn(id, with: ref)
        case .theme(let name):
            return [.setTheme(name)]
        case .conversation(let id):
            guard conversations[id] == nil else { show(id); return [] }
            tell("Opening \(item.title)")
            return [.openConversation(id)]
        case .history(let text):
            focus = .input
            edit { $0.replaceAll(text) }
        }
        return []
    }
}

extension Chord {
    /// Terminals that report every modifier say Shift for capitals and signs too, where it adds nothing.
    var normalised: Chord {
        guard case .character(let character) = key, modifiers.contains(.shift), character != " " else { return self }
        return Chord(.character(character), modifiers.subtracting(.shift))
    }

    /// Alt and a digit anywhere, a digit alone on the table and in the lanes.
    func selectedStream(in table: KeyTable) -> Int? {
        guard case .character(let character) = key, let number = character.wholeNumberValue, (1...9).contains(number),
            character.isASCII
        else { return nil }
        return modifiers == .alt || (modifiers.isEmpty && [.streams, .lanes].contains(table)) ? number : nil
    }
}
