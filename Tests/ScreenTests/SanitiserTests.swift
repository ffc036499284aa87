import Screen
import TestSupport
import Testing

struct SanitiserTests {
    private func clean(_ bytes: [[UInt8]], lines: Sanitiser.Lines = .many) -> [UInt8] {
        var sanitiser = Sanitiser(lines: lines)
        var output: [UInt8] = []
        for piece in bytes { sanitiser.sanitise(piece, into: &output) }
        sanitiser.finish(into: &output)
        return output
    }

    /// As it would be read on the screen.
    private func shown(_ bytes: [UInt8]) -> String {
        MarkedScalar.writtenOut(String(decoding: clean([bytes]), as: UTF8.self))
    }

    private func shown(_ text: String) -> String { shown(Array(text.utf8)) }

    /// Draws each line of sanitised text on a row of its own.
    private func drawn(_ clean: [UInt8]) -> Frame {
        let lines = clean.split(separator: 0x0A, maxSplits: 60)
        var canvas = Canvas(size: Size(columns: 200, rows: max(1, lines.count)))
        for (row, line) in lines.enumerated() {
            canvas.put(String(decoding: line, as: UTF8.self), at: Position(column: 0, row: row), style: .plain)
        }
        return canvas.frame
    }

    @Test(
        .enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func `no attack reaches the cells, whole or split anywhere`() throws {
        for hostile in try HostileCase.all() {
            let whole = clean([hostile.bytes])
            let frame = drawn(whole)
            #expect(frame.fault == nil, "\(hostile.name)")
            for never in hostile.never {
                #expect(!frame.emitted.contains(bytes: never), "\(hostile.name)")
                #expect(!whole.contains(bytes: never), "\(hostile.name)")
            }
            for split in hostile.splits() {
                let halves = clean([Array(hostile.bytes[..<split]), Array(hostile.bytes[split...])])
                #expect(halves == whole, "\(hostile.name) split at \(split)")
            }
        }
    }

    @Test func `sequences are shown whole and marked`() {
        #expect(shown("a\u{1B}[31mb") == "a␛[31mb")
        #expect(shown("\u{1B}]52;c;ZXZpbA==\u{07}x") == "␛]52;c;ZXZpbA==␇x")
        #expect(shown("\u{9B}31mred") == "‹U+009B›31mred")
        #expect(shown("\u{1B}Pq#0\u{1B}\\z") == "␛Pq#0␛\\z")
        #expect(shown("a\u{7F}b\u{0}c") == "a␡b␀c")
        var canvas = Canvas(size: Size(columns: 8, rows: 1))
        let text = String(decoding: clean([Array("a\u{1B}[1mb".utf8)]), as: UTF8.self)
        canvas.put(
            text, at: Position(column: 0, row: 0), style: .plain, unsafeStyle: Style(attributes: .reverse))
        let marked = (0..<6).map { canvas.frame[column: $0, row: 0].style.attributes == .reverse }
        #expect(marked == [false, true, true, true, true, false])
    }

    @Test func `a string without an end does not eat the message`() {
        let text = "\u{1B}]0;" + String(repeating: "x", count: 400) + "end"
        #expect(shown(text) == "␛]0;" + String(repeating: "x", count: 400) + "end")
        let marks = String(decoding: clean([Array(text.utf8)]), as: UTF8.self).unicodeScalars
        #expect(marks.prefix(200).allSatisfy { $0.value > 0xFFFF })
        #expect(marks.suffix(100).allSatisfy { $0.isASCII })
        #expect(shown("\u{1B}]0;title\nnext") == "␛]0;title\nnext")
    }

    @Test func `line ends and tabs are layout`() {
        #expect(shown("a\r\nb\rc\n") == "a\nb␍c\n")
        #expect(shown("a\r") == "a␍")
        #expect(shown("a\r\r\nb") == "a␍\nb")
        #expect(shown("a\tb\n\tc") == "a   b\n    c")
        #expect(shown("漢\tb") == "漢  b")
        #expect(Sanitiser.line("one\ntwo") != "one\ntwo")
        #expect(MarkedScalar.writtenOut(Sanitiser.line("one\r\ntwo")) == "one␍␊two")
    }

    @Test func `what is invisible is shown by number`() {
        #expect(shown("pay\u{200B}pal") == "pay‹U+200B›pal")
        #expect(shown("pay\u{200C}pal") == "pay‹U+200C›pal")
        #expect(shown("a\u{202E}b\u{2066}c") == "a‹U+202E›b‹U+2066›c")
        #expect(shown("\u{FEFF}x\u{AD}y\u{2028}z") == "‹U+FEFF›x‹U+00AD›y‹U+2028›z")
        #expect(shown("x\u{E0041}") == "x‹U+E0041›")
        #expect(shown("a\u{FE0F}\u{E0101}") == "a‹U+FE0F›‹U+E0101›")
        #expect(shown("\u{10FE5B}") == "‹U+10FE5B›")
    }

    @Test func `emoji and scripts keep what they need`() {
        for text in ["👨‍👩‍👧‍👦", "❤️", "1️⃣", "👍🏽", "🇩🇪", "می‌خواهم", "क्‍ष", "葛\u{E0100}", "é", "e\u{301}", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "ﷺ"] {
            #expect(clean([Array(text.utf8)]) == Array(text.utf8), "\(text)")
        }
    }

    @Test func `ill-formed UTF-8 is one replacement for each maximal part`() {
        #expect(shown([0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        #expect(shown([0xE2, 0x82, 0x41]) == "\u{FFFD}A")
        #expect(shown([0xC0, 0xAF]) == "\u{FFFD}\u{FFFD}")
        #expect(shown([0xED, 0xA0, 0x80]) == "\u{FFFD}\u{FFFD}\u{FFFD}")
        #expect(shown([0xF0, 0x9F, 0x98]) == "\u{FFFD}")
        #expect(shown([0x9B, 0x33, 0x31, 0x6D]) == "\u{FFFD}31m")
    }

    @Test func `any bytes, in any pieces, give the same safe cells`() {
        var random = SeededRandom(seed: 2026)
        let seeds: [[UInt8]] = [
            [0x1B], [0x1B, 0x5B], [0x1B, 0x5D], [0x9B], [0xC2, 0x9B], [0xC2, 0x9D], [0x07], [0x0D], [0x0A], [0x09],
            Array("👩‍🚀".utf8), Array("🇳🇱".utf8), Array("漢".utf8), Array("\u{301}".utf8), Array("\u{202E}".utf8),
            Array("\u{FE0F}".utf8), Array("\u{200D}".utf8), Array("ก็ำ".utf8), Array("각".utf8), Array("text".utf8),
            [0xE2, 0x80],
            [0xF0, 0x9F], [0xED, 0xA0, 0x80], Array("\u{10FE1B}".utf8), Array("\u{1F3FD}".utf8),
        ]
        for _ in 0..<1500 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...24, using: &random) {
                if Bool.random(using: &random) {
                    bytes += seeds[Int.random(in: 0..<seeds.count, using: &random)]
                } else {
                    bytes.append(UInt8.random(in: 0...255, using: &random))
                }
            }
            let whole = clean([bytes])
            let pieces = clean(DripFeed.random(bytes, longest: 5, using: &random))
            #expect(pieces == whole, "\(bytes)")
            #expect(String(validating: whole, as: UTF8.self) != nil, "\(bytes)")
            let fault = drawn(whole).fault
            #expect(fault == nil, "\(bytes)")
            #expect(clean(DripFeed.bytes(bytes)) == whole)
            // Drawn without the sanitiser by mistake, it is still harmless.
            var canvas = Canvas(size: Size(columns: 80, rows: 1))
            canvas.put(String(decoding: bytes, as: UTF8.self), at: Position(column: 0, row: 0), style: .plain)
            #expect(canvas.frame.fault == nil, "\(bytes)")
            #expect(!canvas.frame.emitted.dropLast().contains { $0 < 0x20 || $0 == 0x7F }, "\(bytes)")
        }
    }
}
