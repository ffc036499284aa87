import Screen
import TestSupport
import Testing

/// What is shown is what is searched: markup and the window's line ends do not count.
@Suite struct SearchTests {
    private func found(_ query: String, in text: String, width: Int = 30) throws -> (StreamingMarkdown, ShownPlaces) {
        var markdown = StreamingMarkdown()
        markdown.append(text)
        markdown.finish()
        markdown.layout(width: width)
        var places = ShownPlaces()
        markdown.find(try #require(SearchPattern(query)), updating: &places)
        return (markdown, places)
    }

    @Test(arguments: [
        ("qubits, which", "Computers use **qubits**, which", 1), ("QUBITS", "qubits QUBITS Qubits", 1),
        ("qubits", "qubits QUBITS Qubits", 3), ("a b", "a\nb and a b", 2), ("aa", "aaaa aaa", 3),
        ("é", "É é e", 2), ("ж", "Ж ж", 2), ("`x`", "a `x` b", 0), ("x", "a `x` b", 1),
        ("swift", "```swift\nlet\n```", 0),
        ("let a", "```swift\nlet a = 1\nlet a = 2\n```", 2), ("b1c1", "|h|i|\n|-|-|\n|b1|c1|", 0),
        ("c1", "|h|i|\n|-|-|\n|b1|c1|", 1), ("one\ntwo", "one\n\ntwo", 0), ("漢字", "漢字かな漢字", 2), ("ß", "Straße", 1),
    ])
    func findsWhatIsShown(_ query: String, _ text: String, _ count: Int) throws {
        #expect(try found(query, in: text).1.count == count)
    }

    @Test func nothingIsNoPattern() { #expect(SearchPattern("") == nil) }

    @Test func aPlaceKnowsItsLineAtAnyWidth() throws {
        let text = "# Title\n\n" + (1...40).map { "word\($0) " }.joined() + "\n\n- a list\n- with needle\n"
        for width in [4, 10, 33, 120] {
            let (markdown, places) = try found("needle", in: text, width: width)
            #expect(places.count == 1)
            let line = markdown.line(of: places.places[0])
            let marks = LineMarks(places: places, current: 0)
            let shown = markdown.lines(in: line..<line + 1, marks: marks)
            #expect(shown[0].spans.contains { $0.look.contains(.matchCurrent) }, "width \(width): \(shown[0].text)")
            #expect(markdown.firstPlace(atLine: line, of: places) == 0)
        }
    }

    /// A place that the width cuts in two is marked on both lines.
    @Test func aPlaceOverTwoLinesIsMarkedOnBoth() throws {
        let (markdown, places) = try found("brown fox", in: "The quick brown fox jumps", width: 16)
        let marked = markdown.lines(in: 0..<2, marks: LineMarks(places: places)).map { line in
            marks(line, .match).joined(separator: "|")
        }
        #expect(marked == ["brown", "fox"])
    }

    private func marks(_ line: RoleLine, _ role: Role) -> [String] {
        var start = 0
        return line.spans.compactMap { span in
            defer { start = span.end }
            let bytes = Array(line.text.utf8)[start..<span.end]
            return span.look.contains(role) ? String(decoding: bytes, as: UTF8.self) : nil
        }
    }

    @Test func noGraphemeIsTornApart() throws {
        // A family, and an e with its accent apart.
        let text = "x👨‍👩‍👧e\u{301}x"
        let (markdown, places) = try found("e", in: text)
        let lines = markdown.lines(in: 0..<1, marks: LineMarks(places: places))
        #expect(marks(lines[0], .match) == ["e\u{301}"])
        let plain = markdown.lines(in: 0..<1)
        #expect(lines[0].text == plain[0].text)
        // A tint that begins within a scalar.
        let tints = (0..<text.utf8.count).map {
            LineMarks.Tint(source: $0, role: $0 % 2 == 0 ? .late1 : .late4)
        }
        let tinted = markdown.lines(in: 0..<1, marks: LineMarks(tints: tints))
        #expect(tinted[0].text == plain[0].text)
        #expect(tinted[0].columns == plain[0].columns)
    }

    @Test func tintsGoByTheSourceAsItCame() throws {
        // An escape sequence is shown as something else, of another length.
        var markdown = StreamingMarkdown()
        let first = "ab\u{1B}[31mcd "
        markdown.append(first + "**ef** gh")
        markdown.finish()
        markdown.layout(width: 60)
        let marks = LineMarks(tints: [
            .init(source: 0, role: nil), .init(source: first.utf8.count, role: .late3),
            .init(source: first.utf8.count + 7, role: .late0),
        ])
        let line = markdown.lines(in: 0..<1, marks: marks)[0]
        #expect(self.marks(line, .late3) == ["ef", " "])
        #expect(self.marks(line, .late0) == ["gh"])
    }

    /// However a text comes in, and whenever it is looked through, the same places are found.
    @Test func growingFindsTheSameAsWhole() throws {
        let text = """
            # Head one

            some one text **one** and `one` code
            one more line

            ```swift
            let one = 1
            one(one)
            ```
            | one | two |
            |---|---|
            | a one | one |
            | one | x |

            - one
              - ones one

            """
        let pattern = try #require(SearchPattern("one"))
        let whole = try found("one", in: text).1
        var random = SeededRandom(seed: 11)
        for _ in 0..<60 {
            var markdown = StreamingMarkdown()
            var places = ShownPlaces()
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...40, using: &random))
                rest = rest.dropFirst(piece.count)
                markdown.append(piece)
                if Bool.random(using: &random) { markdown.layout(width: Int.random(in: 5...60, using: &random)) }
                if Bool.random(using: &random) { markdown.find(pattern, updating: &places) }
            }
            markdown.finish()
            markdown.find(pattern, updating: &places)
            #expect(places.places == whole.places)
        }
    }

    @Test func codeHasANumberThatStays() {
        var markdown = StreamingMarkdown()
        markdown.append("text\n\n```swift\nlet a = 1\n")
        markdown.layout(width: 40)
        let head = markdown.codeHeads
        #expect(head.count == 1)
        markdown.append("let b = 2\n```\n\nmore\n\n    indented\n")
        markdown.layout(width: 20)
        #expect(markdown.codeHeads.first == head.first)
        #expect(markdown.codeBlock(head[0])?.text == "let a = 1\nlet b = 2")
        #expect(markdown.codeLines(head[0]) == markdown.codeBlock(head[0])?.lines)
        #expect(markdown.codeHead(atLine: 3) == head[0])
        #expect(markdown.codeBlock(999) == nil)
    }
}
