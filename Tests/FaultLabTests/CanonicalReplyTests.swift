import FaultLab
import TestSupport
import Testing

@Suite struct CanonicalReplyTests {
    @Test func theSamePromptGivesTheSameText() throws {
        let text = CanonicalReply.text(prompt: "Why do rivers bend?")
        #expect(text.isExactly(CanonicalReply.text(prompt: "Why do rivers bend?")))
        try expectSnapshot(text, named: "why-do-rivers-bend")
        try expectSnapshot(CanonicalReply.thinking(prompt: "Why do rivers bend?"), named: "why-do-rivers-bend-thinking")
    }

    @Test func differentPromptsGiveDifferentTexts() {
        let texts = Set((0..<500).map { CanonicalReply.text(prompt: "Question \($0)") })
        #expect(texts.count == 500)
    }

    @Test func usualRepliesAreLongEnoughToWatchAndHaveAllThatBreaksRenderers() {
        for number in 0..<300 {
            let text = CanonicalReply.text(prompt: "What do \(number) ferrymen talk about?")
            let count = CanonicalReply.tokenCount(text)
            #expect((250...500).contains(count))
            #expect(text.contains("\n## "))
            #expect(text.contains("\n```swift\n"))
            #expect(text.contains("\n| "))
            #expect(text.contains("\n- ") || text.contains("\n1. "))
            #expect(text.contains("](https://"))
            #expect(text.contains("ferrymen"))
            #expect(text.unicodeScalars.contains { $0.value > 0x2FFF })
            #expect(!text.contains("%"))
            let thinking = CanonicalReply.tokenCount(CanonicalReply.thinking(prompt: "What do \(number) talk about?"))
            #expect((40...200).contains(thinking))
        }
    }

    @Test(arguments: [1, 2, 7, 30, 199, 200, 201, 1_000, 20_000])
    func aPromptCanAskForANumberOfTokens(_ count: Int) {
        #expect(CanonicalReply.tokenCount(CanonicalReply.text(prompt: "Tell me of weirs --tokens \(count)")) == count)
        #expect(CanonicalReply.tokenCount(CanonicalReply.text(prompt: "--tokens=\(count) weirs")) == count)
    }

    @Test(arguments: [
        ("in 2000 words", 2_000), ("in 2,000 words", 2_000), ("a 600-word essay", 600), ("1_500 tokens", 1_500),
    ])
    func aPromptCanAskForALengthInWords(_ prompt: String, _ count: Int) {
        let found = CanonicalReply.tokenCount(CanonicalReply.text(prompt: "Weirs, " + prompt))
        #expect((count...count + 100).contains(found))
    }

    @Test func aLengthBeyondReasonIsHeldDown() {
        #expect(CanonicalReply.tokenCount(CanonicalReply.text(prompt: "--tokens 99999999999999999999")) == 1_000_000)
        #expect(CanonicalReply.tokenCount(CanonicalReply.text(prompt: "--tokens 0")) == 1)
    }

    @Test(arguments: [
        "", " ", "\n\n", "```\u{1B}[2J|*_<script>", "水はなぜ流れるのか。川が曲がる理由を教えてください、できるだけ詳しく長く。", "👩‍👩‍👧‍👦", "%t %w",
        String(repeating: "long", count: 10_000), "e\u{301}\u{302}tude", "--tokens", "--tokens x", "12", "- - -",
    ])
    func everyPromptIsAnsweredAndCannotBreakTheMarkdown(_ prompt: String) {
        let text = CanonicalReply.text(prompt: prompt)
        #expect(CanonicalReply.tokenCount(text) > 200)
        #expect(text.utf8.count < 5_000)
        #expect(!text.contains("\u{1B}") && !text.contains("<script"))
        #expect(CanonicalReply.tokens(text).joined().isExactly(text))
    }

    @Test func tokensAreWordsIdeographsAndWholeEmoji() {
        #expect(
            CanonicalReply.tokens("The keeper's 2 gates, 水滴 👩‍👩‍👧‍👦🚣🏽‍♀️🇯🇵🇰🇷 don't\n\n    if a…```é")
                == [
                    "The", " keeper's", " 2", " gates", ",", " 水", "滴", " 👩‍👩‍👧‍👦", "🚣🏽‍♀️", "🇯🇵", "🇰🇷", " don't", "\n\n",
                    "   ", " if", " a", "…", "```", "é",
                ])
    }

    @Test func joinedTokensAreTheTextWhateverItIs() {
        var random = SeededRandom(seed: 5)
        let scalars = Array("ab '\n\t \r-*é水🌊👩\u{200D}\u{FE0F}🏽🇯🇵א\u{301}…“".unicodeScalars)
        for _ in 0..<2_000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                if let scalar = scalars.randomElement(using: &random) { text.unicodeScalars.append(scalar) }
            }
            #expect(CanonicalReply.tokens(text).joined().isExactly(text))
        }
    }
}
