import StreamEngine
import Testing

@testable import Dashboard

/// What somebody who saw the program for the first time stumbled over.
@Suite struct TrialTests {
    private func answered(_ number: Int, _ model: inout Model, _ prompt: String) throws {
        let asked = model.ask(prompt)
        let turn = try #require(asked)
        _ = model.update(.streamStarted(.fixture(number, state: .streaming), conversation: World.home, prompt: turn))
        model.text(number, (1...60).map { "\(prompt) \($0)." }.joined(separator: "\n\n"))
        _ = model.update(
            .stream(
                .fixture(number, state: .complete).with {
                    $0.verdict = .complete; $0.controls = []
                }))
    }

    /// A reply that is made anew stands with its prompt, above what was said since: there it is shown.
    @Test func whatIsAskedAnewFarAboveIsShown() throws {
        var model = World.model()
        try answered(1, &model, "First")
        try answered(2, &model, "Second")
        #expect(model.screen().contains("Second 60."))
        model.selected = StreamID(rawValue: 1)
        guard case .send(_, let turn, _, _, _)? = model.control("r").first else {
            Issue.record("nothing is asked")
            return
        }
        _ = model.update(.streamStarted(.fixture(3, state: .streaming), conversation: World.home, prompt: turn))
        model.text(3, "Another first answer")
        #expect(model.screen().contains("Another first answer"))
        #expect(model.selected == StreamID(rawValue: 3))
    }

    /// The last prompt's stays where one reads: at the end.
    @Test func whatIsAskedAnewAtTheEndIsFollowed() throws {
        var model = World.model()
        try answered(1, &model, "First")
        _ = model.control("r")
        _ = model.update(
            .streamStarted(.fixture(2, state: .streaming), conversation: World.home, prompt: TurnID(rawValue: 1)))
        model.text(2, "Another first answer")
        #expect(model.transcript.follows)
        #expect(model.screen().contains("Another first answer"))
    }

    /// Of what is marked, as many as it can be done to.
    @Test func theFooterCountsWhatCanBeDone() throws {
        var model = World.model()
        try answered(1, &model, "First")
        let asked = model.ask("Second")
        let turn = try #require(asked)
        _ = model.update(.streamStarted(.fixture(2, state: .streaming), conversation: World.home, prompt: turn))
        model.focus = .streams
        _ = model.press("*")
        #expect(model.marks.count == 2)
        #expect(model.screen().contains("c cancel 1"))
    }

    @Test func aFaultWhileOneWaitsDoesNotSayThatNothingRuns() throws {
        var options = Options()
        options.isDemo = true
        var model = World.model(options: options)
        let asked = model.ask("First")
        let turn = try #require(asked)
        _ = model.update(.streamStarted(.fixture(1, state: .backingOff), conversation: World.home, prompt: turn))
        _ = model.perform(.faultReset)
        #expect(model.toasts.last?.text == "No stream has a connection now: the next attempt will")
    }

    /// Held back, nothing was sent: the time is a wait's, and there is no attempt to number.
    @Test func whatIsHeldBackWasNotSent() throws {
        var snapshot = StreamSnapshot.fixture(1, state: .backingOff, began: -5)
        snapshot.attempts = []
        snapshot.attemptInRun = 0
        snapshot.backoff = Backoff(
            reason: Scene.reset, source: .holdBack, startedAt: World.at(-5), deadline: World.at(5))
        let line = Timeline.line(snapshot, now: World.at(0), columns: 20, glyphs: Glyphs(ascii: false))
        #expect(!line.map(\.text).joined().contains("╌"))
        var model = World.model()
        let asked = model.ask("First")
        _ = model.update(.streamStarted(snapshot, conversation: World.home, prompt: try #require(asked)))
        #expect(model.screen().contains("not sent yet"))
        #expect(!model.screen().contains("attempt 0"))
    }

    @Test func aQuestionOfOnesOwnEndsTheTourAndSaysSo() {
        var options = Options()
        options.isDemo = true
        var model = World.model(options: options)
        _ = model.update(.beginTour)
        model.ask("My own question")
        #expect(model.tour == nil)
        #expect(model.toasts.contains { $0.text == "The tour is over: F8 plays it again" })
    }

    /// What is typed in full is meant, whatever else begins so.
    @Test func aNameTypedInFullIsTaken() {
        var model = World.model()
        _ = model.update(.themesChanged(["colorblind-light", "colorblind", "dark"]))
        model.type("/theme colorblind")
        #expect(model.completion?.items.map(\.title) == ["colorblind", "colorblind-light"])
        #expect(model.key(.enter) == [.setTheme("colorblind")])
        model.type("/theme dark")
        #expect(model.completion == nil)
        model.control("u")
    }

    @Test func aModelNamedInFullIsTaken() {
        let other = ModelRef(provider: "elsewhere", model: World.gpt.model)
        for name in [World.gpt.model, "\(World.gpt.provider)/\(World.gpt.model)", World.gpt.model.uppercased()] {
            var model = World.model()
            model.models.insert(
                ModelChoice(ModelRef(provider: World.gpt.provider, model: World.gpt.model + "-mini")), at: 0)
            model.type("/model " + name)
            _ = model.key(.enter)
            #expect(model.currentModel == World.gpt, "\(name)")
            // The same id at two providers: the one in use is meant.
            model.models.insert(ModelChoice(other), at: 0)
            model.type("/model " + World.gpt.model)
            _ = model.key(.enter)
            #expect(model.currentModel == World.gpt, "\(name)")
        }
        // Where something must follow, a name that is complete is not held up.
        var model = World.model()
        model.models.insert(ModelChoice(ModelRef(provider: "openai", model: World.gpt.model + "-mini")), at: 0)
        model.type("/ask " + World.gpt.model)
        #expect(model.completion != nil)
        _ = model.key(.enter)
        #expect(model.toasts.last?.text.hasPrefix("/ask MODEL,MODEL PROMPT") == true)
    }

    /// A stream that waits for its turn is told how long at most, in every place.
    @Test(arguments: [
        (Backoff.Source.retryBudget, "turn ≤30 s", "its turn in ≤30 s"), (.holdBack, "held 30 s", "sent in 30 s"),
        (.schedule, "retry 30 s", "retry in 30 s"),
    ])
    func whatAWaitIsFor(_ source: Backoff.Source, _ inTable: String, _ inTranscript: String) {
        var model = Scene.state(.backingOff)
        _ = model.update(
            .stream(
                .fixture(1, state: .backingOff).with {
                    $0.backoff = Backoff(
                        reason: Scene.reset, source: source, startedAt: World.at(0), deadline: World.at(30))
                }))
        _ = model.at(0)
        let screen = model.screen(140, 40)
        #expect(screen.contains(inTable) && screen.contains(inTranscript), "\(screen)")
    }

    /// What may be over any moment stretches no clock.
    @Test func aTurnIsNoPartOfTheTimeline() {
        func timeline(_ source: Backoff.Source) -> String {
            let snapshot = StreamSnapshot.fixture(1, state: .backingOff).with {
                $0.backoff = Backoff(
                    reason: Scene.reset, source: source, startedAt: World.at(4), deadline: World.at(400))
            }
            return Timeline.line(snapshot, now: World.at(4), columns: 20, glyphs: Glyphs(ascii: false))
                .map(\.text).joined()
        }
        #expect(timeline(.retryBudget).hasSuffix("▶"))
        #expect(timeline(.schedule).hasPrefix("▶") || timeline(.schedule).dropFirst().hasPrefix("▶"))
    }

    /// All choices of a wait are said whole, with the keys of the pane that has the focus.
    @Test func theChoicesOfALongWaitAreSaidWhole() {
        var model = Scene.state(.backingOff)
        _ = model.update(
            .stream(
                .fixture(1, state: .backingOff).with {
                    $0.backoff = Backoff(
                        reason: Scene.reset, source: .retryAfter, startedAt: World.at(0), deadline: World.at(300),
                        exceedsMaximum: true)
                }))
        for (columns, rows) in [(140, 40), (80, 24)] {
            let screen = model.screen(columns, rows)
            for words in ["wait on", "^X n now", "^X m model", "Alt-G give up"] {
                #expect(screen.contains(words), "\(words) at \(columns): \(screen)")
            }
        }
    }

    /// What was stored of a command while it was typed is no draft once it has run.
    @Test func aCommandThatRanIsNoDraft() {
        var model = World.model()
        model.type("/theme dark")
        #expect(model.at(5) == [.saveDraft(World.home, "/theme dark")])
        _ = model.update(.themesChanged(["dark"]))
        _ = model.key(.enter)
        #expect(model.editor.isEmpty)
        #expect(model.at(10) == [.saveDraft(World.home, "")])
        #expect(model.at(20) == [])
        // Of one that ran before the store heard of it there is nothing to take back.
        model.type("/theme dark")
        _ = model.key(.enter)
        #expect(model.at(30) == [])
    }

    /// The graph yields to the numbers, whatever their size.
    @Test func theGapIsSaidWhole() throws {
        var model = Scene.state(.streaming)
        let streaming = model.selectedEntry?.snapshot
        var snapshot = try #require(streaming)
        snapshot.gapP50 = 126
        snapshot.gapP95 = 1380
        _ = model.update(.stream(snapshot))
        #expect(model.screen(140, 40).contains("p50 126 ms p95 1.4 s "))
        snapshot.gapP95 = 380
        _ = model.update(.stream(snapshot))
        #expect(model.screen(140, 40).contains("p50 126 ms p95 380 ms "))
        #expect(model.screen(80, 24).contains("p95 380 ms "))
    }
}
