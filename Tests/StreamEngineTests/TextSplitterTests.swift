import Providers
import TestSupport
import Testing

@testable import StreamEngine

@Suite("A text in pieces")
struct TextSplitterTests {
    func expectWhole(_ text: String, _ limit: Int, sourceLocation: SourceLocation = #_sourceLocation) -> [Substring] {
        let pieces = TextSplitter.pieces(of: text, tokens: limit)
        #expect(
            Array(pieces.joined().utf8) == Array(text.utf8), "the pieces are the text", sourceLocation: sourceLocation)
        #expect(!pieces.contains { $0.isEmpty }, sourceLocation: sourceLocation)
        for piece in pieces where piece.count > 1 {
            #expect(TokenEstimator.estimate(String(piece)) <= limit + 1, sourceLocation: sourceLocation)
        }
        // Graphemes are whole: none more than in the text.
        #expect(pieces.reduce(0) { $0 + $1.count } == text.count, sourceLocation: sourceLocation)
        return pieces
    }

    @Test("what fits is one piece, and nothing none")
    func fits() {
        #expect(TextSplitter.pieces(of: "", tokens: 5) == [])
        #expect(expectWhole("one two three", 100) == ["one two three"])
    }

    @Test("after a paragraph, else a line, a sentence, a word, a grapheme")
    func boundaries() {
        let words = "word word word word word word. "
        let paragraph = expectWhole(words + words + "\n\n" + words + words, 22)
        #expect(paragraph == [words + words + "\n\n", words + words][...].map { Substring($0) })
        let line = expectWhole(words + words + "\n" + words + words, 22)
        #expect(line.first == Substring(words + words + "\n"))
        let sentence = expectWhole(words + words + words + words, 20)
        #expect(sentence.allSatisfy { $0.hasSuffix(". ") })
        let word = expectWhole(String(repeating: "word ", count: 40), 10)
        #expect(word.allSatisfy { $0.hasSuffix(" ") })
        let letters = expectWhole(String(repeating: "x", count: 1000), 10)
        #expect(letters.count > 5)
        #expect(expectWhole("これは文です。それも文です。あれも文だ。", 8).first?.hasSuffix("。") == true)
    }

    @Test("a family and a letter with marks stay whole, however small the pieces")
    func graphemes() {
        let text = String(repeating: "👨‍👩‍👧‍👦 e\u{301}\u{302} \r\n🇩🇪🇫🇷", count: 20)
        for limit in 1...30 { _ = expectWhole(text, limit) }
        // One grapheme that is more than a piece.
        let zalgo = "a" + String(repeating: "\u{301}", count: 500)
        #expect(expectWhole(zalgo + "bc", 5).first == Substring(zalgo))
    }

    @Test("random texts of all kinds", arguments: 0..<40)
    func random(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let bits = [
            "word", " ", "  ", "\n", "\n\n", "\r\n", ". ", "é", "e\u{301}", "👩🏽‍🚀", "日本", "。", "\u{200D}", "\u{301}",
            "1234", "#!", "\t", "longerword",
        ]
        let text = (0..<Int.random(in: 0...400, using: &random)).map { _ in bits.randomElement(using: &random) ?? "" }
            .joined()
        _ = expectWhole(text, Int.random(in: 1...60, using: &random))
    }

    @Test("a megabyte without a blank, and one of blanks, in linear time")
    func large() {
        #expect(expectWhole(String(repeating: "x", count: 1 << 20), 1000).count > 100)
        #expect(TextSplitter.pieces(of: String(repeating: " ", count: 1 << 20), tokens: 1).joined().count == 1 << 20)
    }
}

@Suite("A prompt in parts")
struct PromptPartsTests {
    let book = (1...200).map { "Sentence number \($0) of the book stands here. " }.joined()

    @Test("the material is cut; instruction, note and images go with every part")
    func parts() throws {
        let image = Providers.Attachment(name: "a.png", content: .image(.png, [0x89]))
        let request = ChatRequest(
            model: "m", messages: [ChatMessage(role: .user, text: "Summarise", attachments: [image])])
        let parts = try #require(PromptParts(request, material: book, room: 2700))
        #expect(parts.messages.count > 2)
        var material = ""
        for (index, message) in parts.messages.enumerated() {
            let head =
                "Summarise\n\n[Part \(index + 1) of \(parts.messages.count) of a text, which is too long for one request."
            #expect(message.text.hasPrefix(head))
            #expect(message.attachments == [image])
            material += message.text[try #require(message.text.range(of: "]\n\n")).upperBound...]
            #expect(TokenEstimator.estimate(ChatRequest(model: "m", messages: [message])) <= 2700)
        }
        #expect(material == book)
        #expect(parts.tokens > TokenEstimator.estimate(book))
    }

    @Test("attached text files are material, and the note names them")
    func files() throws {
        let file = Providers.Attachment(name: "book.txt", content: .text(book))
        let request = ChatRequest(
            model: "m", messages: [ChatMessage(role: .user, text: "Summarise @book.txt", attachments: [file])])
        let parts = try #require(PromptParts(request, room: 1000))
        #expect(parts.messages[0].text.contains("of book.txt, which"))
        #expect(parts.messages[0].text.contains("<file name=\"book.txt\">"))
        #expect(parts.messages.allSatisfy { $0.attachments.isEmpty })
    }

    @Test("without material the prompt itself is cut; without room there are no parts")
    func edges() throws {
        let alone = ChatRequest(model: "m", messages: [ChatMessage(role: .user, text: book)])
        let parts = try #require(PromptParts(alone, room: 1000))
        #expect(parts.messages[1].text.hasPrefix("[Part 2 of"))
        #expect(PromptParts(alone, room: 100) == nil)
        let long = ChatRequest(model: "m", messages: [ChatMessage(role: .user, text: book)])
        #expect(
            PromptParts(long, material: "x", room: 1000) == nil, "an instruction is not cut where there is material")
    }

    @Test("one answer of several")
    func merging() {
        let message = PromptParts.merging(["A", "B"], instruction: "Summarise")
        #expect(message.text.hasPrefix("Summarise\n\n[The text was too long"))
        #expect(message.text.hasSuffix("<answer part=\"1\">\nA\n</answer>\n\n<answer part=\"2\">\nB\n</answer>"))
    }
}
