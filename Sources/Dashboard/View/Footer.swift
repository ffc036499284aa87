import Screen
import StreamEngine

/// The last row: keys that do something now, the most useful first.
enum Footer {
    static func draw(_ model: Model, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        guard !rect.isEmpty else { return }
        canvas.fill(rect, style: ink(.footer))
        var column = rect.column + 1
        for entry in entries(for: model) {
            let width = Width.columns(of: entry.key) + 1 + Width.columns(of: entry.text)
            guard column + width < rect.endColumn else { break }
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
        if let overlay = model.overlay { return self.entries(for: overlay) }
        if model.completion != nil {
            return [
                Entry(key: "Tab", text: "complete"), Entry(key: "Enter", text: "take"),
                Entry(key: "Up Down", text: "choose"), Entry(key: "Esc", text: "close"),
            ]
        }
        return actions(for: model).compactMap { action in
            guard model.availability(of: action).isAvailable else { return nil }
            // Ctrl-R is always there, but on the table the letter is shorter.
            guard let chord = model.keymap.chord(for: action, in: model.focus) else { return nil }
            return Entry(key: chord.label, text: action.short, action: action)
        }
    }

    private static func actions(for model: Model) -> [Action] {
        // Steering a wait comes first wherever it can be done by one key from here.
        switch model.focus {
        case .input:
            var list: [Action] = [.send, .cancel]
            if model.editor.isBlank { list = [.cancel] }
            if !model.editor.isEmpty { list.append(.newline) }
            return list + [.retry, .focusNext, .palette, .help, .pageUp]
        case .transcript:
            return [.cancel, .lineUp, .pageUp, .toBottom, .toggleFold, .copyReply, .retry, .focusNext, .help, .quit]
        case .streams:
            return [
                .retryNow, .waitLonger, .giveUp, .cancel, .retry, .otherModel, .showReply, .selectNext, .focusNext,
                .help,
            ]
        case .events:
            return [.cancel, .lineUp, .toBottom, .focusNext, .help, .quit]
        }
    }

    private static func entries(for overlay: Overlay) -> [Entry] {
        switch overlay {
        case .help, .notices:
            [Entry(key: "Up Down", text: "scroll"), Entry(key: "any other key", text: "close")]
        case .picker:
            [
                Entry(key: "type", text: "filter"), Entry(key: "Up Down", text: "choose"),
                Entry(key: "Enter", text: "take"), Entry(key: "Esc", text: "close"),
            ]
        }
    }
}
