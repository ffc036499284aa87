import Providers
import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// Whatever comes in, at whatever size: no trap, a frame of the right size, a cursor within it, nothing that a terminal
/// would obey.
struct RobustnessTests {
    private static let sizes = [
        Size(columns: 0, rows: 0), Size(columns: 1, rows: 1), Size(columns: 39, rows: 10), Size(columns: 40, rows: 9),
        Size(columns: 40, rows: 10), Size(columns: 49, rows: 16), Size(columns: 50, rows: 16),
        Size(columns: 75, rows: 21),
        Size(columns: 76, rows: 22), Size(columns: 80, rows: 24), Size(columns: 100, rows: 12),
        Size(columns: 140, rows: 40), Size(columns: 500, rows: 200), Size(columns: 40, rows: 500),
        Size(columns: 500, rows: 10), Size(columns: 300, rows: 1),
    ]

    @Test func everySizeHasAFrame() {
        for state in StreamState.allCases {
            var model = Scene.state(state)
            for size in Self.sizes { check(&model, size) }
        }
        var model = Scene.reference()
        for columns in stride(from: 0, through: 210, by: 13) {
            for rows in stride(from: 0, through: 70, by: 6) { check(&model, Size(columns: columns, rows: rows)) }
        }
    }

    @Test func oneLineSaysThatThereIsNoRoom() {
        var model = Scene.reference()
        #expect(model.screen(39, 12).contains("Weir needs a window of 40x10"))
        #expect(model.screen(20, 3).contains("needs 40x10"))
        #expect(model.screen(5, 1).contains("40x10"))
        #expect(model.screen(1, 1) == "")
        #expect(model.screen(39, 12).split(separator: "\n").count == 1)
    }

    @Test func theDemosTourAndFaultConsoleFitEverySize() {
        var model = Scene.state(.backingOff)
        model.options.isDemo = true
        _ = model.update(.beginTour)
        for index in Tour.scenes.indices {
            #expect(model.tour?.index == index)
            for size in Self.sizes { check(&model, size, again: false) }
            var console = model
            _ = console.key(.function(7))
            _ = console.update(.labSteered(.reset, nil, streams: 1))
            for size in Self.sizes { check(&console, size, again: false) }
            // What breaks something waits for its stream.
            for command in model.key(.enter) {
                guard case .send(_, let turn, _, _, _) = command else { continue }
                _ = model.update(
                    .streamStarted(.fixture(9 + index, state: .connecting), conversation: World.home, prompt: turn))
                _ = model.update(.stream(.fixture(9 + index, state: .complete)))
                #expect(model.tour?.phase == .shown)
                for size in Self.sizes { check(&model, size, again: false) }
                _ = model.key(.enter)
            }
        }
        #expect(model.tour == nil)
    }

    /// The last two are demos, with everything that only they have.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func randomMessagesNeverTrap(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var options = Options()
        options.ascii = seed % 3 == 0
        options.reducedMotion = seed % 2 == 0
        options.isDemo = seed > 6
        var model = World.model(options: options)
        if options.isDemo { _ = model.update(.beginTour) }
        var time = 0.0
        var turns: [TurnID] = []
        for step in 0..<300 {
            for command in model.update(message(&random, step: step, time: &time, turns: turns)) {
                if case .send(_, let turn, _, _, _) = command { turns.append(turn) }
            }
            if step % 4 == 0 {
                let size =
                    Bool.random(using: &random) ? model.size : Self.sizes.randomElement(using: &random) ?? model.size
                check(&model, size)
                _ = model.nextChange(after: model.now)
            }
        }
    }

    @discardableResult
    private func check(
        _ model: inout Model, _ size: Size, again: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
    ) -> Frame {
        let frame = view(&model, size: size, theme: .plain)
        #expect(frame.size == size, sourceLocation: sourceLocation)
        #expect(frame.cells.count == size.columns * size.rows, sourceLocation: sourceLocation)
        if let cursor = frame.cursor {
            #expect(Rect(size).contains(cursor), "cursor \(cursor) in \(size)", sourceLocation: sourceLocation)
        }
        // Each different scalar once: this runs for millions of cells.
        var seen: Set<UInt32> = []
        frame.cells.withUnsafeBufferPointer { cells in
            var last: UInt32 = 0
            for cell in cells where cell.base != last || cell.mark1 != 0 {
                last = cell.base
                seen.formUnion([cell.base, cell.mark1, cell.mark2])
            }
        }
        let isSafe = seen.allSatisfy { value in
            value == 0
                || value >= 0x20 && !(0x7F...0x9F).contains(value) && !(0x202A...0x202E).contains(value)
                    && !(0x2066...0x2069).contains(value)
        }
        #expect(isSafe, sourceLocation: sourceLocation)
        #expect(frame.tornCharacter == nil, sourceLocation: sourceLocation)
        // Drawn again, it is the same.
        if again { #expect(view(&model, size: size, theme: .plain) == frame, sourceLocation: sourceLocation) }
        return frame
    }

    // MARK: Anything

    private static let keys: [Key] = [
        .enter, .tab, .backspace, .escape, .delete, .insert, .up, .down, .left, .right, .home, .end, .pageUp, .pageDown,
        .function(1), .function(2), .function(3), .function(4), .function(5), .function(7), .function(8), .function(9),
        .character("a"), .character("t"), .character("d"), .character("o"), .character("h"),
        .character("/"),
        .character("1"), .character("9"), .character("g"), .character("j"), .character("k"), .character("m"),
        .character("n"), .character("r"), .character("e"), .character("y"), .character("?"), .character(" "),
        .character("漢"), .character("\u{301}"), .character("+"), .character("p"), .character("u"), .character("w"),
        .character("["), .character("]"), .character("{"), .character("}"), .character("N"), .character("h"),
        .character("c"), .character("Y"), .character("K"),
    ]

    private static let modifiers: [KeyModifiers] = [[], [], [], .control, .alt, .shift, [.control, .alt]]

    private static let texts = [
        "plain words ", "**bold** ", "```swift\nlet a = 1\n", "```\n", "| a | b |\n|---|---|\n| 1 | 2 |\n", "漢字 かな ",
        "\u{1B}[31mred\u{1B}[0m", "\u{1B}]52;c;eA==\u{07}", "\u{202E}evil", "👨‍👩‍👧 ", "\n\n", "# Heading\n", "- item\n",
        "\u{9B}2J", "> quote\n",
    ]

    private func message(
        _ random: inout SeededRandom, step: Int, time: inout Double, turns: [TurnID]
    ) -> Message {
        let id = Int.random(in: 1...12, using: &random)
        let stream = StreamID(rawValue: id)
        let text = Self.texts.randomElement(using: &random) ?? ""
        switch Int.random(in: 0..<30, using: &random) {
        case 0...9:
            return .input(
                .key(
                    Self.keys.randomElement(using: &random) ?? .enter,
                    Self.modifiers.randomElement(using: &random) ?? []))
        case 10:
            return .input(.paste(String(repeating: text, count: Int.random(in: 1...400, using: &random))))
        case 11, 12:
            let position = Position(
                column: Int.random(in: -2...160, using: &random), row: Int.random(in: -2...60, using: &random))
            let kinds: [MouseEvent.Kind] = [
                .press(button: 0), .release(button: 0), .drag(button: 0), .scrollUp, .scrollDown,
            ]
            return .input(
                .mouse(MouseEvent(kind: kinds.randomElement(using: &random) ?? .scrollUp, position: position)))
        case 13: return .resized(Self.sizes.randomElement(using: &random) ?? World.model().size)
        case 14, 15:
            time += Double.random(in: 0...3, using: &random)
            return .clock(World.now(time))
        case 16:
            let conversation = Bool.random(using: &random) ? World.home : Scene.other
            let turn = turns.randomElement(using: &random) ?? TurnID(rawValue: 1)
            return .streamStarted(snapshot(id, &random), conversation: conversation, prompt: turn)
        case 17...19: return .stream(snapshot(id, &random))
        case 20...22:
            let late = [
                Late(offset: 0, lateness: Lateness.allCases.randomElement(using: &random)),
                Late(offset: Int.random(in: 0...50, using: &random), lateness: nil),
            ]
            let bytes = Array(text.utf8.prefix(Int.random(in: 0...40, using: &random)))
            return .text(stream, bytes, late: step % 2 == 0 ? late : [])
        case 23: return .thinking(stream, Array(text.utf8))
        case 24: return .part(stream, kind: text, detail: text)
        case 25:
            return .seam(
                stream,
                Seam(
                    offset: Int.random(in: 0...200, using: &random), attempt: 2, reason: failure(text),
                    strategy: .continue, tokensBefore: 3, trimmedBytes: step, gap: .milliseconds(step)))
        case 26: return .diverged(stream, kept: Int.random(in: -5...100, using: &random))
        case 27: return .notice(Notice([.info, .warning, .error][step % 3], text, hint: step % 2 == 0 ? text : nil))
        case 28:
            return .conversationLoaded(
                Bool.random(using: &random) ? World.home : Scene.other, title: text,
                turns: [
                    StoredTurn(role: .user, text: text, wall: WallTime(secondsSince1970: .infinity)),
                    StoredTurn(
                        role: .assistant, text: text, model: text,
                        verdict: Verdict.allCases.randomElement(using: &random),
                        wall: WallTime(secondsSince1970: -1e18), cost: text),
                ], draft: text)
        default: return Bool.random(using: &random) ? .edited(text) : .themeChanged(name: text)
        }
    }

    private func failure(_ text: String) -> StreamFailure {
        StreamFailure(kind: .status(500), message: text, isRetryable: true, hint: text)
    }

    private func snapshot(_ id: Int, _ random: inout SeededRandom) -> StreamSnapshot {
        let state = StreamState.allCases.randomElement(using: &random) ?? .idle
        let text = Self.texts.randomElement(using: &random) ?? ""
        var snapshot = StreamSnapshot.fixture(id, ModelRef(provider: text, model: text + "\(id)"), state: state)
        snapshot.began(at: Double.random(in: -4000...5, using: &random))
        Scene.fill(&snapshot)
        snapshot.controls = StreamControls(rawValue: UInt8.random(in: 0..<64, using: &random))
        snapshot.failure = Bool.random(using: &random) ? failure(text) : nil
        snapshot.tokensPerSecond = [nil, .nan, .infinity, -1, 0, 1e300, 82].randomElement(using: &random) ?? nil
        snapshot.rateHistory = [.nan, 1, -1, .infinity]
        snapshot.gapP95 = [nil, .nan, -.infinity, 1e300, 3].randomElement(using: &random) ?? nil
        snapshot.usage = Usage(input: Int.max, output: Int.min, cacheRead: 3, thinking: Int.max)
        snapshot.rateLimits.inputTokens = .init(limit: 0, remaining: -5, resetsAt: WallTime(secondsSince1970: .nan))
        snapshot.rateLimits.outputTokens = .init(limit: Int.max, remaining: Int.max)
        snapshot.maximumAttempts = Int.random(in: 0...1000, using: &random)
        snapshot.attemptInRun = Int.random(in: 0...1000, using: &random)
        if Bool.random(using: &random) {
            snapshot.backoff = Backoff(
                reason: failure(text),
                source: [.schedule, .retryAfter, .quotaReset, .retryBudget, .holdBack].randomElement(using: &random)
                    ?? .schedule,
                exponential: .nanoseconds(Int64.random(in: 0...Int64.max / 2, using: &random)),
                jitter: .seconds(Int64.random(in: -1000...1000, using: &random)), startedAt: World.at(-3),
                deadline: World.at(Double.random(in: -5...100_000, using: &random)),
                exceedsMaximum: Bool.random(using: &random),
                resume: ResumePlan(strategy: .systemNote, keptBytes: 3, rebilledTokens: Int.max))
        }
        snapshot.clocks = RunningClock.Kind.allCases.filter { _ in Bool.random(using: &random) }.map {
            RunningClock(
                kind: $0, since: World.at(Double.random(in: -100_000...5, using: &random)),
                limit: .nanoseconds(Int64.random(in: 0...Int64.max / 4, using: &random)))
        }
        if Bool.random(using: &random) { snapshot.attempts = [] }
        if state.isTerminal { snapshot.endedAt = World.at(Double.random(in: -5000...5, using: &random)) }
        return snapshot
    }

    /// Hostile text through every way in; what a terminal would obey never reaches a cell.
    @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func nothingHostileReachesTheScreen() throws {
        for attack in try Conformance.lines("term_cases.jsonl") {
            guard let text = attack["text"] as? String else { continue }
            let reason = failure(text)
            var model = World.model()
            _ = model.update(.input(.paste(text)))
            check(&model, Size(columns: 40, rows: 10), again: false)
            _ = model.update(
                .conversationLoaded(
                    World.home, title: text,
                    turns: [
                        StoredTurn(role: .user, text: text, wall: WallTime(secondsSince1970: 0)),
                        StoredTurn(
                            role: .assistant, text: text, model: text, wall: WallTime(secondsSince1970: 0), cost: text),
                    ], draft: text))
            var snapshot = StreamSnapshot.fixture(1, ModelRef(provider: text, model: text), state: .failed)
            snapshot.failure = reason
            snapshot.priceDate = text
            snapshot.attempts[0].requestID = text
            snapshot.attempts[0].outcome = .failed(reason)
            snapshot.events = [LoggedEvent(at: World.at(0), name: text, bytes: 1, isWire: true)]
            snapshot.backoff = Backoff(reason: reason, source: .schedule, startedAt: World.at(0), deadline: World.at(1))
            _ = model.update(.streamStarted(snapshot, conversation: World.home, prompt: TurnID(rawValue: 1)))
            model.text(1, text)
            _ = model.update(.thinking(StreamID(rawValue: 1), Array(text.utf8)))
            _ = model.update(.part(StreamID(rawValue: 1), kind: text, detail: text))
            _ = model.update(.notice(Notice(.error, text, hint: text)))
            _ = model.update(.themeChanged(name: text))
            _ = model.update(.themesChanged(["dark", text]))
            _ = model.update(.copied(CopyText(text, what: "the reply"), .saved(path: text)))
            let frame = check(&model, Size(columns: 110, rows: 40), again: false)
            _ = model.update(.copied(CopyText(text, what: "the reply"), .failed(text)))
            model.focus = .transcript
            _ = model.press("/")
            _ = model.update(.input(.paste(text)))
            check(&model, Size(columns: 40, rows: 10), again: false)
            _ = model.key(.enter)
            _ = model.press("[")
            check(&model, Size(columns: 110, rows: 40), again: false)
            let entry = ThemeBrowser.Entry(name: text, isDark: true, file: text, problem: text)
            let browser = ThemeBrowser([entry], selected: nil, ascii: false)
            #expect(view(browser, size: Size(columns: 90, rows: 30), theme: .plain).tornCharacter == nil)
            let isSafe = frame.modes.title?.unicodeScalars.allSatisfy {
                $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
            }
            #expect(isSafe == true)
        }
    }
}

extension Frame {
    /// A wide character of which only half is there, or a cell that says another width than its character has; `nil` where
    /// every row is as wide as the frame.
    var tornCharacter: Position? {
        for row in 0..<size.rows {
            var column = 0
            while column < size.columns {
                let cell = self[column: column, row: row]
                let isWhole: Bool
                switch cell.width {
                case 1: isWhole = true
                case 2: isWhole = column + 1 < size.columns && self[column: column + 1, row: row].width == 0
                default: isWhole = false
                }
                let columns = Unicode.Scalar(cell.base).map { Width.columns(of: $0.value) } ?? nil
                guard isWhole, columns == nil || columns == Int(cell.width) else {
                    return Position(column: column, row: row)
                }
                column += Int(cell.width)
            }
        }
        return nil
    }
}

extension StreamSnapshot {
    fileprivate mutating func began(at time: Double) {
        startedAt = World.at(time)
        stateSince = World.at(time)
        if !attempts.isEmpty { attempts[0].startedAt = World.at(time) }
    }
}
