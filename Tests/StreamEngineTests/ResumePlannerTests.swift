import Providers
import StreamEngine
import TestSupport
import Testing

private let original = ChatRequest(
    model: "m", system: "Be short.", messages: [ChatMessage(role: .user, text: "Explain")], maxTokens: 100)

@Suite struct ResumePlannerTests {
    private func plan(
        _ setting: ResumeSetting = .auto, preferred: ResumeStrategy = .prefill, refused: [ResumeStrategy] = [],
        partial: String = "Some text", hasParts: Bool = false
    ) -> ResumePlan? {
        var planner = ResumePlanner()
        for strategy in refused { planner.refused(strategy) }
        return planner.plan(situation(setting, preferred: preferred, partial: partial, hasParts: hasParts))
    }

    private func situation(
        _ setting: ResumeSetting = .auto, preferred: ResumeStrategy = .prefill, known: Set<ResumeStrategy> = [],
        partial: String = "Some text", hasParts: Bool = false
    ) -> ResumePlanner.Situation {
        ResumePlanner.Situation(
            setting: setting, preferred: preferred, known: known, request: original, partial: Array(partial.utf8),
            hasParts: hasParts)
    }

    @Test func autoTakesTheModelsOwn() {
        for strategy in ResumePlanner.chain { #expect(plan(preferred: strategy)?.strategy == strategy) }
        // A cursor is no way for a request: the machine takes it where there is one.
        #expect(plan(preferred: .cursor)?.strategy == .continue)
        #expect(plan(.fixed(.cursor))?.strategy == .off)
    }

    @Test func refusedStrategiesGoDownTheChain() {
        var refused: [ResumeStrategy] = []
        for strategy in ResumePlanner.chain {
            #expect(plan(refused: refused)?.strategy == strategy)
            refused.append(strategy)
        }
        #expect(plan(refused: refused)?.strategy == .off)
        // Never up: a model that prefers `continue` has no prefill.
        #expect(plan(preferred: .continue, refused: [.continue])?.strategy == .systemNote)
        #expect(plan(preferred: .restartSkip, refused: [.restartSkip])?.strategy == .off)
    }

    @Test func aFixedStrategyIsNotReplaced() {
        #expect(plan(.fixed(.systemNote))?.strategy == .systemNote)
        #expect(plan(.fixed(.systemNote), refused: [.systemNote])?.strategy == .off)
        #expect(plan(.fixed(.off))?.strategy == .off)
    }

    @Test func withoutTextThereIsNothingToResume() {
        #expect(plan(partial: "") == nil)
        #expect(plan(.fixed(.off), partial: "") == nil)
    }

    @Test func partsAndBlankTextAreRestarted() {
        #expect(plan(hasParts: true)?.strategy == .restartSkip)
        #expect(plan(.fixed(.prefill), hasParts: true)?.strategy == .restartSkip)
        #expect(plan(.fixed(.off), hasParts: true)?.strategy == .off)
        #expect(plan(preferred: .off, hasParts: true)?.strategy == .off)
        #expect(plan(refused: [.restartSkip], hasParts: true)?.strategy == .off)
        #expect(plan(partial: "\n\n")?.strategy == .restartSkip)
    }

    @Test func aPlanSaysWhatItKeepsAndBillsAgain() {
        let partial = String(repeating: "word ", count: 400)
        let prefill = plan(partial: partial)
        #expect(prefill?.keptBytes == 2000)
        #expect((350...450).contains(prefill?.rebilledTokens ?? 0))
        // A restart bills the prompt again, and sends no partial.
        #expect((5...30).contains(plan(preferred: .restartSkip, partial: partial)?.rebilledTokens ?? 0))
        #expect(plan(.fixed(.off), partial: partial)?.rebilledTokens == 0)
    }

    @Test func aRestartBillsTheTextAgain() {
        let partial = String(repeating: "word ", count: 400)
        let restart = plan(preferred: .restartSkip, partial: partial)
        #expect((350...450).contains(restart?.rebill.output ?? 0))
        #expect(plan(partial: partial)?.rebill.output == 0)
    }

    /// What other streams have learnt counts for `auto` and `ask`; who names a strategy gets it.
    @Test func whatIsKnownOfTheServerIsNotTriedAgain() {
        let planner = ResumePlanner()
        for setting in [ResumeSetting.auto, .ask] {
            #expect(planner.plan(situation(setting, known: [.prefill]))?.strategy == .continue)
            #expect(planner.plan(situation(setting, known: [.prefill, .continue]))?.strategy == .systemNote)
        }
        #expect(planner.plan(situation(.fixed(.prefill), known: [.prefill]))?.strategy == .prefill)
        #expect(planner.options(situation(.ask)).map(\.strategy) == [.prefill, .continue, .systemNote, .restartSkip])
        #expect(
            planner.options(situation(.ask, known: [.continue])).map(\.strategy) == [
                .prefill, .systemNote, .restartSkip,
            ])
        #expect(planner.options(situation(.ask, hasParts: true)).map(\.strategy) == [.restartSkip])
        #expect(planner.options(situation(.ask, preferred: .off)).isEmpty)
        #expect(planner.options(situation(.ask, partial: "")).isEmpty)
    }

    /// With the partial in it the request is too large: no strategy that sends it will do.
    @Test func aRequestThatIsTooLargeLeavesTheRestart() {
        var planner = ResumePlanner()
        planner.refused(.prefill, because: .tooLarge)
        #expect(planner.plan(situation())?.strategy == .restartSkip)
        var other = ResumePlanner()
        other.refused(.prefill, because: .named)
        #expect(other.plan(situation())?.strategy == .continue)
    }

    @Test func settingsInWords() {
        #expect(ResumeSetting("auto") == .auto && ResumeSetting("ask") == .ask)
        #expect(ResumeSetting.ask.description == "ask")
        for strategy in ResumeStrategy.allCases {
            #expect(ResumeSetting(strategy.rawValue) == .fixed(strategy))
            #expect(ResumeSetting.fixed(strategy).description == strategy.rawValue)
        }
        #expect(ResumeSetting("Auto") == nil && ResumeSetting("") == nil)
    }
}

@Suite struct ResumeRequestTests {
    private func request(_ partial: String, _ strategy: ResumeStrategy, of request: ChatRequest = original)
        -> ChatRequest
    {
        ResumePlanner.request(original: request, partial: partial, strategy: strategy)
    }

    @Test func prefillIsTheLastMessageRightTrimmed() {
        let made = request("The answer é \n\t", .prefill)
        #expect(made.messages == original.messages + [ChatMessage(role: .assistant, text: "The answer é")])
        #expect(made.system == original.system && made.maxTokens == 100)
    }

    @Test func continueAsksInATurnOfItsOwn() {
        let made = request("The answer ", .continue)
        #expect(
            made.messages == original.messages + [
                ChatMessage(role: .assistant, text: "The answer "),
                ChatMessage(role: .user, text: ResumePlanner.continueTurn),
            ])
        #expect(!ResumePlanner.continueTurn.contains("\n"))
    }

    @Test func systemNoteQuotesThePartial() {
        #expect(
            request("The answer", .systemNote).system
                == "Be short.\n\nPrevious incomplete response: The answer\n\nContinue seamlessly.")
        var bare = original
        bare.system = nil
        #expect(
            request("The answer", .systemNote, of: bare).system
                == "Previous incomplete response: The answer\n\nContinue seamlessly.")
        #expect(request("The answer", .systemNote).messages == original.messages)
    }

    @Test func aRestartIsTheOriginal() {
        #expect(request("The answer", .restartSkip) == original)
        #expect(request("The answer", .off) == original)
    }

    @Test func aPrefillOfTheUsersOwnIsGoneOnWith() {
        var prefilled = original
        prefilled.messages.append(ChatMessage(role: .assistant, text: "{"))
        #expect(request("\"a\": 1", .prefill, of: prefilled).messages.last?.text == "{\"a\": 1")
        #expect(request("\"a\": 1", .continue, of: prefilled).messages.count == 3)
    }
}

@Suite struct ResumeRestartMatcherTests {
    private func run(_ shown: String, _ pieces: [[UInt8]]) -> (steps: [RestartMatcher.Step], matcher: RestartMatcher) {
        var matcher = RestartMatcher(shown: Array(shown.utf8))
        var steps: [RestartMatcher.Step] = []
        for piece in pieces {
            steps.append(matcher.receive(piece[...]))
            if steps.last != .matching { break }
        }
        return (steps, matcher)
    }

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func itCatchesUp() {
        let (steps, matcher) = run("one two", [bytes("one"), bytes(" two three")])
        #expect(steps == [.matching, .caughtUp(rest: bytes(" three")[...])])
        #expect(matcher.missingBytes == 0)
        #expect(run("one", [bytes("one")]).steps == [.caughtUp(rest: [])])
    }

    @Test func itDiverges() {
        #expect(
            run("one two", [bytes("one"), bytes(" too")]).steps == [
                .matching, .diverged(kept: 5, rest: bytes("oo")[...]),
            ])
        #expect(run("one", [bytes("two")]).steps == [.diverged(kept: 0, rest: bytes("two")[...])])
    }

    @Test func aShorterReplyLeavesBytesMissing() {
        let (steps, matcher) = run("one two", [bytes("one")])
        #expect(steps == [.matching])
        #expect(matcher.missingBytes == 4 && matcher.matchedBytes == 3)
    }

    /// é and è share their first byte, 🎉 and 🎊 their first three.
    @Test func noScalarIsCut() {
        for (shown, new, kept) in [("caf\u{e9} x", "caf\u{e8} y", 3), ("a🎉b", "a🎊c", 1), ("水木", "水本", 3)] {
            for pieces in [[bytes(new)], DripFeed.bytes(bytes(new))] {
                guard case .diverged(let at, let rest)? = run(shown, pieces).steps.last else {
                    Issue.record("no divergence")
                    continue
                }
                #expect(at == kept)
                #expect(bytes(new).dropFirst(kept).starts(with: rest))
                #expect(String(validating: bytes(shown)[..<at], as: UTF8.self) != nil)
            }
        }
    }

    @Test func anySplitGivesTheSameText() {
        var random = SeededRandom(seed: 31)
        let alphabet = ["a", "b", "é", "è", "🎉", "🎊"]
        for _ in 0..<3000 {
            func text() -> String {
                (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                }.joined()
            }
            let shown = text()
            let new = Bool.random(using: &random) ? shown + text() : text()
            func result(_ pieces: [[UInt8]]) -> (text: [UInt8], kept: Int?, missing: Int) {
                var matcher = RestartMatcher(shown: bytes(shown))
                var text = bytes(shown)
                var kept: Int?
                var isOver = false
                for piece in pieces {
                    if isOver {
                        text += piece
                        continue
                    }
                    switch matcher.receive(piece[...]) {
                    case .matching: break
                    case .caughtUp(let rest):
                        text += rest
                        isOver = true
                    case .diverged(let at, let rest):
                        text.removeLast(text.count - at)
                        text += rest
                        kept = at
                        isOver = true
                    }
                }
                return (text, kept, matcher.missingBytes)
            }
            let whole = result([bytes(new)])
            #expect(result(DripFeed.bytes(bytes(new))) == whole)
            #expect(result(DripFeed.random(bytes(new), longest: 4, using: &random)) == whole)
            // Unless it ended short, what is now shown is the new reply.
            if whole.kept != nil || whole.missing == 0 { #expect(whole.text == bytes(new)) }
        }
    }
}
