import TestSupport
import Testing

@testable import Screen

struct WrapTests {
    @Test func `words go whole to the next line, and blanks at its end vanish`() {
        #expect("the quick brown fox".wrapped(toColumns: 10) == ["the quick", "brown fox"])
        #expect("the quick  brown".wrapped(toColumns: 9) == ["the quick", "brown"])
        #expect("a\n\nb".wrapped(toColumns: 9) == ["a", "", "b"])
        #expect("".wrapped(toColumns: 9) == [""])
        #expect("  indented text".wrapped(toColumns: 10) == ["  indented", "text"])
        #expect("exactly ten".wrapped(toColumns: 11) == ["exactly ten"])
        #expect("exactly \nten".wrapped(toColumns: 7) == ["exactly", "ten"])
    }

    @Test func `long words are cut between graphemes`() {
        #expect("abcdefghij".wrapped(toColumns: 4) == ["abcd", "efgh", "ij"])
        #expect("ab cdefghij".wrapped(toColumns: 4) == ["ab", "cdef", "ghij"])
        #expect("e\u{301}e\u{301}e\u{301}".wrapped(toColumns: 2) == ["e\u{301}e\u{301}", "e\u{301}"])
        #expect("🇩🇪🇫🇷".wrapped(toColumns: 3) == ["🇩🇪", "🇫🇷"])
        #expect("👩‍🚀👩‍🚀".wrapped(toColumns: 3) == ["👩‍🚀", "👩‍🚀"])
        #expect("well-known".wrapped(toColumns: 6) == ["well-", "known"])
        #expect("漢".wrapped(toColumns: 1) == ["漢"])
    }

    @Test func `ideographs part anywhere, but not from their punctuation`() {
        #expect("漢字漢字".wrapped(toColumns: 5) == ["漢字", "漢字"])
        #expect("漢字、漢字".wrapped(toColumns: 4) == ["漢", "字、", "漢字"])
        #expect("漢「字」漢".wrapped(toColumns: 4) == ["漢", "「字", "」漢"])
        #expect("text漢字".wrapped(toColumns: 5) == ["text", "漢字"])
    }

    @Test func `later lines hang, and runs keep their styles`() {
        let bold = Style(attributes: .bold)
        let line = StyledLine([TextRun("one two "), TextRun("three four", style: bold)])
        let lines = line.wrapped(toColumns: 9, hangingIndent: 2)
        #expect(lines.map(\.text) == ["one two", "  three", "  four"])
        #expect(lines[1].runs.last?.style == bold)
        #expect(lines.map(\.isSoftWrapped) == [true, true, false])
        #expect(StyledLine.logicalText(StyledLine("one  two three").wrapped(toColumns: 4)) == "one  two three")
    }

    @Test func `plain ASCII breaks as any text does, and lines fit`() {
        var random = SeededRandom(seed: 5)
        let letters = Array("aaaabcdef    --\n.,x1".utf8)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                letters[Int.random(in: 0..<letters.count, using: &random)]
            }
            let columns = Int.random(in: 1...14, using: &random)
            for mode in [LineBreaker.Mode.words, .anywhere] {
                bytes.withUnsafeBufferPointer { bytes in
                    let fast = LineBreaker(bytes, end: bytes.count, mode: mode, isASCII: true)
                    let slow = LineBreaker(bytes, end: bytes.count, mode: mode, isASCII: false)
                    var start = 0
                    while true {
                        let line = fast.line(from: start, columns: columns)
                        let same = line == slow.line(from: start, columns: columns)
                        #expect(
                            same, "\(String(decoding: bytes, as: UTF8.self).debugDescription) at \(start), \(columns)")
                        #expect(line.end - start <= columns)
                        if line.kind == .last || !same { break }
                        #expect(line.next > start)
                        start = line.next
                    }
                }
            }
        }
    }
}
