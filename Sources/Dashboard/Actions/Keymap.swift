import Screen

/// A key with its modifiers.
struct Chord: Sendable, Hashable {
    var key: Key
    var modifiers: KeyModifiers

    init(_ key: Key, _ modifiers: KeyModifiers = []) {
        self.key = key
        self.modifiers = modifiers
    }

    static func control(_ letter: Character) -> Chord { Chord(.character(letter), .control) }
    static func alt(_ letter: Character) -> Chord { Chord(.character(letter), .alt) }
    static func plain(_ letter: Character) -> Chord { Chord(.character(letter)) }

    /// As the footer and the help print it: `^J`, `Alt-R`, `PgUp`.
    var label: String {
        var text = ""
        if modifiers.contains(.alt) { text += "Alt-" }
        if modifiers.contains(.shift) { text += "Shift-" }
        if modifiers.contains(.control) {
            if case .character = key { text += "^" } else { text += "Ctrl-" }
        }
        switch key {
        case .character(" "): return text + "Space"
        case .character(let character):
            return text + (modifiers.isEmpty ? String(character) : String(character).uppercased())
        case .enter: return text + "Enter"
        case .tab: return text + "Tab"
        case .backspace: return text + "Backspace"
        case .escape: return text + "Esc"
        case .delete: return text + "Del"
        case .insert: return text + "Ins"
        case .up: return text + "Up"
        case .down: return text + "Down"
        case .left: return text + "Left"
        case .right: return text + "Right"
        case .home: return text + "Home"
        case .end: return text + "End"
        case .pageUp: return text + "PgUp"
        case .pageDown: return text + "PgDn"
        case .function(let number): return text + "F\(number)"
        }
    }
}

/// Which key does what where. A value, so that a file can rebind it.
struct Keymap: Sendable {
    struct Binding: Sendable {
        var action: Action
        /// The first is the one that is shown.
        var chords: [Chord]
        /// Where it works; empty = everywhere.
        var panes: Set<Pane>
    }

    private(set) var bindings: [Binding]
    private var everywhere: [Chord: Action] = [:]
    private var within: [Pane: [Chord: Action]] = [:]

    init(_ bindings: [Binding]) {
        self.bindings = bindings
        for binding in bindings {
            for chord in binding.chords {
                if binding.panes.isEmpty { everywhere[chord] = binding.action }
                for pane in binding.panes { within[pane, default: [:]][chord] = binding.action }
            }
        }
    }

    /// What a key does with the focus there; `nil` = nothing that has a name.
    func action(for chord: Chord, in pane: Pane) -> Action? {
        within[pane]?[chord] ?? everywhere[chord]
    }

    /// The key to show for an action with the focus there; `nil` = the palette only.
    func chord(for action: Action, in pane: Pane) -> Chord? {
        bindings.first { $0.action == action && $0.panes.contains(pane) }?.chords.first
            ?? bindings.first { $0.action == action && $0.panes.isEmpty }?.chords.first
    }

    /// The key to show where the pane does not matter.
    func chord(for action: Action) -> Chord? {
        (bindings.first { $0.action == action && $0.panes.isEmpty } ?? bindings.first { $0.action == action })?
            .chords.first
    }

    static let standard = Keymap(global + prompt + reading + streamTable)

    private static func bind(_ action: Action, _ chords: Chord..., in panes: Pane...) -> Binding {
        Binding(action: action, chords: chords, panes: Set(panes))
    }

    private static let global = [
        bind(.cancel, Chord(.escape)),
        bind(.retry, .control("r")),
        bind(.focusNext, Chord(.tab)),
        bind(.focusPrevious, Chord(.tab, .shift)),
        bind(.help, Chord(.function(1))),
        bind(.palette, .control("p")),
        bind(.redraw, .control("l")),
        bind(.suspend, .control("z")),
        bind(.openEditor, .control("o")),
        bind(.toggleMouse, Chord(.function(2))),
        bind(.chooseModel, Chord(.function(3)), .alt("m")),
        bind(.newConversation, Chord(.function(4)), .alt("n")),
        bind(.switchConversation, Chord(.function(5))),
        bind(.record, Chord(.function(6))),
        bind(.faults, Chord(.function(7))),
        bind(.tour, Chord(.function(8))),
        bind(.pageUp, Chord(.pageUp)),
        bind(.pageDown, Chord(.pageDown)),
        bind(.giveUp, .alt("g")),
        bind(.otherWay, .alt("s")),
        bind(.selectNext, Chord(.down, .alt)),
        bind(.selectPrevious, Chord(.up, .alt)),
    ]

    private static let prompt = [
        bind(.send, Chord(.enter), in: .input),
        bind(.newline, .control("j"), Chord(.enter, .alt), Chord(.enter, .shift), in: .input),
        bind(.searchHistory, .alt("r"), in: .input),
        bind(.undo, .control("_"), .control("/"), .control("7"), in: .input),
        bind(.lineUp, Chord(.up, .shift), in: .input),
        bind(.lineDown, Chord(.down, .shift), in: .input),
        bind(.toTop, Chord(.home, .control), in: .input),
        bind(.toBottom, Chord(.end, .control), in: .input),
    ]

    private static let reading = [
        bind(.lineUp, .plain("k"), Chord(.up), in: .transcript, .events),
        bind(.lineDown, .plain("j"), Chord(.down), in: .transcript, .events),
        bind(.halfPageUp, .control("u"), in: .transcript, .events),
        bind(.halfPageDown, .control("d"), in: .transcript, .events),
        bind(.toTop, .plain("g"), Chord(.home), in: .transcript, .events),
        bind(.toBottom, .plain("G"), Chord(.end), in: .transcript, .events),
        bind(.toggleFold, .plain("e"), Chord(.enter), Chord(.character(" ")), in: .transcript),
        bind(.search, .plain("/"), in: .transcript),
        bind(.nextMatch, .plain("n"), in: .transcript),
        bind(.previousMatch, .plain("N"), in: .transcript),
        bind(.previousMessage, .plain("["), .plain("K"), in: .transcript),
        bind(.nextMessage, .plain("]"), .plain("J"), in: .transcript),
        bind(.previousCode, .plain("{"), in: .transcript),
        bind(.nextCode, .plain("}"), in: .transcript),
        bind(.copyReply, .plain("y"), in: .transcript, .streams),
        bind(.copyCode, .plain("c"), in: .transcript),
        bind(.copyConversation, .plain("Y"), in: .transcript),
        bind(.showLateness, .plain("h"), in: .transcript),
        bind(.help, .plain("?"), in: .transcript, .streams, .events),
        bind(.quit, .plain("q"), in: .transcript, .streams, .events),
    ]

    private static let streamTable = [
        bind(.selectPrevious, Chord(.up), .plain("k"), in: .streams),
        bind(.selectNext, Chord(.down), .plain("j"), in: .streams),
        bind(.cancel, .plain("c"), in: .streams),
        bind(.retry, .plain("r"), in: .streams),
        bind(.retryNow, .plain("n"), in: .streams),
        bind(.waitLonger, .plain("+"), .plain("="), in: .streams),
        bind(.giveUp, .plain("g"), in: .streams),
        bind(.otherWay, .plain("s"), in: .streams),
        bind(.otherModel, .plain("m"), in: .streams),
        bind(.regenerate, .plain("a"), in: .streams),
        bind(.showReply, Chord(.enter), in: .streams),
    ]
}
