import TestSupport
import Testing

@testable import Screen

struct StreamingMarkdownTests {
    /// Pieces of Markdown that meet each other in any order.
    private static let fragments = [
        "# Heading\n", "para **bold** and `code`\n", "more text that goes on for a while, with *emphasis*\n", "\n",
        "\n\n",
        "- item\n", "- item two\n  continued\n", "  - nested\n", "1. one\n", "2. two\n", "1. one again\n", "> quote\n",
        "> - in quote\n", "```swift\n", "let x = 1 // c\n", "```\n", "   ```py\n", "   x = '1'\n", "   ```\n",
        "| a | b |\n",
        "|---|---|\n", "| 漢字 | **x** |\n", "---\n", "===\n", "    indented\n", "~~~\n", "text without end", "👩‍🚀 ", "**",
        "`", "\t",
        "\r\n", "[link](http://x.y/)", "&amp;", "\u{1B}[31m", "* * *\n", "+ plus\n", "- ```\n", "<b>x</b>\n", "\\",
        "_u_ ", "word ",
        "10. ten\n", "     deep\n", "http://example.org ", "- [ ] task\n", "\u{301}", "é",
    ]

    private func fragmentText(_ random: inout SeededRandom, _ count: Int) -> String {
        (0..<count).map { _ in Self.fragments[Int.random(in: 0..<Self.fragments.count, using: &random)] }.joined()
    }

    private func laidOut(_ bytes: [UInt8], width: Int, format: StreamingMarkdown.Format = .markdown)
        -> StreamingMarkdown
    {
        var message = StreamingMarkdown(format: format)
        message.append(bytes)
        message.finish()
        message.layout(width: width)
        return message
    }

    @Test func `it matters nothing in which pieces a message came, nor how often it was laid out`() {
        var random = SeededRandom(seed: 11)
        for round in 0..<600 {
            let bytes = Array(fragmentText(&random, Int.random(in: 1...25, using: &random)).utf8)
            let width = Int.random(in: 1...50, using: &random)
            let whole = laidOut(bytes, width: width)
            var message = StreamingMarkdown()
            for piece in DripFeed.random(bytes, longest: round % 2 == 0 ? 3 : 40, using: &random) {
                message.append(piece)
                if Bool.random(using: &random) { message.layout(width: Int.random(in: 1...50, using: &random)) }
                message.layout(width: width)
                #expect(message.lines.count == message.lineCount)
            }
            message.finish()
            message.layout(width: width)
            let same = message.lines == whole.lines
            #expect(same, "\(String(decoding: bytes, as: UTF8.self).debugDescription) at \(width)")
            if !same { return }
        }
    }

    @Test func `the end at another width is as if laid out so, and leaves the layout alone`() {
        var random = SeededRandom(seed: 13)
        for round in 0..<300 {
            var bytes = Array(fragmentText(&random, Int.random(in: 1...25, using: &random)).utf8)
            // Long pieces have checkpoints.
            let isLong = round % 20 == 0
            if isLong { bytes += Array(repeating: Array("many words ".utf8), count: 900).joined() }
            let (width, other) = (Int.random(in: 1...50, using: &random), Int.random(in: 1...50, using: &random))
            let rows = Int.random(in: 0...12, using: &random)
            var message = StreamingMarkdown()
            var alone = StreamingMarkdown()
            for piece in DripFeed.random(bytes, longest: round % 2 == 0 ? 40 : 3000, using: &random) {
                message.append(piece)
                alone.append(piece)
                if Bool.random(using: &random) { message.layout(width: width) }
                if Bool.random(using: &random) { continue }
                alone.layout(width: other)
                let lines = message.tail(width: other, rows: rows)
                let expected = Array(alone.lines.suffix(rows))
                // Within a line of code of thousands of letters, colours begin where reading began.
                let isSame = isLong ? lines.map(\.text) == expected.map(\.text) : lines == expected
                #expect(isSame, "\(String(decoding: bytes, as: UTF8.self)) at \(other)")
                guard isSame else { return }
            }
            message.finish()
            message.layout(width: width)
            #expect(message.lines.map(\.text) == laidOut(bytes, width: width).lines.map(\.text))
            let end = laidOut(bytes, width: other).lines.suffix(rows)
            #expect(message.tail(width: other, rows: rows).map(\.text) == end.map(\.text))
        }
    }

    @Test func `no line is wider than asked for, and each range is a part of the whole`() {
        var random = SeededRandom(seed: 12)
        for _ in 0..<300 {
            let bytes = Array(fragmentText(&random, 20).utf8)
            let width = Int.random(in: 2...30, using: &random)
            let message = laidOut(bytes, width: width)
            let all = message.lines
            #expect(all.count == message.lineCount)
            for line in all {
                #expect(line.columns <= width, "\(line.text.debugDescription) at \(width)")
                #expect((line.spans.last?.end ?? 0) == line.text.utf8.count)
            }
            guard !all.isEmpty else { continue }
            let start = Int.random(in: 0..<all.count, using: &random)
            let end = Int.random(in: start...all.count, using: &random)
            #expect(message.lines(in: start..<end) == Array(all[start..<end]))
            #expect(message.lines(in: start..<all.count + 10) == Array(all[start...]))
        }
    }

    @Test func `places in the source lead to lines and back`() {
        let text = """
            First paragraph with some words to be wrapped.

            - item **one** with words
            - item two

            ```c
            int main;
            ```
            last
            """
        let message = laidOut(Array(text.utf8), width: 20)
        for needle in ["First", "wrapped", "one", "two", "main", "last"] {
            let offset =
                text.utf8.count
                - (text[(text.range(of: needle) ?? text.startIndex..<text.endIndex).lowerBound...]).utf8.count
            let line = message.line(atSource: offset)
            #expect(message.lines[line].text.contains(needle), "\(needle) in \(message.lines[line].text)")
        }
        var last = -1
        for line in 0..<message.lineCount {
            let source = message.source(ofLine: line)
            #expect(source >= last)
            last = source
        }
        #expect(message.line(atSource: 0) == 0)
        #expect(message.line(atSource: 100_000) == message.lineCount - 1)
    }

    @Test func `offsets count the bytes as they came, whatever the sanitiser made of them`() {
        let text = "a\tb\r\n\r\n\u{1B}[31mred\r\n\r\n\tcode\r\n\r\nend"
        let message = laidOut(Array(text.utf8), width: 40)
        let offset = text.utf8.count - 3
        #expect(message.lines[message.line(atSource: offset)].text == "end")
        #expect(message.source(ofLine: message.lineCount - 1) == offset)
    }

    @Test func `copied text has no line ends of ours`() {
        let text =
            "A paragraph that will be wrapped.\nSecond line.\n\n- item that is wrapped too\n\n```sh\nls -l\n```\n\n> said"
        let message = laidOut(Array(text.utf8), width: 12)
        #expect(
            message.logicalText(in: 0..<message.lineCount) == """
                A paragraph that will be wrapped.
                Second line.

                - item that is wrapped too

                ls -l

                > said
                """)
        #expect(message.logicalText(in: 1..<2) == "that will be")
    }

    @Test func `blocks of code can be had as they were written`() {
        let text = "x\n\n```make\nall:\n\tcc a.c\n```\n\n1. y\n   ~~~\n   z\n   ~~~\n```\nopen"
        let message = laidOut(Array(text.utf8), width: 30)
        let blocks = message.codeBlocks
        #expect(blocks.map(\.language) == ["make", "", ""])
        #expect(blocks[0].text == "all:\n    cc a.c")
        let source = Array(text.utf8)[blocks[0].source]
        #expect(String(decoding: source, as: UTF8.self) == "all:\n\tcc a.c\n")
        #expect(blocks[1].text == "z")
        #expect(blocks[2].text == "open")
        #expect(message.codeBlock(atLine: blocks[0].lines.lowerBound + 1) == blocks[0])
        #expect(message.codeBlock(atLine: blocks[0].lines.upperBound - 1) == blocks[0])
        #expect(message.codeBlock(atLine: 0) == nil)
    }

    @Test func `plain text is only wrapped`() {
        let message = laidOut(Array("# no *heading*\n\n- x\n  y".utf8), width: 30, format: .plain)
        #expect(message.lines.map(\.text) == ["# no *heading*", "", "- x", "  y"])
    }

    // MARK: While it grows

    @Test func `an open fence looks like code at once`() {
        var message = StreamingMarkdown()
        message.append("Text\n```swift\nlet")
        message.layout(width: 30)
        #expect(message.lines.map(\.text) == ["Text", "╭─ swift", "│ let"])
        #expect(message.lines[2].spans.last?.look.roles.last == .codeKeyword)
        message.append(" x = 1\n``")
        message.layout(width: 30)
        #expect(message.lines.map(\.text) == ["Text", "╭─ swift", "│ let x = 1"])
        message.append("`\n")
        message.layout(width: 30)
        #expect(message.lines.map(\.text) == ["Text", "╭─ swift", "│ let x = 1", "╰─"])
    }

    @Test(arguments: [
        ("a **bo", "a bo"), ("a **bold*", "a bold"), ("a **bold**", "a bold"), ("a **", "a"), ("a `co", "a co"),
        ("a ~~st", "a st"), ("***x", "x"), ("2 * 3", "2 * 3"), ("snake_case", "snake_case"), ("- a **b", "• a b"),
        ("a\n-", "a"), ("a\n--", "a"), ("a\n1", "a"), ("#", ""), ("a `b` *", "a b"),
    ])
    func `nothing half-written is seen`(text: String, shown: String) {
        var message = StreamingMarkdown()
        message.append(text)
        message.layout(width: 40)
        #expect(message.lines.map(\.text).joined(separator: "\n") == shown)
    }

    /// From its first cell on, and until it turns out to be none.
    @Test func `a table's header is one before the line below it has come`() {
        let whole = "| Name | Value \\| more |\n|:-----|---:|\n| a | 1 |\n"
        var message = StreamingMarkdown()
        var before: [String] = []
        for (index, byte) in whole.utf8.enumerated() {
            message.append([byte])
            message.layout(width: 40)
            let lines = message.lines.map(\.text)
            if index >= 3 {
                #expect(lines.count >= 2 && lines[1].contains("─"), "\(index): \(lines)")
                #expect(lines.count >= before.count)
                #expect(!lines[0].hasPrefix("|"), "\(index): \(lines)")
            }
            before = lines
        }
        #expect(before.count == 3)
        #expect(before[0].contains("Value | more"))
    }

    @Test(arguments: [
        "|x| = 1 for", "|x|", "a | b\n", "- | a | b |\n", "|", "||\n", "| ",
        "> | a | b |\n",
    ])
    func `what may be no table is shown as it is written`(text: String) {
        var message = StreamingMarkdown()
        message.append(text)
        message.layout(width: 40)
        #expect(!message.lines.map(\.text).joined().contains("─"))
    }

    @Test func `what looked like a table's header is text again when it is none`() {
        var message = StreamingMarkdown()
        message.append("| Name | Value |\n")
        message.layout(width: 40)
        #expect(message.lines.count == 2)
        message.append("and so on")
        message.layout(width: 40)
        #expect(message.lines.map(\.text) == ["| Name | Value |", "and so on"])
        var cut = StreamingMarkdown()
        cut.append("| Name | Value |\n")
        cut.finish()
        cut.layout(width: 40)
        #expect(cut.lines.map(\.text) == ["| Name | Value |"])
    }

    @Test func `lines that are finished never change while the rest arrives`() {
        let bytes = Array(MarkdownTests.sample.utf8)
        var message = StreamingMarkdown()
        var before: [RoleLine] = []
        for byte in bytes {
            message.append([byte])
            message.layout(width: 44)
            let lines = message.lines
            // All but what the last block may still be: a table and a nested list are the longest of those here.
            let settled = max(0, before.count - 9)
            #expect(Array(lines.prefix(settled)) == Array(before.prefix(settled)))
            before = lines
        }
    }

    // MARK: Size

    @Test func `long paragraphs, lines and blocks are read in parts, and lose nothing`() {
        let words = (0..<4000).map { "word\($0)" }.joined(separator: " ")
        for (prefix, suffix) in [
            ("", ""), ("- ", ""), ("> ", ""), ("```\n", "\n```"), ("# ", ""), ("x | y\n", ""), ("1. a\n\n   ", ""),
        ] {
            let bytes = Array((prefix + words + suffix + "\n\nend").utf8)
            var message = StreamingMarkdown()
            for piece in stride(from: 0, to: bytes.count, by: 700) {
                message.append(bytes[piece..<min(bytes.count, piece + 700)])
                message.layout(width: 60)
            }
            message.finish()
            message.layout(width: 60)
            let text = message.logicalText(in: 0..<message.lineCount)
            for number in [0, 1, 999, 2000, 3998, 3999] {
                #expect(text.contains("word\(number) ") || text.contains("word\(number)\n"), "\(prefix)word\(number)")
            }
            #expect(message.lines.last?.text == "end")
            #expect(message.lines.count == message.lineCount)
            let line = message.line(atSource: bytes.count - 30)
            #expect(line > message.lineCount - 8 && line < message.lineCount)
        }
    }

    @Test func `a table of any length stays a table`() {
        let rows = (0..<1500).map { "| \($0) | row \($0) |\n" }.joined()
        let message = laidOut(Array(("| n | name |\n|---|---|\n" + rows).utf8), width: 40)
        let lines = message.lines.map(\.text)
        #expect(lines.count == 1502)
        #expect(lines.filter { $0.contains("name") }.count == 1)
        #expect(lines.allSatisfy { $0.contains("│") || $0.contains("┼") })
    }

    /// GFM asks for one dash a column, md4c for three.
    @Test func `one dash a column makes a table`() {
        let text = "| n | name |\n|-|:-:|\n| 1 | **one** |\n| 2 | two |\n\nend"
        let message = laidOut(Array(text.utf8), width: 40)
        let same = laidOut(Array(text.replacing("|-|:-:|", with: "|---|:---:|").utf8), width: 40)
        #expect(message.lines == same.lines)
        #expect(message.lines.count == 6)
        // Places are those of the text as it came.
        #expect(message.source(ofLine: 5) == text.utf8.count - 3)
        let rows = (0..<1500).map { "| \($0) | row \($0) |\n" }.joined()
        let long = laidOut(Array(("| n | name |\n|-|-|\n" + rows).utf8), width: 40)
        #expect(long.lines.count == 1502)
        #expect(long.lines.allSatisfy { $0.text.contains("│") || $0.text.contains("┼") })
    }

    /// What is no table for GFM is shown as it was written, with all of its words.
    @Test(arguments: [
        " |   |   |\n-|- -|-\nX | O", "a|b\n|:|-|\n", "cat a.txt | grep x | wc -l\n:-|\n",
        "a | b | c\n-|-\nx | y | z\n",
        "a|b\n|::-|-|\n", "a|b\n|-:x|-|\n",
    ])
    func `dashes are put into nothing else`(text: String) {
        let lines = laidOut(Array(text.utf8), width: 60).lines.map(\.text)
        let written = text.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(lines.map { $0.drop { $0 == " " } } == written, "\(lines)")
    }

    @Test(arguments: [
        ("| `ls | wc` | counts |", 2), ("| a \\| b | c |", 2), ("| a \\\\|", 1), ("| a | b", 2),
        ("| `` x ` | y `` |", 1),
    ])
    func `a header has the columns that md4c will find`(header: String, columns: Int) {
        let delimiter = "|" + String(repeating: "---|", count: columns)
        var trial = StreamingMarkdown()
        trial.append(header + "\n")
        trial.layout(width: 60)
        var table = StreamingMarkdown()
        table.append(header + "\n" + delimiter + "\n")
        table.layout(width: 60)
        #expect(trial.lines == table.lines, "\(trial.lines.map(\.text)) \(table.lines.map(\.text))")
    }

    @Test func `a table that asks for millions of cells is text`() {
        let text =
            String(repeating: "|a", count: 400) + "|\n" + String(repeating: "|-", count: 400) + "|\n"
            + String(repeating: "|\n", count: 400)
        let message = laidOut(Array(text.utf8), width: 80)
        #expect(message.lineCount > 400)
    }

    @Test func `deep nesting is cut`() {
        let message = laidOut(Array((String(repeating: "> ", count: 3000) + "x").utf8), width: 20)
        #expect(message.lines.allSatisfy { $0.columns <= 20 })
        let list = laidOut(Array((String(repeating: "- ", count: 1000) + "x").utf8), width: 20)
        #expect(list.lineCount > 0)
    }

    @Test func `markup that ends anywhere, in any order, is read within its bounds`() {
        let parts = [
            "[", "]", "(", ")", "<", ">", "!", "*", "_", "~", "|", "`", "\n", "\\", "&", ";", ":", "\"", "a", " ",
            "[x](", "http:/",
            "&#", "](", "[a]:", "\n\n", "- ", "> ", "|-|", "``", "~~", "**", "x y", "(<", "\n---\n", "\t",
            "| a |\n|--|\n", "<!--",
            "https://a.b/c", "[x](http://", "![",
        ]
        var random = SeededRandom(seed: 13)
        for _ in 0..<4000 {
            var message = StreamingMarkdown()
            var text = ""
            for _ in 0..<Int.random(in: 1...14, using: &random) {
                text += parts[Int.random(in: 0..<parts.count, using: &random)]
            }
            message.append(text)
            message.layout(width: 50)
            #expect(message.lines.allSatisfy { $0.columns <= 50 })
            message.finish()
            message.layout(width: 9)
            #expect(message.lines.allSatisfy { $0.columns <= 9 }, "\(text.debugDescription)")
        }
    }

    @Test func `bare links have their role, without the punctuation around them`() {
        let message = laidOut(
            Array("(see https://a.b/c_d?x=1&y=2), http://x.y/z(1). https:// xhttp://no".utf8), width: 99)
        var start = 0
        var links: [String] = []
        for span in message.lines[0].spans {
            let text = Array(message.lines[0].text.utf8)[start..<span.end]
            if span.look.contains(.link) { links.append(String(decoding: text, as: UTF8.self)) }
            start = span.end
        }
        #expect(links == ["https://a.b/c_d?x=1&y=2", "http://x.y/z(1)"])
    }

    @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func `no attack reaches the cells through Markdown`() throws {
        for hostile in try HostileCase.all() {
            for (prefix, suffix) in [
                ("", ""), ("```", "\n```"), ("- ", ""), ("[", "](x)"), ("[x](", ")"), ("| ", " |\n|-|\n| y |"),
            ] {
                let bytes = Array(prefix.utf8) + hostile.bytes.prefix(3000) + Array(suffix.utf8)
                for split in hostile.splits().prefix(6) + [bytes.count] where split <= bytes.count {
                    var message = StreamingMarkdown()
                    message.append(bytes[..<split])
                    message.layout(width: 70)
                    message.append(bytes[split...])
                    message.layout(width: 70)
                    let rows = min(message.lineCount, 60)
                    var canvas = Canvas(size: Size(columns: 70, rows: max(1, rows)))
                    for (row, line) in message.lines(in: 0..<rows).enumerated() {
                        canvas.put(line, at: Position(column: 0, row: row), theme: .plain)
                    }
                    #expect(canvas.frame.fault == nil, "\(hostile.name)")
                    for never in hostile.never {
                        #expect(!canvas.frame.emitted.contains(bytes: never), "\(hostile.name)")
                    }
                }
            }
        }
    }

    @Test func `character references cannot bring controls in`() {
        for reference in ["&#27;", "&#x1B;", "&#x9b;", "&#8238;", "&#xE0041;", "&#0;", "&#xD800;", "&#10;"] {
            let message = laidOut(
                Array("a \(reference)[31m b [x](http://\(reference)y) `\(reference)`".utf8), width: 200)
            var canvas = Canvas(size: Size(columns: 200, rows: 1))
            canvas.put(message.lines[0], at: Position(column: 0, row: 0), theme: .plain)
            #expect(canvas.frame.fault == nil, "\(reference)")
            #expect(!canvas.frame.emitted.dropLast().contains { $0 < 0x20 }, "\(reference)")
            #expect(!canvas.frame.emitted.contains(bytes: [0xC2, 0x9B]), "\(reference)")
            #expect(message.lineCount == 1)
        }
    }
}
