import Providers
import Screen
import StreamEngine
import Testing

@testable import Dashboard

struct AttachTests {
    static let png: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 3, 0x20, 0, 0, 2, 0x58, 8, 2, 0, 0, 0]
    let cat = Providers.Attachment(name: "ca\u{1B}[31mt.png", content: .image(.png, png))

    /// What Enter asks for.
    private func outgoing(_ model: inout Model) throws -> OutgoingPrompt {
        let commands = model.update(.input(.key(.enter, [])))
        guard case .check(let prompt)? = commands.first, commands.count == 1 else {
            throw Failure(description: "\(commands)")
        }
        return prompt
    }

    private func made(_ id: Int, _ state: StreamState) -> StreamSnapshot {
        StreamSnapshot.fixture(id).with { snapshot in
            snapshot.state = state
            // Asking again is what retrying a complete one is.
            if state == .complete { snapshot.controls = [] }
        }
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    @Test func aPromptIsLookedAtBeforeItGoes() throws {
        var model = World.model()
        model.type("What is @cat.png?")
        let prompt = try outgoing(&model)
        #expect(prompt.text == "What is @cat.png?")
        #expect(prompt.mentions.map(\.paths) == [["cat.png?", "cat.png"]])
        #expect(model.editor.expanded == "What is @cat.png?", "a refusal leaves it where it is")
        #expect(model.transcript.isEmpty)
        let message = ChatMessage(role: .user, text: prompt.text, attachments: [cat])
        let commands = model.update(.checked(prompt, [message]))
        #expect(
            commands.last
                == .send(
                    World.home, turn: TurnID(rawValue: 1), prompt: SentPrompt(prompt.text, attachments: [cat]),
                    history: [], models: [World.opus]))
        #expect(model.editor.isEmpty)
    }

    @Test func theTranscriptShowsWhatItWasAndNoControlCharacter() throws {
        var model = World.model()
        model.type("What is it?")
        let prompt = try outgoing(&model)
        let file = Providers.Attachment(name: "notes.md", content: .text(String(repeating: "x", count: 2000)))
        _ = model.update(
            .checked(prompt, [ChatMessage(role: .user, text: prompt.text, attachments: [cat, file])]))
        let screen = model.screen()
        #expect(screen.contains("image/png · 800 × 600 · 29 B"), "\(screen)")
        #expect(screen.contains("▤ notes.md · text/plain · 2.0 kB") || screen.contains("notes.md · text/plain"))
        #expect(!screen.unicodeScalars.contains("\u{1B}"))
        #expect(!screen.contains("xxxx"))
    }

    @Test func filesGoAlongWithLaterPromptsAndWithAnotherReply() throws {
        var model = World.model()
        model.type("one")
        let first = try outgoing(&model)
        _ = model.update(.checked(first, [ChatMessage(role: .user, text: "one", attachments: [cat])]))
        _ = model.update(
            .streamStarted(made(1, .streaming), conversation: World.home, prompt: TurnID(rawValue: 1)))
        model.text(1, "eins")
        _ = model.update(.stream(made(1, .complete)))
        model.type("two")
        #expect(try outgoing(&model).history.first?.attachments == [cat])
        _ = model.control("u")
        guard case .send(_, _, let again, _, _)? = model.control("r").last else {
            Issue.record("not asked again")
            return
        }
        #expect(again.attachments == [cat])
    }

    @Test func aStoredConversationHasThemToo() {
        var model = World.model()
        var turn = StoredTurn(role: .user, text: "one", wall: WallTime(secondsSince1970: World.wall))
        turn.attachments = [cat]
        let reply = StoredTurn(role: .assistant, text: "eins", wall: WallTime(secondsSince1970: World.wall))
        _ = model.update(.conversationLoaded(World.home, title: "t", turns: [turn, reply], draft: ""))
        #expect(model.transcript.history().first?.attachments == [cat])
        #expect(model.screen().contains("800 × 600"))
    }

    @Test func aFoldedPasteNamesNoFiles() throws {
        var model = World.model()
        model.type("see @a.txt ")
        _ = model.update(.input(.paste(String(repeating: "@/etc/passwd\n", count: 400))))
        #expect(try outgoing(&model).mentions.map(\.paths) == [["a.txt"]])
    }

    @Test func tabCompletesAPath() {
        var model = World.model()
        model.type("look at @src/m")
        #expect(model.update(.input(.key(.tab, []))) == [.listFiles("src/m")])
        _ = model.update(.files("src/m", [FileEntry(name: "main.swift", isFolder: false)]))
        #expect(model.editor.text == "look at @src/main.swift ")
        model.type("and @")
        #expect(model.update(.input(.key(.tab, []))) == [.listFiles("")])
        _ = model.update(
            .files("", [FileEntry(name: "my dir", isFolder: true), FileEntry(name: "b", isFolder: false)]))
        #expect(model.screen().contains("my dir/"))
        #expect(model.update(.input(.key(.tab, []))) == [])
        #expect(model.editor.text == "look at @src/main.swift and @\"my dir/")
        #expect(model.update(.input(.key(.tab, []))) == [.listFiles("my dir/")])
        _ = model.update(.files("my dir/", [FileEntry(name: "x y", isFolder: false)]))
        #expect(model.editor.text == "look at @src/main.swift and @\"my dir/x y\" ")
        // Elsewhere Tab is what it was.
        #expect(model.update(.input(.key(.tab, []))) == [])
        #expect(model.focus == .transcript)
    }

    @Test func anAnswerThatComesTooLateChangesNothing() {
        var model = World.model()
        model.type("@a b")
        _ = model.update(.files("a", [FileEntry(name: "abc", isFolder: false)]))
        #expect(model.editor.text == "@a b")
    }

    // MARK: In parts

    private func parts(_ model: inout Model, _ count: Int) throws -> [Command] {
        model.type("/chunk long")
        model.completion = nil
        let prompt = try outgoing(&model)
        #expect(prompt.mayBeCut && prompt.text == "long")
        return model.update(
            .checked(prompt, (1...count).map { ChatMessage(role: .user, text: "part \($0)") }))
    }

    private func sent(_ commands: [Command]) -> (turn: TurnID, prompt: SentPrompt, history: [ChatMessage])? {
        guard case .send(_, let turn, let prompt, let history, _)? = commands.last else { return nil }
        return (turn, prompt, history)
    }

    @Test func partsGoOutOneAfterTheOther() throws {
        var model = World.model()
        var next = sent(try parts(&model, 3))
        for number in 1...3 {
            let part = try #require(next)
            #expect(part.prompt.text == "part \(number)")
            #expect(part.prompt.brief?.contains("part \(number) of 3") == true)
            #expect(part.history.isEmpty)
            _ = model.update(.streamStarted(made(number, .streaming), conversation: World.home, prompt: part.turn))
            model.text(number, "answer \(number)")
            next = sent(model.update(.stream(made(number, .complete))))
        }
        #expect(next == nil)
        #expect(model.conversation.parts == nil)
        // What goes on with the conversation says where the parts stood, and has the answers.
        model.type("merge them")
        let history = try outgoing(&model).history
        #expect(history.map(\.text).filter { $0.hasPrefix("answer") } == ["answer 1", "answer 2", "answer 3"])
        #expect(history.first?.text.contains("left out") == true)
    }

    @Test func aPartThatFailsHoldsTheOthersUntilItIsTakenUpAgain() throws {
        var model = World.model()
        let first = try #require(sent(try parts(&model, 2)))
        _ = model.update(.streamStarted(made(1, .streaming), conversation: World.home, prompt: first.turn))
        #expect(sent(model.update(.stream(made(1, .cancelled)))) == nil)
        #expect(model.notices.contains { $0.text.contains("part 1 of 2") })
        _ = model.update(.stream(made(1, .streaming)))
        #expect(sent(model.update(.stream(made(1, .complete))))?.prompt.text == "part 2")
    }

    @Test func anotherPromptEndsIt() throws {
        var model = World.model()
        let first = try #require(sent(try parts(&model, 3)))
        _ = model.update(.streamStarted(made(1, .streaming), conversation: World.home, prompt: first.turn))
        _ = model.ask("something else")
        #expect(model.notices.contains { $0.text.contains("2 parts of the prompt before will not be sent") })
        #expect(sent(model.update(.stream(made(1, .complete)))) == nil)
    }
}
