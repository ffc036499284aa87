import Pricing
import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// The stream table sorts and marks; the display can be held; conversations are tabs.
struct TableTests {
    private func ids(_ model: Model) -> [Int] { model.streams.entries.map(\.id.rawValue) }

    /// Four streams of four prompts: streaming (fast), backing off, complete (dear), streaming (slow).
    private func four() -> Model {
        var model = World.model()
        for (id, state, ref) in [
            (1, StreamState.streaming, World.opus), (2, .backingOff, World.gpt), (3, .complete, World.deepseek),
            (4, .streaming, World.gpt),
        ] {
            guard let turn = model.ask("prompt \(id)") else { continue }
            var snapshot = StreamSnapshot.fixture(id, ref, state: state)
            snapshot.tokensPerSecond = id == 1 ? 90 : id == 4 ? 12 : nil
            snapshot.cost = .estimated(Money(picos: id == 3 ? 9_000_000_000 : Int64(id) * 1_000_000_000))
            if state == .backingOff {
                snapshot.controls = [.cancel, .retry, .retryNow, .waitLonger, .giveUp, .switchModel]
                snapshot.backoff = Backoff(
                    reason: Scene.reset, source: .schedule, exponential: .seconds(1), jitter: .zero,
                    startedAt: World.at(0), deadline: World.at(30))
            } else if state == .complete {
                snapshot.controls = []
                snapshot.endedAt = World.at(-1)
            }
            _ = model.update(.streamStarted(snapshot, conversation: World.home, prompt: turn))
        }
        _ = model.key(.tab)
        _ = model.key(.tab)
        model.toasts = []
        return model
    }

    // MARK: Order

    @Test func aCompleteOneSaysAllThatItCost() {
        let snapshot = StreamSnapshot.fixture(1, state: .complete).with {
            $0.cost = .estimated(Money(picos: 2_000_000_000))
            $0.lostCost = .estimated(Money(picos: 1_000_000_000))
        }
        let figure = StreamTable.figure(snapshot, now: World.at(0), coarse: false)
        #expect(figure.map(\.text) == [(snapshot.cost + snapshot.lostCost).description])
        #expect(figure.map(\.text) != [snapshot.cost.description])
    }

    @Test func theOrdersFollowEachOther() {
        var model = four()
        #expect(ids(model) == [4, 3, 2, 1])
        var orders: [StreamSorting: [Int]] = [:]
        for _ in StreamSorting.allCases {
            _ = model.press("o")
            orders[model.streams.sorting] = ids(model)
        }
        #expect(
            orders == [
                .state: [4, 1, 2, 3], .rate: [1, 4, 3, 2], .cost: [3, 4, 2, 1], .model: [3, 4, 2, 1],
                .newest: [4, 3, 2, 1],
            ])
    }

    @Test func rowsMoveOnlyWhenAStateChanges() {
        var model = four()
        _ = model.press("o")
        _ = model.press("o")
        #expect(ids(model) == [1, 4, 3, 2])
        let selected = model.selected
        var snapshot = StreamSnapshot.fixture(4, World.gpt, state: .streaming)
        snapshot.tokensPerSecond = 500
        _ = model.update(.stream(snapshot))
        #expect(ids(model) == [1, 4, 3, 2])
        _ = model.update(.stream(snapshot.with { $0.state = .stalled }))
        #expect(ids(model) == [4, 1, 3, 2])
        #expect(model.selected == selected)
        // The digits are the table's.
        _ = model.press("1")
        #expect(model.selected == StreamID(rawValue: 4))
        #expect(model.screen().contains("Streams · by rate"))
    }

    // MARK: Marks

    @Test func anActionIsForAllThatAreMarked() {
        var model = four()
        _ = model.press("*")
        #expect(model.marks.count == 4)
        #expect(model.press("c") == [4, 2, 1].map { .cancel(StreamID(rawValue: $0)) })
        #expect(model.toasts.last?.text == "Cancel: 3 streams, 1 could not")
        #expect(model.press("n") == [.retryNow(StreamID(rawValue: 2))])
        #expect(model.press("+") == [.waitLonger(StreamID(rawValue: 2), .seconds(10))])
        _ = model.press("*")
        #expect(model.marks.isEmpty)
        // One by one; the selection goes on.
        _ = model.press("1")
        _ = model.press(" ")
        #expect(model.marks == [StreamID(rawValue: 4)] && model.selected == StreamID(rawValue: 3))
        _ = model.press(" ")
        #expect(model.press("n") == [])
        #expect(model.toasts.last?.text == "None of the 2 marked streams can do that now")
        // Esc is the selected one's still, and so are all keys elsewhere.
        #expect(model.selected == StreamID(rawValue: 2))
        #expect(model.key(.escape) == [.cancel(StreamID(rawValue: 2))])
        model.focus = .transcript
        #expect(model.control("r") == [.retryNow(StreamID(rawValue: 2))])
    }

    @Test func markedCompleteOnesAreAskedAgainEach() {
        var model = four()
        _ = model.press("2")
        _ = model.press(" ")
        guard case .send(_, TurnID(rawValue: 3), _, _, [World.deepseek])? = model.press("r").last else {
            Issue.record("not asked again")
            return
        }
    }

    @Test func theScreens() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = four()
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            _ = model.press("o")
            _ = model.press("1")
            _ = model.press(" ")
            _ = model.press(" ")
            model.toasts = []
            try expectSnapshot(model.screen(), named: "table-marked-\(columns)x\(rows)")
        }
    }

    // MARK: Holding the display

    @Test func theHeldDisplayStandsStill() throws {
        var model = Scene.state(.streaming)
        _ = model.key(.tab)
        model.text(1, "\n\nBefore.")
        _ = model.screen()
        _ = model.press("f")
        model.toasts = []
        // Below the header, which says that it is held.
        func body() -> String { String(model.screen().drop { $0 != "\n" }) }
        #expect(model.screen().contains("held still"))
        let held = body()
        model.text(1, "\n\nAfter.")
        var snapshot = StreamSnapshot.fixture(1, state: .streaming)
        snapshot.tokensPerSecond = 7777
        _ = model.update(.stream(snapshot))
        #expect(body() == held)
        // What is typed is seen, and what is done is done.
        _ = model.key(.tab, .shift)
        #expect(model.focus == .input)
        _ = model.control("x")
        _ = model.press("f")
        #expect(model.screen().contains("After."))
        model.type("words")
        _ = model.control("x")
        _ = model.press("f")
        _ = model.screen()
        model.text(1, "\n\nLater.")
        model.type(" more")
        #expect(model.screen().contains("> words more"))
        #expect(!model.screen().contains("Later."))
        #expect(model.key(.escape) == [.cancel(StreamID(rawValue: 1))])
        #expect(model.held != nil)
        // Whoever scrolls wants to see what is there.
        _ = model.key(.pageUp)
        #expect(model.held == nil)
        #expect(model.screen().contains("Later."))
    }

    @Test func anotherSizeIsDrawnAnew() {
        var model = Scene.state(.streaming)
        _ = model.screen()
        _ = model.control("x")
        _ = model.press("f")
        for (columns, rows) in [(80, 24), (40, 10), (20, 4), (1, 1), (200, 60), (140, 40)] {
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            _ = model.screen()
            #expect(model.screen().contains("opus") || columns < 40)
        }
    }

    // MARK: Tabs

    private func three() -> Model {
        var model = World.model()
        for (number, text) in ["Quantum computing", "Rivers of Europe", "How to bake bread"].enumerated() {
            if number > 0 { _ = model.newConversation() }
            guard let turn = model.ask(text) else { continue }
            var snapshot = StreamSnapshot.fixture(number + 1, state: number == 1 ? .streaming : .complete)
            if number != 1 {
                snapshot.endedAt = World.at(0)
                snapshot.controls = []
            }
            _ = model.update(.streamStarted(snapshot, conversation: model.current, prompt: turn))
        }
        model.toasts = []
        return model
    }

    @Test func tabsAreSeenAndSwitched() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = three()
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            try expectSnapshot(model.screen(), named: "tabs-\(columns)x\(rows)")
        }
        var model = three()
        let last = model.current
        _ = model.key(.pageUp, .control)
        #expect(model.conversation.title == "Rivers of Europe")
        _ = model.key(.pageDown, .control)
        _ = model.key(.pageDown, .control)
        #expect(model.current == World.home)
        _ = model.control("x")
        _ = model.key(.left)
        #expect(model.current == last)
        // With the mouse.
        let screen = model.screen().split(separator: "\n", omittingEmptySubsequences: false)
        let row = try #require(screen.firstIndex { $0.contains("1 Quantum") })
        let place = try #require(screen[row].range(of: "1 Quantum"))
        let column = screen[row].distance(from: screen[row].startIndex, to: place.lowerBound)
        _ = model.update(
            .input(.mouse(MouseEvent(kind: .press(button: 1), position: Position(column: column, row: row)))))
        #expect(model.current == World.home)
    }

    @Test func aClosedTabIsOpenedAgain() {
        var model = three()
        model.type("draft")
        _ = model.control("x")
        let closed = model.current
        #expect(model.press("w") == [.saveDraft(closed, "draft")])
        #expect(model.tabs.count == 2 && model.conversation.title == "Rivers of Europe")
        // What runs in it goes on.
        model.type("/close")
        #expect(model.key(.enter).isEmpty)
        #expect(model.tabs.count == 1 && model.streams.live == 1)
        _ = model.key(.function(5))
        model.type("bread")
        _ = model.key(.enter)
        #expect(model.current == closed && model.tabs.count == 2)
        #expect(model.editor.text == "draft")
        var alone = World.model()
        _ = alone.control("x")
        #expect(alone.press("w") == [])
        #expect(alone.toasts.last?.text.contains("only tab") == true)
    }

    @Test func manyTabsFitWithThePresentOneAmongThem() {
        var model = World.model()
        for number in 1...30 {
            _ = model.ask("conversation \(number) with a title of some length")
            _ = model.newConversation()
            _ = model.update(.clock(World.now(Double(number))))
        }
        for columns in [50, 80, 140, 300] {
            _ = model.update(.resized(Size(columns: columns, rows: 20)))
            for id in model.tabs {
                model.show(id)
                let tabs = Tabs.tabs(model, in: model.layout().transcript)
                #expect(tabs.contains { $0.conversation == id })
                #expect((tabs.last?.columns.upperBound ?? 0) < model.layout().transcript.endColumn)
            }
            _ = model.screen()
        }
    }
}
