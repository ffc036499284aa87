import Providers
import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// A conversation of several messages, to read in.
enum Reading {
    static func model(_ size: Size = Size(columns: 80, rows: 24), running: Bool = false) -> Model {
        var model = World.model(size)
        let turns = [
            (ChatMessage.Role.user, "How do I read a file in Swift?"),
            (
                .assistant,
                """
                Use **String(contentsOf:)** for small files:

                ```swift
                let url = URL(filePath: "notes.txt")
                let text = try String(contentsOf: url, encoding: .utf8)
                ```

                For large files, read in pieces. A file that is *not* UTF-8 throws.
                """
            ),
            (.user, "And line by line?"),
            (
                .assistant,
                """
                Iterate over `url.lines`:

                ```swift
                for try await line in url.lines {
                \tprint(line)
                }
                ```

                """ + (1...12).map { "\($0). Step \($0) of reading a file, which is only there to be long.\n" }.joined()
            ),
        ]
        _ = model.update(
            .conversationLoaded(
                World.home, title: "Reading files",
                turns: turns.map {
                    StoredTurn(
                        role: $0.0, text: $0.1, model: "claude-opus-4-5", verdict: .complete,
                        wall: WallTime(secondsSince1970: World.wall))
                }, draft: ""))
        _ = model.screen()
        return model
    }
}

struct SearchScreenTests {
    private func find(_ text: String, in model: inout Model) {
        if model.focus != .transcript { _ = model.key(.tab) }
        model.press("/")
        model.type(text)
    }

    @Test func typingGoesToTheNearestPlace() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = Reading.model(Size(columns: columns, rows: rows))
            find("file", in: &model)
            try expectSnapshot(model.screen(), named: "search-\(columns)x\(rows)")
            _ = model.key(.enter)
            model.press("n")
            try expectSnapshot(model.screen(), named: "search-kept-\(columns)x\(rows)")
        }
    }

    @Test func whatWasFoundIsMarked() throws {
        var model = Reading.model()
        find("contentsOf", in: &model)
        let frame = view(&model, size: Size(columns: 80, rows: 24), theme: .probe)
        try expectSnapshot(frame.annotatedText, named: "search-styles-80x24")
    }

    @Test func nAndNGoRoundTheEnds() {
        var model = Reading.model()
        find("swift", in: &model)
        _ = model.key(.enter)
        let total = model.transcript.search?.total ?? 0
        #expect(total == 1)
        _ = model.key(.escape)
        find("file", in: &model)
        _ = model.key(.enter)
        let count = model.transcript.search?.total ?? 0
        #expect(count == 17)
        var seen: [Int] = []
        for _ in 0..<count {
            seen.append(model.transcript.ordinal ?? 0)
            model.press("n")
            #expect(isCurrentInSight(&model))
        }
        #expect(seen.sorted() == Array(0..<count).map { $0 + 1 })
        #expect(model.transcript.ordinal == seen.first)
        for number in seen.reversed() {
            model.press("N")
            #expect(model.transcript.ordinal == number)
            #expect(isCurrentInSight(&model))
        }
    }

    private func isCurrentInSight(_ model: inout Model) -> Bool {
        view(&model, size: model.size, theme: .probe).cells.contains {
            $0.style.foreground == Theme.probe.style(.matchCurrent).foreground
        }
    }

    @Test func escapeWhileTypingGoesBack() {
        var model = Reading.model()
        _ = model.key(.tab)
        for _ in 0..<4 { model.press("k") }
        func lines() -> [Substring] { model.screen().split(separator: "\n").map { $0.prefix(48) } }
        let before = lines()
        model.press("/")
        model.type("small files")
        #expect(lines() != before)
        _ = model.key(.escape)
        #expect(lines() == before)
        #expect(model.transcript.search == nil)
    }

    @Test func escapeEndsAKeptSearchBeforeItCancels() {
        var model = Scene.state(.streaming)
        find("qubits", in: &model)
        _ = model.key(.enter)
        #expect(model.transcript.search?.total == 2)
        #expect(model.screen().contains("Esc end search"))
        #expect(model.key(.escape).isEmpty)
        #expect(model.transcript.search == nil)
        #expect(model.key(.escape) == [.cancel(StreamID(rawValue: 1))])
    }

    @Test func whatIsNowhereIsSaid() {
        var model = Reading.model()
        find("zebra", in: &model)
        #expect(model.screen().contains("/zebra  not found"))
        _ = model.key(.enter)
        #expect(model.toasts.last?.text == "zebra is nowhere in this conversation")
        #expect(model.transcript.search == nil)
        model.press("n")
        #expect(model.toasts.last?.text == "zebra is nowhere in this conversation")
    }

    @Test func backspaceAndCaseWiden() {
        var model = Reading.model()
        find("URL", in: &model)
        let exact = model.transcript.search?.total
        for _ in 0..<3 { _ = model.key(.backspace) }
        #expect(model.transcript.search == nil)
        model.type("url")
        #expect(exact == 1)
        #expect(model.transcript.search?.total == 5)
    }

    @Test func theCommandSearchesToo() {
        var model = Reading.model()
        model.type("/find large files")
        _ = model.key(.enter)
        #expect(model.focus == .transcript)
        #expect(FinderLine.counter(model.transcript) == "1/1")
        #expect(model.editor.isEmpty)
    }

    /// New text is looked through as it comes, and the counter counts it; the place stays.
    @Test func textThatComesIsSearched() {
        var model = Scene.state(.streaming)
        find("qubit", in: &model)
        _ = model.key(.enter)
        #expect(FinderLine.counter(model.transcript) == "1/2")
        model.text(1, "\n\nAnother qub")
        _ = model.screen()
        #expect(FinderLine.counter(model.transcript) == "1/2")
        model.text(1, "it, and a qubit.")
        _ = model.screen()
        #expect(FinderLine.counter(model.transcript) == "1/4")
        // A take that is given up takes its places along, to where it is kept.
        _ = model.update(.diverged(StreamID(rawValue: 1), kept: 0))
        _ = model.screen()
        #expect(model.transcript.search?.total == 4)
    }

    @Test func whatIsFoldedIsFoundAndOpened() {
        var model = Scene.state(.streaming)
        #expect(!model.screen().contains("Three sentences: qubits"))
        find("entanglement, uses", in: &model)
        #expect(model.screen().contains("Three sentences: qubits"))
        #expect(FinderLine.counter(model.transcript) == "1/1")
    }

    @Test func aPasteIsSearchedAsOneLine() {
        var model = Reading.model()
        _ = model.key(.tab)
        model.press("/")
        _ = model.update(.input(.paste("line\nby\u{1B}[31m")))
        #expect(model.finder?.text.hasPrefix("line by") == true)
        #expect(!model.screen().contains("\u{1B}"))
        #expect(model.editor.isEmpty)
    }

    /// A frame costs what is in sight, also while something is searched.
    @Test func aFrameOfAHugeTranscriptCostsNoMore() throws {
        var model = World.model(Size(columns: 80, rows: 24))
        let paragraph = "A sentence with a needle in it, and some hay around it, for the search to go through.\n\n"
        let reply = String(repeating: paragraph, count: 2_000)
        let turns = (0..<12).flatMap { _ in
            [
                StoredTurn(role: .user, text: "more", wall: WallTime(secondsSince1970: 0)),
                StoredTurn(role: .assistant, text: reply, verdict: .complete, wall: WallTime(secondsSince1970: 0)),
            ]
        }
        _ = model.update(.conversationLoaded(World.home, title: "", turns: turns, draft: ""))
        _ = model.screen()
        let clock = ContinuousClock()
        find("needle", in: &model)
        _ = model.key(.enter)
        #expect(FinderLine.counter(model.transcript) == "24000/24000" || model.transcript.search?.total == 24_000)
        func frames() -> Duration {
            (0..<7).map { _ in clock.measure { _ = view(&model, size: Size(columns: 80, rows: 24), theme: .plain) } }
                .min() ?? .zero
        }
        let searching = frames()
        _ = model.key(.escape)
        let plain = frames()
        // Twelve times the text of one reply: a pass over it would cost a hundred times as much.
        #expect(searching < plain * 4 + .milliseconds(2), "\(searching) and \(plain)")
    }
}
