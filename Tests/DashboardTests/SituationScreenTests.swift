import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// What lies over the panes, and what the screen shows between the states.
struct SituationScreenTests {
    private func expect(_ model: Model, _ name: String, _ sizes: [(Int, Int)] = [(140, 40), (80, 24), (40, 10)]) throws
    {
        for (columns, rows) in sizes {
            var model = model
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            try expectSnapshot(model.screen(), named: "\(name)-\(columns)x\(rows)")
        }
    }

    @Test func anEmptyConversationHelpsTheNewcomer() throws {
        try expect(World.model(), "welcome")
        var options = Options()
        options.isDemo = true
        try expect(World.model(options: options), "welcome-demo", [(80, 24)])
    }

    @Test func helpOfThePrompt() throws {
        var model = World.model()
        _ = model.key(.function(1))
        try expect(model, "help")
    }

    @Test func helpOfTheStreamTable() throws {
        var model = Scene.reference()
        _ = model.key(.tab)
        _ = model.key(.tab)
        model.press("?")
        try expect(model, "help-streams", [(80, 24)])
    }

    @Test func thePalette() throws {
        var model = Scene.state(.streaming)
        model.control("p")
        try expect(model, "palette")
        model.type("mod")
        try expect(model, "palette-filtered", [(80, 24)])
    }

    @Test func completionAboveThePrompt() throws {
        var model = World.model()
        model.type("/m")
        try expect(model, "completion", [(80, 24), (40, 10)])
    }

    @Test func toasts() throws {
        var model = Scene.state(.streaming)
        model.type("a draft that stays in sight")
        _ = model.update(.notice(Notice(.info, "The recording is in weir.rec")))
        _ = model.update(
            .notice(
                Notice(
                    .error, "theme night.toml: line 12: unknown role \"strem\"",
                    hint: "the last good theme stays; weir themes lists the roles")))
        try expect(model, "toasts", [(140, 40), (80, 24), (40, 10)])
    }

    @Test func theTableHasTheFocus() throws {
        var model = Scene.reference()
        _ = model.key(.tab)
        _ = model.key(.tab)
        _ = model.press("2")
        // In a narrow window the panel takes the transcript's place.
        try expect(model, "table-focused", [(140, 40), (72, 24), (40, 10)])
    }

    @Test func scrolledBackWhileTextComes() throws {
        var model = Scene.state(.streaming)
        model.text(1, (1...60).map { "\n\nParagraph \($0)." }.joined())
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = model
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            _ = model.screen()
            _ = model.key(.pageUp)
            model.text(1, "\n\nParagraph 61.\n\nParagraph 62.")
            try expectSnapshot(model.screen(), named: "scrolled-\(columns)x\(rows)")
        }
    }

    @Test func aLongDraft() throws {
        var model = Scene.state(.complete)
        model.type(
            "First line\nsecond, much longer, line that has to be wrapped in a narrow window at least\nthird\n漢字")
        _ = model.update(.input(.paste(String(repeating: "log\n", count: 90))))
        try expect(model, "draft", [(80, 24), (40, 10)])
    }

    @Test func onlyASCII() throws {
        var model = Scene.reference()
        model.options.ascii = true
        try expect(model, "ascii", [(140, 40), (40, 10)])
        // All that is ours is ASCII; what others say is theirs.
        var own = Scene.state(.backingOff)
        own.options.ascii = true
        own.options.showsClock = true
        let screen = own.screen(100, 24)
        #expect(screen.utf8.allSatisfy { $0 < 0x80 }, "\(screen.unicodeScalars.filter { !$0.isASCII })")
    }

    @Test func aFanOut() throws {
        var model = World.model()
        model.type("/ask opus-4-5,gpt-4.1,deepseek-chat Name three rivers.")
        _ = model.key(.enter)
        let turn = TurnID(rawValue: 1)
        for (id, ref) in [(1, World.opus), (2, World.gpt), (3, World.deepseek)] {
            let snapshot = StreamSnapshot.fixture(id, ref, state: .connecting)
            _ = model.update(.streamStarted(snapshot, conversation: World.home, prompt: turn))
            model.text(id, ["Rhine, Elbe, Danube.", "1. Nile\n2. Amazon\n3. Congo", "Seine"][id - 1])
            var running = StreamSnapshot.fixture(id, ref, state: id == 1 ? .complete : .streaming)
            Scene.fill(&running)
            if id == 1 {
                running.endedAt = World.at(-1)
                running.controls = []
            }
            _ = model.update(.stream(running))
        }
        model.toasts = []
        try expect(model, "fan-out", [(140, 40), (80, 24)])
    }

    @Test func stylesOfTheReference() throws {
        var model = Scene.reference()
        let frame = view(&model, size: Size(columns: 100, rows: 24), theme: .probe)
        try expectSnapshot(frame.annotatedText, named: "styles-100x24")
    }
}
