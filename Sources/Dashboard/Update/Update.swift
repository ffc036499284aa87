import Providers
import Screen
import StreamEngine

extension Model {
    /// Takes in what happened and says what is to be done. Never asks for anything that the state does not allow.
    public mutating func update(_ message: Message) -> [Command] {
        let commands = take(message)
        bringEstimateUpToDate()
        return commands + weighFiles()
    }

    private mutating func take(_ message: Message) -> [Command] {
        switch message {
        case .input(let event):
            return receive(event)
        case .resized(let size):
            if size != self.size {
                self.size = size
                changed()
            }
        case .clock(let now):
            return passed(to: now)
        case .streamStarted(let snapshot, let conversation, let prompt):
            started(snapshot, conversation: conversation, turn: prompt)
        case .stream(let snapshot):
            receive(snapshot)
            return sendNextPart(after: snapshot.id) + noticeForTour(snapshot.id)
        case .text(let id, let bytes, let late):
            changeTranscript(of: id) { $0.append(text: bytes, late: late, to: id) }
        case .thinking(let id, let bytes):
            changeTranscript(of: id) { $0.append(thinking: bytes, to: id) }
        case .part(let id, let kind, let detail):
            changeTranscript(of: id) { $0.append(part: Clean.line(kind), detail: Clean.line(detail), to: id) }
        case .seam(let id, let seam):
            changeTranscript(of: id) { $0.append(seam: seam, to: id) }
        case .wire(let id, let entries):
            receive(entries, of: id)
        case .budget(let id, let notice):
            announce(notice, of: id)
        case .diverged(let id, let kept):
            changeTranscript(of: id) { $0.diverge(id, kept: kept) }
        case .conversationLoaded(let id, let title, let turns, let draft):
            return loaded(id, title: title, turns: turns, draft: draft)
        case .conversationsListed(let list):
            listed(list)
        case .prompted(let id, let turn, let text):
            prompted(id, turn: turn, text: text)
        case .flight(let flight):
            if flight != self.flight {
                self.flight = flight
                changed()
            }
        case .labSteered(let order, let stream, let count):
            steered(order, stream, streams: count)
        case .beginTour:
            return beginTour()
        case .notice(let notice):
            notify(notice.level, Clean.line(notice.text), hint: notice.hint.map(Clean.line))
        case .checked(let prompt, let messages):
            return checked(prompt, messages)
        case .files(let path, let entries):
            complete(path, with: entries)
        case .filesWeighed(let weight, let mentions):
            estimator.weighed(mentions, weight)
        case .edited(let text):
            focus = .input
            edit { $0.replaceAll(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
        case .copied(let text, let outcome):
            copied(text, outcome)
        case .themeChanged(let name):
            theme = Clean.line(name)
            changed()
        case .themesChanged(let names):
            themes = names.map(Clean.line)
            changed()
        case .keyFile(let file):
            receive(file)
        case .terminal:
            break
        case .ending:
            return saveDrafts(dueAt: nil)
        }
        return []
    }

    // MARK: Time

    private mutating func passed(to now: Now) -> [Command] {
        if let due = nextDrawing(after: self.now), due <= now.instant { changed() }
        // A jump of the wall clock (sleep, or somebody set it) moves the shown times along.
        let drift = clockOrigin.wall(at: now.instant).secondsSince1970 - now.wall.secondsSince1970
        if abs(drift) > 0.5 {
            clockOrigin = now
            changed()
        }
        self.now = now
        if let end = quitArmedUntil, end <= now.instant {
            quitArmedUntil = nil
            changed()
        }
        if toasts.contains(where: { $0.endsAt <= now.instant }) {
            toasts.removeAll { $0.endsAt <= now.instant }
            changed()
        }
        return saveDrafts(dueAt: now.instant)
    }

    /// Commands for the drafts whose time has come; all that have changed where `instant` is `nil`.
    mutating func saveDrafts(dueAt instant: Instant?) -> [Command] {
        var commands: [Command] = []
        for id in conversationOrder {
            guard let deadline = conversations[id]?.draft.deadline, instant.map({ deadline <= $0 }) ?? true else {
                continue
            }
            conversations[id]?.draft.saved()
            commands.append(.saveDraft(id, conversations[id]?.editor.expanded ?? ""))
        }
        return commands
    }

    // MARK: Notices

    /// Shows a notice for a while and keeps it for good. Both texts sanitised.
    mutating func notify(_ level: Notice.Level, _ text: String, hint: String? = nil) {
        changed()
        let end = now.instant + Toast.duration(level)
        if let last = notices.last, last.level == level, last.text == text, last.hint == hint {
            notices[notices.count - 1].count += 1
            notices[notices.count - 1].wall = now.wall
        } else {
            notices.append(NoticeRecord(level: level, text: text, hint: hint, wall: now.wall))
            if notices.count > NoticeRecord.limit { notices.removeFirst() }
        }
        if let index = toasts.firstIndex(where: { $0.level == level && $0.text == text }) {
            toasts[index].endsAt = end
            toasts[index].hint = hint
            toasts[index].count += 1
            return
        }
        toasts.append(Toast(level: level, text: text, hint: hint, endsAt: end))
        if toasts.count > Toast.limit {
            // The least important makes room, the oldest of several.
            let index = toasts.indices.dropLast().min { toasts[$0].level.rank < toasts[$1].level.rank }
            toasts.remove(at: index ?? 0)
        }
    }

    /// A word in passing, in answer to a key: shown, replaced by the next one, and not kept.
    mutating func tell(_ text: String) {
        changed()
        toasts.removeAll { $0.level == .info && $0.isPassing }
        toasts.append(
            Toast(level: .info, text: text, endsAt: now.instant + Toast.duration(.info), isPassing: true))
        if toasts.count > Toast.limit { toasts.removeFirst() }
    }

    // MARK: The prompt

    /// Changes the text of the prompt, and whatever follows from it.
    mutating func edit(_ change: (inout Editor) -> Void) {
        let before = editor.generation
        change(&editor)
        if editor.generation != before {
            history.leave()
            draftChanged()
        }
        if editor.isEmpty { conversation.editing = nil }
        completion = Completion.suggest(for: self)
        changed()
    }

    mutating func draftChanged() {
        let generation = editor.generation
        conversation.draft.changed(to: generation, at: now.instant)
        quitArmedUntil = nil
    }
}

extension Notice.Level {
    var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .error: 2
        }
    }
}
