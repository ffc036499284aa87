import Screen
import TestSupport
import Testing

@Suite struct InputFuzzTests {
    private static let pieces: [String] = [
        "\u{1B}", "[", "O", "]", "P", "_", "\u{1B}[", "\u{1B}O", "\u{1B}]11;", "rgb:12/34/56", "\u{7}", "\u{1B}\\", "<",
        "0;1;1M", "200~",
        "201~", "\u{1B}[200~", "\u{1B}[201~", "?2026;2$y", "?1;2c", "M", "A", "1;5", "~", "$", "^", "13;2u", "u", "\r",
        "\n",
        "é", "日本", "👩‍👧", "text", "\u{18}", "\u{3}", "9999999999999999999", ":", ";", "I",
    ]

    private func input(_ random: inout SeededRandom) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            if Int.random(in: 0..<5, using: &random) == 0 {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            } else {
                bytes += Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &random)].utf8
            }
        }
        return bytes
    }

    @Test func `any split of any bytes gives the same events`() {
        var random = SeededRandom(seed: 20_260_101)
        for _ in 0..<4_000 {
            let bytes = input(&random)
            var whole = InputDecoder(pasteLimit: 64)
            var split = InputDecoder(pasteLimit: 64)
            let expected = whole.decode(bytes) + whole.flush()
            let pieces = DripFeed.random(bytes, longest: 5, using: &random)
            let found = pieces.flatMap { split.decode($0) } + split.flush()
            #expect(found == expected, "\(bytes)")
            #expect(whole.isPending == split.isPending)
        }
    }

    @Test func `no character ever holds a control`() {
        var random = SeededRandom(seed: 3)
        var decoder = InputDecoder(pasteLimit: 64)
        for _ in 0..<4_000 {
            let events = decoder.decode(input(&random)) + (Bool.random(using: &random) ? decoder.flush() : [])
            for case .key(.character(let character), _) in events {
                for scalar in character.unicodeScalars {
                    #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value))
                }
            }
        }
    }

    /// Every state is left again by the keys that a stuck user presses; only a paste waits for its own end.
    @Test func `no input swallows the keyboard for good`() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<2_000 {
            var decoder = InputDecoder(pasteLimit: 64)
            _ = decoder.decode(input(&random)) + decoder.flush()
            _ = decoder.decode(Array("\u{1B}[201~".utf8)) + decoder.flush()
            _ = decoder.decode([0x1B, 0x1B]) + decoder.flush()
            _ = decoder.decode([0x0D])
            #expect(decoder.decode([0x78]).last == .key(.character("x"), []))
        }
    }
}
