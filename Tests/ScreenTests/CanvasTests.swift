import Screen
import TestSupport
import Testing

struct CanvasTests {
    private func canvas(_ columns: Int, _ rows: Int) -> Canvas {
        Canvas(size: Size(columns: columns, rows: rows))
    }

    @Test func `text is put where it is told, and says how far it went`() {
        var canvas = canvas(12, 2)
        #expect(canvas.put("ab漢", at: Position(column: 1, row: 1), style: .plain) == 4)
        #expect(canvas.frame.plainText == "\n ab漢")
        #expect(canvas.frame[column: 3, row: 1].width == 2)
        #expect(canvas.frame[column: 4, row: 1].width == 0)
        #expect(canvas.put("漢字漢字漢字漢字", at: Position(column: 0, row: 0), style: .plain) == 12)
        #expect(canvas.put("x", at: Position(column: 0, row: 2), style: .plain) == 0)
        #expect(canvas.put("x", at: Position(column: 12, row: 0), style: .plain) == 0)
    }

    @Test func `half a wide character never stays`() {
        var canvas = canvas(8, 1)
        canvas.put("漢字漢字", at: Position(column: 0, row: 0), style: .plain)
        canvas.put("x", at: Position(column: 1, row: 0), style: .plain)
        #expect(canvas.frame.plainText == " x字漢字")
        canvas.put("y", at: Position(column: 4, row: 0), style: .plain)
        #expect(canvas.frame.plainText == " x字y 字")
        canvas.fill(Rect(column: 3, row: 0, columns: 4, rows: 1), with: Cell(base: 0x2E, style: .plain))
        #expect(canvas.frame.plainText == " x ....")
        canvas.put("漢", at: Position(column: 7, row: 0), style: .plain)
        #expect(canvas.frame[column: 7, row: 0].base == 0x20)
        #expect(canvas.frame.cells.allSatisfy { $0.width == 1 })
    }

    @Test func `nothing outside the clip is touched`() {
        var canvas = canvas(6, 3)
        canvas.fill(Rect(canvas.size), with: Cell(base: 0x2E, style: .plain))
        canvas.clipped(to: Rect(column: 1, row: 1, columns: 3, rows: 1)) { canvas in
            canvas.put("漢字漢", at: Position(column: 0, row: 1), style: .plain)
            canvas.put("zzz", at: Position(column: 0, row: 0), style: .plain)
            canvas.fill(Rect(column: 0, row: 2, columns: 6, rows: 1))
            canvas.showCursor(at: Position(column: 0, row: 0))
        }
        #expect(canvas.frame.plainText == "......\n. 字..\n......")
        #expect(canvas.frame.cursor == nil)
    }

    @Test func `boxes have round corners, titles and dividers`() {
        var canvas = canvas(14, 5)
        let rect = Rect(canvas.size)
        canvas.box(rect, title: "Streams", style: .plain)
        canvas.divider(rect, row: 2, title: "Stream 1 of many", style: .plain)
        #expect(
            canvas.frame.plainText == """
                ╭─ Streams ──╮
                │            │
                ├─ Stream… ──┤
                │            │
                ╰────────────╯
                """)
        canvas.glyphs = .ascii
        canvas.box(rect, title: "Streams", titleAlignment: .right, style: .plain)
        canvas.divider(rect, row: 2, style: .plain)
        #expect(
            canvas.frame.plainText == """
                +-- Streams -+
                |            |
                +------------+
                |            |
                +------------+
                """)
    }

    @Test(arguments: 0...6, 0...4)
    func `any size can be drawn on`(columns: Int, rows: Int) {
        var canvas = canvas(columns, rows)
        canvas.box(Rect(canvas.size), title: "A title", style: .plain)
        canvas.box(Rect(column: -3, row: -2, columns: 40, rows: 40), title: "A title", style: .plain)
        canvas.put("漢字漢字漢字", at: Position(column: -1, row: 0), style: .plain)
        canvas.put("right", at: Position(column: 0, row: 0), columns: 9, alignment: .right, style: .plain)
        #expect(canvas.frame.cells.count == columns * rows)
    }

    @Test func `fields align and cut`() {
        var canvas = canvas(10, 4)
        canvas.put("left", at: Position(column: 0, row: 0), columns: 10, style: .plain)
        canvas.put("right", at: Position(column: 0, row: 1), columns: 10, alignment: .right, style: .plain)
        canvas.put("mid", at: Position(column: 0, row: 2), columns: 9, alignment: .center, style: .plain)
        canvas.put("much too long", at: Position(column: 0, row: 3), columns: 10, style: .plain)
        #expect(canvas.frame.plainText == "left\n     right\n   mid\nmuch too…")
    }

    @Test func `truncation counts columns and keeps graphemes whole`() {
        #expect("abc".truncated(toColumns: 3) == "abc")
        #expect("abcd".truncated(toColumns: 3) == "ab…")
        #expect("漢字漢".truncated(toColumns: 5) == "漢字…")
        #expect("漢字漢".truncated(toColumns: 4) == "漢…")
        #expect("e\u{301}e\u{301}e\u{301}".truncated(toColumns: 2) == "e\u{301}…")
        #expect("abc".truncated(toColumns: 0) == "")
        #expect("漢".truncated(toColumns: 1) == "…")
        #expect("ab".padded(toColumns: 4, alignment: .right) == "  ab")
        #expect("🇩🇪x".prefix(columns: 1) == "")
    }

    @Test func `an overlay keeps what it does not set`() {
        var canvas = canvas(3, 1)
        canvas.put("abc", at: Position(column: 0, row: 0), style: Style(foreground: .ansi(2), attributes: .bold))
        canvas.overlay(
            Rect(column: 1, row: 0, columns: 1, rows: 1), with: Style(background: .ansi(4), attributes: .underline))
        #expect(
            canvas.frame[column: 1, row: 0].style
                == Style(foreground: .ansi(2), background: .ansi(4), attributes: [.bold, .underline]))
        #expect(canvas.frame[column: 2, row: 0].style.background == .default)
    }

    @Test func `the annotated form tells roles by letter`() {
        var canvas = canvas(8, 2)
        canvas.put("漢x", at: Position(column: 1, row: 0), style: Theme.probe.style(.title))
        canvas.put("!", at: Position(column: 0, row: 1), style: Theme.probe.style(.failed))
        let letters = canvas.frame.annotatedText
        #expect(letters.hasPrefix(" 漢x\n!\n----\n."))
        #expect(letters.contains("title"))
        #expect(letters.hasSuffix("failed"))
    }

    @Test func `styled lines copy as logical text`() {
        let lines = [
            StyledLine([TextRun("one "), TextRun("two ")], isSoftWrapped: true), StyledLine("three"),
            StyledLine("four"),
        ]
        #expect(StyledLine.logicalText(lines) == "one two three\nfour")
        var canvas = canvas(9, 1)
        #expect(canvas.put(lines[0], at: Position(column: 1, row: 0)) == 8)
        #expect(canvas.frame.plainText == " one two")
    }
}
