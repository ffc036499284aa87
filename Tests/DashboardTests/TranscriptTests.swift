import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// Reading while text comes.
struct TranscriptTests {
    /// A model with one running stream and so many paragraphs of text.
    private func running(_ paragraphs: Int, size: Size = Size(columns: 80, rows: 24)) -> Model {
        var model = World.model(size)
        guard let turn = model.ask("go") else { return model }
        _ = model.update(.streamStarted(.fixture(1, state: .streaming), conversation: World.home, prompt: turn))
        model.text(1, (1...max(1, paragraphs)).map { "Line \($0).\n\n" }.joined())
        _ = model.screen()
        return model
    }

    @Test func followsAtTheBottomOnly() {
        var model = running(40)
        #expect(model.screen().contains("Line 40."))
        #expect(model.transcript.follows)
        _ = model.key(.pageUp)
        let before = model.screen()
        #expect(!before.contains("Line 40."))
        #expect(!before.contains("new line"))
        // New text does not move what is read; the badge counts it.
        model.text(1, "Line 41.\n\nLine 42.\n\n")
        let after = model.screen()
        let words = before.split(separator: "\n").dropFirst(2).prefix(12)
        #expect(Array(after.split(separator: "\n").dropFirst(2).prefix(12)) == Array(words))
        #expect(after.contains("↓ 4 new lines"))
        // End follows again.
        _ = model.key(.tab)
        _ = model.key(.end)
        #expect(model.screen().contains("Line 42."))
        #expect(model.transcript.follows)
        model.text(1, "Line 43.\n\n")
        #expect(model.screen().contains("Line 43."))
    }

    /// Each line that moves costs the terminal a whole window.
    @Test func linesStayWhileAReplyGrowsAndThenMakeRoomAtOnce() {
        var model = running(40)
        var firsts: [Int] = []
        for number in 41...60 {
            model.text(1, "Line \(number).\n\n")
            #expect(model.screen().contains("Line \(number)."))
            #expect(model.transcript.follows)
            firsts.append(model.transcript.firstLine)
        }
        let moves = zip(firsts, firsts.dropFirst()).map { $1 - $0 }
        let room = model.transcript.rows * 3 / 4
        #expect(room > 3)
        #expect(moves.allSatisfy { $0 == 0 || $0 >= room }, "\(moves)")
        #expect(moves.contains(0) && moves.contains { $0 > 0 }, "\(moves)")
        // One line up is one line up, and the way back is none of jumps.
        let end = model.transcript.total - model.transcript.rows
        model.withTranscriptLaidOut { transcript, _ in transcript.scroll(by: -1) }
        #expect(model.transcript.firstLine == end - 1)
        // What comes faster than it can be read stands at the bottom.
        model.withTranscriptLaidOut { transcript, _ in transcript.follow() }
        model.text(1, (61...100).map { "Line \($0).\n\n" }.joined())
        _ = model.screen()
        #expect(model.transcript.firstLine == model.transcript.total - model.transcript.rows)
    }

    @Test func theEndOfAReplyMovesNothing() {
        var model = running(40)
        for number in 41...43 {
            model.text(1, "Line \(number).\n\n")
            _ = model.screen()
        }
        let first = model.transcript.firstLine
        _ = model.update(.stream(.fixture(1, state: .complete)))
        _ = model.screen()
        #expect(model.transcript.firstLine == first)
    }

    @Test func scrollingDownToTheEndFollowsAgain() {
        var model = running(40)
        _ = model.key(.tab)
        for _ in 0..<5 { model.press("k") }
        #expect(!model.transcript.follows)
        for _ in 0..<5 { model.press("j") }
        #expect(model.transcript.follows)
        model.press("g")
        #expect(model.screen().contains("you · 14:02"))
        #expect(model.transcript.firstLine == 0)
        model.control("d")
        #expect(model.transcript.firstLine == 9 || model.transcript.firstLine == 8)
        model.control("u")
        #expect(model.transcript.firstLine == 0)
        model.press("G")
        #expect(model.transcript.follows)
    }

    @Test func whatGrowsAboveDoesNotMoveTheReader() {
        var model = running(30)
        guard let turn = model.ask("second") else { return }
        _ = model.update(.streamStarted(.fixture(2, state: .streaming), conversation: World.home, prompt: turn))
        model.text(2, (1...40).map { "Other \($0).\n\n" }.joined())
        _ = model.screen()
        _ = model.key(.pageUp)
        let before = model.screen().split(separator: "\n").dropFirst(2).prefix(10)
        // The first reply, far above, gets longer.
        model.text(1, (1...25).map { "More \($0).\n\n" }.joined())
        #expect(Array(model.screen().split(separator: "\n").dropFirst(2).prefix(10)) == Array(before))
    }

    @Test func aResizeKeepsTheReadersPlace() {
        let words = (1...1200).map { "w\($0)" }.joined(separator: " ")
        var model = running(1, size: Size(columns: 120, rows: 30))
        model.text(1, words)
        _ = model.screen()
        _ = model.key(.pageUp)
        func firstWord() -> Int {
            let line = model.screen().split(separator: "\n")[2]
            let word = line.split(separator: " ").first { $0.hasPrefix("w") && $0.dropFirst().allSatisfy(\.isNumber) }
            return word.flatMap { Int($0.dropFirst()) } ?? -1
        }
        let start = firstWord()
        #expect(start > 1)
        for columns in [100, 80, 60, 76, 40, 200, 120] {
            _ = model.update(.resized(Size(columns: columns, rows: 30)))
            let now = firstWord()
            // Within a line of where it was.
            #expect(abs(now - start) <= 24, "at \(columns): \(now) instead of \(start)")
        }
    }

    @Test func anAnswerToThePromptIsAlwaysInSight() {
        var model = running(60)
        _ = model.key(.pageUp)
        _ = model.key(.pageUp)
        model.ask("and now?")
        #expect(model.screen().contains("and now?"))
        #expect(model.transcript.follows)
    }

    @Test func theSeamStandsWhereTheTextBroke() {
        var model = running(1)
        func seam(_ offset: Int) -> Seam {
            Seam(
                offset: offset, attempt: 2, reason: Scene.reset, strategy: .prefill, tokensBefore: 41, trimmedBytes: 5,
                gap: .milliseconds(1400))
        }
        model.text(1, "Half a sent")
        let text = "Line 1.\n\nHalf a sent"
        _ = model.update(.seam(StreamID(rawValue: 1), seam(text.utf8.count)))
        #expect(model.screen().contains("┄┄ connection reset · continued +1.4 s ┄┄"))
        model.text(1, "ence.\n\n```swift\nlet a = ")
        let code = text + "ence.\n\n```swift\nlet a = "
        _ = model.update(.seam(StreamID(rawValue: 1), seam(code.utf8.count)))
        model.text(1, "1\n```\nafter")
        let lines = model.screen().split(separator: "\n").map { String($0.dropFirst(2).prefix(46)) }
        let half = lines.firstIndex { $0.contains("Half a sent") } ?? -9
        #expect(lines[half + 1].contains("┄┄ connection reset"))
        #expect(lines[half + 2].contains("ence."))
        // Code stays whole: the seam stands below its line.
        let let1 = lines.firstIndex { $0.contains("let a = 1") } ?? -9
        #expect(let1 > 0 && lines[let1 + 1].contains("┄┄"))
        // The text itself has no line end that was not received.
        #expect(model.transcript.replyToCopy(nil)?.text == code + "1\n```\nafter")
    }

    @Test func aSeamBeforeTextThatIsThere() {
        var model = running(1)
        model.text(1, "one two three")
        let seam = Seam(
            offset: "Line 1.\n\none ".utf8.count, attempt: 2, reason: Scene.reset, strategy: .restartSkip,
            tokensBefore: 3,
            trimmedBytes: 0, gap: .seconds(1))
        _ = model.update(.seam(StreamID(rawValue: 1), seam))
        let lines = model.screen().split(separator: "\n").map(String.init)
        let one = lines.firstIndex { $0.contains("   one ") } ?? -9
        #expect(lines[one + 1].contains("┄┄") && lines[one + 2].contains("two three"))
    }

    @Test func whatWasCancelledGoesOnWhereItEnded() {
        var model = running(1)
        model.text(1, "Half a sent")
        for state in [StreamState.cancelled, .streaming, .failed, .streaming, .truncated, .streaming] {
            _ = model.update(.stream(.fixture(1, state: state)))
            _ = model.screen()
            if state == .streaming { model.text(1, "ence") }
        }
        _ = model.update(.stream(.fixture(1, state: .complete)))
        #expect(model.screen().contains("Half a sentenceenceence"))
    }

    @Test func aDivergedTakeIsKeptAndCanBeOpened() {
        var model = running(1)
        model.text(1, "The old way of saying it.")
        _ = model.update(.diverged(StreamID(rawValue: 1), kept: 9))
        model.text(1, "A new way.")
        #expect(model.screen().contains("▸ an earlier take"))
        #expect(!model.screen().contains("The old way"))
        #expect(model.transcript.replyToCopy(nil)?.text == "Line 1.\n\nA new way.")
        _ = model.key(.tab)
        model.press("e")
        #expect(model.screen().contains("The old way of saying it."))
        model.press("e")
        #expect(!model.screen().contains("The old way"))
    }

    @Test func thinkingIsShownWhileItRunsAndFoldsThen() {
        var model = World.model(Size(columns: 80, rows: 24))
        guard let turn = model.ask("go") else { return }
        _ = model.update(.streamStarted(.fixture(1, state: .thinking), conversation: World.home, prompt: turn))
        _ = model.update(.thinking(StreamID(rawValue: 1), Array("Let me see.\n\nA thought.".utf8)))
        #expect(model.screen().contains("A thought."))
        model.text(1, "The answer.")
        _ = model.update(.stream(.fixture(1, state: .streaming)))
        #expect(!model.screen().contains("A thought."))
        #expect(model.screen().contains("▸ thought"))
        _ = model.key(.tab)
        model.press("e")
        #expect(model.screen().contains("A thought."))
    }

    @Test func aLongPromptIsFolded() {
        var model = World.model(Size(columns: 80, rows: 40))
        let paste = (1...300).map { "pasted line \($0)" }.joined(separator: "\n")
        _ = model.update(.input(.paste(paste)))
        _ = model.key(.enter)
        #expect(model.screen().contains("▸ more"))
        #expect(!model.screen().contains("pasted line 300"))
        _ = model.key(.tab)
        model.press("e")
        model.press("G")
        #expect(model.screen().contains("pasted line 300"))
    }

    @Test func anotherModelTakesOver() {
        var model = running(1)
        _ = model.update(
            .stream(
                StreamSnapshot.fixture(1, World.gpt, state: .streaming).with { $0.controls = [.cancel] }))
        #expect(model.screen().contains("opus-4-5 → gpt-4.1"))
    }

    @Test func partsAreLines() {
        var model = running(1)
        _ = model.update(.part(StreamID(rawValue: 1), kind: "tool_use", detail: "get_weather\u{1B}[2J"))
        #expect(model.screen().contains("▪ tool_use  get_weather"))
        #expect(!model.screen().contains("\u{1B}"))
    }

    /// However text, folds, sizes and scrolling mix, the window shows what the lines say, and never beyond them.
    @Test func randomReadingStaysWithinTheLines() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<12 {
            var model = running(5)
            var streams = 1
            for _ in 0..<60 {
                switch Int.random(in: 0..<12, using: &random) {
                case 0, 1:
                    let id = Int.random(in: 1...streams, using: &random)
                    let words = Int.random(in: 1...40, using: &random)
                    model.text(id, String(repeating: "word ", count: words) + "\n\n")
                case 2: _ = model.key(.pageUp)
                case 3: _ = model.key(.pageDown)
                case 4:
                    model.withTranscriptLaidOut { transcript, _ in transcript.scroll(by: -3) }
                case 5: model.withTranscriptLaidOut { transcript, _ in transcript.scrollToTop() }
                case 6:
                    let size = Size(
                        columns: Int.random(in: 40...160, using: &random), rows: Int.random(in: 10...50, using: &random)
                    )
                    _ = model.update(.resized(size))
                case 7:
                    guard let turn = model.ask("again") else { break }
                    streams += 1
                    _ = model.update(
                        .streamStarted(.fixture(streams, state: .streaming), conversation: World.home, prompt: turn))
                case 8: model.withTranscriptLaidOut { $0.toggleFolds(rows: $1) }
                case 9:
                    _ = model.update(.thinking(StreamID(rawValue: streams), Array("hm \n\n".utf8)))
                case 10:
                    _ = model.update(.diverged(StreamID(rawValue: streams), kept: 3))
                default:
                    model.withTranscriptLaidOut { transcript, _ in transcript.scroll(by: 4) }
                }
                _ = model.screen()
                check(model.transcript)
            }
        }
    }

    private func check(_ transcript: Transcript) {
        let heights = transcript.items.map(\.height)
        #expect(transcript.total == heights.reduce(0, +))
        #expect(transcript.above == heights.prefix(transcript.top.item).reduce(0, +))
        #expect(transcript.items.indices.contains(transcript.top.item))
        #expect(transcript.top.line >= 0 && transcript.top.line < max(1, heights[transcript.top.item]))
        #expect(transcript.unseen >= 0 && transcript.unseen <= max(0, transcript.total))
        if transcript.follows { #expect(transcript.below == 0 && transcript.unseen == 0) }
    }
}
