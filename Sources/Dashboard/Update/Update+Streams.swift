import Providers
import Screen
import StreamEngine

extension Model {
    mutating func started(_ snapshot: StreamSnapshot, conversation id: ConversationID, turn: TurnID) {
        let snapshot = snapshot.sanitised()
        let batch = batches[turn] ?? nextBatch
        if batch == nextBatch {
            // A prompt that was not typed here (the command line's) counts like one that was.
            batches[turn] = batch
            nextBatch += 1
        }
        streams.add(StreamEntry(snapshot: snapshot, conversation: id, turn: turn, batch: batch))
        forgetMarks()
        ensureConversation(id)
        tour?.started(snapshot.id, turn: turn)
        let wall = clockOrigin.wall(at: snapshot.startedAt)
        conversations[id]?.transcript.addReply(
            to: turn, stream: snapshot.id, model: Self.shortName(snapshot.model), wall: wall)
        conversations[id]?.transcript.setState(snapshot.id, ReplyState(snapshot))
        // The first of a fan-out stays selected; a later prompt takes the selection over.
        let selectedBatch = selectedEntry?.batch
        if selected == nil || selectedBatch != streams[snapshot.id]?.batch {
            selected = snapshot.id
            selectedAttempt = nil
            eventScroll = 0
            // Its place is with its prompt, which may be far above what is shown.
            if id == current, !transcript.isLast(turn) {
                withTranscriptLaidOut { $0.show(reply: snapshot.id, rows: $1) }
            }
        }
        changed()
    }

    mutating func receive(_ snapshot: StreamSnapshot) {
        guard let before = streams[snapshot.id] else { return }
        let snapshot = snapshot.sanitised()
        guard before.snapshot != snapshot else { return }
        streams.update(snapshot)
        if let added = before.snapshot.addedEvents(in: snapshot), eventScroll > 0, snapshot.id == selected {
            // The reader of the log keeps his place.
            eventScroll = min(eventScroll + added, snapshot.events.count)
        }
        changeTranscript(of: snapshot.id) { $0.setState(snapshot.id, ReplyState(snapshot)) }
        announce(snapshot, after: before.snapshot.state)
        changed()
    }

    /// Tells of an end that could be missed: a failure always, others when they are not the selected stream's.
    private mutating func announce(_ snapshot: StreamSnapshot, after state: StreamState) {
        guard snapshot.state != state else { return }
        let who = name(of: snapshot)
        switch snapshot.state {
        case .failed:
            let message = snapshot.failure?.message ?? "failed"
            notify(.error, "\(who): \(message)", hint: snapshot.failure?.hint)
        case .backingOff where snapshot.backoff?.exceedsMaximum == true:
            notify(
                .warning, "\(who): the server asks for a long wait",
                hint: "\(keymap.words(.retryNow, in: .streams)) retry now, "
                    + "\(keymap.words(.otherModel, in: .streams)) other model, "
                    + "\(keymap.words(.giveUp, in: .streams)) give up (on the stream table)")
        case .asking:
            let bill = snapshot.question.map { ResumeWords.sentence($0.plan.rebill) } ?? ""
            notify(
                .warning, "\(who) broke: \(snapshot.question?.reason.label ?? "")",
                hint: "Go on? \(bill). \(way(to: .retry)) goes on, \(way(to: .otherWay)) another way, "
                    + "\(way(to: .giveUp)) gives up")
        case .complete where snapshot.id != selected: notify(.info, "\(who) is complete")
        case .truncated where snapshot.id != selected: notify(.warning, "\(who) was cut at the token limit")
        case .refused where snapshot.id != selected: notify(.warning, "\(who) was refused")
        default: break
        }
    }

    /// A budget's warning; its end is told as the stream's own.
    mutating func announce(_ notice: BudgetNotice, of id: StreamID) {
        guard let entry = streams[id] else { return }
        let text = "\(name(of: entry.snapshot)): \(Clean.line(notice.message))"
        switch notice {
        case .nearing: notify(.warning, text, hint: "/budget shows and sets it")
        case .unenforced: notify(.warning, text)
        case .reached, .refused: break
        }
    }

    /// `stream 2 (opus-4-5)`: the number is the table's, as Alt and a digit select it.
    func name(of snapshot: StreamSnapshot) -> String {
        let model = Self.shortName(snapshot.model)
        guard let index = streams.index(of: snapshot.id) else { return model }
        return "stream \(index + 1) (\(model))"
    }

    mutating func changeTranscript(of id: StreamID, _ change: (inout Transcript) -> Void) {
        guard let owner = streams[id]?.conversation, conversations[owner] != nil else { return }
        change(&conversations[owner, default: Conversation(id: owner)].transcript)
        if owner == current { changed() }
    }

    mutating func select(_ id: StreamID) {
        guard id != selected else { return }
        selected = id
        selectedAttempt = nil
        eventScroll = 0
        changed()
    }

    mutating func selectStream(number: Int) {
        guard streams.entries.indices.contains(number - 1) else {
            return tell(
                streams.isEmpty
                    ? "There is no stream yet: type a question and press Enter"
                    : "There is no stream \(number)")
        }
        letDisplayGo()
        select(streams.entries[number - 1].id)
    }

    mutating func selectStream(by step: Int) {
        guard !streams.isEmpty else { return tell("There is no stream yet: type a question and press Enter") }
        let index = streams.index(of: selected) ?? 0
        select(streams.entries[min(max(0, index + step), streams.count - 1)].id)
    }

    // MARK: Conversations

    mutating func ensureConversation(_ id: ConversationID) {
        guard conversations[id] == nil else { return }
        conversations[id] = Conversation(id: id)
        conversationOrder.append(id)
    }

    /// Says which turns its prompts have become.
    mutating func loaded(_ id: ConversationID, title: String, turns: [StoredTurn], draft: String) -> [Command] {
        var prompts: [TurnID] = []
        ensureConversation(id)
        let isFresh = conversations[id]?.transcript.isEmpty ?? true
        conversations[id]?.title = Clean.line(title)
        if isFresh {
            for turn in turns {
                conversations[id]?.spentBefore.add(turn.spent)
                let number = TurnID(rawValue: nextTurn)
                if turn.role == .user {
                    nextTurn += 1
                    prompts.append(number)
                    conversations[id]?.transcript.addPrompt(
                        number, SentPrompt(turn.text, attachments: turn.attachments, brief: turn.brief),
                        wall: turn.wall)
                    if turn.isReplaced { conversations[id]?.transcript.putAway(number) }
                    history.add(turn.text)
                } else {
                    conversations[id]?.transcript.addStored(turn, to: TurnID(rawValue: nextTurn - 1))
                }
            }
        }
        // What is being typed right now wins over what was typed then.
        if conversations[id]?.editor.isEmpty ?? true, !draft.isEmpty {
            conversations[id]?.editor.load(draft)
            let generation = conversations[id]?.editor.generation ?? 0
            conversations[id]?.draft.loaded(generation: generation)
        }
        if id != current {
            let left = current
            show(id)
            forgetIfNew(left)
        }
        changed()
        return prompts.isEmpty ? [] : [.promptsLoaded(id, prompts)]
    }

    /// A conversation in which nothing was said or typed leaves no tab behind.
    private mutating func forgetIfNew(_ id: ConversationID) {
        guard let left = conversations[id], left.transcript.isEmpty, left.editor.isEmpty, left.title.isEmpty,
            left.draft.deadline == nil
        else { return }
        conversations[id] = nil
        conversationOrder.removeAll { $0 == id }
        closedTabs.remove(id)
    }

    /// A recording's prompt, where it would stand if it had been typed.
    mutating func prompted(_ id: ConversationID, turn: TurnID, text: String) {
        ensureConversation(id)
        conversations[id]?.transcript.addPrompt(turn, SentPrompt(text), wall: now.wall)
        conversations[id]?.transcript.follow()
        if conversations[id]?.title.isEmpty ?? false { conversations[id]?.title = Self.title(of: text) }
        nextTurn = max(nextTurn, turn.rawValue + 1)
        batches[turn] = nextBatch
        nextBatch += 1
        if id != current { show(id) }
        changed()
    }

    mutating func show(_ id: ConversationID) {
        guard conversations[id] != nil else { return }
        current = id
        closedTabs.remove(id)
        completion = nil
        overlay = nil
        finder = nil
        history.leave()
        focus = .input
        changed()
    }
}

extension StreamSnapshot {
    /// How many lines a later snapshot's log has more at its end; `nil` when nothing was added.
    fileprivate func addedEvents(in later: StreamSnapshot) -> Int? {
        guard let last = events.last else { return later.events.count }
        guard let place = later.events.lastIndex(where: { $0.at <= last.at && $0.name == last.name }) else {
            return later.events.count
        }
        let added = later.events.count - 1 - place
        return added > 0 ? added : nil
    }
}
