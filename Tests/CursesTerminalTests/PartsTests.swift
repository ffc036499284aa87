import Foundation
import Screen
import Testing

@testable import CursesTerminal

@Suite struct PairTableTests {
    private func pair(_ number: Int32) -> PairTable.Pair { .init(foreground: number, background: -1) }

    @Test func `numbers are given once, and given again when let go`() {
        var table = PairTable(count: 4)
        #expect(table.number(of: .own) == 0)
        #expect((1...3).map { table.add(pair($0)) } == [1, 2, 3])
        #expect(table.number(of: pair(2)) == 2)
        #expect(table.add(pair(4)) == nil)
        table.keep([pair(2)])
        #expect(table.count == 1)
        #expect(table.number(of: pair(2)) == 2)
        #expect(table.number(of: pair(1)) == nil)
        #expect(Set([table.add(pair(5)), table.add(pair(6))]) == [1, 3])
        #expect(table.add(pair(7)) == nil)
    }

    @Test func `a bound of its own`() {
        var table = PairTable(count: 65536)
        let given = (0..<5000).compactMap { table.add(pair($0)) }
        #expect(given.count == PairTable.mostPairs)
    }

    @Test func `no colours, no pairs`() {
        var table = PairTable(count: 0)
        #expect(table.add(pair(1)) == nil)
    }
}

@Suite struct RowChangesTests {
    private func runs(_ old: String, _ new: String) -> [Range<Int>] {
        func cells(_ text: String) -> [Cell] {
            // `<` and `>` stand for the halves of a wide cell.
            text.unicodeScalars.map {
                switch $0 {
                case "<": Cell(base: 0x65E5, style: .plain, width: 2)
                case ">": Cell(base: 0, style: .plain, width: 0)
                default: Cell(base: $0.value, style: .plain)
                }
            }
        }
        var found: [Range<Int>] = []
        cells(old).withUnsafeBufferPointer { old in
            cells(new).withUnsafeBufferPointer { new in RowChanges.forEach(old, new) { found.append($0) } }
        }
        return found
    }

    @Test func `where rows differ`() {
        #expect(runs("abc", "abc") == [])
        #expect(runs("abc", "axc") == [1..<2])
        #expect(runs("abcdefgh", "xbcdefgy") == [0..<8], "close together")
        #expect(runs("abcdefghijkl", "xbcdefghijky") == [0..<1, 11..<12])
        #expect(runs("", "") == [])
    }

    @Test func `whole cells`() {
        #expect(runs("ab<>", "a<>b") == [1..<4])
        #expect(runs("<>", "ab") == [0..<2])
        #expect(runs("a>b", "<>b") == [0..<2])
        #expect(runs("<b", "<>") == [0..<2])
    }
}

@Suite struct ModeSequencesTests {
    private func modes(mouse: Bool = false, paste: Bool = false, title: String? = nil) -> TerminalModes {
        var modes = TerminalModes()
        modes.mouse = mouse
        modes.bracketedPaste = paste
        modes.title = title
        return modes
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `only differences are sent`() {
        var sequences = ModeSequences(setsTitles: true)
        #expect(sequences.change(to: modes()) == [])
        #expect(text(sequences.change(to: modes(paste: true))) == "\u{1B}[?2004h")
        #expect(sequences.change(to: modes(paste: true)) == [])
        #expect(
            text(sequences.change(to: modes(mouse: true))) == "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h\u{1B}[?2004l")
        #expect(text(sequences.changeToNone()) == "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l")
        #expect(sequences.changeToNone() == [])
    }

    @Test func `the window's own title comes back`() {
        var sequences = ModeSequences(setsTitles: true)
        #expect(text(sequences.change(to: modes(title: "a"))) == "\u{1B}[22;2t\u{1B}]2;a\u{1B}\\")
        #expect(text(sequences.change(to: modes(title: "b"))) == "\u{1B}]2;b\u{1B}\\")
        #expect(text(sequences.changeToNone()) == "\u{1B}[23;2t")
        var plain = ModeSequences(setsTitles: false)
        #expect(plain.change(to: modes(title: "a")) == [])
    }

    @Test func `a title holds no controls and has a bound`() {
        var sequences = ModeSequences(setsTitles: true)
        let hostile = "a\u{1B}\\\u{7}\u{9C}b" + String(repeating: "日", count: 200)
        let bytes = sequences.change(to: modes(title: hostile))
        let expected = "\u{1B}[22;2t\u{1B}]2;a\\b" + String(repeating: "日", count: 82) + "\u{1B}\\"
        #expect(text(bytes) == expected)
    }
}

@Suite struct ClipboardTests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64(text: String, expected: String) {
        #expect(Clipboard.base64(Array(text.utf8)) == Array(expected.utf8))
    }

    @Test func `bounded`() {
        #expect(Clipboard.sequence(String(repeating: "a", count: Clipboard.limit))?.count == 99_992 + 9)
        #expect(Clipboard.sequence(String(repeating: "a", count: Clipboard.limit + 1)) == nil)
    }

    /// What GNU screen strips leaves one whole sequence, of pieces that it takes.
    @Test func `through GNU screen`() throws {
        for length in [0, 1, 380, 400, 5000] {
            let sequence = try #require(Clipboard.sequence(String(repeating: "x", count: length)))
            let wrapped = String(decoding: Clipboard.passedThroughScreen(sequence), as: UTF8.self)
            let pieces = wrapped.components(separatedBy: "\u{1B}\\")
            #expect(pieces.last == "")
            #expect(pieces.dropLast().allSatisfy { $0.hasPrefix("\u{1B}P") && $0.utf8.count <= 768 })
            let inner = pieces.dropLast().map { String($0.dropFirst(2)) }.joined()
            #expect(inner == String(decoding: sequence.dropLast(2), as: UTF8.self) + "\u{7}")
        }
    }
}

@Suite struct ColorNumbersTests {
    @Test func `the palette's own colours map to themselves`() {
        for index in 16...255 {
            let (red, green, blue): (Int, Int, Int)
            if index >= 232 {
                (red, green, blue) = (8 + 10 * (index - 232), 8 + 10 * (index - 232), 8 + 10 * (index - 232))
            } else {
                func level(_ n: Int) -> Int { n == 0 ? 0 : 55 + 40 * n }
                (red, green, blue) = (level((index - 16) / 36), level((index - 16) / 6 % 6), level((index - 16) % 6))
            }
            #expect(ColorNumbers.nearestPalette(UInt8(red), UInt8(green), UInt8(blue)) == UInt8(index))
        }
    }

    @Test func `ANSI colours by hue, greys by light`() {
        // The dark theme's leaf, amber, rose, water, sky, soft, ink and deep.
        #expect(ColorNumbers.nearestANSI(0x8C, 0xC9, 0x8A) == 2)
        #expect(ColorNumbers.nearestANSI(0xE5, 0xB5, 0x67) == 3)
        #expect(ColorNumbers.nearestANSI(0xF0, 0x7F, 0x86) == 9)
        #expect(ColorNumbers.nearestANSI(0x63, 0xB8, 0xDD) == 6)
        #expect(ColorNumbers.nearestANSI(0x86, 0xB8, 0xF5) == 12)
        #expect(ColorNumbers.nearestANSI(0x98, 0xA5, 0xB5) == 7)
        #expect(ColorNumbers.nearestANSI(0xD5, 0xDC, 0xE6) == 7)
        #expect(ColorNumbers.nearestANSI(0x27, 0x32, 0x3D) == 0)
        #expect(ColorNumbers.nearestANSI(0, 0, 0) == 0)
        #expect(ColorNumbers.nearestANSI(250, 10, 10) == 9)
        #expect(ColorNumbers.nearestANSI(130, 130, 130) == 8)
        #expect(ColorNumbers.nearestANSI(255, 250, 255) == 15)
    }
}
