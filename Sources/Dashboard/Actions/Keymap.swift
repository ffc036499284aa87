import Screen

/// Which key does what where. A value, so that a file can rebind it, see ``init(_:)-(TOMLDocument)``.
public struct Keymap: Sendable, Equatable {
    struct Binding: Sendable, Equatable {
        var action: Action
        /// The first is the one that is shown.
        var chords: [Chord]
        /// Where it works; empty = in every pane.
        var tables: Set<KeyTable>
    }

    private(set) var bindings: [Binding]
    private var everywhere: [Chord: Action] = [:]
    private var within: [KeyTable: [Chord: Action]] = [:]
    /// The chords to show, of each action's first binding: asked for by every frame.
    private var shownEverywhere: [Action: Chord?] = [:]
    private var shownWithin: [KeyTable: [Action: Chord?]] = [:]

    init(_ bindings: [Binding]) {
        self.bindings = bindings
        for binding in bindings {
            let shown = binding.chords.first
            if binding.tables.isEmpty, shownEverywhere[binding.action] == nil {
                shownEverywhere[binding.action] = .some(shown)
            }
            for table in binding.tables where shownWithin[table]?[binding.action] == nil {
                shownWithin[table, default: [:]][binding.action] = .some(shown)
            }
            for chord in binding.chords {
                if binding.tables.isEmpty { everywhere[chord] = binding.action }
                for table in binding.tables { within[table, default: [:]][chord] = binding.action }
            }
        }
    }

    /// What a key does there; `nil` = nothing that has a name.
    func action(for chord: Chord, in table: KeyTable) -> Action? {
        if let action = within[table]?[chord] { return action }
        if table.isPane { return everywhere[chord] }
        if chord.key == .escape { return .close }
        return table.ignoresModifiers(of: chord.key) ? within[table]?[Chord(chord.key)] : nil
    }

    /// The key to show for an action there; `nil` = the palette only.
    func chord(for action: Action, in table: KeyTable) -> Chord? {
        (shownWithin[table]?[action] ?? nil) ?? (table.isPane ? shownEverywhere[action] ?? nil : nil)
            ?? (action == .close && !table.isPane ? Chord(.escape) : nil)
    }

    /// The key to show for what is done to a stream in the lanes: one of theirs, or one of the table's that is not theirs.
    func chordInLanes(for action: Action) -> Chord? {
        if let chord = chord(for: action, in: .lanes) { return chord }
        let table = bindings.filter { $0.action == action && ($0.tables.isEmpty || $0.tables.contains(.streams)) }
        return table.sorted { !$0.tables.isEmpty && $1.tables.isEmpty }.flatMap(\.chords)
            .first { self.action(for: $0, in: .lanes) == nil }
    }

    /// How a sentence names the way to an action: by its key there, or by the palette's.
    func words(_ action: Action, in table: KeyTable) -> String {
        if let chord = chord(for: action, in: table) { return chord.words }
        if let chord = chord(for: .palette, in: table), action != .palette {
            return "\(chord.words), “\(action.title)”,"
        }
        return "“\(action.title)”"
    }

    /// The same in few letters, as the footer has it.
    func label(_ action: Action, in table: KeyTable) -> String {
        chord(for: action, in: table)?.label ?? words(action, in: table)
    }

    /// A text with the ways to the actions that stand in it by their names: `{retry-now} asks at once`. What is no action's
    /// name stays.
    func spelled(_ text: String, in table: KeyTable) -> String {
        var spelled = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            spelled += rest[..<open]
            spelled += Action(name: String(name)).map { words($0, in: table) } ?? String(rest[open...close])
            rest = rest[rest.index(after: close)...]
        }
        return spelled + rest
    }

    /// What can follow Ctrl-X there.
    func seconds(in table: KeyTable) -> [(chord: Chord, action: Action)] {
        let here = bindings.filter { $0.tables.contains(table) } + bindings.filter(\.tables.isEmpty)
        var seen: Set<Chord> = []
        return here.flatMap { binding in
            binding.chords.filter { $0.isSecond && seen.insert($0).inserted }.map { ($0, binding.action) }
        }
    }

    /// The key to show where the place does not matter.
    func chord(for action: Action) -> Chord? {
        let bound = bindings.filter { $0.action == action }
        let best =
            bound.first(where: \.tables.isEmpty) ?? bound.first { $0.tables.contains(where: \.isPane) }
            ?? (action.isOverPanes ? bound.first : nil)
        return best?.chords.first
    }

    static let standard = Keymap(
        global + rare + prompt + editing + reading + streamTable + overlays + faultConsole)

    private static func bind(_ action: Action, _ chords: Chord..., in tables: KeyTable...) -> Binding {
        Binding(action: action, chords: chords, tables: Set(tables))
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
        bind(.openEditor, .control("o"), Chord.control("e").second),
        bind(.toggleMouse, Chord(.function(2))),
        bind(.chooseModel, Chord(.function(3)), .alt("m")),
        bind(.newConversation, Chord(.function(4)), .alt("n")),
        bind(.switchConversation, Chord(.function(5))),
        bind(.nextTab, Chord(.pageDown, .control), Chord(.right).second),
        bind(.previousTab, Chord(.pageUp, .control), Chord(.left).second),
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

    /// What is done more rarely: two keys, of which the first is Ctrl-X.
    private static let rare = [
        bind(.inspect, Chord.plain("i").second),
        bind(.saveReport, Chord.plain("b").second),
        bind(.previewPolicy, Chord.plain("p").second),
        bind(.lanes, Chord.plain("l").second),
        bind(.keepReply, Chord.plain("K").second),
        bind(.editPrompt, Chord.plain("E").second),
        bind(.holdDisplay, Chord.plain("f").second),
        bind(.closeTab, Chord.plain("w").second),
        bind(.copyConversation, Chord.plain("Y").second),
        bind(.saveConversation, Chord.plain("S").second),
        bind(.chooseTheme, Chord.plain("t").second),
        bind(.notices, Chord.plain("!").second),
        bind(.reloadKeys, Chord.plain("k").second),
        bind(.clearDraft, Chord.plain("d").second),
        bind(.retryNow, Chord.plain("n").second),
        bind(.waitLonger, Chord.plain("+").second, Chord.plain("=").second),
        bind(.otherModel, Chord.plain("m").second),
        bind(.regenerate, Chord.plain("a").second),
        bind(.showReply, Chord(.enter).second),
        bind(.copyReply, Chord.plain("y").second),
        bind(.toggleFold, Chord.plain("e").second),
        bind(.pauseReplay, Chord.plain(" ").second),
        bind(.stepReplay, Chord.plain(".").second),
        bind(.faultDrop, Chord.plain("1").second),
        bind(.faultReset, Chord.plain("2").second),
        bind(.faultStall, Chord.plain("3").second),
        bind(.faultSlow, Chord.plain("4").second),
        bind(.faultRateLimit, Chord.plain("5").second),
        bind(.faultOverload, Chord.plain("6").second),
        bind(.faultCorrupt, Chord.plain("7").second),
        bind(.faultHeal, Chord.plain("0").second),
        bind(.quit, Chord.plain("q").second, Chord.control("c").second),
    ]

    private static let prompt = [
        bind(.send, Chord(.enter), in: .input),
        bind(.newline, .control("j"), Chord(.enter, .alt), Chord(.enter, .shift), in: .input),
        bind(.searchHistory, .alt("r"), in: .input),
        bind(
            .undo, .control("_"), Chord.control("u").second, Chord.plain("u").second, .control("/"), .control("7"),
            in: .input),
        bind(.lineUp, Chord(.up, .shift), in: .input),
        bind(.lineDown, Chord(.down, .shift), in: .input),
        bind(.toTop, Chord(.home, .control), in: .input),
        bind(.toBottom, Chord(.end, .control), in: .input),
    ]

    /// The readline keys, and those of every text field. Shift adds nothing: terminals that tell it apart do so for
    /// these, too.
    private static let editing = [
        bind(.lineStart, .control("a"), Chord(.home), Chord(.home, .shift), in: .input),
        bind(.lineEnd, .control("e"), Chord(.end), Chord(.end, .shift), in: .input),
        bind(.wordLeft, .alt("b"), Chord(.left, .control), Chord(.left, .alt), in: .input),
        bind(.wordRight, .alt("f"), Chord(.right, .control), Chord(.right, .alt), in: .input),
        bind(.characterLeft, Chord(.left), .control("b"), Chord(.left, .shift), in: .input),
        bind(.characterRight, Chord(.right), .control("f"), Chord(.right, .shift), in: .input),
        bind(.textStart, .alt("<"), in: .input),
        bind(.textEnd, .alt(">"), in: .input),
        bind(.deleteBefore, Chord(.backspace), Chord(.backspace, .shift), in: .input),
        bind(.deleteAfter, .control("d"), Chord(.delete), Chord(.delete, .shift), Chord(.delete, .control), in: .input),
        bind(.killLine, .control("k"), in: .input),
        bind(.killLineBefore, .control("u"), in: .input),
        bind(.killWordBefore, .control("w"), Chord(.backspace, .alt), Chord(.backspace, .control), in: .input),
        bind(.killWordAfter, .alt("d"), Chord(.delete, .alt), in: .input),
        bind(.yank, .control("y"), in: .input),
        bind(.redo, .alt("_"), .alt("/"), in: .input),
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
        bind(.holdDisplay, .plain("f"), in: .transcript, .streams, .events),
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
        bind(.markStream, .plain(" "), in: .streams),
        bind(.previousAttempt, .plain("["), Chord(.left), .plain("h"), in: .streams),
        bind(.nextAttempt, .plain("]"), Chord(.right), in: .streams),
        bind(.markAll, .plain("*"), in: .streams),
        bind(.sortStreams, .plain("o"), in: .streams),
        bind(.lanes, .plain("l"), in: .streams),
        bind(.keepReply, .plain("K"), in: .streams),
        bind(.editPrompt, .plain("E"), in: .streams),
        bind(.inspect, .plain("i"), in: .streams),
        bind(.inspect, Chord(.enter), .plain("i"), in: .events),
        bind(.saveReport, .plain("b"), in: .streams, .events),
        bind(.quit, .control("d"), in: .streams),
    ]

    /// What lies over the panes, and the suggestions of the prompt: no other keys hold there but those that edit a line.
    private static let overlays = [
        bind(.close, Chord(.escape), in: .completion, .search, .list, .inspector, .lanes),
        bind(.close, Chord(.escape), .plain("q"), in: .page),
        bind(.complete, Chord(.tab), in: .completion),
        bind(.take, Chord(.enter), in: .completion, .list, .inspector),
        bind(.take, Chord(.enter), Chord(.tab), Chord(.tab, .shift), in: .search),
        bind(.lineUp, Chord(.up), .control("p"), Chord(.tab, .shift), in: .completion, .list),
        bind(.lineDown, Chord(.down), .control("n"), in: .completion),
        bind(.lineDown, Chord(.down), .control("n"), Chord(.tab), in: .list),
        bind(.lineUp, Chord(.up), .control("p"), in: .inspector),
        bind(.lineDown, Chord(.down), .control("n"), in: .inspector),
        bind(.lineUp, Chord(.up), .plain("k"), in: .page),
        bind(.lineDown, Chord(.down), .plain("j"), in: .page),
        bind(.pageUp, Chord(.pageUp), in: .search, .list, .inspector, .lanes),
        bind(.pageDown, Chord(.pageDown), in: .search, .list, .inspector, .lanes),
        bind(.pageUp, Chord(.pageUp), .control("u"), in: .page),
        bind(.pageDown, Chord(.pageDown), .plain(" "), .control("d"), in: .page),
        bind(.toTop, Chord(.home), in: .inspector, .lanes),
        bind(.toBottom, Chord(.end), in: .inspector, .lanes),
        bind(.toTop, Chord(.home), .plain("g"), in: .page),
        bind(.toBottom, Chord(.end), .plain("G"), in: .page),
        bind(.previousMatch, Chord(.up), .control("p"), in: .search),
        bind(.nextMatch, Chord(.down), .control("n"), in: .search),
        bind(.copyReply, .control("y"), in: .inspector, .page),
        bind(.selectPrevious, Chord(.up, .alt), in: .inspector),
        bind(.selectNext, Chord(.down, .alt), in: .inspector),
        bind(.selectPrevious, Chord(.left), Chord(.up), Chord(.tab, .shift), in: .lanes),
        bind(.selectNext, Chord(.right), Chord(.down), Chord(.tab), in: .lanes),
        bind(.keepReply, Chord(.enter), in: .lanes),
    ]

    private static let faultConsole = [
        bind(.close, Chord(.escape), Chord(.function(7)), Chord(.enter), in: .faults),
        bind(.faultDrop, .plain("d"), in: .faults),
        bind(.faultReset, .plain("r"), in: .faults),
        bind(.faultStall, .plain("s"), in: .faults),
        bind(.faultSlow, .plain("w"), in: .faults),
        bind(.faultRateLimit, .plain("l"), in: .faults),
        bind(.faultOverload, .plain("o"), in: .faults),
        bind(.faultCorrupt, .plain("c"), in: .faults),
        bind(.faultHeal, .plain("h"), in: .faults),
        bind(.faultTarget, .plain("t"), in: .faults),
        bind(.faultRetryLater, .plain("+"), .plain("="), Chord(.up), in: .faults),
        bind(.faultRetrySooner, .plain("-"), Chord(.down), in: .faults),
    ]
}
