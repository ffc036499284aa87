import Screen
import StreamEngine

/// A list to choose from by typing a part of a name: the palette, models, themes, conversations, what was sent before.
struct Picker: Sendable, Equatable {
    enum Choice: Sendable, Equatable {
        case action(Action)
        case model(ModelRef)
        /// Another model for a stream that backs off or has failed.
        case modelForStream(StreamID, ModelRef)
        case theme(String)
        case conversation(ConversationID)
        case history(String)
    }

    struct Item: Sendable, Equatable {
        var choice: Choice
        /// Sanitised, as the rest.
        var title: String
        /// At the right: the key, the provider.
        var note: String
        /// Why it cannot be chosen now; it is shown faint and says so.
        var unavailable: String?
    }

    var title: String
    /// Everything there is to choose from.
    private(set) var items: [Item]
    private(set) var query = Editor()
    /// Indices of ``items`` that match, best first.
    private(set) var matches: [Int]
    /// Of ``matches``.
    private(set) var selected = 0

    init(title: String, items: [Item], selected: Int = 0) {
        self.title = title
        self.items = items
        matches = Array(items.indices)
        self.selected = items.indices.contains(selected) ? selected : 0
    }

    var choice: Item? { matches.indices.contains(selected) ? items[matches[selected]] : nil }

    mutating func move(by step: Int) {
        guard !matches.isEmpty else { return }
        // Round the ends by one, but a page stops there.
        let target = selected + step
        if abs(step) == 1 {
            selected = (target + matches.count) % matches.count
        } else {
            selected = min(max(0, target), matches.count - 1)
        }
    }

    /// Other things to choose from; what was typed and what is selected stay, if it is still there.
    mutating func replace(_ items: [Item]) {
        let chosen = choice?.choice
        self.items = items
        filter()
        selected = matches.firstIndex { items[$0].choice == chosen } ?? 0
    }

    mutating func select(_ index: Int) {
        if matches.indices.contains(index) { selected = index }
    }

    /// Edits the query. `false` when the key means nothing to it.
    mutating func type(_ chord: Chord, keys: Keymap = .standard) -> Bool {
        guard query.handle(chord, keys: keys, columns: 10_000) == .changed else { return false }
        filter()
        return true
    }

    mutating func paste(_ text: String) {
        query.insert(String(text.prefix(200)).split(separator: "\n").joined(separator: " "))
        filter()
    }

    private mutating func filter() {
        let words = query.text.lowercased().split(separator: " ")
        selected = 0
        guard !words.isEmpty else {
            matches = Array(items.indices)
            return
        }
        let ranked: [(index: Int, rank: Int)] = items.indices.compactMap { index in
            let title = items[index].title.lowercased()
            let whole = title + " " + items[index].note.lowercased()
            var rank = 0
            for word in words {
                guard whole.contains(word) else { return nil }
                if !title.hasPrefix(word) { rank += title.contains(" " + word) ? 1 : 2 }
            }
            return (index, rank)
        }
        matches = ranked.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map(\.index)
    }
}

/// What lies over the panes.
enum Overlay: Sendable, Equatable {
    /// The line that stands at the top.
    case help(scroll: Int)
    case notices(scroll: Int)
    case policy(scroll: Int)
    /// The replies to one prompt, side by side.
    case lanes
    case picker(Picker)
    case faults(FaultConsole)
    /// What goes over a stream's wire; it is in ``Model/inspector``.
    case inspector
}
