import Providers
import Screen
import StreamEngine

extension Model {
    /// What goes along with the draft: all that was said, or what was said before the prompt that it is to replace.
    var past: [ChatMessage] { transcript.history(before: conversation.editing) }

    /// The selected stream's prompt where it is on the screen, or else the last one.
    var promptToEdit: Prompt? {
        if let entry = selectedEntry, entry.conversation == current, let prompt = transcript.prompt(of: entry.turn) {
            return prompt
        }
        for item in transcript.items.reversed() {
            if case .prompt(let prompt) = item.content { return prompt }
        }
        return nil
    }

    /// The prompt that is asked anew where this session has no stream of the conversation on the screen: the last one of what
    /// was read from the store, say one whose reply was cut off by the program's end. In the table, the selected stream is meant.
    var promptToAskAnew: Prompt? {
        guard selectedEntry == nil || focus != .streams,
            !streams.entries.contains(where: { $0.conversation == current })
        else { return nil }
        return promptToEdit
    }

    /// Takes a prompt back into the editor: what is sent next stands in its place, and goes out with what was said before
    /// it. Nothing is erased: the old one stays to be read.
    mutating func editPrompt() {
        guard let prompt = promptToEdit else { return }
        focus = .input
        overlay = nil
        edit { $0.replaceAll(prompt.raw) }
        conversation.editing = prompt.turn
        tell(
            "\(way(to: .send)) sends it in the place of the prompt of \(timeOfDay(prompt.wall).clock); emptied, it is a new one"
        )
    }

    /// Another model takes a stream over, or answers the same prompt beside a reply that has ended.
    mutating func goOn(_ id: StreamID, with ref: ModelRef) -> [Command] {
        guard let entry = streams[id] else { return [] }
        guard !entry.snapshot.controls.contains(.switchModel) else { return [.switchModel(id, ref)] }
        return regenerate(entry, with: ref)
    }

    /// What the draft replaces, for its frame, in more words and in fewer; empty where it replaces nothing.
    var editingWords: [String] {
        guard let turn = conversation.editing, let prompt = transcript.prompt(of: turn) else { return [] }
        let place = "in the place of \(timeOfDay(prompt.wall).clock)"
        return ["\(place); \(way(to: .clearDraft)) leaves it", place]
    }
}
