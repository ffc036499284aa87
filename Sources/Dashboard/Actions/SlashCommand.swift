/// The commands of the prompt.
enum SlashCommand: String, CaseIterable, Sendable {
    case help, model, ask, chunk, new, `switch`, close, lanes, keep, edit, retry, again, cancel, find, copy, title
    case budget, theme, editor, mouse
    case record, inspect, report, policy, keys, notices, quit

    /// What follows the name; empty = nothing.
    var argument: String {
        switch self {
        case .model: "NAME"
        case .ask: "MODEL,MODEL PROMPT"
        case .title: "TEXT"
        case .budget: "[conversation] AMOUNT"
        case .chunk: "PROMPT"
        case .theme: "NAME"
        case .copy: "[code|all] [> FILE]"
        case .find: "TEXT"
        default: ""
        }
    }

    var summary: String {
        switch self {
        case .help: "keys and commands"
        case .model: "who answers the next prompt"
        case .ask: "ask several models at once"
        case .chunk: "send a prompt that is too long in parts"
        case .new: "begin a new conversation"
        case .switch: "go to another conversation"
        case .close: "close this conversation's tab"
        case .lanes: "replies to one prompt side by side"
        case .keep: "go on from this reply"
        case .edit: "edit the prompt of this reply, and send it in its place"
        case .retry: "retry the selected stream"
        case .again: "ask the same again, beside this reply"
        case .cancel: "cancel the selected stream"
        case .copy: "copy the reply, its last code, or all; or write it to a file"
        case .find: "search the conversation"
        case .title: "name this conversation"
        case .budget: "what a reply or this conversation may cost; off = any amount"
        case .theme: "colours"
        case .editor: "write the prompt in $EDITOR"
        case .mouse: "mouse on or off"
        case .record: "record what goes over the wire, or end the recording"
        case .inspect: "what goes over the wire, event by event"
        case .report: "save a report of the selected stream"
        case .policy: "what the retries can come to, in time and money"
        case .keys: "read keys.toml anew"
        case .notices: "every notice of this session"
        case .quit: "leave"
        }
    }

    /// What it does when nothing follows it.
    var action: Action? {
        switch self {
        case .help: .help
        case .model: .chooseModel
        case .new: .newConversation
        case .switch: .switchConversation
        case .close: .closeTab
        case .lanes: .lanes
        case .keep: .keepReply
        case .edit: .editPrompt
        case .retry: .retry
        case .again: .regenerate
        case .cancel: .cancel
        case .copy: .copyReply
        case .find: .search
        case .theme: .chooseTheme
        case .editor: .openEditor
        case .mouse: .toggleMouse
        case .record: .record
        case .inspect: .inspect
        case .report: .saveReport
        case .policy: .previewPolicy
        case .keys: .reloadKeys
        case .notices: .notices
        case .quit: .quit
        case .ask, .chunk, .title, .budget: nil
        }
    }

    static func named(_ name: String) -> SlashCommand? {
        switch name {
        case "exit", "q": .quit
        case "?", "h": .help
        case "m": .model
        default: SlashCommand(rawValue: name)
        }
    }

    /// The first word of a line, and what follows it without the blanks around it. By scalars: a blank with a mark on it is
    /// one `Character`, and no blank.
    static func split(_ line: some StringProtocol) -> (word: String, rest: String) {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\n" }
        let scalars = Substring(line).unicodeScalars
        let end = scalars.firstIndex(where: isBlank) ?? scalars.endIndex
        guard let start = scalars[end...].firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return (String(scalars[..<end]), "") }
        return (String(scalars[..<end]), String(scalars[start...last]))
    }
}
