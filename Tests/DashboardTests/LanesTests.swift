import Providers
import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// One prompt to several models, side by side; one reply is kept; a prompt is edited and sent in its place.
struct LanesTests {
    private static let refs = [World.opus, World.gpt, World.deepseek]

    private func fanOut() -> Model {
        var model = World.model()
        model.type("/ask opus-4-5,gpt-4.1,deepseek-chat Name three rivers.")
        _ = model.key(.enter)
        for (index, ref) in Self.refs.enumerated() {
            let id = index + 1
            let began = -4 + Double(index) * 0.02
            _ = model.update(
                .streamStarted(
                    .fixture(id, ref, state: .connecting, began: began), conversation: World.home,
                    prompt: TurnID(rawValue: 1)))
            model.text(id, ["Rhine, Elbe,\nDanube.", "1. Nile\n2. Amazon\n3. Congo", "Seine"][index])
            var running = StreamSnapshot.fixture(id, ref, state: index == 0 ? .complete : .streaming, began: began)
            Scene.fill(&running)
            running.attempts[0].phases.firstToken = .milliseconds([412, 900, 2100][index])
            running.attempts[0].firstTokenAt = World.at(began + [0.412, 0.9, 2.1][index])
            if index == 0 {
                running.endedAt = World.at(-1)
                running.attempts[0].endedAt = World.at(-1)
                running.attempts[0].outcome = .completed(.endTurn)
                running.verdict = .complete
                running.controls = []
            }
            _ = model.update(.stream(running))
        }
        model.toasts = []
        return model
    }

    @Test func theScreens() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = fanOut()
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            _ = model.control("x")
            _ = model.press("l")
            try expectSnapshot(model.screen(), named: "lanes-\(columns)x\(rows)")
            _ = model.key(.right)
            _ = model.key(.enter)
            model.toasts = []
            try expectSnapshot(model.screen(), named: "lanes-kept-\(columns)x\(rows)")
        }
    }

    @Test func longRepliesAreReadFromTheirBeginning() {
        var model = fanOut()
        model.text(2, (1...80).map { "\n\nParagraph \($0) of gpt." }.joined())
        model.text(3, (1...50).map { "\n\nParagraph \($0) of deepseek." }.joined())
        _ = model.update(.resized(Size(columns: 120, rows: 30)))
        _ = model.perform(.lanes)
        var screen = model.screen()
        #expect(screen.contains("Paragraph 80 of gpt") && screen.contains("Paragraph 50 of deepseek"))
        #expect(screen.contains("more ─╯") && screen.contains("PgUp PgDn scroll"))
        _ = model.key(.home)
        screen = model.screen()
        #expect(screen.contains("Paragraph 1 of gpt") && screen.contains("Paragraph 1 of deepseek"))
        #expect(!screen.contains("Paragraph 80 of gpt"))
        // What comes does not move what is read.
        model.text(2, "\n\nParagraph 81 of gpt.")
        #expect(model.screen().contains("Paragraph 1 of gpt"))
        _ = model.key(.pageDown)
        screen = model.screen()
        #expect(!screen.contains("Paragraph 1 of gpt") && screen.contains("↑"))
        // The shorter one stays at its end.
        for _ in 0..<20 { _ = model.key(.pageDown) }
        #expect(model.laneScroll.top == nil)
        model.text(2, "\n\nParagraph 82 of gpt.")
        #expect(model.screen().contains("Paragraph 82 of gpt"))
        _ = model.key(.pageUp)
        #expect(model.laneScroll.top != nil)
        _ = model.key(.end)
        #expect(model.screen().contains("Paragraph 82 of gpt"))
    }

    @Test func theHelpOverTheLanesGoesBackToThem() {
        var model = fanOut()
        _ = model.perform(.lanes)
        _ = model.key(.function(1))
        #expect(model.overlay == .help(scroll: 0))
        _ = model.key(.escape)
        #expect(model.overlay == .lanes)
        _ = model.key(.escape)
        #expect(model.overlay == nil)
        _ = model.key(.function(1))
        _ = model.key(.escape)
        #expect(model.overlay == nil)
    }

    /// A word that a break tore apart is no damaged text: the seam says what it is.
    @Test func seamsStandInTheLanes() {
        var model = fanOut()
        let seam = Seam(
            offset: 30, attempt: 2, reason: Scene.reset, strategy: .prefill, tokensBefore: 5, trimmedBytes: 0,
            gap: .milliseconds(3_210))
        model.text(3, " and another strea")
        _ = model.update(.seam(StreamID(rawValue: 3), seam))
        model.text(3, "m that goes on.\n\n" + (1...40).map { "Paragraph \($0).\n\n" }.joined())
        _ = model.update(.resized(Size(columns: 140, rows: 30)))
        _ = model.perform(.lanes)
        #expect(!model.screen().contains("+3.2 s"))
        _ = model.key(.home)
        let rows = model.screen().split(separator: "\n").map(String.init)
        let row = rows.firstIndex { $0.contains("+3.2 s") }
        #expect(row.map { rows[$0 - 1].contains("another strea") && rows[$0 + 1].contains("m that goes on.") } == true)
        #expect(rows.contains { $0.contains("Paragraph 1.") })
        // Row by row the same as all at once.
        _ = model.update(.resized(Size(columns: 140, rows: 12)))
        var seen: Set<String> = []
        for top in 0..<60 {
            model.laneScroll.top = top
            for line in model.screen().split(separator: "\n") where line.contains("+3.2 s") {
                seen.insert(String(line.split(separator: "│").last ?? ""))
            }
        }
        #expect(seen.count == 1)
    }

    /// From the asking to the first word that was seen, which a later attempt does not change.
    @Test func theFirstWordIsThatOfTheFirstAttemptThatBroughtOne() {
        var model = fanOut()
        var snapshot = model.streams.entries.first { $0.id.rawValue == 2 }?.snapshot ?? .fixture(2, state: .streaming)
        let start = snapshot.startedAt
        var failed = snapshot.attempts[0]
        failed.phases.firstToken = nil
        var second = snapshot.attempts[0]
        second.number = 2
        second.startedAt = start + .seconds(2)
        var third = second
        third.number = 3
        third.startedAt = start + .seconds(9)
        third.phases.firstToken = .milliseconds(100)
        snapshot.attempts = [failed, second, third]
        _ = model.update(.stream(snapshot))
        _ = model.perform(.lanes)
        #expect(model.screen(140, 40).contains("first 2.9 s"))
    }

    @Test func theKeysOfTheTableHold() {
        var model = fanOut()
        model.type("/lanes")
        _ = model.key(.enter)
        #expect(model.overlay == .lanes)
        _ = model.key(.right)
        #expect(model.selected == StreamID(rawValue: 2))
        #expect(model.press("c") == [.cancel(StreamID(rawValue: 2))])
        _ = model.press("3")
        guard case .copy(let copied)? = model.press("y").first else {
            Issue.record("nothing copied")
            return
        }
        #expect(copied.text == "Seine")
        _ = model.press("z")
        #expect(model.toasts.last?.text == "z does nothing here: Esc closes the lanes")
        _ = model.update(
            .input(.mouse(MouseEvent(kind: .press(button: 1), position: Position(column: 10, row: 12)))))
        #expect(model.selected == StreamID(rawValue: 1))
        _ = model.key(.escape)
        #expect(model.overlay == nil)
        // One model has no lanes.
        model = Scene.state(.complete)
        _ = model.control("x")
        _ = model.press("l")
        #expect(model.overlay == nil && model.toasts.last?.text.contains("Only one model") == true)
    }

    @Test func theKeptReplyIsTheOneThatGoesAlong() {
        var model = fanOut()
        model.focus = .streams
        _ = model.press("2")
        let kept = model.press("K")
        #expect(
            kept == [
                .cancel(StreamID(rawValue: 3)), .keep(World.home, TurnID(rawValue: 1), StreamID(rawValue: 2)),
            ])
        for id in [2, 3] {
            _ = model.update(
                .stream(
                    .fixture(id, Self.refs[id - 1], state: id == 2 ? .complete : .cancelled).with {
                        $0.endedAt = World.at(0)
                        $0.controls = id == 2 ? [] : [.retry]
                    }))
        }
        #expect(model.transcript.history().map(\.text) == ["Name three rivers.", "1. Nile\n2. Amazon\n3. Congo"])
        #expect(model.screen().contains("gpt-4.1 · kept"))
        _ = model.press("K")
        #expect(model.toasts.last?.text.contains("kept already") == true)
        // Another one may be chosen after all.
        _ = model.press("1")
        #expect(model.press("K") == [.keep(World.home, TurnID(rawValue: 1), StreamID(rawValue: 1))])
        #expect(model.transcript.history().last?.text == "Rhine, Elbe,\nDanube.")
        #expect(!model.screen().contains("gpt-4.1 · kept"))
        let tokens = model.transcript.history().reduce(0) { $0 + TokenEstimator.estimate($1) + 4 }
        #expect(model.transcript.historyTokens() == tokens)
    }

    @Test func anotherModelAnswersBesideACompleteReply() {
        var model = Scene.state(.complete)
        model.focus = .streams
        _ = model.press("m")
        model.type("gpt")
        guard case .send(_, TurnID(rawValue: 1), _, _, [World.gpt])? = model.key(.enter).last else {
            Issue.record("not asked")
            return
        }
    }

    // MARK: Editing what was sent

    private func said(_ count: Int) -> Model {
        var model = World.model()
        for number in 1...count {
            guard let turn = model.ask("question \(number)") else { continue }
            _ = model.update(
                .streamStarted(
                    .fixture(number, state: .complete).with {
                        $0.endedAt = World.at(0)
                        $0.controls = []
                    }, conversation: World.home, prompt: turn))
            model.text(number, "answer \(number)")
        }
        model.toasts = []
        return model
    }

    @Test func anEditedPromptStandsInThePlaceOfTheOld() throws {
        var model = said(3)
        // The second one's stream.
        _ = model.key(.character("2"), .alt)
        _ = model.control("x")
        _ = model.press("E")
        #expect(model.editor.text == "question 2")
        #expect(model.screen().contains("in the place of 14:02; Ctrl-X d leaves it"))
        model.type(", but better")
        let commands = model.key(.enter)
        #expect(commands.contains(.replace(World.home, [TurnID(rawValue: 2), TurnID(rawValue: 3)])))
        guard case .send(_, TurnID(rawValue: 4), let prompt, let history, _)? = commands.last else {
            Issue.record("\(commands)")
            return
        }
        #expect(prompt.text == "question 2, but better")
        #expect(history.map(\.text) == ["question 1", "answer 1"])
        // Nothing is erased.
        let screen = model.screen()
        #expect(screen.contains("answer 3") && screen.contains("replaced by a later prompt"))
        _ = model.update(
            .streamStarted(
                .fixture(4, state: .complete).with { $0.endedAt = World.at(0) }, conversation: World.home,
                prompt: TurnID(rawValue: 4)))
        model.text(4, "answer 4")
        #expect(
            model.transcript.history().map(\.text) == ["question 1", "answer 1", "question 2, but better", "answer 4"])
        #expect(
            model.transcript.historyTokens()
                == model.transcript.history().reduce(0) { $0 + TokenEstimator.estimate($1) + 4 })
    }

    @Test func anEmptiedPromptIsANewOne() {
        var model = said(2)
        model.type("/edit")
        _ = model.key(.enter)
        #expect(model.editor.text == "question 2")
        _ = model.control("u")
        model.type("something else")
        guard case .send(_, _, _, let history, _)? = model.key(.enter).last else {
            Issue.record("not sent")
            return
        }
        #expect(history.count == 4)
    }

    @Test func whatWasChosenComesBackFromTheStore() {
        var model = World.model()
        let wall = WallTime(secondsSince1970: World.wall - 60)
        var old = StoredTurn(role: .user, text: "old", wall: wall)
        old.isReplaced = true
        var chosen = StoredTurn(role: .assistant, text: "one", verdict: .complete, wall: wall)
        chosen.isKept = true
        let commands = model.update(
            .conversationLoaded(
                World.home, title: "t",
                turns: [
                    old, StoredTurn(role: .assistant, text: "gone", verdict: .complete, wall: wall),
                    StoredTurn(role: .user, text: "new", wall: wall), chosen,
                    StoredTurn(role: .assistant, text: "two", verdict: .complete, wall: wall),
                ], draft: ""))
        #expect(commands == [.promptsLoaded(World.home, [TurnID(rawValue: 1), TurnID(rawValue: 2)])])
        #expect(model.transcript.history().map(\.text) == ["new", "one"])
        #expect(model.screen().contains("replaced by a later prompt") && model.screen().contains("kept"))
        // And the stored prompt can be edited.
        model.type("/edit")
        _ = model.key(.enter)
        #expect(model.editor.text == "new")
        let sent = model.key(.enter)
        #expect(sent.contains(.replace(World.home, [TurnID(rawValue: 2)])))
    }

    @Test func aLaneShowsTheEndOfItsMarkdown() {
        var model = fanOut()
        model.text(
            2, "\n\n" + (4...100).map { "\($0). **river** `\($0)`\n" }.joined() + "\n| a | b |\n|---|---|\n| 1 | 2 |\n")
        _ = model.control("x")
        _ = model.press("l")
        let screen = model.screen(140, 40)
        #expect(screen.contains("100. river 100") && !screen.contains("**"))
        #expect(!screen.contains("|---|") && !screen.contains(" 4. river"))
        // What is hostile in the middle of a stream is so in a lane, too.
        model.text(2, "\n\nred \u{1B}[31mred\n\n")
        #expect(!model.screen(140, 40).contains("\u{1B}"))
        // The transcript below is as it was.
        _ = model.key(.escape)
        #expect(model.overlay == nil)
        #expect(model.screen(140, 40).contains("red"))
    }
}
