import Screen

/// Where keys mean something: a table of `keys.toml`. Those of the panes, and those of what lies over the panes or goes
/// before them while it is there. No table has an action's name: both are keys of the same file.
enum KeyTable: String, Sendable, CaseIterable {
    case input, transcript, streams, events
    /// Suggestions above the prompt.
    case completion
    /// The line of a search in the transcript.
    case search = "search-line"
    /// A list to choose from by typing: the palette, models, themes, conversations, what was sent before.
    case list
    /// What is read over the panes: help, notices, the policy, the bytes of one event.
    case page
    case inspector
    /// The replies to one prompt side by side; the keys of ``streams`` hold there, too.
    case lanes = "side-by-side"
    /// The console from which the demo's provider is broken.
    case faults = "fault-console"

    init(_ pane: Pane) {
        switch pane {
        case .input: self = .input
        case .transcript: self = .transcript
        case .streams: self = .streams
        case .events: self = .events
        }
    }

    /// The keys for everywhere hold there, and keys of two.
    var isPane: Bool { Pane(rawValue: rawValue) != nil }

    /// Letters type something there.
    var isTypedIn: Bool {
        switch self {
        case .input, .completion, .search, .list, .inspector: true
        case .transcript, .streams, .events, .page, .lanes, .faults: false
        }
    }

    /// With Ctrl, Alt or Shift such a key does what it does alone, if it does nothing else: where there are no other keys to
    /// go on to.
    func ignoresModifiers(of key: Key) -> Bool {
        switch (self, key) {
        case (.input, _), (.transcript, _), (.streams, _), (.events, _), (.completion, _), (.lanes, _): false
        case (_, .tab): false
        case (_, .character(let character)): character == " " && !isTypedIn
        default: true
        }
    }

    /// As the help heads it.
    var title: String {
        switch self {
        case .input: Pane.input.title
        case .transcript: Pane.transcript.title
        case .streams: Pane.streams.title
        case .events: Pane.events.title
        case .completion: "Suggestions above the prompt"
        case .search: "While a search is typed"
        case .list: "Lists: actions, models, themes, conversations, history"
        case .page: "Pages: help, notices, policy, an event's bytes"
        case .inspector: "Inspector"
        case .lanes: "Lanes; and the keys of the streams"
        case .faults: "Fault console"
        }
    }

    /// What can be done there; `nil` = everything that can be done at all.
    var actions: Set<Action>? {
        if isPane { return nil }
        let usual = Set(Keymap.standard.bindings.lazy.filter { $0.tables.contains(self) }.map(\.action))
        return self == .lanes ? usual.union(Model.doneInLanes) : usual
    }
}

extension Pane {
    /// The table of its keys.
    var keys: KeyTable { KeyTable(self) }
}
