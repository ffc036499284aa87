import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

@Suite struct TourTests {
    private func expect(_ model: Model, _ name: String) throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = model
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            try expectSnapshot(model.screen(), named: "tour-\(name)-\(columns)x\(rows)")
        }
    }

    private func begun() -> Model {
        var options = Options()
        options.isDemo = true
        var model = World.model(options: options)
        #expect(model.update(.beginTour) == [.calmLab(true)])
        return model
    }

    private func sentTurn(_ commands: [Command]) -> TurnID? {
        commands.lazy.compactMap { if case .send(_, let turn, _, _, _) = $0 { turn } else { nil } }.first
    }

    /// Enter on a scene that asks something; its stream is made.
    private func ask(_ model: inout Model, stream: Int) throws {
        let turn = try #require(sentTurn(model.key(.enter)))
        _ = model.update(
            .streamStarted(.fixture(stream, state: .connecting), conversation: World.home, prompt: turn))
    }

    private func streaming(_ stream: Int, bytes: Int) -> StreamSnapshot {
        StreamSnapshot.fixture(stream, state: .streaming).with {
            Scene.fill(&$0)
            $0.textBytes = bytes
        }
    }

    private func backingOff(_ stream: Int, attempt: Int = 1) -> StreamSnapshot {
        streaming(stream, bytes: 300).with {
            $0.state = .backingOff
            $0.attemptInRun = attempt
            $0.controls = [.cancel, .retryNow, .waitLonger, .giveUp]
            $0.backoff = Backoff(
                reason: Scene.reset, source: .schedule, exponential: .seconds(4), jitter: .milliseconds(310),
                startedAt: World.at(-1.1), deadline: World.at(3.21))
        }
    }

    /// The second scene's stream has broken in mid-answer, and waits.
    private func broken() throws -> Model {
        var model = begun()
        _ = model.key(.enter)
        try ask(&model, stream: 1)
        model.text(1, "Rivers carry away what ")
        _ = model.update(.stream(streaming(1, bytes: 300)))
        _ = model.update(.stream(backingOff(1)))
        return model
    }

    @Test func itBeginsWithTheScreenAsItIs() throws {
        try expect(begun(), "welcome")
    }

    @Test func aSceneSaysBreaksAndPoints() throws {
        var model = begun()
        #expect(model.key(.enter).isEmpty)
        try expect(model, "told")
        try ask(&model, stream: 1)
        model.text(1, Scene.text)
        #expect(model.update(.stream(streaming(1, bytes: 100))).isEmpty)
        #expect(model.tour?.next == nil)
        // The answer is not long enough yet, and Enter does not hurry it.
        #expect(model.key(.enter).isEmpty && model.tour?.index == 1)
        #expect(model.update(.stream(streaming(1, bytes: 300))) == [.steerLab(.reset, StreamID(rawValue: 1))])
        #expect(model.update(.stream(streaming(1, bytes: 400))).isEmpty)
        // Nothing is pointed at before there is something to see.
        #expect(model.tour?.phase == .broken && model.key(.enter).isEmpty && model.tour?.pointer == nil)
        // The wait is made longer, so that there is time to look; Enter takes that back.
        let stream = StreamID(rawValue: 1)
        #expect(model.update(.stream(backingOff(1))) == [.waitLonger(stream, .seconds(10))])
        #expect(model.tour?.phase == .shown)
        model.toasts = []
        try expect(model, "shown")
        var skipped = model
        #expect(skipped.key(.escape) == [.retryNow(stream), .calmLab(false)])
        #expect(model.key(.enter) == [.retryNow(stream)])
        #expect(model.tour?.index == 2)
    }

    @Test func whatIsOrderedBeforeItIsAsked() throws {
        var model = begun()
        model.tour = try tour(at: "Too many requests")
        let commands = model.key(.enter)
        #expect(commands.first == .steerLab(.rateLimit(retryAfter: 8), nil))
        let turn = try #require(sentTurn(commands))
        _ = model.update(.streamStarted(.fixture(1, state: .connecting), conversation: World.home, prompt: turn))
        _ = model.update(.stream(backingOff(1)))
        #expect(model.tour?.phase == .shown)
    }

    /// Who hurries on meets what the scene before broke; the tour says so, and waits for the answer.
    @Test func theSceneBeforeMayStillHold() throws {
        var model = begun()
        model.tour = try tour(at: "Silence")
        try ask(&model, stream: 1)
        #expect(model.tour?.text.long.hasPrefix("Asked. In a moment") == true)
        _ = model.update(.stream(backingOff(1)))
        #expect(model.tour?.text.long.hasPrefix("Asked. The scene before still holds") == true)
        #expect(model.screen().contains("The scene before still holds"))
        let orders = model.update(.stream(streaming(1, bytes: 300)))
        #expect(orders == [.steerLab(.stall(seconds: 12), StreamID(rawValue: 1))])
        #expect(model.tour?.phase == .shown)
    }

    private func tour(at title: String) throws -> Tour {
        var tour = Tour()
        while tour.scene.title != title {
            if tour.scene.question != nil {
                _ = tour.entered()
                let turn = TurnID(rawValue: 7)
                tour.asked(turn)
                tour.started(StreamID(rawValue: 7), turn: turn)
                _ = tour.noticed(.fixture(7, state: .complete))
            }
            try #require(!tour.isAtEnd)
            _ = tour.entered()
        }
        return tour
    }

    @Test func fromTheFirstSceneToTheLast() throws {
        var model = begun()
        var stream = 0
        var orders: [FaultOrder] = []
        func take(_ commands: [Command]) {
            for command in commands { if case .steerLab(let order, _) = command { orders.append(order) } }
        }
        for _ in 0..<40 {
            guard let tour = model.tour else { break }
            if tour.phase == .told, tour.scene.question != nil {
                stream += 1
                let commands = model.key(.enter)
                take(commands)
                let turn = try #require(sentTurn(commands))
                _ = model.update(
                    .streamStarted(.fixture(stream, state: .connecting), conversation: World.home, prompt: turn))
                take(model.update(.stream(streaming(stream, bytes: 500))))
                take(model.update(.stream(backingOff(stream, attempt: 2))))
                #expect(model.tour?.phase == .shown)
            }
            let commands = model.key(.enter)
            if model.tour == nil { #expect(commands == [.calmLab(false)]) }
        }
        #expect(model.tour == nil && stream == 4)
        #expect(orders == [.reset, .rateLimit(retryAfter: 8), .stall(seconds: 12), .overload(count: 2)])
    }

    /// Overload is shown by its second wait: that is when there are two to compare.
    @Test func whatIsToBeSeenIsWaitedFor() throws {
        var model = begun()
        model.tour = try tour(at: "Overload")
        try ask(&model, stream: 1)
        _ = model.update(.stream(backingOff(1)))
        #expect(model.tour?.next == nil)
        _ = model.update(.stream(backingOff(1, attempt: 2)))
        #expect(model.tour?.phase == .shown)
        // What the server made no end of is shown as it is.
        model.tour = try tour(at: "Overload")
        try ask(&model, stream: 2)
        _ = model.update(.stream(.fixture(2, state: .failed)))
        #expect(model.tour?.phase == .shown)
    }

    /// The arrow stands before the line that is meant, in windows with a panel, with a strip, and with a line only.
    @Test func theArrowStandsAtItsLine() throws {
        func lines(_ title: String, _ columns: Int, _ rows: Int, _ snapshots: StreamSnapshot...) throws -> [String] {
            var model = begun()
            model.tour = try tour(at: title)
            try ask(&model, stream: 1)
            model.text(1, Scene.text)
            _ = model.update(.stream(streaming(1, bytes: 500)))
            for snapshot in snapshots { _ = model.update(.stream(snapshot)) }
            model.toasts = []
            return model.screen(columns, rows).split(separator: "\n").map(String.init).filter { $0.contains("►") }
        }
        for (columns, rows) in [(140, 40), (120, 30), (80, 24)] {
            let reset = try lines("A connection is reset", columns, rows, backingOff(1))
            #expect(reset.count == 1 && reset[0].contains("►wait    ") && reset[0].contains("0.31 s"), "\(reset)")
            let over = try lines("Too many requests", columns, rows, backingOff(1), streaming(1, bytes: 600))
            #expect(over.count == 1 && over[0].contains("━▶"), "\(over)")
            let silence = try lines("Silence", columns, rows, streaming(1, bytes: 500))
            #expect(silence.count == 1 && silence[0].contains("►alive   "), "\(silence)")
            let overload = try lines("Overload", columns, rows, backingOff(1, attempt: 2))
            #expect(overload.count == 1 && overload[0].contains("backing off"), "\(overload)")
        }
        // Narrow: the strip's third line has the arithmetic and the lamp, its first the state.
        let reset = try lines("A connection is reset", 60, 30, backingOff(1))
        #expect(reset.count == 1 && reset[0].contains("0.31 s"), "\(reset)")
        let silence = try lines("Silence", 60, 30, streaming(1, bytes: 500))
        #expect(silence.count == 1 && silence[0].contains("ago"), "\(silence)")
        let line = try lines("A connection is reset", 40, 10, backingOff(1))
        #expect(line.count == 1 && line[0].contains("backing off"), "\(line)")
    }

    @Test func theSeamIsPointedAtOnceItIsThere() throws {
        var model = try broken()
        _ = model.key(.enter)
        #expect(model.tour?.scene.title == "Nothing lost, nothing twice")
        func pointed() -> [String] {
            model.screen().split(separator: "\n").map(String.init).filter { $0.contains("►") }
        }
        #expect(pointed().count == 1 && pointed()[0].contains("backing off"), "\(pointed())")
        _ = model.update(
            .seam(
                StreamID(rawValue: 1),
                Seam(
                    offset: 23, attempt: 2, reason: Scene.reset, strategy: .prefill, tokensBefore: 5, trimmedBytes: 0,
                    gap: .milliseconds(3_210))))
        model.text(1, "they find, and lay it down.")
        #expect(pointed().count == 1 && pointed()[0].contains("continued"), "\(pointed())")
    }

    /// Who reads slowly presses Enter when the answer is whole, and its seam is far above.
    @Test func aSeamThatIsOutOfSightIsBroughtIntoIt() throws {
        var model = try broken()
        let seam = Seam(
            offset: 23, attempt: 2, reason: Scene.reset, strategy: .prefill, tokensBefore: 5, trimmedBytes: 0,
            gap: .milliseconds(3_210))
        _ = model.update(.seam(StreamID(rawValue: 1), seam))
        model.text(1, "they find." + (1...60).map { "\n\nParagraph \($0)." }.joined())
        _ = model.update(.stream(streaming(1, bytes: 900).with { $0.seams = [seam] }))
        #expect(model.screen().contains("Paragraph 60."))
        _ = model.key(.enter)
        #expect(model.tour?.scene.title == "Nothing lost, nothing twice")
        let pointed = model.screen().split(separator: "\n").filter { $0.contains("►") }
        #expect(pointed.count == 1 && pointed[0].contains("continued"), "\(pointed)")
    }

    @Test func itCanBeSkippedAndPlayedAgain() throws {
        var model = begun()
        _ = model.key(.enter)
        #expect(model.key(.escape) == [.calmLab(false)])
        #expect(model.tour == nil)
        #expect(model.key(.function(8)) == [.calmLab(true)])
        #expect(model.tour == Tour())
    }

    /// A search in the transcript is older than the wish to skip the tour.
    @Test func escapeEndsASearchFirst() {
        var model = begun()
        model.focus = .transcript
        model.transcript.find(SearchPattern("weir"))
        #expect(model.key(.escape).isEmpty && model.transcript.search == nil && model.tour != nil)
        #expect(model.key(.escape) == [.calmLab(false)])
    }

    @Test func otherKeysGoToThePromptAsEver() throws {
        var model = begun()
        model.type("Why?")
        #expect(model.editor.text == "Why?" && model.tour != nil)
        let commands = model.key(.enter)
        // The lab's own story begins before the question is asked.
        #expect(commands.first == .calmLab(false) && sentTurn(commands) != nil)
        #expect(model.tour == nil)
    }

    @Test func aDraftOutlivesTheTour() throws {
        var model = begun()
        _ = model.key(.enter)
        model.type("a draft")
        // By the mouse, for Enter is the prompt's now.
        let commands = model.enterTour()
        #expect(sentTurn(commands) != nil && model.editor.text == "a draft")
    }

    /// In five lines at most wherever there is room for them, and never cut off.
    @Test func everyTextFits() {
        for scene in Tour.scenes {
            for text in [scene.told, scene.shown] {
                #expect(text.long.wrapped(toColumns: 46).count <= TourView.mostLines, "\(text.long)")
                #expect(text.short.wrapped(toColumns: 38).count <= 3, "\(text.short)")
            }
        }
        for (columns, rows) in [(140, 40), (80, 24), (40, 10), (76, 16), (50, 16), (49, 12), (100, 12)] {
            var model = begun()
            _ = model.update(.resized(Size(columns: columns, rows: rows)))
            for index in Tour.scenes.indices {
                let layout = Layout(model.size, Layout.Needs())
                guard let tour = try? tour(at: Tour.scenes[index].title) else { continue }
                let lines = TourView.lines(tour, in: layout, keys: .standard)
                #expect((1...TourView.mostLines).contains(lines.count))
                let text = lines.joined(separator: " ")
                let (long, short) = tour.text
                let told = [long, short].map { Keymap.standard.spelled($0, in: .streams) }
                #expect(told.contains(text) && !text.contains("{"), "\(columns)x\(rows): \(text)")
            }
        }
    }
}
