import Screen
import TestSupport
import Testing

@Suite struct InputPasteTests {
    private let start = Array("\u{1B}[200~".utf8)
    private let end = Array("\u{1B}[201~".utf8)

    private func decode(_ pieces: [[UInt8]], limit: Int = 16 << 20) -> (events: [InputEvent], dropped: Int) {
        var decoder = InputDecoder(pasteLimit: limit)
        let events = pieces.flatMap { decoder.decode($0) }
        return (events, decoder.takeDroppedPasteBytes())
    }

    @Test func `a paste is one event, at any split`() {
        let bytes = start + Array("a\u{1B}[A é日\u{1B}[20\u{1B}\u{1B}[201\n".utf8) + end + [0x78]
        let expected: [InputEvent] = [.paste("a\u{1B}[A é日\u{1B}[20\u{1B}\u{1B}[201\n"), .key(.character("x"), [])]
        for pieces in DripFeed.twoWaySplits(bytes) {
            #expect(decode(pieces).events == expected)
        }
        #expect(decode(DripFeed.bytes(bytes)).events == expected)
    }

    @Test func `line ends become LF`() {
        #expect(decode([start + Array("a\rb\r\nc\n\r\rd".utf8) + end]).events == [.paste("a\nb\nc\n\n\nd")])
    }

    @Test func `an empty paste, and two in a row`() {
        #expect(
            decode([start + end + start + [0x61] + end]).events == [.paste(""), .paste("a")])
    }

    @Test func `ill-formed UTF-8 is repaired`() {
        #expect(decode([start + [0x61, 0xFF, 0x62] + end]).events == [.paste("a\u{FFFD}b")])
    }

    @Test func `no key and no deadline within a paste`() {
        var decoder = InputDecoder()
        #expect(decoder.decode(start + [0x1B]) == [])
        #expect(!decoder.isPending)
        #expect(decoder.flush() == [])
        #expect(decoder.decode(end) == [.paste("\u{1B}")])
    }

    @Test func `what is over the limit is dropped and counted`() {
        let text = Array("ab日本".utf8)
        let whole = decode([start + text + end], limit: text.count)
        #expect(whole.events == [.paste("ab日本")])
        #expect(whole.dropped == 0)
        // Cut within a scalar: no half of it is handed on.
        let cut = decode([start + text + end + [0x78]], limit: 6)
        #expect(cut.events == [.paste("ab日"), .key(.character("x"), [])])
        #expect(cut.dropped == 2)
    }

    @Test func `the count is taken once`() {
        var decoder = InputDecoder(pasteLimit: 1)
        _ = decoder.decode(start + Array("abc".utf8) + end)
        #expect(decoder.droppedPasteBytes == 2)
        #expect(decoder.takeDroppedPasteBytes() == 2)
        #expect(decoder.takeDroppedPasteBytes() == 0)
    }

    @Test func `a megabyte in reads of any size`() {
        var random = SeededRandom(seed: 7)
        let line = Array("The quick brown fox \u{1B}[20 日本\n".utf8)
        let text = Array(repeatElement(line, count: (1 << 20) / line.count + 1).joined())
        let bytes = start + text + end
        let expected: [InputEvent] = [.paste(String(decoding: text, as: UTF8.self))]
        #expect(decode([bytes]).events == expected)
        #expect(decode(DripFeed.random(bytes, longest: 4096, using: &random)).events == expected)
    }
}
