import CursesTerminal
import Screen
import TestSupport
import Testing

extension CursesTerminalTests {
    @Suite struct Frames {
        @Test func `the first frame shows all, and only known sequences go out`() throws {
            let test = try TestTerminal()
            var frame = test.frame(["hello", "", "  world"])
            frame.cursor = Position(column: 3, row: 2)
            frame.modes.bracketedPaste = true
            frame.modes.mouse = true
            frame.modes.title = "a title"
            try test.render(frame)
            #expect(test.seen.lines.prefix(4) == ["hello", "", "  world", ""])
            #expect(test.seen.cursor == (2, 3))
            #expect(test.seen.modes.isSuperset(of: [25, 1000, 1002, 1006, 1049, 2004]))
            #expect(test.seen.title == "a title")
            #expect(test.seen.unknown == [])
        }

        /// Movements down stop at the region's end: a region of the description's 24 rows keeps text from the rows below.
        @Test(arguments: ["vt100", "xterm-256color"])
        func `the scrolling region is as high as the window`(type: String) throws {
            let test = try TestTerminal(type: type, rows: 32)
            let bytes = try test.render(test.frame(["hello"])).visible
            let region = try #require(bytes.split(separator: "hello").first)
            #expect(region.contains("␛[1;32r"))
            #expect(!region.split(separator: "␛[1;32r").dropFirst().joined().contains(";24r"))
        }

        @Test func `an identical frame costs nothing`() throws {
            let test = try TestTerminal()
            let frame = test.frame(["hello", "日本 e\u{301} 🫨"])
            try test.render(frame)
            #expect(try test.terminal.render(frame) == 0)
            // Not the same value, but the same frame.
            #expect(try test.render(test.frame(["hello", "日本 e\u{301} 🫨"])) == [])
        }

        @Test func `one changed cell costs few bytes`() throws {
            let test = try TestTerminal()
            var frame = test.frame((0..<24).map { "line \($0) of the text" })
            try test.render(frame)
            frame[column: 5, row: 10] = Cell(base: 0x58, style: .plain)
            let bytes = try test.render(frame)
            // Move, character, and back by one, where the hidden cursor rests.
            #expect(bytes.visible == "␛[11;6HX␈")
            #expect(test.seen.lines[10] == "line X0 of the text")
            // The next one in the same row: the characters in between are shorter than a move.
            frame[column: 6, row: 10] = Cell(base: 0x59, style: .plain)
            #expect(try test.render(frame).count <= 4)
        }

        @Test func `the cursor moves by itself, hides and comes back`() throws {
            let test = try TestTerminal()
            var frame = test.frame(["hello"])
            try test.render(frame)
            #expect(!test.seen.modes.contains(25))
            frame.cursor = Position(column: 4, row: 0)
            try test.render(frame)
            #expect(test.seen.cursor == (0, 4))
            #expect(test.seen.modes.contains(25))
            frame.cursor = Position(column: 500, row: 500)
            try test.render(frame)
            #expect(!test.seen.modes.contains(25))
        }

        @Test func `wide cells and combining marks stand at their columns`() throws {
            let test = try TestTerminal()
            try test.render(test.frame(["ab日本cd", "e\u{301}x क\u{93F}y", "한국어|"]))
            #expect(test.seen.cell(row: 0, column: 2).text == "日")
            #expect(test.seen.cell(row: 0, column: 6).text == "c")
            #expect(test.seen.cell(row: 1, column: 0).text.unicodeScalars.elementsEqual("e\u{301}".unicodeScalars))
            #expect(test.seen.cell(row: 1, column: 1).text == "x")
            #expect(test.seen.cell(row: 2, column: 6).text == "|")
            #expect(test.seen.unknown == [])
        }

        @Test func `wide cells over narrow ones and back leave nothing behind`() throws {
            let test = try TestTerminal(columns: 10, rows: 3)
            var random = SeededRandom(seed: 5)
            let letters = ["a", "日", "é", "🫨", "e\u{301}", " ", "本", "क\u{93F}", "👍", "㉈"]
            for _ in 0..<400 {
                let lines = (0..<3).map { _ in
                    (0..<Int.random(in: 0...12, using: &random)).map { _ in
                        letters[Int.random(in: 0..<letters.count, using: &random)]
                    }.joined()
                }
                let frame = test.frame(lines)
                try test.render(frame)
                try #require(shown(frame) == seen(test))
            }
            #expect(test.seen.unknown == [])
        }

        /// New emoji, which the C library does not know, on terminals that do and that do not.
        @Test(arguments: [1, 2])
        func `a cell whose width the C library gets wrong does not move its neighbours`(opinion: Int) throws {
            let test = try TestTerminal(columns: 20, rows: 4) { $0 == 0x1FAE8 ? opinion : Width.columns(of: $0) ?? 1 }
            var frame = test.frame(["a🫨b", "", "x"])
            frame.cursor = Position(column: 1, row: 2)
            try test.render(frame)
            #expect(test.seen.cell(row: 0, column: 1).text == "🫨")
            #expect(test.seen.cell(row: 0, column: 3).text == "b")
            #expect(test.seen.cursor == (2, 1))
            // It goes, and a neighbour changes while another stays.
            frame.write("a日b🫨c", column: 0, row: 0)
            try test.render(frame)
            #expect(test.seen.cell(row: 0, column: 1).text == "日")
            #expect(test.seen.cell(row: 0, column: 4).text == "🫨")
            #expect(test.seen.cell(row: 0, column: 6).text == "c")
            frame.write("a日b  d", column: 0, row: 0)
            try test.render(frame)
            #expect(test.seen.lines[0] == "a日b  d")
            #expect(test.seen.unknown == [])
        }

        @Test func `redraw sends everything again`() throws {
            let test = try TestTerminal()
            let frame = test.frame(["hello", "日🫨"])
            try test.render(frame)
            test.terminal.redraw()
            let bytes = try test.render(frame)
            #expect(bytes.holds("hello") && bytes.holds("日") && bytes.holds("🫨"))
        }

        @Test(arguments: [(1, 1), (500, 200), (2, 1), (40, 10)])
        func `any size`(columns: Int, rows: Int) throws {
            let test = try TestTerminal(columns: columns, rows: rows)
            #expect(test.terminal.size == Size(columns: columns, rows: rows))
            let frame = test.frame(Array(repeating: String(repeating: "x日", count: columns), count: rows))
            try test.render(frame)
            #expect(shown(frame) == seen(test))
            #expect(test.seen.unknown == [])
        }

        @Test func `a window that does not know its size counts as 80 by 24`() throws {
            let test = try TestTerminal(columns: 0, rows: 0)
            #expect(test.terminal.size == Size(columns: 80, rows: 24))
            try test.render(test.frame(["hello"]))
        }

        @Test func `a huge window is used in part`() throws {
            let test = try TestTerminal(columns: 65535, rows: 65535)
            #expect(test.terminal.size == Size(columns: 1000, rows: 500))
        }

        @Test func `resizing, up and down`() throws {
            let test = try TestTerminal(columns: 80, rows: 24)
            try test.render(test.frame(["hello"]))
            #expect(test.terminal.resize() == nil)
            for (columns, rows) in [(100, 40), (1, 1), (0, 0), (10, 3), (80, 24)] {
                test.pty.resize(columns: columns, rows: rows)
                let expected = columns == 0 ? Size(columns: 80, rows: 24) : Size(columns: columns, rows: rows)
                #expect(test.terminal.resize() == expected)
                let bytes = try test.render(test.frame(["hello"]))
                #expect(bytes.holds(expected.columns == 1 ? "h" : "hello"))
            }
        }

        @Test func `a frame of another size is drawn as far as it fits`() throws {
            let test = try TestTerminal(columns: 10, rows: 2)
            for size in [Size(columns: 20, rows: 5), Size(columns: 3, rows: 1), Size(columns: 0, rows: 0)] {
                var frame = Frame(size: size)
                if size.columns > 0 { frame.write("abcdefghijklmnop", column: 0, row: 0) }
                try test.render(frame)
                #expect(test.seen.lines[0] == String("abcdefghij".prefix(size.columns)))
            }
        }

        @Test func `malformed cells cannot harm`() throws {
            let test = try TestTerminal(columns: 12, rows: 1)
            var frame = test.frame([""])
            let bases: [UInt32] = [
                0x1B, 0x9B, 0xD800, 0x11_0000, 0x202E, 0x200B, 0xFEFF, 0xE0041, 0x7F, 0, 0xFFF9, 0x85,
            ]
            for (column, base) in bases.enumerated() {
                frame[column: column, row: 0] = Cell(base: base, mark1: 0x1B, mark2: 0x301, style: .plain)
            }
            try test.render(frame)
            // Half a wide cell at the edge, and halves without a first one.
            frame[column: 11, row: 0] = Cell(base: 0x65E5, style: .plain, width: 2)
            frame[column: 3, row: 0] = Cell(base: 0, style: .plain, width: 0)
            try test.render(frame)
            #expect(test.seen.unknown == [])
            #expect(test.seen.cell(row: 0, column: 11).text == " ")
            #expect(test.seen.cell(row: 0, column: 0).text == "\u{FFFD}")
        }

        /// What a frame shows, row by row.
        private func shown(_ frame: Frame) -> [String] {
            (0..<frame.size.rows).map { row in
                var line: [String] = (0..<frame.size.columns).map { column in
                    let cell = frame[column: column, row: row]
                    return [cell.base, cell.mark1, cell.mark2].filter { $0 != 0 }.compactMap(Unicode.Scalar.init)
                        .map(String.init).joined()
                }
                while line.last == " " { line.removeLast() }
                return line.joined()
            }
        }

        private func seen(_ test: TestTerminal) -> [String] { test.seen.lines }
    }
}
