import Providers
import Screen
import StreamEngine
import Testing

@testable import Dashboard

struct PromptTests {
    @Test func sendingStoresNamesAndAsks() {
        var model = World.model()
        model.type("Why is the sky blue?")
        let commands = model.key(.enter)
        let turn = TurnID(rawValue: 1)
        #expect(
            commands == [
                .renameConversation(World.home, "Why is the sky blue?"), .saveDraft(World.home, ""),
                .send(World.home, turn: turn, prompt: "Why is the sky blue?", history: [], models: [World.opus]),
            ])
        #expect(model.editor.isEmpty)
        #expect(model.screen().contains("Why is the sky blue?"))
        // Nothing is sent twice, and not nothing.
        #expect(model.key(.enter) == [])
        #expect(model.toasts.last?.text == "Nothing to send: type a question first")
    }

    @Test func newlinesDoNotSend() {
        var model = World.model()
        model.type("a")
        #expect(model.control("j") == [])
        #expect(model.key(.enter, .alt) == [])
        #expect(model.key(.enter, .shift) == [])
        model.type("b")
        #expect(model.editor.expanded == "a\n\n\nb")
    }

    @Test func aPasteNeverSends() {
        var model = World.model()
        #expect(model.update(.input(.paste("first\nsecond\n"))) == [])
        #expect(model.editor.expanded == "first\nsecond\n")
        let long = String(repeating: "line\n", count: 500)
        #expect(model.update(.input(.paste(long))) == [])
        #expect(model.screen().contains("[pasted 500 lines]"))
        guard case .send(_, _, let prompt, _, _) = model.key(.enter).last else {
            Issue.record("not sent")
            return
        }
        #expect(prompt.text == "first\nsecond\n" + long)
    }

    @Test func theNextPromptTakesWhatWasAnsweredAlong() {
        var model = World.model()
        guard let first = model.ask("one"), let second = answer(1, first, "eins", &model) else { return }
        _ = second
        guard let third = model.ask("two") else { return }
        _ = answer(2, third, "", &model)
        let commands: [Command] = {
            model.type("three")
            return model.key(.enter)
        }()
        guard case .send(_, _, _, let history, _) = commands.last else {
            Issue.record("not sent")
            return
        }
        // "two" got no answer: it is not sent along.
        #expect(history == [ChatMessage(role: .user, text: "one"), ChatMessage(role: .assistant, text: "eins")])
    }

    @discardableResult
    private func answer(_ id: Int, _ turn: TurnID, _ text: String, _ model: inout Model) -> TurnID? {
        let stream = StreamSnapshot.fixture(id)
        _ = model.update(.streamStarted(stream, conversation: World.home, prompt: turn))
        model.text(id, text)
        _ = model.update(
            .stream(
                stream.with {
                    $0.state = text.isEmpty ? .failed : .complete
                    $0.endedAt = World.at(0)
                    $0.controls = []
                }))
        return turn
    }

    @Test func aRunningReplyIsNotSentAlong() {
        var model = World.model()
        guard let turn = model.ask("one") else { return }
        _ = model.update(.streamStarted(.fixture(1, state: .streaming), conversation: World.home, prompt: turn))
        model.text(1, "half an ans")
        model.type("two")
        guard case .send(_, let next, _, let history, _) = model.key(.enter).last else {
            Issue.record("not sent")
            return
        }
        #expect(history.isEmpty)
        _ = model.update(.streamStarted(.fixture(2, World.opus), conversation: World.home, prompt: next))
        // The new stream stands first in the table and is selected; both run.
        #expect(model.selected == StreamID(rawValue: 2))
        #expect(model.streams.entries.map(\.id.rawValue) == [2, 1])
        #expect(model.screen().contains("2 live"))
    }

    @Test func upWalksTheHistoryAndABeginningSearchesIt() {
        var model = World.model()
        model.ask("explain a")
        model.ask("list b")
        _ = model.key(.up)
        #expect(model.editor.text == "list b")
        _ = model.key(.up)
        #expect(model.editor.text == "explain a")
        _ = model.key(.down)
        _ = model.key(.down)
        #expect(model.editor.text == "")
        model.type("exp")
        _ = model.key(.up)
        #expect(model.editor.text == "explain a")
        #expect(model.editor.cursor == model.editor.end)
    }

    @Test func altRSearchesTheHistory() {
        var model = World.model()
        model.ask("explain a")
        model.ask("list b")
        _ = model.key(.character("r"), .alt)
        model.type("expl")
        _ = model.key(.enter)
        #expect(model.overlay == nil)
        #expect(model.editor.text == "explain a")
    }

    @Test func draftsAreSavedAfterAPauseAndAtTheLatestAfterAWhile() {
        var model = World.model()
        model.type("he")
        #expect(model.nextChange(after: World.now()) == World.at(0.4))
        #expect(model.at(0.3) == [])
        model.type("y")
        #expect(model.at(0.6) == [])
        #expect(model.at(0.7) == [.saveDraft(World.home, "hey")])
        #expect(model.at(5) == [])
        // Who never pauses is saved all the same.
        var saved: [Double] = []
        for step in 0..<40 {
            model.type("x")
            let time = 5 + Double(step) * 0.2
            if model.at(time + 0.2) != [] { saved.append(time) }
        }
        #expect(saved.count >= 2)
    }

    @Test func leavingSavesTheDraft() {
        var model = World.model()
        model.type("unsent")
        #expect(model.control("z") == [.saveDraft(World.home, "unsent"), .suspend])
        model.type("!")
        #expect(model.update(.input(.focus(false))) == [.saveDraft(World.home, "unsent!")])
        #expect(model.update(.input(.focus(false))) == [])
    }

    @Test func theEditorComesBack() {
        var model = World.model()
        model.type("draft")
        #expect(model.control("o") == [.openEditor("draft")])
        _ = model.update(.edited("written in vi\nsecond line\n"))
        #expect(model.editor.expanded == "written in vi\nsecond line")
        _ = model.control("_")
        #expect(model.editor.expanded == "draft")
    }

    @Test func aStoredConversationComesBack() {
        var model = World.model()
        _ = model.update(
            .conversationLoaded(
                World.home, title: "Skies\u{1B}[31m",
                turns: [
                    StoredTurn(role: .user, text: "why blue", wall: WallTime(secondsSince1970: World.wall - 600)),
                    StoredTurn(
                        role: .assistant, text: "Rayleigh", model: "claude-opus-4-5", verdict: .complete,
                        wall: WallTime(secondsSince1970: World.wall - 590), cost: "$0.0100"),
                ], draft: "and why r"))
        let screen = model.screen()
        #expect(screen.contains("you · 13:52"))
        #expect(screen.contains("opus-4-5 · $0.0100"))
        #expect(screen.contains("> and why r"))
        #expect(!screen.contains("\u{1B}"))
        model.type("ed")
        guard case .send(_, _, let prompt, let history, _) = model.key(.enter).last else { return }
        #expect(prompt.text == "and why red")
        #expect(history.map(\.text) == ["why blue", "Rayleigh"])
    }
}

struct CommandTests {
    @Test func anUnknownCommandStays() {
        var model = World.model()
        model.type("/usr/bin")
        #expect(model.key(.enter) == [])
        #expect(model.editor.text == "/usr/bin")
        #expect(model.toasts.last?.text.contains("no command /usr/bin") == true)
        // Two slashes send one.
        _ = model.control("a")
        model.type("/")
        guard case .send(_, _, let prompt, _, _) = model.key(.enter).last else {
            Issue.record("not sent")
            return
        }
        #expect(prompt.text == "/usr/bin")
    }

    @Test func modelsAreChosenByAPartOfTheirName() {
        var model = World.model()
        model.type("/model gpt")
        _ = model.key(.escape)
        _ = model.key(.enter)
        #expect(model.currentModel == World.gpt)
        model.type("/model brand-new-9")
        _ = model.key(.enter)
        #expect(model.currentModel == ModelRef(provider: "openai", model: "brand-new-9"))
        _ = model.key(.function(3))
        model.type("deep")
        _ = model.key(.enter)
        #expect(model.currentModel == World.deepseek)
    }

    @Test func severalModelsAreAskedAtOnce() {
        var model = World.model()
        model.type("/ask opus-4-5,gpt-4.1 Why?")
        let commands = model.key(.enter)
        guard case .send(_, let turn, "Why?", [], [World.opus, World.gpt]) = commands.last else {
            Issue.record("\(commands)")
            return
        }
        for (id, ref) in [(1, World.opus), (2, World.gpt)] {
            _ = model.update(.streamStarted(.fixture(id, ref), conversation: World.home, prompt: turn))
        }
        // In the order asked; the first is selected.
        #expect(model.streams.entries.map(\.id.rawValue) == [1, 2])
        #expect(model.selected == StreamID(rawValue: 1))
        model.type("/ask nobody Why?")
        #expect(model.key(.enter) == [])
        #expect(model.toasts.last?.text == "There is no model nobody: F3 lists them")
    }

    @Test func completionHelps() throws {
        var model = World.model()
        model.type("/")
        #expect(model.screen().contains("/help"))
        model.type("th")
        _ = model.key(.tab)
        #expect(model.editor.text == "/theme")
        model.type(" l")
        #expect(model.completion?.items.map(\.title) == ["light"])
        #expect(model.key(.enter) == [.setTheme("light")])
        #expect(model.editor.isEmpty)
        _ = model.update(.themeChanged(name: "light"))
        #expect(model.theme == "light")
    }

    @Test func conversationsAreSwitched() {
        var model = World.model()
        model.ask("first")
        model.type("draft of the first")
        _ = model.control("a")
        _ = model.control("k")
        model.type("/new")
        let commands = model.key(.enter)
        guard case .newConversation(let id)? = commands.last else {
            Issue.record("\(commands)")
            return
        }
        #expect(model.current == id && id != World.home)
        #expect(model.screen().contains("weir"))
        model.ask("second")
        _ = model.key(.function(5))
        #expect(model.screen().contains("first"))
        _ = model.key(.up)
        _ = model.key(.enter)
        #expect(model.current == World.home)
    }

    /// A blank and a mark after it are one `Character`, which is none.
    @Test func `a command's argument may begin with a combining mark`() {
        var model = World.model()
        model.type("/title \u{301}abc")
        _ = model.key(.enter)
        #expect(model.conversation.title.unicodeScalars.last == "c")
        #expect(model.editor.text.isEmpty)
    }

    @Test(arguments: [
        ("title a b ", "title", "a b"), ("new", "new", ""), ("title  \n ", "title", ""), ("", "", ""), (" x", "", "x"),
        ("title \u{301}x", "title", "\u{301}x"), ("a\nb\nc", "a", "b\nc"), ("a \u{301}", "a", "\u{301}"),
    ]) func aLineIsSplitByScalars(line: String, word: String, rest: String) {
        let found = SlashCommand.split(line)
        #expect(Array(found.word.unicodeScalars) == Array(word.unicodeScalars))
        #expect(Array(found.rest.unicodeScalars) == Array(rest.unicodeScalars))
    }

    @Test func titlesThemesAndTheRest() {
        var model = World.model()
        model.type("/title  My talk ")
        #expect(model.key(.enter) == [.renameConversation(World.home, "My talk")])
        #expect(model.screen().contains("╭─ My talk ─"))
        model.type("/theme nosuch")
        #expect(model.key(.enter) == [])
        model.control("u")
        model.type("/quit")
        #expect(model.key(.enter).last == .quit)
    }

    @Test func everyCommandRuns() {
        for command in SlashCommand.allCases {
            var model = World.model()
            model.type("/" + command.rawValue)
            _ = model.key(.enter)
            _ = model.screen()
            #expect(!model.toasts.contains { $0.text.contains("no command") })
        }
    }
}
