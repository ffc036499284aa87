import Providers
import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// F5 with a store: the conversations of earlier sessions stand below those of this one, and are opened from there.
@Suite struct ConversationListTests {
    private static let stored = [
        StoredConversation(
            id: ConversationID(rawValue: "one"), title: "Rivers of \u{1B}[31mEurope", when: "2026-11-25 14:02"),
        StoredConversation(id: ConversationID(rawValue: "two"), title: "", when: "2026-11-24 09:00"),
        // Of this session, too.
        StoredConversation(id: World.home, title: "first", when: "2026-11-25 15:00"),
    ]

    private func model() -> Model {
        var options = Options()
        options.hasStore = true
        var model = World.model(options: options)
        model.ask("first")
        return model
    }

    private func picker(_ model: Model) throws -> Picker {
        guard case .picker(let picker)? = model.overlay else {
            throw Missing()
        }
        return picker
    }

    private struct Missing: Error {}

    @Test func theStoreIsAskedAndItsConversationsFollow() throws {
        var model = model()
        #expect(model.key(.function(5)) == [.listConversations])
        // What this session has is there at once.
        #expect(try picker(model).items.map(\.title) == ["first"])
        _ = model.update(.conversationsListed(Self.stored))
        #expect(
            try picker(model).items.map { MarkedScalar.writtenOut($0.title) } == [
                "first", "Rivers of ␛[31mEurope", "Without a title",
            ])
        #expect(model.screen().contains("2026-11-25 14:02"))
        model.type("rivers")
        #expect(model.key(.enter) == [.openConversation(ConversationID(rawValue: "one"))])
        #expect(model.overlay == nil)
        #expect(model.current == World.home)
        let turns = [StoredTurn(role: .user, text: "Which is longest?", wall: World.now(0).wall)]
        _ = model.update(
            .conversationLoaded(ConversationID(rawValue: "one"), title: "Rivers of Europe", turns: turns, draft: "and"))
        #expect(model.current == ConversationID(rawValue: "one"))
        #expect(model.tabs.count == 2)
        #expect(model.editor.text == "and")
        // Now it is one of this session's.
        _ = model.key(.function(5))
        _ = model.update(.conversationsListed(Self.stored))
        #expect(try picker(model).items.map(\.title).sorted() == ["Rivers of Europe", "Without a title", "first"])
        model.type("rivers")
        #expect(model.key(.enter) == [])
    }

    @Test func aNewConversationLeavesNoTabBehindWhenAnotherIsOpened() {
        var options = Options()
        options.hasStore = true
        let one = ConversationID(rawValue: "one")
        let opened = Message.conversationLoaded(
            one, title: "Rivers", turns: [StoredTurn(role: .user, text: "Which?", wall: World.now(0).wall)], draft: "")
        var fresh = World.model(options: options)
        _ = fresh.update(opened)
        #expect(fresh.current == one && fresh.tabs.count == 1 && fresh.conversationOrder == [one])
        // With a word in it, it is one.
        var typed = World.model(options: options)
        typed.type("A question")
        _ = typed.update(opened)
        #expect(typed.current == one && typed.tabs.count == 2)
    }

    /// A reply of an earlier session has no stream that could go on: its prompt is asked anew, as it was, with the model in use.
    @Test func thePromptOfAnEarlierSessionIsAskedAnew() {
        var model = World.model()
        #expect(!model.availability(of: .retry).isAvailable)
        func turn(_ role: ChatMessage.Role, _ text: String) -> StoredTurn {
            StoredTurn(role: role, text: text, wall: World.now(0).wall)
        }
        let turns = [
            turn(.user, "Which?"), turn(.assistant, "The Danube."), turn(.user, "How long?"), turn(.assistant, "2,8"),
        ]
        _ = model.update(.conversationLoaded(World.home, title: "Rivers", turns: turns, draft: ""))
        for action in [Action.retry, .regenerate] {
            #expect(model.availability(of: action).isAvailable)
            guard case .send(let id, let turn, let prompt, let history, let models)? = model.perform(action).first
            else {
                Issue.record("nothing is asked")
                return
            }
            #expect(id == World.home && turn == TurnID(rawValue: 2) && models == [World.opus])
            #expect(prompt == SentPrompt("How long?"))
            #expect(history.map(\.text) == ["Which?", "The Danube."])
        }
    }

    /// A stream of another tab is not what the retry is for, unless the table has the focus.
    @Test func aStreamOfAnotherTabIsNotMeant() throws {
        var model = model()
        let asked = model.ask("first")
        let turn = try #require(asked)
        let complete = StreamSnapshot.fixture(1, state: .complete).with { $0.controls = [] }
        _ = model.update(.streamStarted(complete, conversation: World.home, prompt: turn))
        let other = ConversationID(rawValue: "other")
        let turns = [StoredTurn(role: .user, text: "How long?", wall: World.now(0).wall)]
        _ = model.update(.conversationLoaded(other, title: "Rivers", turns: turns, draft: ""))
        #expect(model.current == other && model.selectedEntry != nil)
        guard case .send(other, _, let prompt, _, _)? = model.perform(.retry).first else {
            Issue.record("not asked")
            return
        }
        #expect(prompt.text == "How long?")
        model.focus = .streams
        guard case .send(World.home, _, let first, _, _)? = model.perform(.retry).first else {
            Issue.record("not asked")
            return
        }
        #expect(first.text == "first")
    }

    @Test func aReplyThatAnotherSessionStillReceivesSaysSo() {
        var model = World.model()
        let turns = [
            StoredTurn(role: .user, text: "Which?", wall: World.now(0).wall),
            StoredTurn(role: .assistant, text: "The Dan", model: "m", verdict: nil, wall: World.now(0).wall),
        ]
        _ = model.update(.conversationLoaded(World.home, title: "Rivers", turns: turns, draft: ""))
        #expect(model.screen().contains("another session may receive it"))
    }

    @Test func whatWasTypedAndSelectedStaysWhenTheStoreAnswers() throws {
        var model = model()
        _ = model.key(.function(4))
        model.ask("second")
        _ = model.key(.function(5))
        _ = model.key(.up)
        #expect(try picker(model).choice?.title == "first")
        _ = model.update(.conversationsListed(Self.stored))
        #expect(try picker(model).choice?.title == "first")
        model.type("i")
        _ = model.update(.conversationsListed(Self.stored))
        #expect(try picker(model).query.text == "i")
        #expect(try picker(model).matches.count == 3)
    }

    @Test func anAnswerThatComesTooLateChangesNothing() throws {
        var model = model()
        _ = model.key(.function(5))
        _ = model.key(.escape)
        _ = model.update(.conversationsListed(Self.stored))
        #expect(model.overlay == nil)
        model.control("p")
        let actions = try picker(model).items.count
        _ = model.update(.conversationsListed(Self.stored))
        #expect(try picker(model).items.count == actions)
    }

    @Test func withoutAStoreNothingIsAsked() {
        var model = World.model()
        model.ask("first")
        #expect(model.key(.function(5)) == [])
        #expect(model.toasts.last?.text.contains("only conversation") == true)
    }

    @Test func theListOfASession() throws {
        var model = model()
        _ = model.key(.function(5))
        _ = model.update(.conversationsListed(Self.stored))
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            try expectSnapshot(model.screen(columns, rows), named: "conversations-\(columns)x\(rows)")
        }
    }
}
