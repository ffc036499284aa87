import Providers
import Screen
import StreamEngine

extension Model {
    /// Enter in the prompt.
    mutating func submit() -> [Command] {
        let text = editor.expanded
        if text.utf8.first == UInt8(ascii: "/"), text.utf8.dropFirst().first != UInt8(ascii: "/") {
            return run(commandLine: text)
        }
        // Two slashes are one, to send what looks like a command.
        let isEscaped = text.utf8.starts(with: "//".utf8)
        return check(isEscaped ? String(text.dropFirst()) : text, to: [currentModel], recalledAs: text)
    }

    /// Asks whether a prompt may go, and for the files that it names. Those in a paste that stands folded in the prompt are
    /// not meant: who wrote it should not choose which files are sent.
    mutating func check(
        _ prompt: String, to models: [ModelRef], recalledAs entered: String, mayBeCut: Bool = false
    ) -> [Command] {
        if isReplay {
            tell(Self.replayReason)
            return []
        }
        return [
            .check(
                OutgoingPrompt(
                    conversation: current, text: prompt, mentions: FileMention.all(in: editor.text),
                    history: past, models: models, entered: entered, mayBeCut: mayBeCut))
        ]
    }

    /// It may go; the prompt becomes empty. A conversation that was left meanwhile keeps its draft.
    mutating func checked(_ prompt: OutgoingPrompt, _ messages: [ChatMessage]) -> [Command] {
        guard prompt.conversation == current, let first = messages.first else { return [] }
        dropParts()
        // Who asks for himself has seen enough of the tour.
        let isOver = tour != nil
        let ending = endTour()
        if isOver { tell("The tour is over: \(way(to: .tour)) plays it again") }
        guard messages.count > 1 else {
            return ending
                + send(
                    SentPrompt(first.text, attachments: first.attachments), to: prompt.models,
                    recalledAs: prompt.entered)
        }
        return ending + sendParts(messages, of: prompt)
    }

    /// Sends a prompt, each model's reply a stream of its own; the prompt becomes empty.
    mutating func send(
        _ prompt: SentPrompt, to models: [ModelRef], recalledAs entered: String
    ) -> [Command] {
        let turn = TurnID(rawValue: nextTurn)
        nextTurn += 1
        let past = past
        let replaced = conversation.editing.map { transcript.replace(from: $0) } ?? []
        conversation.editing = nil
        transcript.addPrompt(turn, prompt, wall: now.wall)
        transcript.follow()
        var commands = nameConversation(after: prompt.text)
        accepted(entered)
        conversation.draft = DraftKeeper()
        // Where a draft was stored, its row must not come back after a crash.
        commands.append(.saveDraft(current, ""))
        if !replaced.isEmpty { commands.append(.replace(current, replaced)) }
        commands.append(ask(turn, prompt: prompt, history: past, models: models))
        return commands
    }

    mutating func nameConversation(after prompt: String) -> [Command] {
        guard conversation.title.isEmpty else { return [] }
        let title = Self.title(of: prompt)
        conversation.title = title
        return title.isEmpty ? [] : [.renameConversation(current, title)]
    }

    /// The selected reply's prompt again, with the same model: another reply beside it.
    mutating func regenerate(_ entry: StreamEntry, with other: ModelRef? = nil) -> [Command] {
        let ref = other ?? ModelRef(provider: entry.snapshot.provider, model: entry.snapshot.model)
        guard let owner = conversations[entry.conversation],
            let prompt = owner.transcript.prompt(of: entry.turn)
        else {
            tell("Its prompt is no longer there")
            return []
        }
        if entry.conversation != current { show(entry.conversation) }
        return askAnew(prompt, of: ref)
    }

    /// A prompt of this conversation again: another reply beside those that it has.
    mutating func askAnew(_ prompt: Prompt, of ref: ModelRef) -> [Command] {
        // A part goes alone, as it did.
        let past = prompt.brief == nil ? transcript.history(before: prompt.turn) : []
        transcript.follow()
        return [ask(prompt.turn, prompt: prompt.sent, history: past, models: [ref])]
    }

    mutating func ask(
        _ turn: TurnID, prompt: SentPrompt, history: [ChatMessage], models: [ModelRef], in id: ConversationID? = nil
    ) -> Command {
        batches[turn] = nextBatch
        nextBatch += 1
        return .send(id ?? current, turn: turn, prompt: prompt, history: history, models: models)
    }

    /// What was entered goes into the history, and the prompt is empty for the next.
    mutating func accepted(_ entered: String) {
        history.add(entered)
        conversation.editor = Editor()
        // A new editor counts its generations from the beginning.
        conversation.draft = conversation.draft.emptied(at: now.instant)
        completion = nil
        focus = .input
        changed()
    }

    /// The beginning of the first line that says something.
    static func title(of prompt: String) -> String {
        let line = prompt.split(separator: "\n").first { !$0.allSatisfy(\.isWhitespace) } ?? ""
        return Clean.line(String(line.prefix(200))).truncated(toColumns: 60)
    }

    mutating func use(_ ref: ModelRef) {
        currentModel = ref
        let choice = models.first { $0.ref == ref }
        if let reason = choice?.unavailable {
            notify(.warning, "\(Clean.line(ref.model)): \(Clean.line(reason))")
        } else {
            tell("The next prompt goes to \(Clean.line(ref.model)) (\(Clean.line(ref.provider)))")
        }
        completion = nil
        changed()
    }

    mutating func newConversation() -> [Command] {
        // Unique by the time of its making; the count tells apart those of one millisecond.
        let milliseconds = Int64(max(0, min(now.wall.secondsSince1970, 1e11)) * 1000)
        let id = ConversationID(rawValue: String(milliseconds, radix: 36) + "-\(conversationOrder.count)")
        let saving = saveDrafts(dueAt: nil)
        ensureConversation(id)
        show(id)
        return saving + [.newConversation(id)]
    }

    /// The models that a name can mean: its id, `provider/id`, or a part that only one has.
    func resolve(_ name: String) -> [ModelRef] {
        let exact = namedExactly(name)
        guard exact.isEmpty else { return exact }
        let wanted = name.lowercased()
        return models.filter { choice in Self.names(of: choice).contains { $0.contains(wanted) } }.map(\.ref)
    }

    /// The models that have this name and not only a longer one. The same id at several providers: the provider in use wins.
    func namedExactly(_ name: String) -> [ModelRef] {
        let wanted = name.lowercased()
        let exact = models.filter { Self.names(of: $0).contains(wanted) }
        let here = exact.filter { $0.ref.provider == currentModel.provider }
        return (here.isEmpty ? exact : here).map(\.ref)
    }

    private static func names(of choice: ModelChoice) -> [String] {
        [
            choice.ref.model.lowercased(), shortName(choice.ref.model).lowercased(),
            "\(choice.ref.provider)/\(choice.ref.model)".lowercased(),
        ]
    }
}
