import Screen
import StreamEngine
import TOML
import Testing

@testable import Dashboard

/// `keys.toml`: what it says holds, what is wrong in it is said with line and key, and the last good one stays.
struct KeyFileTests {
    private func keymap(_ text: String) throws -> Keymap {
        try Keymap(TOMLDocument(text, source: "keys.toml"))
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try keymap(text)
            return []
        } catch let problems as KeyFileProblems {
            return problems.all.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }

    private func read(_ text: String?, isAskedFor: Bool = false) -> Message {
        .keyFile(KeyFile(path: "keys.toml", bytes: text.map { Array($0.utf8) }, isAskedFor: isAskedFor))
    }

    // MARK: Names

    @Test(arguments: [
        ("ctrl-r", Chord.control("r")), ("^R", .control("r")), ("alt-m", .alt("m")), ("Alt-M", .alt("m")),
        ("G", .plain("G")), ("shift-g", .plain("G")), ("f12", Chord(.function(12))),
        ("shift-tab", Chord(.tab, .shift)), ("PgUp", Chord(.pageUp)), ("ctrl--", .control("-")), ("-", .plain("-")),
        ("ctrl-x e", Chord.plain("e").second), ("^X ^E", Chord.control("e").second), ("space", .plain(" ")),
        ("ctrl-alt-up", Chord(.up, [.control, .alt])), ("ä", .plain("ä")), ("^", .plain("^")),
    ])
    func keysHaveNames(_ name: String, _ chord: Chord) {
        #expect(Chord(name: name) == chord)
    }

    @Test(arguments: [
        "", "hyper-x", "ctrl-", "f0", "f25", "f01", "ctrl-y e", "ctrl-x e e", "ab", "\u{7}", "ctrl-x ctrl-",
    ])
    func whatIsNoKeyIsNone(_ name: String) {
        #expect(Chord(name: name) == nil)
    }

    @Test func everyUsualKeyIsWrittenAsItIsRead() {
        for binding in Keymap.standard.bindings {
            for chord in binding.chords { #expect(Chord(name: chord.name) == chord, "\(chord.name)") }
        }
    }

    // MARK: What holds

    @Test func theWholeFileIsTheUsualKeys() throws {
        let again = try keymap(Keymap.standard.file)
        #expect(again.file == Keymap.standard.file)
        for action in Action.allCases {
            for table in KeyTable.allCases {
                #expect(
                    again.chord(for: action, in: table) == Keymap.standard.chord(for: action, in: table), "\(action)")
            }
        }
    }

    @Test func anActionHasTheKeysOfTheFileAndNoOthers() throws {
        let keys = try keymap("retry = \"f9\"\nsuspend = []\n[streams]\ncancel = [\"x\", \"delete\"]\n")
        #expect(keys.action(for: Chord(.function(9)), in: .input) == .retry)
        #expect(keys.action(for: .control("r"), in: .input) == nil)
        #expect(keys.action(for: .control("z"), in: .input) == nil)
        #expect(keys.action(for: .plain("x"), in: .streams) == .cancel)
        #expect(keys.action(for: .plain("c"), in: .streams) == nil)
        // The other tables' and everywhere's keys of the same action stay.
        #expect(keys.action(for: .plain("r"), in: .streams) == .retry)
        #expect(keys.action(for: Chord(.escape), in: .input) == .cancel)
    }

    @Test func aKeyOfTwoPanesCanBeChangedInOne() throws {
        let keys = try keymap("[events]\nline-up = \"w\"\n")
        #expect(keys.action(for: .plain("k"), in: .transcript) == .lineUp)
        #expect(keys.action(for: .plain("k"), in: .events) == nil)
        #expect(keys.action(for: .plain("w"), in: .events) == .lineUp)
    }

    @Test func twoKeysChangePlaces() throws {
        let keys = try keymap("help = \"f2\"\ntoggle-mouse = \"f1\"\n")
        #expect(keys.action(for: Chord(.function(1)), in: .input) == .toggleMouse)
        #expect(keys.action(for: Chord(.function(2)), in: .input) == .help)
    }

    @Test func theScreenShowsTheKeysThatHold() {
        var model = Scene.state(.streaming)
        _ = model.update(read("help = \"f9\"\nretry = \"alt-z\"\n"))
        #expect(model.toasts.isEmpty)
        #expect(model.screen().contains("Alt-Z retry"))
        #expect(model.screen().contains("F9 help"))
        #expect(model.key(.function(9)) == [])
        #expect(model.screen(140, 60).contains("F9"))
        model.overlay = nil
        _ = model.key(.function(1))
        #expect(model.toasts.last?.text == "F1 does nothing here: F9 shows the keys")
    }

    @Test func sentencesNameTheKeysThatHold() {
        let file = read(
            "help = \"f9\"\nretry = \"alt-z\"\ncancel = \"alt-c\"\n[streams]\nretry-now = \"x\"\ngive-up = \"w\"\n")
        func screens(_ model: Model) -> String {
            var model = model
            _ = model.update(file)
            #expect(model.toasts.allSatisfy { $0.level == .info }, "\(model.toasts)")
            model.toasts = []
            return model.screen(140, 40) + model.screen(80, 24)
        }
        // The welcome.
        #expect(screens(World.model()).contains("F9      every key and command"))
        // A wait of ours, a question, and an end that can be taken up.
        var waiting = Scene.state(.backingOff)
        let asked = StreamSnapshot.fixture(9, state: .backingOff).with {
            $0.backoff = Backoff(
                reason: Scene.reset, source: .holdBack, exponential: nil, jitter: nil,
                startedAt: World.at(0), deadline: World.at(30))
        }
        _ = waiting.update(.streamStarted(asked, conversation: World.home, prompt: TurnID(rawValue: 1)))
        waiting.selected = asked.id
        #expect(screens(waiting).contains("^X n asks now, Alt-G gives up"))
        waiting.focus = .streams
        #expect(screens(waiting).contains("x asks now, w gives up"))
        #expect(screens(Scene.state(.asking)).contains("Alt-Z"))
        #expect(!screens(Scene.state(.asking)).contains("Ctrl-R"))
        #expect(!screens(Scene.state(.truncated)).contains("Ctrl-R"))
        // A text that has no action's name in it stays as it is.
        #expect(Keymap.standard.spelled("{no-action} {help} {", in: .input) == "{no-action} F1 {")
    }

    @Test func theKeysOfALineCanBeChanged() throws {
        var model = World.model()
        _ = model.update(read("[input]\nkill-word-before = \"f9\"\nline-start = \"alt-a\"\nword-left = []\n"))
        #expect(model.toasts.isEmpty)
        model.type("one two three")
        _ = model.key(.function(9))
        #expect(model.editor.text == "one two ")
        model.control("w")
        #expect(model.editor.text == "one two ")
        _ = model.key(.character("b"), .alt)
        #expect(model.editor.cursor == 8)
        _ = model.key(.character("a"), .alt)
        #expect(model.editor.cursor == 0)
        // In a search, too, and in the filter of a list.
        model.control("p")
        model.type("copy all")
        _ = model.key(.function(9))
        guard case .picker(let palette)? = model.overlay else {
            Issue.record("no palette")
            return
        }
        #expect(palette.query.text == "copy ")
    }

    @Test func theKeysOfALineYieldToThoseOfAFile() throws {
        let keys = try keymap("choose-model = \"ctrl-k\"\n[input]\nundo = \"ctrl-u\"\n[streams]\nlanes = \"ctrl-w\"\n")
        #expect(keys.action(for: .control("k"), in: .input) == .chooseModel)
        #expect(keys.action(for: .control("u"), in: .input) == .undo)
        #expect(keys.action(for: .control("w"), in: .input) == .killWordBefore)
        #expect(keys.chord(for: .killLine, in: .input) == nil)
    }

    /// Ctrl-D quits in an empty prompt, but not where a file gives it to something else.
    @Test func theEndOfAFileIsAKeyLikeOthers() {
        var model = World.model()
        _ = model.update(read("[input]\nclear-draft = \"ctrl-d\"\n"))
        model.control("d")
        model.control("d")
        #expect(model.toasts.last?.text == "The prompt is empty")
    }

    @Test func thePaletteEditsThePrompt() {
        var model = World.model()
        model.type("one two")
        model.focus = .transcript
        _ = model.perform(.killWordBefore)
        #expect(model.editor.text == "one ")
        #expect(model.focus == .input)
        _ = model.perform(.undo)
        _ = model.perform(.redo)
        #expect(model.editor.text == "one ")
    }

    // MARK: Over the panes

    private func overlaid(_ keys: String, _ model: Model = Scene.reference()) -> Model {
        var model = model
        let notices = model.notices
        _ = model.update(read(keys))
        #expect(model.notices == notices && model.keymap != .standard, "\(model.notices.map(\.text))")
        return model
    }

    @Test func theKeysOfListsCanBeChanged() {
        var model = overlaid("[list]\nline-down = \"alt-j\"\nline-up = \"alt-k\"\ntake = \"alt-l\"\nclose = \"f9\"\n")
        func selected() -> Int? {
            guard case .picker(let picker)? = model.overlay else { return nil }
            return picker.selected
        }
        model.control("p")
        _ = model.key(.character("j"), .alt)
        _ = model.key(.character("j"), .alt)
        _ = model.key(.character("k"), .alt)
        #expect(selected() == 1)
        _ = model.key(.down)
        _ = model.key(.enter)
        #expect(selected() == 1)
        #expect(model.screen().contains("Alt-K Alt-J choose  Alt-L take  F9 close"))
        model.type("redraw the screen that is not there")
        _ = model.key(.character("l"), .alt)
        #expect(model.toasts.last?.text == "Nothing matches: F9 closes the list")
        _ = model.key(.function(9))
        #expect(model.overlay == nil)
        // Esc always does.
        model.control("p")
        _ = model.key(.escape)
        #expect(model.overlay == nil)
        // And what was typed in the filter takes what it names.
        model.control("p")
        model.type("draw the screen")
        #expect(model.key(.character("l"), .alt) == [.redraw])
    }

    @Test func theKeysOfPagesCanBeChanged() {
        var model = overlaid("[page]\nline-down = \"w\"\nto-bottom = \"z\"\n")
        _ = model.key(.function(1))
        _ = model.press("w")
        #expect(model.overlay == .help(scroll: 1))
        _ = model.press("k")
        #expect(model.overlay == .help(scroll: 0))
        _ = model.press("z")
        guard case .help(let scroll)? = model.overlay else {
            Issue.record("the help is closed")
            return
        }
        #expect(scroll > 20)
        // The usual one does nothing any more, and so closes.
        _ = model.press("j")
        #expect(model.overlay == nil)
    }

    @Test func theKeysOfTheInspectorCanBeChanged() {
        var model = overlaid("[inspector]\ntake = \"alt-o\"\nclose = [\"f9\", \"esc\"]\ncopy-reply = \"alt-c\"\n")
        let id = model.selected
        _ = model.perform(.inspect)
        #expect(model.overlay == .inspector)
        #expect(model.screen(200, 40).contains("F9 close"))
        #expect(model.screen(200, 40).contains("Alt-O open"))
        #expect(model.screen(200, 40).contains("Alt-C copy"))
        _ = model.key(.enter)
        #expect(model.inspector?.rawScroll == nil)
        #expect(model.key(.function(9)) == [.watchWire(nil)])
        #expect(model.overlay == nil && id != nil)
    }

    @Test func theKeysOfASearchCanBeChanged() {
        var model = overlaid("[search-line]\nclose = \"f9\"\nnext-match = \"alt-n\"\n")
        _ = model.perform(.search)
        #expect(model.screen().contains("Up Alt-N before, next  F9 back"))
        _ = model.key(.down)
        #expect(model.finder != nil)
        _ = model.key(.function(9))
        #expect(model.finder == nil)
    }

    @Test func theKeysOfSuggestionsCanBeChanged() {
        var model = overlaid("[completion]\ncomplete = \"f9\"\nline-down = \"alt-j\"\n", World.model())
        model.type("/the")
        #expect(model.completion != nil)
        #expect(model.screen().contains("F9 complete"))
        _ = model.key(.function(9))
        #expect(model.editor.text.hasPrefix("/theme"))
    }

    @Test func theKeysOfTheFaultConsoleCanBeChanged() {
        var demo = Scene.state(.streaming)
        demo.options.isDemo = true
        var model = overlaid("[fault-console]\nfault-drop = \"x\"\nfault-target = \"a\"\nclose = \"f9\"\n", demo)
        _ = model.perform(.faults)
        #expect(model.screen().contains("│ x  "))
        #expect(model.screen().contains("a one or all  F9 close"))
        #expect(model.press("d") == [])
        #expect(model.toasts.last?.text == "d breaks nothing: F9 closes the console")
        #expect(model.press("x") == [.steerLab(.drop, nil)])
        _ = model.key(.function(9))
        #expect(model.overlay == nil)
    }

    @Test func theKeysOfTheLanesGoBeforeTheTables() throws {
        let keys = try keymap("[side-by-side]\nkeep-reply = \"c\"\nselect-next = \"l\"\n")
        #expect(keys.action(for: .plain("c"), in: .lanes) == .keepReply)
        #expect(keys.action(for: .plain("l"), in: .lanes) == .selectNext)
        #expect(keys.action(for: Chord(.right), in: .lanes) == nil)
        #expect(keys.action(for: Chord(.left), in: .lanes) == .selectPrevious)
        #expect(keys.action(for: .plain("c"), in: .streams) == .cancel)
    }

    @Test(arguments: [
        ("close = \"f9\"", "done only over the panes: name it in [completion], [search-line], [list], [page]"),
        ("[streams]\ntake = \"x\"", "done only over the panes"),
        ("[list]\nretry = \"f9\"", "it is not done in [list], which has close, line-down"),
        ("[list]\ntake = \"esc\"", "Esc always closes what lies there"),
        ("[list]\nclose = \"q\"", "q could no longer be typed there: add ctrl- or alt-"),
        ("[inspector]\ntake = \"space\"", "could no longer be typed there"),
        ("[page]\nline-down = \"ctrl-x j\"", "keys of two hold in the panes, not in [page]"),
        ("[side-by-side]\nkeep-reply = \"3\"", "selects a stream"),
        ("[page]\nline-down = \"k\"", "k is line-up's in [page]"),
        ("[listt]\nclose = \"f9\"", "did you mean \"list\"?"),
    ])
    func whatCannotBeHadOverThePanes(_ text: String, _ message: String) {
        let problems = problems(text)
        #expect(problems.count == 1)
        #expect(problems.first?.contains(message) == true, "\(problems)")
    }

    /// With the usual keys, what the lanes, the suggestions and the prompt do with Shift and Esc.
    @Test func whatLiesOverThePanesTakesNoOtherKeys() throws {
        let keys = Keymap.standard
        #expect(keys.action(for: Chord(.enter, .shift), in: .completion) == nil)
        #expect(keys.action(for: Chord(.tab, .shift), in: .completion) == .lineUp)
        for key in [Key.home, .end, .up, .down, .pageUp, .pageDown] {
            for modifiers in [KeyModifiers.control, .alt, .shift] {
                #expect(keys.action(for: Chord(key, modifiers), in: .page) == keys.action(for: Chord(key), in: .page))
            }
        }
        #expect(keys.action(for: Chord(.enter, .alt), in: .list) == .take)
        #expect(keys.action(for: Chord(.left, .shift), in: .lanes) == nil)
        // An action has the keys that are named and no others.
        let other = try keymap("[list]\nline-up = \"up\"\n[side-by-side]\nclose = \"f9\"\n[completion]\nclose = []\n")
        #expect(other.action(for: Chord(.tab, .shift), in: .list) == nil)
        // But for Esc, which must not cancel a stream where it closed something a moment ago.
        #expect(other.action(for: Chord(.escape), in: .lanes) == .close)
        #expect(other.action(for: Chord(.escape), in: .completion) == .close)
        #expect(other.chord(for: .close, in: .completion) == Chord(.escape))
    }

    @Test func theFooterOfTheLanesShowsWhatHoldsThere() throws {
        let keys = try keymap("[side-by-side]\nkeep-reply = \"c\"\nregenerate = \"x\"\n")
        #expect(keys.chordInLanes(for: .cancel) == Chord(.escape) || keys.chordInLanes(for: .cancel) == nil)
        #expect(keys.chordInLanes(for: .retry) == .plain("r"))
        #expect(keys.chordInLanes(for: .regenerate) == .plain("x"))
    }

    @Test func aPageIsCopied() {
        var model = Scene.reference()
        _ = model.perform(.previewPolicy)
        guard case .copy(let text)? = model.control("y").first else {
            Issue.record("nothing is copied")
            return
        }
        #expect(text.what == "the policy" && text.text.utf8.count > 100)
        #expect(model.overlay != nil)
    }

    /// The palette shows keys that hold in a pane.
    @Test func thePaletteShowsNoKeyOfTheConsole() throws {
        let keys = try keymap("fault-drop = []\n")
        #expect(keys.chord(for: .faultDrop) == nil)
        #expect(keys.chord(for: .take) == Chord(.enter))
    }

    /// Nothing of what lies over the panes is in the way of a key for them, nor the other way round.
    @Test func keysForEverywhereDoNotHoldOverThePanes() throws {
        let keys = try keymap("redraw = \"ctrl-n\"\n[input]\nyank = \"f9\"\n[list]\nline-up = \"f1\"\n")
        #expect(keys.action(for: .control("n"), in: .input) == .redraw)
        #expect(keys.action(for: .control("n"), in: .list) == .lineDown)
        #expect(keys.action(for: .control("l"), in: .list) == nil)
        #expect(keys.action(for: Chord(.function(1)), in: .list) == .lineUp)
        #expect(keys.action(for: Chord(.function(1)), in: .input) == .help)
    }

    // MARK: What is wrong

    @Test func conflictsAreListedBesideEverythingElse() {
        #expect(
            problems("retri = \"f8\"\nhelp = \"f2\"\nredraw = \"hyper-x\"\n") == [
                "keys.toml:1: retri: there is no such action or table, did you mean \"retry\"?",
                "keys.toml:2: help: f2 is toggle-mouse's: give that one another key, or none: toggle-mouse = []",
                "keys.toml:3: redraw: \"hyper-x\" is no key: as in \"ctrl-r\", \"alt-m\", \"f5\", \"G\", \"ctrl-x e\"",
            ])
        // What a line that is wrong speaks of is in nobody's way: which keys it will have is not known.
        #expect(problems("retri = []\nhelp = \"ctrl-r\"\n").count == 1)
        #expect(problems("redraw = \"ctrl-c\"\nhelp = \"ctrl-l\"\n").count == 1)
    }

    @Test func unknownNamesAreSaidWithLineAndKey() {
        #expect(
            problems("\nretri = \"f9\"\n[stream]\ncancel = \"x\"\n[events]\nquitt = \"x\"\n") == [
                "keys.toml:2: retri: there is no such action or table, did you mean \"retry\"?",
                "keys.toml:3: stream: there is no such action or table, did you mean \"streams\"?",
                "keys.toml:6: events.quitt: there is no such action, did you mean \"quit\"?",
            ])
    }

    @Test func allThatIsWrongIsListedInItsOrder() {
        var model = World.model()
        _ = model.update(read((1...5).map { "wrong\($0) = \"f9\"" }.joined(separator: "\n")))
        #expect(model.toasts.count == 3)
        let screen = model.screen()
        #expect(screen.contains("wrong1") && screen.contains("wrong2") && !screen.contains("wrong3"))
        #expect(screen.contains("3 more keys are wrong: Ctrl-X ! lists all"))
        let listed = NoticeList.lines(for: model).map { $0.left.map(\.text).joined() }
        let wrong = listed.compactMap { line in (1...5).first { line.contains("keys.toml:\($0):") } }
        #expect(wrong == [1, 2, 3, 4, 5])
    }

    @Test func conflictsAreSaid() {
        #expect(
            problems("retry = \"f1\"") == [
                "keys.toml:1: retry: f1 is help's: give that one another key, or none: help = []"
            ])
        #expect(
            problems("retry = \"f9\"\nhelp = \"f9\"\n") == [
                "keys.toml:2: help: f9 is retry's already, in line 1"
            ])
        #expect(
            problems("[streams]\ncancel = \"r\"\n") == [
                "keys.toml:2: streams.cancel: r is retry's in [streams]: give that one another key, or none: retry = []"
            ])
        // What holds everywhere but in one pane would surprise.
        #expect(
            problems("redraw = \"alt-r\"") == [
                "keys.toml:1: redraw: alt-r is search-history's in [input]: give that one another key, or none: "
                    + "search-history = []"
            ])
        #expect(problems("redraw = \"alt-r\"\n[input]\nsearch-history = []\n") == [])
        // A pane's key goes before everywhere's.
        #expect(problems("[streams]\nredraw = \"f1\"\n") == [])
    }

    @Test(arguments: [
        ("retry = \"ctrl-c\"", "Ctrl-C always"), ("retry = \"ctrl-x\"", "Ctrl-X begins"),
        ("retry = \"ctrl-m\"", "cannot tell Ctrl-M"), ("retry = \"x\"", "could no longer be typed"),
        ("[input]\nretry = \"X\"", "could no longer be typed"), ("retry = \"alt-3\"", "selects a stream"),
        ("[streams]\nretry = \"3\"", "selects a stream"), ("retry = \"ctrl-x esc\"", "gives it up"),
        ("retry = \"hyper-x\"", "is no key"), ("retry = 3", "expected an array of strings"),
        ("streams = 3", "expected a table"), ("retry = [\"f9\", 3]", "retry[1]"), ("retry = ", "keys.toml:1"),
    ])
    func keysThatCannotBeHad(_ text: String, _ message: String) {
        let problems = problems(text)
        #expect(problems.count == 1)
        #expect(problems.first?.contains(message) == true, "\(problems)")
    }

    @Test func theLastGoodOneStays() {
        var model = World.model()
        _ = model.update(read("retry = \"f9\"\n"))
        let good = model.keymap
        #expect(good != .standard)
        _ = model.update(read("retry = \"f9\"\nretri = \"f8\"\nhelp = \"ctrl-c\"\n"))
        #expect(model.keymap == good)
        #expect(
            model.notices.map(\.text) == [
                "keys.toml:3: help: Ctrl-C always cancels, clears and quits",
                "keys.toml:2: retri: there is no such action or table, did you mean \"retry\"?",
            ])
        #expect(model.notices.last?.hint == "The keys from before stay.")
        _ = model.update(read("retry = \"f9"))
        #expect(model.keymap == good)
        _ = model.update(.keyFile(KeyFile(path: "keys.toml", bytes: nil, problem: "keys.toml: \u{1B}[31mno")))
        #expect(model.keymap == good)
        #expect(model.notices.last?.text.contains("\u{1B}") == false)
        // A file that is gone says nothing any more.
        _ = model.update(read(nil))
        #expect(model.keymap == .standard)
    }

    @Test func whatWasWrongGoesWhenItIsMended() {
        var model = World.model()
        _ = model.update(read("retri = \"f9\"\nhelp = \"ctrl-c\"\n"))
        // There were no keys of the user's before.
        #expect(model.notices.last?.hint == "The usual keys hold.")
        #expect(model.toasts.count == 2)
        _ = model.update(read("help = \"ctrl-c\"\n"))
        #expect(model.toasts.map(\.text) == ["keys.toml:1: help: Ctrl-C always cancels, clears and quits"])
        // Whoever mends it in an editor takes his time.
        _ = model.at(60)
        #expect(model.toasts.isEmpty)
        _ = model.update(read("retry = \"f9\"\n"))
        #expect(model.toasts.map(\.text) == ["The keys of keys.toml hold from now on"])
        // What is not wrong is not told of.
        _ = model.update(read("retry = \"f9\"  # again\n"))
        #expect(model.toasts.map(\.text) == ["The keys of keys.toml hold from now on"])
    }

    @Test func hostileNamesDoNotReachTheTerminal() {
        var model = World.model()
        _ = model.update(read("\"\\u001b[31m\" = \"f9\"\nhelp = \"\\u001b]0;x\\u0007\"\n"))
        #expect(model.notices.count == 2)
        #expect(!model.screen().unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
    }

    @Test func readingItAgainIsAnAction() {
        var model = World.model()
        _ = model.control("x")
        #expect(model.press("k") == [.readKeys])
        _ = model.update(read(nil, isAskedFor: true))
        #expect(model.toasts.last?.text == "There is no keys.toml: `weir keys` prints one to begin with")
        model.type("/keys")
        #expect(model.key(.enter) == [.readKeys])
        _ = model.update(read("retry = \"f9\"\n", isAskedFor: true))
        #expect(model.toasts.last?.text == "The keys of keys.toml hold from now on")
    }

    // MARK: Keys of two

    @Test func controlXBeginsThem() throws {
        var model = World.model()
        model.type("draft")
        #expect(model.control("x") == [])
        #expect(model.screen(200, 40).contains("t theme"))
        #expect(model.control("e") == [.openEditor("draft")])
        #expect(!model.isAfterPrefix)
        // A hand that still holds Ctrl.
        _ = model.control("x")
        _ = model.control("t")
        #expect(model.overlay != nil)
        model.overlay = nil
        _ = model.control("x")
        _ = model.key(.escape)
        #expect(!model.isAfterPrefix)
        #expect(model.editor.text == "draft")
        _ = model.control("x")
        #expect(model.press("Z") == [])
        #expect(model.toasts.last?.text == "Ctrl-X Z does nothing: F1 shows the keys")
        #expect(model.editor.text == "draft")
        // What is pasted is no key.
        _ = model.control("x")
        _ = model.update(.input(.paste("e")))
        #expect(model.editor.text == "drafte")
    }

    @Test func theFooterOfThem() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = Scene.state(.backingOff)
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            _ = model.control("x")
            let footer = model.screen().split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
            #expect(footer.hasPrefix(" ^U undo  ^E editor"), "\(footer)")
        }
    }

    // MARK: All actions

    @Test func everyActionHasANameAKeyAPlaceInThePaletteAndHelp() throws {
        #expect(Set(Action.allCases.map(\.name)).count == Action.allCases.count)
        var model = Scene.reference()
        model.options.isDemo = true
        model.control("p")
        guard case .picker(let palette)? = model.overlay else {
            Issue.record("no palette")
            return
        }
        for action in Action.allCases {
            #expect(action.name.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }, "\(action.name)")
            #expect(Action(name: action.name) == action)
            #expect(!action.title.isEmpty && !action.short.isEmpty)
            #expect(
                Keymap.standard.bindings.contains { $0.action == action && !$0.chords.isEmpty }, "\(action) has no key")
            #expect(
                action == .palette || palette.items.contains { $0.choice == .action(action) && !$0.note.isEmpty },
                "\(action) is not in the palette with its key")
        }
        for pane in Pane.allCases {
            model.focus = pane
            let help = Help.lines(for: model).map { $0.left.map(\.text).joined() }
            for action in Action.allCases where Keymap.standard.chord(for: action, in: pane.keys) != nil {
                #expect(help.contains { $0.hasSuffix(action.title) }, "\(action) is not in the help of \(pane)")
            }
        }
    }
}
