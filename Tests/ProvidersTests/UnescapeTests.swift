import Testing

@testable import Providers

@Suite("Text of JSON strings")
struct UnescapeTests {
    func text(_ json: [UInt8]) throws -> String {
        guard case .string(let text)? = JSONValue([0x22] + json + [0x22]) else {
            Issue.record("no string")
            return ""
        }
        return text
    }

    @Test(
        "escapes",
        arguments: [
            (#"a\"b\\c\/d"#, "a\"b\\c/d"), (#"\b\f\n\r\t"#, "\u{8}\u{C}\n\r\t"), (#"\u0041\u00e9\u8c46"#, "Aé豆"),
            (#"\ud83d\ude00"#, "😀"), (#"\uD83D\uDE00!"#, "😀!"), (#"\u0000"#, "\0"), (#"\u2028"#, "\u{2028}"),
            ("豆腐 €", "豆腐 €"), (#"é\né"#, "é\né"),
            // Lone surrogates, in every order.
            (#"\ud83d"#, "\u{FFFD}"), (#"\ude00"#, "\u{FFFD}"), (#"\ud83dx"#, "\u{FFFD}x"),
            (#"\ude00\ud83d"#, "\u{FFFD}\u{FFFD}"), (#"\ud83d\ud83d\ude00"#, "\u{FFFD}😀"),
            (#"\ud83d\n"#, "\u{FFFD}\n"), (#"\ud83d\u0041"#, "\u{FFFD}A"),
        ])
    func escapes(json: String, expected: String) throws {
        #expect(try Array(text(Array(json.utf8)).utf8) == Array(expected.utf8))
    }

    @Test(
        "invalid UTF-8 is repaired as Swift and the web do it: one U+FFFD for each maximal part",
        arguments: [
            [0x80], [0xC3], [0xC3, 0x41], [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xF0, 0x9F, 0x98], [0xC0, 0xAF],
            [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xFF, 0xFE],
            [0xE2, 0x82, 0xE2, 0x82, 0xAC], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xC3, 0xA9, 0xE9, 0xC3, 0xA9],
        ] as [[UInt8]])
    func repair(bytes: [UInt8]) throws {
        let expected = String(decoding: bytes, as: UTF8.self)
        #expect(try text(bytes).unicodeScalars.elementsEqual(expected.unicodeScalars))
        // Among escapes too.
        let escaped = Array("\\n".utf8) + bytes + Array("\\n".utf8)
        #expect(try text(escaped).unicodeScalars.elementsEqual("\n\(expected)\n".unicodeScalars))
    }

    @Test("every pair of bytes comes out as valid UTF-8, as Swift decodes it")
    func pairs() throws {
        for first in 0x80...0xFF as ClosedRange<UInt8> {
            for second in stride(from: 0x30, through: 0xFF, by: 13) as StrideThrough<Int> {
                let bytes = [first, UInt8(second)]
                if bytes[1] == 0x22 || bytes[1] == 0x5C { continue }
                let expected = String(decoding: bytes, as: UTF8.self)
                #expect(try text(bytes).unicodeScalars.elementsEqual(expected.unicodeScalars))
            }
        }
    }

    @Test("a surrogate pair cut between two deltas is joined")
    func joined() throws {
        let decoded = try decode(stream(delta(#""a\ud83d""#), delta(#""\ude00b""#)))
        #expect(decoded.string == "a😀b")
        let openAI = try decode(stream(chunk(#"{"content":"\ud83d"}"#), chunk(#"{"content":"\ude00"}"#)))
        #expect(openAI.string == "😀")
        #expect(openAI.items.filter { if case .text = $0 { true } else { false } } == [.text(bytes: 4)])
    }

    @Test("the other half that does not come leaves U+FFFD in its place")
    func orphaned() throws {
        #expect(try decode(stream(delta(#""a\ud83d""#), delta(#""b""#))).string == "a\u{FFFD}b")
        #expect(try decode(stream(delta(#""a\ud83d""#), delta(#""\n""#))).string == "a\u{FFFD}\n")
        // Where the reply is cut, the other half comes with what follows: half a character is no text yet.
        #expect(try decode(stream(delta(#""a\ud83d""#))).string == "a")
        #expect(try decode(stream(chunk(#"{"content":"a\ud83d"}"#), "data: [DONE]\n\n")).string == "a")
        let stopped = try decode(stream(chunk(#"{"content":"\ud83d"}"#), chunk("{}", finish: "\"stop\"")))
        #expect(stopped.items.suffix(2) == [.text(bytes: 3), .stopped(.endTurn)])
        // Thinking and text are apart.
        let apart = try decode(
            stream(chunk(#"{"reasoning":"\ud83d"}"#), chunk(#"{"content":"\ude00"}"#, finish: "\"stop\"")))
        #expect(apart.string == "\u{FFFD}")
        #expect(apart.thoughts == "\u{FFFD}")
    }
}
