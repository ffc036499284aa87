import Testing

@testable import StreamClient

@Suite struct TextTakerTests {
    /// Whatever the places where the text stood, the pieces joined are the text.
    @Test func piecesAreWholeScalars() {
        let text = Array("añb€c😀d".utf8)
        for first in 0...text.count {
            for second in first...text.count {
                var taker = TextTaker()
                let pieces = [
                    taker.take(Array(text[..<first]), isOver: false), taker.take(Array(text[..<second]), isOver: false),
                    taker.take(text, isOver: false),
                ].compactMap { $0 }
                #expect(pieces.joined() == "añb€c😀d")
                #expect(!pieces.contains { $0.contains("\u{FFFD}") || $0.isEmpty })
            }
        }
    }

    @Test func theEndHoldsNothingBack() {
        var taker = TextTaker()
        #expect(taker.take([0x61, 0xE2, 0x82], isOver: false) == "a")
        #expect(taker.take([0x61, 0xE2, 0x82], isOver: true) == "\u{FFFD}")
        #expect(taker.take([0x61, 0xE2, 0x82], isOver: true) == nil)
    }
}
