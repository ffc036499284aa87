import Providers
import Screen
import StreamEngine
import TestSupport
import Testing

@testable import Dashboard

/// The world's writing, by every way onto the screen: each row is as wide as the screen, nothing is torn apart, and what is
/// read and copied is what was said.
struct ScriptTests {
    static let texts = [
        "漢字かな交じり文、全角。", "한국어 문장입니다", "👨‍👩‍👧‍👦 family 👩🏽‍🚀 astronaut 👍🏿 thumbs", "🇫🇷🇩🇪 flags 🇯🇵",
        "e\u{301}a\u{308}n\u{303} combining", "שלום עולם and مرحبا بالعالم", "नमस्ते दुनिया क्षि", "สวัสดีชาวโลก น้ำ", "❤️ ☂︎ 1️⃣ ✔️ ✔",
        "ﷺ ﷽ ⸻", "ᄀ\u{1161}ᆨ jamo", "ŉ ǅ ß İ ſ", "👩‍❤️‍💋‍👨", "a\u{200B}b\u{2060}c\u{FEFF}d",
        "[a link](https://example.org/日本?q=1)",
    ]

    private static func model(_ text: String) -> Model {
        var model = World.model(Size(columns: 80, rows: 24))
        let wall = WallTime(secondsSince1970: World.wall)
        let markdown = """
            # \(text)

            \(text) **\(text)** `\(text)`
            - \(text)

            | \(text) | b |
            |---|---|
            | a | \(text) |

            ```swift
            let s = "\(text)" // \(text)
            ```
            > \(text)\(text)\(text)
            """
        _ = model.update(
            .conversationLoaded(
                World.home, title: text,
                turns: [
                    StoredTurn(role: .user, text: text, wall: wall),
                    StoredTurn(role: .assistant, text: markdown, model: text, verdict: .complete, wall: wall),
                ], draft: text))
        var snapshot = StreamSnapshot.fixture(1, ModelRef(provider: text, model: text), state: .failed)
        snapshot.failure = StreamFailure(kind: .status(500), message: text, isRetryable: true, hint: text)
        snapshot.events = [LoggedEvent(at: World.at(0), name: text, bytes: 1, isWire: true)]
        _ = model.update(.streamStarted(snapshot, conversation: World.home, prompt: TurnID(rawValue: 1)))
        _ = model.update(.thinking(StreamID(rawValue: 1), Array(text.utf8)))
        // In pieces, as it comes.
        for byte in markdown.utf8 { _ = model.update(.text(StreamID(rawValue: 1), [byte])) }
        _ = model.update(.notice(Notice(.error, text, hint: text)))
        return model
    }

    @Test(arguments: texts)
    func everyRowIsAsWideAsTheScreen(_ text: String) {
        var model = Self.model(text)
        func check(_ what: String) {
            for (columns, rows) in [(140, 40), (80, 24), (40, 10), (61, 17), (50, 16)] {
                let frame = view(&model, size: Size(columns: columns, rows: rows), theme: .probe)
                #expect(frame.tornCharacter == nil, "\(what) at \(columns)x\(rows)")
            }
        }
        check("drawn")
        model.focus = .transcript
        for _ in 0..<7 {
            _ = model.key(.pageUp)
            check("scrolled")
        }
        // Marks within a text, at each of its characters.
        _ = model.press("/")
        for character in text.prefix(12) {
            _ = model.update(.input(.paste(String(character))))
            check("searched")
        }
        _ = model.key(.enter)
        _ = model.press("h")
        _ = model.press("[")
        check("selected")
        _ = model.control("p")
        _ = model.update(.input(.paste(text)))
        check("filtered")
    }

    /// What was typed is found, whatever it is written in.
    @Test(arguments: ["漢字", "문장", "عالم", "दुनिया", "ชาวโลก", "👩🏽‍🚀", "e\u{301}"])
    func whatIsThereIsFound(_ word: String) {
        guard let text = Self.texts.first(where: { $0.contains(word) }) else { return }
        var model = Self.model(text)
        _ = model.screen()
        model.focus = .transcript
        _ = model.press("/")
        _ = model.update(.input(.paste(word)))
        #expect(model.transcript.search?.total ?? 0 >= 8, "\(FinderLine.counter(model.transcript))")
    }

    /// A link is shown with where it leads, and nothing of it is for the terminal.
    @Test func linksAreShown() {
        var model = Self.model("[a link](https://example.org/日本?q=1)")
        let screen = model.screen(140, 40)
        #expect(screen.contains("a link"))
        #expect(screen.contains("https://example.org/日本?q=1"))
        #expect(!screen.contains("\u{1B}"))
    }

    @Test(arguments: texts.filter { !$0.contains("\u{200B}") })
    func whatIsCopiedIsWhatWasSaid(_ text: String) {
        var model = Self.model(text)
        _ = model.screen()
        model.transcript.selection = .message(0)
        #expect(model.transcript.selectedText?.text.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
    }
}
