import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// Going from message to message, and taking text along.
struct SelectionTests {
    private func reading(_ size: Size = Size(columns: 80, rows: 24)) -> Model {
        var model = Reading.model(size)
        _ = model.key(.tab)
        return model
    }

    private func text(_ commands: [Command]) -> CopyText? {
        for command in commands { if case .copy(let text) = command { return text } }
        return nil
    }

    @Test func bracketsGoFromMessageToMessage() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = reading(Size(columns: columns, rows: rows))
            model.press("[")
            model.press("[")
            model.press("[")
            try expectSnapshot(model.screen(), named: "selected-\(columns)x\(rows)")
            #expect(text(model.press("y"))?.what == "the reply")
            model.press("[")
            #expect(text(model.press("y")) == CopyText("How do I read a file in Swift?", what: "your message"))
            model.press("[")
            #expect(model.transcript.selected == .message(0))
            for _ in 0..<9 { model.press("]") }
            #expect(model.transcript.selected == .message(3))
        }
    }

    @Test func bracesGoFromCodeToCode() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = reading(Size(columns: columns, rows: rows))
            model.press("{")
            model.press("{")
            try expectSnapshot(model.screen(), named: "selected-code-\(columns)x\(rows)")
            let code = """
                let url = URL(filePath: "notes.txt")
                let text = try String(contentsOf: url, encoding: .utf8)
                """
            #expect(text(model.press("y")) == CopyText(code, what: "2 lines of swift"))
            model.press("{")
            #expect(model.screen().contains("No block of code before"))
            model.press("}")
            // A tab is still one, whatever it looks like here.
            #expect(text(model.press("y"))?.text == "for try await line in url.lines {\n\tprint(line)\n}")
        }
    }

    @Test func codeInAListLosesTheListsIndentation() {
        var model = World.model()
        _ = model.update(
            .conversationLoaded(
                World.home, title: "",
                turns: [
                    StoredTurn(role: .user, text: "go", wall: WallTime(secondsSince1970: 0)),
                    StoredTurn(
                        role: .assistant, text: "1. First\n\n   ```sh\n   make\n     install\n   ```\n\nafter",
                        wall: WallTime(secondsSince1970: 0)),
                ], draft: ""))
        _ = model.screen()
        _ = model.key(.tab)
        #expect(text(model.press("c"))?.text == "make\n  install")
    }

    /// Copied text has no line end of the window's and nothing that a terminal obeys.
    @Test func copiedTextIsLogicalAndSafe() {
        var model = World.model(Size(columns: 40, rows: 10))
        let long = String(repeating: "word ", count: 60) + "\u{1B}]52;c;ZXZpbA==\u{7} end\u{202E}\u{9B}31m"
        _ = model.update(
            .conversationLoaded(
                World.home, title: "",
                turns: [
                    StoredTurn(role: .user, text: long, wall: WallTime(secondsSince1970: 0)),
                    StoredTurn(role: .assistant, text: long, wall: WallTime(secondsSince1970: 0)),
                ], draft: ""))
        _ = model.screen()
        _ = model.key(.tab)
        for keys in ["y", "Y", "[y", "[[y"] {
            var model = model
            var commands: [Command] = []
            for key in keys { commands = model.press(key) }
            let text = self.text(commands)?.text ?? ""
            #expect(text.contains("word word word word word word word word word"))
            #expect(text.contains("end"))
            let isSafe = text.unicodeScalars.allSatisfy {
                $0 == "\n" || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0x202E
            }
            #expect(isSafe, "\(keys): \(text.suffix(80))")
        }
    }

    @Test func controlCCopiesWhatIsSelected() {
        var model = reading()
        model.press("[")
        #expect(text(model.control("c"))?.what == "the reply")
        _ = model.key(.escape)
        #expect(model.transcript.selected == nil)
        #expect(model.control("c").isEmpty)
    }

    @Test func foldsWhatIsSelected() {
        var model = World.model(Size(columns: 80, rows: 40))
        for (id, thought) in [(1, "first thought"), (2, "second thought")] {
            guard let turn = model.ask("go") else { return }
            _ = model.update(.streamStarted(.fixture(id, state: .thinking), conversation: World.home, prompt: turn))
            _ = model.update(.thinking(StreamID(rawValue: id), Array(thought.utf8)))
            model.text(id, "An answer.")
            _ = model.update(.stream(.fixture(id, state: .complete)))
        }
        _ = model.screen()
        _ = model.key(.tab)
        for _ in 0..<3 { model.press("[") }
        #expect(model.transcript.selected == .message(1))
        model.press("e")
        #expect(model.screen().contains("first thought"))
        #expect(!model.screen().contains("second thought"))
        model.press("[")
        model.press("e")
        #expect(model.screen().contains("Nothing to fold in what is selected"))
    }

    /// A reply that comes in between does not move the selection.
    @Test func theSelectionStaysWithItsMessage() {
        var model = Scene.reference()
        model.ask("and now?")
        _ = model.key(.tab)
        model.press("[")
        let before = text(model.press("y"))
        _ = model.update(
            .streamStarted(.fixture(9, World.gpt), conversation: World.home, prompt: TurnID(rawValue: 1)))
        _ = model.screen()
        #expect(text(model.press("y")) == before)
        #expect(before?.text == "and now?")
    }

    @Test func aClickSelectsCodeOrTheMessage() {
        var model = reading()
        model.press("{")
        model.press("{")
        let rows = model.screen().split(separator: "\n", omittingEmptySubsequences: false)
        _ = model.key(.escape)
        func click(_ word: String) {
            let row = rows.firstIndex { $0.contains(word) } ?? 0
            let event = MouseEvent(kind: .press(button: 1), position: Position(column: 8, row: row))
            _ = model.update(.input(.mouse(event)))
        }
        click("let url")
        #expect(text(model.press("y"))?.what == "2 lines of swift")
        click("let url")
        #expect(model.transcript.selected == nil)
        click("for small files")
        #expect(text(model.press("y"))?.what == "the reply")
    }

    // MARK: Commands, files, and what became of it

    @Test func theCommandCopiesToAFile() {
        var model = Reading.model()
        func run(_ line: String) -> [Command] {
            model.type(line)
            return model.key(.enter)
        }
        let all = model.transcript.conversationToCopy
        #expect(all.what == "the conversation (4 messages)")
        #expect(run("/copy all") == [.copy(all)])
        #expect(run("/copy all > ~/my notes.md") == [.save(all, path: "~/my notes.md")])
        #expect(text(run("/copy code"))?.what == "3 lines of swift")
        guard case .save(let code, "x.swift")? = run("/copy code >x.swift").first else {
            Issue.record("no file")
            return
        }
        #expect(code.text.hasPrefix("for try await"))
        #expect(run("/copy >").isEmpty)
        #expect(model.screen().contains("the file's name is missing"))
        #expect(model.editor.text == "/copy >")
        model.control("u")
        #expect(run("/copy nothing").isEmpty)
        #expect(model.screen().contains("/copy takes code or all"))
    }

    @Test func thePaletteLeadsToAFile() {
        var model = Reading.model()
        model.control("p")
        model.type("write the conv")
        _ = model.key(.enter)
        #expect(model.editor.text == "/copy all > ")
        model.type("a.md")
        #expect(model.key(.enter) == [.save(model.transcript.conversationToCopy, path: "a.md")])
    }

    @Test func itIsSaidHowItWasCopiedAndHowSure() {
        let text = CopyText(String(repeating: "x", count: 1234), what: "the reply")
        let words: [(CopyOutcome, String)] = [
            (.multiplexer("tmux"), "Copied the reply, 1.2 kB, to tmux's buffer and the clipboard"),
            (.sent(through: nil), "Sent the reply, 1.2 kB, to the terminal's clipboard (OSC 52)"),
            (.sent(through: "screen"), "which screen passes on if it is set to"),
            (.tooLong(limit: 74_994), "terminals take 75.0 kB"), (.unsupported, "no clipboard for programs"),
            (.saved(path: "/tmp/a\u{1B}[2Jb"), "Wrote the reply, 1.2 kB, to /tmp/a"),
            (.failed("it is there"), "it is there"),
        ]
        for (outcome, expected) in words {
            var model = Reading.model(Size(columns: 140, rows: 40))
            _ = model.update(.copied(text, outcome))
            #expect(model.toasts.last?.text.contains(expected) == true, "\(model.toasts)")
            #expect(!model.screen().contains("\u{1B}"))
        }
    }

    @Test func withNothingThereTheKeysSayWhy() {
        var model = World.model()
        _ = model.key(.tab)
        for key in ["y", "Y", "c", "[", "]", "{", "}", "n", "N", "/", "h"] as [Character] {
            model.toasts = []
            #expect(model.press(key).isEmpty)
            #expect(!model.toasts.isEmpty, "\(key)")
        }
    }
}
