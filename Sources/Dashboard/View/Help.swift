import Screen
import StreamEngine

/// What the help shows: the focused pane's keys first, then those that work everywhere, the commands, what the signs
/// mean, and the keys of what lies over the panes.
enum Help {
    /// The fewest columns of a window in which a key and what it does stand beside each other.
    private static let narrowest = 64

    static func lines(for model: Model) -> [PanelLine] {
        let glyphs = model.glyphs
        var lines: [PanelLine] = []
        func heading(_ text: String) {
            if !lines.isEmpty { lines.append(PanelLine()) }
            lines.append(.text(text, .heading))
        }
        // Beside each other where both can be read, and else under each other.
        let isNarrow = model.size.columns < narrowest
        func pair(_ key: String, _ role: Role, _ text: String) {
            guard isNarrow else {
                return lines.append(PanelLine([.init("  " + key.padded(toColumns: 20), role), .init(text, .text)]))
            }
            lines.append(.text("  " + key, role))
            for line in text.wrapped(toColumns: max(10, model.size.columns - 10)) {
                lines.append(.text("    " + line, .text))
            }
        }
        func entry(_ key: String, _ text: String) { pair(key, .footerKey, text) }
        // Two are enough to know: the rest is for hands that try them anyway.
        func keys(_ binding: Keymap.Binding) -> String {
            let chords = binding.chords.filter { chord in
                !chord.modifiers.contains(.shift)
                    || !binding.chords.contains(Chord(chord.key, chord.modifiers.subtracting(.shift)))
            }
            return chords.prefix(2).map(\.label).joined(separator: "  ")
        }
        heading(model.focus.title)
        for binding in model.keymap.bindings
        where binding.tables.contains(model.focus.keys) && !binding.action.isEditing {
            entry(keys(binding), binding.action.title)
        }
        if model.focus == .input {
            entry("Up Down", "Earlier prompts; what is typed is their beginning")
            entry("Home End", "In an empty prompt: to the beginning, to the end")
            entry("^C", "Cancel a stream, clear the prompt, quit (twice)")
            entry("^D", "Quit, on an empty prompt")
        }
        if model.focus == .streams { entry("1 - 9", "Select a stream") }
        heading("Everywhere")
        for binding in model.keymap.bindings
        where binding.tables.isEmpty && (model.options.isDemo || !binding.action.isDemoOnly) {
            entry(keys(binding), binding.action.title)
        }
        entry("Alt-1 - Alt-9", "Select a stream")
        if model.focus == .input {
            heading("In a line: the prompt, searches, filters")
            for binding in model.keymap.bindings where binding.tables.contains(.input) && binding.action.isEditing {
                entry(keys(binding), binding.action.title)
            }
        }
        heading("Commands")
        for command in SlashCommand.allCases {
            entry("/" + command.rawValue + (command.argument.isEmpty ? "" : " " + command.argument), command.summary)
        }
        heading("States of a stream")
        for state in StreamState.allCases {
            pair(glyphs.state(state) + " " + state.word, state.role, meaning(state))
        }
        heading("Numbers")
        entry("~", "our own estimate")
        entry("?", "no price is known; never counted as nothing")
        entry(model.options.ascii ? ">=" : "≥", "at least so much: a part of it is not known")
        entry("lost", "spent on attempts that broke")
        for table in KeyTable.allCases where !table.isPane && (model.options.isDemo || table != .faults) {
            heading(table.title)
            for binding in model.keymap.bindings where binding.tables.contains(table) {
                entry(keys(binding), binding.action.title)
            }
        }
        return lines
    }

    private static func meaning(_ state: StreamState) -> String {
        switch state {
        case .idle: "not begun"
        case .connecting: "name, connection, TLS"
        case .waiting: "the request is sent, nothing has come back"
        case .thinking: "the model thinks, no text yet"
        case .streaming: "text is coming"
        case .stalled: "text came, then silence"
        case .backingOff: "an attempt failed, the next one waits"
        case .fallingBack: "streaming broke too often: asked for the whole reply"
        case .asking: "an attempt broke; you are asked whether it goes on"
        case .complete: "the model said that it is done"
        case .truncated: "cut at the token limit"
        case .refused: "the model or a filter refused"
        case .cancelled: "you cancelled it; what had come is kept"
        case .failed: "no attempt is left, or none can help; what had come is kept"
        }
    }
}

/// Every notice of the session, newest first.
enum NoticeList {
    static func lines(for model: Model) -> [PanelLine] {
        guard !model.notices.isEmpty else { return [.text("No notices in this session.", .muted)] }
        var lines: [PanelLine] = []
        for notice in model.notices.reversed() {
            let (sign, role): (String, Role) =
                switch notice.level {
                case .info: (model.glyphs.information, .info)
                case .warning: (model.glyphs.attention, .warning)
                case .error: (model.glyphs.state(.failed), .critical)
                }
            let count = notice.count > 1 ? " \(model.glyphs.times)\(notice.count)" : ""
            let time = model.timeOfDay(notice.wall).clock
            let columns = max(10, min(model.size.columns, 100) - 16)
            for (index, text) in (notice.text + count).wrapped(toColumns: columns).enumerated() {
                let lead = index == 0 ? time + " " + sign + " " : String(repeating: " ", count: 8)
                lines.append(PanelLine([.init(lead, role), .init(text, .text)]))
            }
            for text in notice.hint?.wrapped(toColumns: columns) ?? [] {
                lines.append(PanelLine([.init(String(repeating: " ", count: 8), .muted), .init(text, .muted)]))
            }
        }
        return lines
    }
}
