import Screen
import StreamEngine

extension Model {
    /// Runs `/name argument`. What cannot be understood stays in the prompt, to be mended.
    mutating func run(commandLine text: String) -> [Command] {
        let (name, argument) = SlashCommand.split(String(text.unicodeScalars.dropFirst()))
        guard let command = SlashCommand.named(name.lowercased()) else {
            let shown = Clean.line(String(name.unicodeScalars.prefix(40)))
            tell("There is no command /\(shown): /help lists them; // at the beginning sends it as text")
            return []
        }
        return run(command, argument, entered: text)
    }

    private mutating func run(_ command: SlashCommand, _ argument: String, entered: String) -> [Command] {
        switch command {
        case .chunk:
            guard !argument.isEmpty else {
                tell("/chunk PROMPT: sends it in parts where it is too long for the model")
                return []
            }
            return check(argument, to: [currentModel], recalledAs: entered, mayBeCut: true)
        case .ask:
            return askSeveral(argument, entered: entered)
        case .title:
            guard !argument.isEmpty else {
                tell("/title TEXT: the text is missing")
                return []
            }
            accepted(entered)
            let title = Self.title(of: argument)
            conversation.title = title
            return [.renameConversation(current, title)]
        case .budget:
            return runBudget(argument, entered: entered)
        case .model where !argument.isEmpty:
            return chooseModel(named: argument, entered: entered)
        case .theme where !argument.isEmpty:
            guard let name = themes.first(where: { $0 == argument }) else {
                tell("There is no theme \(Clean.line(argument)): \(themes.joined(separator: ", "))")
                return []
            }
            accepted(entered)
            return [.setTheme(name)]
        case .copy where !argument.isEmpty:
            return copy(argument, entered: entered)
        case .find where !argument.isEmpty:
            accepted(entered)
            find(argument)
            return []
        default:
            break
        }
        guard let action = command.action else { return [] }
        // $EDITOR opens on what the prompt would be without the command: nothing.
        accepted(entered)
        return perform(action)
    }

    private mutating func chooseModel(named name: String, entered: String) -> [Command] {
        let found = resolve(name)
        if found.count == 1 {
            accepted(entered)
            use(found[0])
        } else if found.isEmpty {
            // A name that the catalogue does not know may still exist: providers are faster than catalogues.
            accepted(entered)
            use(ModelRef(provider: currentModel.provider, model: name))
            tell("\(Clean.line(name)) is not in the catalogue: asked as it is, at \(Clean.line(currentModel.provider))")
        } else {
            open(.chooseModel)
            if case .picker(var picker) = overlay {
                picker.paste(name)
                overlay = .picker(picker)
            }
            accepted(entered)
        }
        return []
    }

    private mutating func askSeveral(_ argument: String, entered: String) -> [Command] {
        let (names, prompt) = SlashCommand.split(argument)
        guard !names.isEmpty, !prompt.isEmpty else {
            tell("/ask MODEL,MODEL PROMPT: as in /ask opus-4-5,gpt-4.1 Why is the sky blue?")
            return []
        }
        var refs: [ModelRef] = []
        for name in names.split(separator: ",") {
            let found = resolve(String(name))
            guard found.count == 1 else {
                let shown = Clean.line(String(name.unicodeScalars.prefix(40)))
                tell(
                    found.isEmpty
                        ? "There is no model \(shown): \(way(to: .chooseModel)) lists them"
                        : "\(shown) could be \(found.prefix(3).map { Clean.line($0.model) }.joined(separator: ", "))")
                return []
            }
            if !refs.contains(found[0]) { refs.append(found[0]) }
        }
        return check(prompt, to: refs, recalledAs: entered)
    }

    /// Opens the list or text that an action names.
    mutating func open(_ action: Action) {
        completion = nil
        overlayUnderPage = overlay == .lanes && [.help, .notices, .previewPolicy].contains(action) ? overlay : nil
        changed()
        switch action {
        case .help: overlay = .help(scroll: 0)
        case .notices: overlay = .notices(scroll: 0)
        case .previewPolicy: overlay = .policy(scroll: 0)
        case .palette:
            let offered = Action.allCases.filter { $0 != .palette && (options.isDemo || !$0.isDemoOnly) }
            let items = offered.map { action in
                Picker.Item(
                    choice: .action(action), title: action.title, note: keymap.chord(for: action)?.label ?? "",
                    unavailable: availability(of: action).reason)
            }
            overlay = .picker(Picker(title: "Actions", items: items))
        case .chooseModel:
            let index = models.firstIndex { $0.ref == currentModel } ?? 0
            overlay = .picker(Picker(title: "Model for the next prompt", items: modelItems(nil), selected: index))
        case .otherModel:
            guard let entry = selectedEntry else { return }
            overlay = .picker(
                Picker(title: "Go on with another model", items: modelItems(entry.id)))
        case .chooseTheme:
            let items = themes.map {
                Picker.Item(choice: .theme($0), title: $0, note: $0 == theme ? "in use" : "")
            }
            overlay = .picker(Picker(title: "Theme", items: items, selected: themes.firstIndex(of: theme) ?? 0))
        case .switchConversation:
            overlay = .picker(
                Picker(
                    title: "Conversation", items: conversationItems(stored: []),
                    selected: conversationOrder.firstIndex(of: current) ?? 0))
        case .searchHistory:
            let items = history.entries.reversed().map {
                Picker.Item(choice: .history($0), title: Self.title(of: $0), note: "")
            }
            overlay = .picker(Picker(title: "Sent before", items: items))
        default: break
        }
    }

    /// Conversations of earlier sessions can be opened. What is replayed stores nothing, and takes nothing up.
    var listsStored: Bool { options.hasStore && !isReplay }

    /// Those of this session, and then those that only the store has.
    private func conversationItems(stored: [StoredConversation]) -> [Picker.Item] {
        let here = conversationOrder.map { id in
            let running = streams.entries.reduce(0) { $1.conversation == id && $1.isLive ? $0 + 1 : $0 }
            return Picker.Item(
                choice: .conversation(id), title: title(of: id),
                note: running > 0 ? "\(running) live" : listsStored && !closedTabs.contains(id) ? "open" : "")
        }
        let earlier = stored.filter { conversations[$0.id] == nil }.map { conversation in
            let title = Clean.line(conversation.title)
            return Picker.Item(
                choice: .conversation(conversation.id), title: title.isEmpty ? "Without a title" : title,
                note: Clean.line(conversation.when))
        }
        return here + earlier
    }

    /// The store's answer; too late if the list is closed already.
    mutating func listed(_ stored: [StoredConversation]) {
        guard case .picker(var picker) = overlay, case .conversation? = picker.items.first?.choice else { return }
        picker.replace(conversationItems(stored: stored))
        overlay = .picker(picker)
        changed()
    }

    private func modelItems(_ stream: StreamID?) -> [Picker.Item] {
        models.map { choice in
            Picker.Item(
                choice: stream.map { .modelForStream($0, choice.ref) } ?? .model(choice.ref),
                title: Clean.line(choice.ref.model), note: Clean.line(choice.ref.provider),
                unavailable: choice.unavailable.map(Clean.line))
        }
    }

    func title(of id: ConversationID) -> String {
        let title = conversations[id]?.title ?? ""
        return title.isEmpty ? "New conversation" : title
    }
}
