import Testing

@testable import FaultLab

@Suite struct ContinuationTests {
    private let prompt = "Why do rivers bend?"
    private var reply: String { CanonicalReply.text(prompt: prompt) }

    private func request(_ turns: [String], system: String = "") -> ReplyRequest {
        ReplyRequest(
            dialect: .openai, model: "m", system: system,
            turns: turns.enumerated().map { .init(isUser: $0.offset.isMultiple(of: 2), text: $0.element) },
            stream: true,
            maxTokens: nil, includeUsage: false, promptTokens: 0)
    }

    /// The reply up to every place between two scalars.
    private func parts() -> [String] {
        reply.unicodeScalars.indices.dropFirst().map { String(reply.unicodeScalars[..<$0]) }
    }

    private func trimmed(_ text: String) -> String {
        var text = text
        while let last = text.unicodeScalars.last, last == " " || last == "\n" { text.unicodeScalars.removeLast() }
        return text
    }

    @Test func freshRequestsCoverNothing() {
        let found = Continuation(request([prompt]))
        #expect(found.manner == .fresh && found.covered == 0 && found.matches)
        #expect(found.key == Continuation(request([prompt])).key)
        #expect(found.key != Continuation(request([prompt + "?"])).key)
    }

    @Test func everyPrefixIsFoundAgainInEveryManner() {
        let key = Continuation(request([prompt])).key
        for part in parts() {
            let kept = trimmed(part)
            let found = [
                (Continuation(request([prompt, part])), Continuation.Manner.prefill, part),
                (Continuation(request([prompt, kept])), .prefill, kept),
                (
                    Continuation(
                        request(
                            [prompt], system: "Be kind.\n\nPrevious incomplete response: \(part) Continue seamlessly.")),
                    .systemNote, kept
                ),
                (
                    Continuation(
                        request(
                            [prompt], system: "Previous incomplete response:\n\n\"\(part)\"\n\nContinue seamlessly.")),
                    .systemNote, kept
                ),
            ]
            for (continuation, manner, expected) in found {
                #expect(continuation.manner == manner && continuation.matches)
                #expect(continuation.covered == expected.utf8.count)
                #expect(continuation.key == key && continuation.prompt == prompt)
            }
            // Also after the last word: the stop reason may be all that is missing.
            let goingOn = Continuation(request([prompt, kept, "Continue exactly where you left off."]))
            #expect(goingOn.manner == .continue && goingOn.covered == kept.utf8.count && goingOn.key == key)
            let question = Continuation(request([prompt, kept, "Please go on."]))
            #expect((question.manner == .fresh) == (kept.utf8.count == reply.utf8.count))
        }
    }

    @Test func severalPartsFollowOneAnother() {
        let tokens = CanonicalReply.tokens(reply)
        let first = trimmed(tokens[..<40].joined())
        let second = trimmed(tokens[40..<90].joined())
        let found = Continuation(request([prompt, first, "continue", second, "Please continue."]))
        #expect(found.manner == .continue && found.matches && found.prompt == prompt)
        #expect(found.covered == trimmed(tokens[..<90].joined()).utf8.count)
    }

    @Test func aNewQuestionAfterAReplyIsNoContinuation() {
        let part = CanonicalReply.tokens(reply)[..<40].joined()
        let next = Continuation(request([prompt, part, "And why do they meander?"]))
        #expect(next.manner == .fresh && next.prompt == "And why do they meander?")
        let another = Continuation(request([prompt, "Nothing that the lab ever said", "continue"]))
        #expect(another.manner == .fresh && another.prompt == "continue")
    }

    @Test func aPartThatGoesAstrayIsTakenUpToThere() {
        let part = CanonicalReply.tokens(reply)[..<40].joined()
        let found = Continuation(request([prompt, part + " something else"]))
        #expect(!found.matches)
        #expect(abs(found.covered - part.utf8.count) <= 3)
        #expect(!Continuation(request([prompt, "zzz"])).matches)
    }

    /// Only what stands right behind a word and is unlike itself can be told from a text that goes on.
    @Test func wordsAreSaidAgainWhereThatCanBeTold() {
        let bytes = Array(reply.utf8)
        var told = 0
        var cuts = 0
        for cut in stride(from: 60, to: bytes.count, by: 1) where bytes[cut] & 0xC0 != 0x80 && bytes[cut] > 0x20 {
            let found = Continuation(request([prompt, String(decoding: bytes[..<cut], as: UTF8.self)]))
            guard found.covered == cut else { continue }
            let start = found.offset(repeating: 3)
            let said = String(decoding: bytes[start..<cut], as: UTF8.self)
            cuts += 1
            guard start < cut else { continue }
            told += 1
            #expect(said.split(separator: " ").count >= 3 && !said.contains("\n"), "\(said)")
            #expect(bytes[start - 1] == 0x20 || bytes[start - 1] == 0x0A, "\(said)")
            #expect(bytes[cut - 1] > 0x2F && found.offset(repeating: 0) == cut, "\(said)")
        }
        #expect(told > cuts / 3, "\(told) of \(cuts)")
    }

    @Test func repeatedWordsBeginAtAWord() {
        let bytes = Array("one two  three four".utf8)
        #expect(Continuation.offset(bytes.count, in: bytes, repeating: 1) == 15)
        #expect(Continuation.offset(17, in: bytes, repeating: 1) == 15)
        #expect(Continuation.offset(bytes.count, in: bytes, repeating: 3) == 4)
        #expect(Continuation.offset(bytes.count, in: bytes, repeating: 4) == 0)
        // There are no nine: a server that says all of it again has begun anew, which is another fault.
        #expect(Continuation.offset(bytes.count, in: bytes, repeating: 9) == bytes.count)
        #expect(Continuation.offset(0, in: bytes, repeating: 2) == 0)
        let row = Array("one\n| two | three |".utf8)
        #expect(Continuation.offset(row.count, in: row, repeating: 2) == 6)
    }
}
