import Pricing
import Providers
import Screen
import StreamEngine
import Testing

@testable import Dashboard

/// What the panel says of the selected stream.
struct DetailTests {
    private func lines(_ snapshot: StreamSnapshot, columns: Int = 38, rows: Int = 40) -> [String] {
        let context = Detail.Context(
            snapshot: snapshot, now: World.at(0), columns: columns, glyphs: Glyphs(ascii: false), coarse: false,
            clock: { TimeOfDay($0, secondsEastOfUTC: 0).clock })
        return Detail.lines(context, rows: rows).map { line in
            let fitted = line.fitted(to: columns)
            return (fitted.left + fitted.right).map(\.text).joined()
        }
    }

    private func backoff(
        _ source: Backoff.Source, exponential: Double? = nil, jitter: Double? = nil, total: Double,
        status: Int? = nil, notBefore: Double? = nil
    ) -> Backoff {
        Backoff(
            reason: status.map { StreamFailure(kind: .status($0), message: "HTTP \($0)", isRetryable: true) }
                ?? Scene.reset,
            source: source, exponential: exponential.map { .clamping(seconds: $0) },
            jitter: jitter.map { .nanoseconds(Int64($0 * 1e9)) }, startedAt: World.at(0), deadline: World.at(total),
            notBefore: notBefore.map { World.at($0) })
    }

    private func arithmetic(_ backoff: Backoff, retry: Int) -> String {
        BackoffGauge.arithmetic(backoff, retry: retry, glyphs: Glyphs(ascii: false)).map(\.text).joined()
    }

    @Test func theWaitSaysWhereItsLengthIsFrom() {
        #expect(
            arithmetic(backoff(.schedule, exponential: 1, jitter: 0.31, total: 1.31), retry: 0)
                == "1 s·2⁰ + 0.31 s jitter")
        #expect(arithmetic(backoff(.schedule, exponential: 4, jitter: 0, total: 4), retry: 2) == "1 s·2²")
        #expect(
            arithmetic(backoff(.schedule, exponential: 0.5, jitter: 0.1, total: 0.6), retry: 1)
                == "0.25 s·2¹ + 0.1 s jitter")
        #expect(
            arithmetic(backoff(.schedule, exponential: 4, jitter: 0.2, total: 4.2, status: 429), retry: 1)
                == "1 s·2¹·2 (429) + 0.2 s jitter")
        #expect(
            arithmetic(backoff(.schedule, exponential: 128, jitter: 0, total: 60), retry: 7) == "1 s·2⁷, capped")
        #expect(
            arithmetic(backoff(.schedule, exponential: 2, jitter: -0.5, total: 1.5), retry: 1)
                == "1 s·2¹ - 0.5 s jitter")
        #expect(
            arithmetic(backoff(.schedule, exponential: 2, jitter: 0, total: 12), retry: 1) == "1 s·2¹ + 10 s by hand")
        #expect(arithmetic(backoff(.retryAfter, total: 3), retry: 0) == "Retry-After 3 s")
        #expect(arithmetic(backoff(.retryAfter, total: 13, notBefore: 3), retry: 0) == "Retry-After 3 s + 10 s by hand")
        #expect(arithmetic(backoff(.quotaReset, total: 42.5), retry: 0) == "quota reset 42.5 s")
        #expect(
            BackoffGauge.arithmetic(
                backoff(.schedule, exponential: 4, jitter: 0.2, total: 4.2), retry: 2, glyphs: Glyphs(ascii: true)
            ).map(\.text).joined() == "1 s*2^2 + 0.2 s jitter")
    }

    @Test func aLongWaitIsTheUsersChoice() {
        var snapshot = StreamSnapshot.fixture(1, state: .backingOff)
        snapshot.backoff = backoff(.retryAfter, total: 300)
        snapshot.backoff?.exceedsMaximum = true
        #expect(lines(snapshot).contains("choose  wait on, n now, m model,"))
        #expect(lines(snapshot).contains("        g give up"))
        #expect(lines(snapshot).contains { $0.hasSuffix("5 m 00 s") })
    }

    @Test func theResumeSaysWhatItCosts() {
        var snapshot = StreamSnapshot.fixture(1, state: .backingOff)
        snapshot.backoff = backoff(.schedule, exponential: 1, jitter: 0, total: 1)
        for (strategy, text) in [
            (ResumeStrategy.prefill, "then    go on (prefill), ~252 again"),
            (.continue, "then    go on (ask to continue)"), (.systemNote, "then    go on (system note)"),
            (.restartSkip, "then    restart, skip what is here"), (.off, "then    start anew, ~252 again"),
        ] {
            snapshot.backoff?.resume = ResumePlan(strategy: strategy, keptBytes: 1, rebilledTokens: 252)
            #expect(lines(snapshot).contains(text))
        }
    }

    @Test func theLampTellsWhatArrivesApart() {
        func lamp(began: Double = -4, _ change: (inout Liveness) -> Void) -> String {
            var snapshot = StreamSnapshot.fixture(1, state: .streaming, began: began)
            change(&snapshot.liveness)
            return lines(snapshot).first { $0.hasPrefix("alive") } ?? ""
        }
        #expect(lamp { _ in } == "alive   ○ nothing yet, 3 s")
        #expect(
            lamp {
                $0.lastByteAt = World.at(-0.1)
                $0.lastTextAt = World.at(-0.1)
            } == "alive   ● text  <1 s ago")
        #expect(
            lamp {
                $0.lastTextAt = World.at(-9)
                $0.lastByteAt = World.at(-2)
                $0.lastKeepAliveAt = World.at(-2)
            } == "alive   ● keep-alive  2 s ago")
        // Without text for long, but not silent.
        #expect(
            lamp(began: -20) {
                $0.lastByteAt = World.at(-2)
                $0.lastKeepAliveAt = World.at(-2)
                $0.tier = .quiet
            } == "alive   ● keep-alive  2 s ago")
        #expect(
            lamp(began: -90) {
                $0.lastByteAt = World.at(-1)
                $0.lastKeepAliveAt = World.at(-1)
                $0.tier = .veryLong
            } == "alive   ● keep-alive  1 s ago, Esc cancels")
        #expect(
            lamp(began: -20) {
                $0.lastByteAt = World.at(-6)
                $0.lastKeepAliveAt = World.at(-6)
                $0.tier = .quiet
            } == "alive   ○ silent for 6 s")
        #expect(
            lamp {
                $0.lastByteAt = World.at(-1)
                $0.lastThinkingAt = World.at(-1)
            } == "alive   ● thinking  1 s ago")
        #expect(
            lamp(began: -90) {
                $0.lastByteAt = World.at(-65)
                $0.tier = .veryLong
            } == "alive   ○ silent for 1 m 05 s, Esc cancels")
        // What came before this attempt began is no sign of its life.
        #expect(
            lamp {
                $0.lastByteAt = World.at(-5)
                $0.lastTextAt = World.at(-5)
            } == "alive   ○ nothing yet, 3 s")
    }

    @Test func moneyIsHonest() {
        var snapshot = StreamSnapshot.fixture(1, state: .complete)
        #expect(lines(snapshot).contains("cost    ?"))
        snapshot.cost = .reported(Money(picos: 11_200_000_000))
        snapshot.lostCost = .estimated(Money(picos: 900_000_000))
        snapshot.priceDate = "2026-09-26"
        #expect(lines(snapshot, columns: 46).contains("cost    $0.0112 + ~$0.0009 lost2026-09-26"))
        #expect(lines(snapshot).contains("cost    $0.0112 + ~$0.0009 lost"))
        // In a narrow panel the date goes first, then a blank, then the word.
        #expect(lines(snapshot, columns: 30).contains("cost    $0.0112 +~$0.0009 lost"))
        #expect(lines(snapshot, columns: 29).contains("cost    $0.0112 + ~$0.0009"))
        #expect(lines(snapshot, columns: 24).contains("cost    $0.0112 +~$0.0009"))
    }

    @Test func tokensAreMarkedWhereTheyAreOurEstimate() {
        var snapshot = StreamSnapshot.fixture(1, state: .streaming)
        snapshot.usage = Usage(input: 212, output: 3400, cacheRead: 100)
        snapshot.inputIsEstimated = false
        #expect(lines(snapshot).contains("tokens  in 212  out ~3.4k  cached 100"))
    }

    @Test func oddThingsAreSaid() {
        var snapshot = StreamSnapshot.fixture(1, state: .cancelled)
        snapshot.cancelReceipt = CancelReceipt(closedAfter: .milliseconds(3), tokensAfter: 0)
        snapshot.isNotStreamed = true
        snapshot.unknownEvents = 2
        snapshot.malformedEvents = 1
        let all = lines(snapshot)
        #expect(all.contains("closed  in 3 ms, 0 tokens after"))
        #expect(all.contains("note    not streamed: came whole"))
        #expect(all.contains("events  2 unknown, 1 malformed"))
    }

    @Test func detailGoesInAFixedOrder() {
        var snapshot = StreamSnapshot.fixture(1, state: .streaming)
        Scene.fill(&snapshot)
        var known: Set<String> = Set(lines(snapshot))
        for rows in (0...14).reversed() {
            let now = lines(snapshot, rows: rows)
            #expect(now.count <= rows)
            // What is gone does not come back as it gets narrower, and the state is the last to go.
            #expect(known.isSuperset(of: now))
            known = Set(now)
            if rows > 0 { #expect(now[0].hasPrefix("● streaming")) }
        }
    }

    @Test func theTimelineIsScaledToTheClock() {
        func timeline(_ snapshot: StreamSnapshot, _ columns: Int = 20) -> String {
            Timeline.line(snapshot, now: World.at(0), columns: columns, glyphs: Glyphs(ascii: false)).map(\.text)
                .joined()
        }
        var snapshot = StreamSnapshot.fixture(1, state: .streaming, began: -10)
        snapshot.attempts[0].firstTokenAt = World.at(-8)
        snapshot.attempts[0].endedAt = World.at(-5)
        snapshot.attempts[0].outcome = .failed(Scene.reset)
        var second = snapshot.attempts[0]
        second.number = 2
        second.startedAt = World.at(-3)
        second.firstTokenAt = World.at(-2)
        second.endedAt = nil
        second.outcome = .running
        snapshot.attempts.append(second)
        #expect(timeline(snapshot) == "╌╌╌╌━━━━━╸✗┄┄┄╌╌━━━▶")
        #expect(timeline(snapshot, 1).count == 1)
        #expect(timeline(snapshot, 0).isEmpty)
        // A short life does not fill the line.
        #expect(timeline(.fixture(1, state: .connecting, began: -0.5)) == "╌╌╌╌╌▶" + String(repeating: " ", count: 14))
        // A wait shows how far it still goes.
        snapshot.state = .backingOff
        snapshot.attempts = [snapshot.attempts[0]]
        snapshot.backoff = Backoff(
            reason: Scene.reset, source: .schedule, startedAt: World.at(-5), deadline: World.at(10))
        #expect(timeline(snapshot) == "╌╌━━╸✗┄┄┄┄▶┄┄┄┄┄┄┄┄┄")
    }
}

struct KeymapTests {
    @Test func noKeyMeansTwoThingsInOnePlace() {
        for table in KeyTable.allCases {
            var seen: [Chord: Action] = [:]
            for binding in Keymap.standard.bindings where binding.tables.contains(table) {
                for chord in binding.chords {
                    #expect(seen[chord] == nil, "\(chord.label) in \(table)")
                    seen[chord] = binding.action
                }
            }
        }
    }

    @Test func keysThatTerminalsCannotTellApartAreNotBound() {
        for binding in Keymap.standard.bindings {
            for chord in binding.chords {
                for letter in ["m", "i", "h"] as [Character] { #expect(chord != .control(letter)) }
            }
        }
    }

    @Test(arguments: [false, true])
    func everyActionIsInThePalette(_ isDemo: Bool) {
        var model = World.model()
        model.options.isDemo = isDemo
        model.control("p")
        guard case .picker(let picker)? = model.overlay else {
            Issue.record("no palette")
            return
        }
        #expect(picker.items.count == Action.allCases.count { $0 != .palette && (isDemo || !$0.isDemoOnly) })
        // Each can be taken without a trap.
        for index in picker.items.indices {
            var copy = model
            for _ in 0..<index { _ = copy.key(.down) }
            _ = copy.key(.enter)
            _ = copy.screen()
        }
    }

    @Test func everyFooterKeyDoesSomething() {
        for state in StreamState.allCases {
            for pane in Pane.allCases {
                var model = Scene.state(state)
                model.focus = pane
                _ = model.screen()
                for entry in Footer.entries(for: model) {
                    guard let action = entry.action else { continue }
                    #expect(model.availability(of: action).isAvailable, "\(entry.key) in \(state)")
                }
            }
        }
    }
}
