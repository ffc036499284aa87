import Providers
import Screen
import StreamEngine
import Testing

@testable import Dashboard

/// Steering streams from the keyboard.
struct StreamKeyTests {
    private let first = StreamID(rawValue: 1)
    private let second = StreamID(rawValue: 2)

    /// Two streams, the second (newer) selected.
    private func two(_ one: StreamState = .streaming, _ other: StreamState = .streaming) -> Model {
        var model = World.model()
        for (id, state) in [(1, one), (2, other)] {
            guard let turn = model.ask("prompt \(id)") else { continue }
            var snapshot = StreamSnapshot.fixture(id, state: state)
            if state == .backingOff {
                snapshot.controls = [.cancel, .retry, .retryNow, .waitLonger, .giveUp, .switchModel]
                snapshot.backoff = Backoff(
                    reason: Scene.reset, source: .schedule, exponential: .seconds(1), jitter: .zero,
                    startedAt: World.at(0), deadline: World.at(1))
            } else if state.isTerminal {
                snapshot.controls = state == .complete ? [] : [.retry, .switchModel]
                snapshot.endedAt = World.at(0)
            }
            _ = model.update(.streamStarted(snapshot, conversation: World.home, prompt: turn))
        }
        return model
    }

    @Test func escCancelsTheSelectedOneAlone() {
        var model = two()
        #expect(model.key(.escape) == [.cancel(second)])
        _ = model.key(.character("2"), .alt)
        #expect(model.selected == first)
        #expect(model.key(.escape) == [.cancel(first)])
    }

    @Test func escSaysWhyItDoesNothing() {
        var model = World.model()
        #expect(model.key(.escape) == [])
        #expect(model.toasts.last?.text.contains("no stream yet") == true)
        model = two(.streaming, .complete)
        #expect(model.key(.escape) == [])
        #expect(
            model.toasts.last?.text
                == "Stream 1 (opus-4-5) has ended (complete): nothing to cancel; Alt-2 selects one that runs")
    }

    @Test func controlCIsALadder() {
        var model = two(.streaming, .complete)
        model.type("draft")
        // What runs, though it is not selected.
        #expect(model.control("c") == [.cancel(first)])
        _ = model.update(
            .stream(
                StreamSnapshot.fixture(1, state: .cancelled).with {
                    $0.controls = [.retry]
                    $0.endedAt = World.at(0)
                }))
        #expect(model.control("c") == [])
        #expect(model.editor.isEmpty)
        _ = model.control("_")
        #expect(model.editor.text == "draft")
        _ = model.control("c")
        #expect(model.control("c") == [])
        #expect(model.quitArmedUntil == World.at(2))
        // Two seconds later it begins anew.
        _ = model.at(2.1)
        #expect(model.quitArmedUntil == nil)
        #expect(model.control("c") == [])
        #expect(model.control("c").last == .quit)
    }

    @Test func anotherKeyDisarms() {
        var model = World.model()
        _ = model.control("c")
        model.type("x")
        #expect(model.quitArmedUntil == nil)
    }

    @Test func controlDQuitsOnAnEmptyPromptAndAsksWhileStreamsRun() {
        var model = World.model()
        #expect(model.control("d") == [.quit])
        model.type("ab")
        _ = model.control("a")
        #expect(model.control("d") == [])
        #expect(model.editor.text == "b")
        model = two()
        #expect(model.control("d") == [])
        #expect(model.toasts.last?.text.contains("2 streams still run") == true)
        #expect(model.control("d") == [.quit])
    }

    @Test func theBackoffIsUnderTheHand() {
        var model = two(.complete, .backingOff)
        _ = model.key(.tab)
        _ = model.key(.tab)
        #expect(model.focus == .streams)
        #expect(model.press("n") == [.retryNow(second)])
        #expect(model.press("+") == [.waitLonger(second, .seconds(10))])
        #expect(model.press("g") == [.giveUp(second)])
        #expect(model.press("c") == [.cancel(second)])
        #expect(model.press("r") == [.retryNow(second)])
        _ = model.press("m")
        model.type("gpt")
        #expect(model.key(.enter) == [.switchModel(second, World.gpt)])
        let footer = Footer.entries(for: model).map { $0.key + " " + $0.text }
        #expect(
            footer.prefix(4) == ["n retry now", "+ wait 10 s", "g give up", "Esc cancel"]
                || footer.contains("n retry now"))
    }

    @Test func keysThatCanDoNothingSayWhy() {
        var model = two(.complete, .streaming)
        _ = model.key(.tab)
        _ = model.key(.tab)
        for letter in ["n", "+", "g"] as [Character] {
            #expect(model.press(letter) == [])
            #expect(model.toasts.last?.text == "Stream 1 (opus-4-5) is not waiting to retry: it is streaming")
        }
        _ = model.press("9")
        #expect(model.toasts.last?.text == "There is no stream 9")
        _ = model.press("2")
        #expect(model.press("c") == [])
        #expect(model.toasts.last?.text.contains("has ended") == true)
        // Another model may answer the same prompt.
        #expect(model.press("m") == [])
        #expect(model.overlay != nil)
    }

    @Test func controlRRetriesWhatBrokeAndAsksAgainWhatIsComplete() {
        var model = two(.complete, .failed)
        #expect(model.control("r") == [.retry(second)])
        _ = model.key(.character("2"), .alt)
        let commands = model.control("r")
        guard case .send(World.home, TurnID(rawValue: 1), "prompt 1", [], [World.opus])? = commands.last else {
            Issue.record("\(commands)")
            return
        }
        // The sibling stands beside the first reply, above the second prompt.
        _ = model.update(
            .streamStarted(.fixture(3), conversation: World.home, prompt: TurnID(rawValue: 1)))
        #expect(model.selected == StreamID(rawValue: 3))
        #expect(model.transcript.items.map(\.turn.rawValue) == [1, 1, 1, 2, 2])
        model.text(2, "second")
        model.text(3, "third")
        #expect(model.transcript.reply(of: StreamID(rawValue: 2))?.text == "second")
        #expect(model.transcript.reply(of: StreamID(rawValue: 3))?.text == "third")
    }

    @Test func copying() {
        var model = two(.streaming, .complete)
        _ = model.key(.tab)
        #expect(model.press("y") == [])
        model.text(1, "first reply")
        #expect(model.press("y") == [.copy(CopyText("first reply", what: "the reply"))])
        model.text(2, "second **reply**")
        #expect(model.press("y") == [.copy(CopyText("second **reply**", what: "the reply"))])
    }

    @Test func failuresAreToldAndKept() {
        var model = two(.complete, .streaming)
        let failure = StreamFailure(
            kind: .status(529), message: "overloaded \u{1B}]52;c;x\u{07}", isRetryable: true, hint: "try later")
        _ = model.update(
            .stream(
                StreamSnapshot.fixture(2, state: .failed).with {
                    $0.failure = failure
                    $0.endedAt = World.at(0)
                }))
        #expect(model.toasts.count == 1)
        #expect(!model.screen().contains("\u{1B}"))
        // It goes by itself, the notice stays.
        let end = model.nextChange(after: World.now())
        #expect(end == World.at(9))
        _ = model.at(9)
        #expect(model.toasts.isEmpty)
        #expect(model.notices.count == 1)
        model.type("/notices")
        _ = model.key(.enter)
        #expect(model.screen().contains("try later"))
    }

    @Test func enterOnTheTableShowsTheReply() {
        var model = two()
        for id in [1, 2] { model.text(id, (1...80).map { "line \($0) of \(id)\n\n" }.joined()) }
        _ = model.screen()
        _ = model.key(.tab)
        _ = model.key(.tab)
        _ = model.press("2")
        _ = model.key(.enter)
        #expect(model.focus == .transcript)
        #expect(model.screen().contains("line 1 of 1"))
        #expect(!model.screen().contains("line 80 of 2"))
    }

    @Test func aStreamElsewhereIsReachedFromTheTable() {
        var model = two()
        _ = model.key(.function(4))
        #expect(model.current != World.home)
        _ = model.key(.tab)
        _ = model.key(.tab)
        _ = model.key(.enter)
        #expect(model.current == World.home)
    }
}
