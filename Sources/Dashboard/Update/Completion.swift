import Screen
import StreamEngine

/// What can stand where a command, or the name after it, is being typed.
struct Completion: Sendable, Equatable {
    struct Item: Sendable, Equatable {
        /// What the prompt says once it is taken.
        var text: String
        var title: String
        var note: String
        /// Taking it with Enter also runs it.
        var isWhole: Bool
        /// Of the prompt, what it replaces; `nil` = all.
        var place: Range<Int>?
    }

    var items: [Item]
    var selected = 0

    static func suggest(for model: Model) -> Completion? {
        let text = model.editor.text
        guard text.utf8.first == UInt8(ascii: "/"), text.utf8.count < 200, !text.utf8.contains(0x0A),
            model.editor.cursor == model.editor.end, !text.hasPrefix("//")
        else { return nil }
        let line = text.dropFirst()
        guard line.unicodeScalars.contains(" ") else { return commands(String(line)) }
        let (name, rest) = SlashCommand.split(line)
        let argument = rest.lowercased()
        switch SlashCommand.named(name.lowercased()) {
        case .model: return models(model, argument, prefix: "/model ", isWhole: true)
        case .ask:
            guard !argument.contains(" ") else { return nil }
            let done = argument.lastIndex(of: ",").map { argument[...$0] } ?? ""
            let part = String(argument.dropFirst(done.count))
            return models(model, part, prefix: "/ask " + done, isWhole: false)
        case .theme:
            let items = model.themes.filter { $0.hasPrefix(argument) }.map {
                Item(text: "/theme " + $0, title: $0, note: $0 == model.theme ? "in use" : "", isWhole: true)
            }
            return beginning(with: argument, items)
        default: return nil
        }
    }

    private static func commands(_ beginning: String) -> Completion? {
        let matching = SlashCommand.allCases.filter { $0.rawValue.hasPrefix(beginning.lowercased()) }
        let items = matching.map { command in
            Item(
                text: "/" + command.rawValue + (command.argument.isEmpty || command.action != nil ? "" : " "),
                title: "/" + command.rawValue + (command.argument.isEmpty ? "" : " " + command.argument),
                note: command.summary, isWhole: command.action != nil)
        }
        return items.isEmpty ? nil : Completion(items: items)
    }

    private static func models(_ model: Model, _ part: String, prefix: String, isWhole: Bool) -> Completion? {
        let exact = model.namedExactly(part)
        let meant = exact.count == 1 ? exact[0] : nil
        var title: String?
        let items = model.models.compactMap { choice -> Item? in
            let id = choice.ref.model
            let whole = "\(choice.ref.provider)/\(id)"
            guard part.isEmpty || whole.lowercased().contains(part) else { return nil }
            // Where two providers have the same id, the name alone would be ambiguous.
            let isAlone = model.models.allSatisfy { $0.ref == choice.ref || $0.ref.model != id }
            let name = Clean.line(isAlone ? id : whole)
            let note = choice.unavailable.map(Clean.line) ?? Clean.line(choice.ref.provider)
            if choice.ref == meant { title = name }
            return Item(text: prefix + name, title: name, note: note, isWhole: isWhole)
        }
        return beginning(with: title, items)
    }

    /// What is typed in full is meant: it comes first, and by itself it needs no list.
    private static func beginning(with title: String?, _ items: [Item]) -> Completion? {
        var items = items
        if let title, let index = items.firstIndex(where: { $0.title == title }) {
            items.insert(items.remove(at: index), at: 0)
            if items.count == 1 { return nil }
        }
        return items.isEmpty ? nil : Completion(items: items)
    }
}

extension Model {
    /// Keys while suggestions are shown; `nil` = the prompt's own keys apply.
    mutating func receiveInCompletion(_ chord: Chord) -> [Command]? {
        guard var list = completion else { return nil }
        changed()
        switch keymap.action(for: chord, in: .completion) {
        case .close?:
            completion = nil
        case .lineUp?:
            list.selected = (list.selected + list.items.count - 1) % list.items.count
            completion = list
        case .lineDown?:
            list.selected = (list.selected + 1) % list.items.count
            completion = list
        case .complete?:
            take(list.items[list.selected])
        case .take?:
            let item = list.items[list.selected]
            let typed = editor.text
            // A command typed in full is run; a part of one is completed, and run where nothing must follow.
            let name = typed.dropFirst().prefix { $0 != " " }.lowercased()
            if item.place == nil, typed.utf8.contains(UInt8(ascii: " ")) == false, SlashCommand(rawValue: name) != nil {
                return nil
            }
            // Nor is what is typed in full held up.
            if item.text.lowercased() == typed.lowercased(), !item.isWhole {
                completion = nil
                return nil
            }
            take(item)
            if item.isWhole {
                completion = nil
                return perform(.send)
            }
        default: return nil
        }
        return []
    }

    mutating func take(_ item: Completion.Item) {
        edit { editor in
            if let place = item.place {
                editor.complete(place, with: item.text)
            } else {
                editor.replaceAll(item.text)
            }
        }
    }
}
