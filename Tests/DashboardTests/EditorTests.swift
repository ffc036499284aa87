import Screen
import TestSupport
import Testing

@testable import Dashboard

struct EditorTests {
    private func typed(_ text: String) -> Editor {
        var editor = Editor()
        for character in text { editor.insert(String(character)) }
        return editor
    }

    @Test func movesByGraphemes() {
        var editor = typed("añ👨‍👩‍👧e\u{301}x")
        #expect(editor.cursor == editor.end)
        for _ in 0..<5 { editor.moveLeft() }
        #expect(editor.cursor == 0)
        editor.moveRight()
        editor.moveRight()
        editor.deleteForward()
        #expect(editor.text == "añe\u{301}x")
        editor.moveRight()
        editor.deleteBackward()
        #expect(editor.text == "añx")
    }

    /// The decoder hands on scalars one by one.
    @Test func scalarsJoinToGraphemes() {
        var editor = Editor()
        for scalar in "👨‍👩‍👧e\u{301}".unicodeScalars { editor.insert(String(scalar)) }
        #expect(editor.text == "👨‍👩‍👧e\u{301}")
        editor.deleteBackward()
        editor.deleteBackward()
        #expect(editor.isEmpty)
    }

    @Test func marksInsertedBeforeALetterLeaveTheCursorBetweenGraphemes() {
        var editor = typed("ab")
        editor.moveLeft()
        editor.insert("\u{301}")
        #expect(editor.text == "a\u{301}b")
        #expect(editor.cursor == 3)
        // A letter before a mark takes it.
        editor = Editor("x")
        editor.moveToStart()
        editor.insert("\u{1F1E9}")
        editor.insert("\u{1F1EA}")
        #expect(editor.substring(0..<editor.cursor) == "🇩🇪")
    }

    @Test func readlineKeys() {
        var editor = typed("one two  three")
        let width = 80
        func press(_ letter: Character, _ modifiers: KeyModifiers = .control) {
            _ = editor.handle(Chord(.character(letter), modifiers), columns: width)
        }
        press("w")
        #expect(editor.text == "one two  ")
        press("w")
        #expect(editor.text == "one ")
        // Cuts in a row join.
        press("y")
        #expect(editor.text == "one two  three")
        press("a")
        #expect(editor.cursor == 0)
        press("f", .alt)
        #expect(editor.cursor == 3)
        press("k")
        #expect(editor.text == "one")
        press("u")
        #expect(editor.text == "")
        press("_", .control)
        #expect(editor.text == "one two  three")
        press("e")
        press("b", .alt)
        #expect(editor.cursor == 9)
        press("d", .alt)
        #expect(editor.text == "one two  ")
        press("a")
        press("d")
        #expect(editor.text == "ne two  ")
    }

    @Test func undoTakesBackWordsAndRedoBringsThemAgain() {
        var editor = typed("hello brave new")
        editor.undo()
        #expect(editor.text == "hello brave ")
        editor.undo()
        editor.undo()
        #expect(editor.text == "hello ")
        editor.redo()
        editor.redo()
        editor.redo()
        #expect(editor.text == "hello brave new")
        editor.clear()
        #expect(editor.isEmpty)
        editor.undo()
        #expect(editor.text == "hello brave new")
    }

    @Test func aLargePasteIsOneThing() {
        let large = (1...123).map { "line \($0)" }.joined(separator: "\n")
        var editor = typed("see ")
        editor.paste(large)
        editor.insert(" please")
        #expect(editor.pastes == [large])
        #expect(editor.expanded == "see " + large + " please")
        #expect(EditorLayout.label(ofPaste: large) == "[pasted 123 lines]")
        // One step over it, one key to delete it, one to bring it back.
        editor.moveToStart()
        for _ in 0..<5 { editor.moveRight() }
        editor.deleteBackward()
        #expect(editor.expanded == "see  please")
        editor.undo()
        #expect(editor.expanded == "see " + large + " please")
        editor.moveToEnd()
        editor.killToLineStart()
        #expect(editor.isEmpty && editor.pastes.isEmpty)
        editor.yank()
        editor.yank()
        #expect(editor.pastes.count == 2)
        #expect(editor.expanded == "see " + large + " pleasesee " + large + " please")
    }

    @Test func smallPastesAreText() {
        var editor = Editor()
        editor.paste("a\r\nb\rc\u{FFFC}\0d")
        #expect(editor.text == "a\nb\nc\u{FFFD}d")
        #expect(editor.pastes.isEmpty)
    }

    @Test func aPasteOfAMegabyteIsLinear() {
        let megabyte = String(repeating: "0123456789abcde\n", count: 1 << 16)
        var editor = Editor()
        editor.paste(megabyte)
        #expect(editor.text.unicodeScalars.count == 1)
        #expect(editor.expanded.utf8.count == 1 << 20)
        #expect(EditorLayout(editor, columns: 40).rows.count == 1)
    }

    @Test func rowsEndAtBlanks() {
        let editor = Editor("the quick brown fox\n\njumps")
        let layout = EditorLayout(editor, columns: 10)
        let rows = layout.rows.map { editor.substring($0.start..<$0.end) }
        #expect(rows == ["the quick ", "brown fox", "", "jumps"])
        let long = Editor("abcdefghijklm")
        #expect(
            EditorLayout(long, columns: 5).rows.map { long.substring($0.start..<$0.end) } == ["abcde", "fghij", "klm"])
        let wide = Editor("漢字漢字漢字")
        #expect(EditorLayout(wide, columns: 5).rows.count == 3)
    }

    @Test func upAndDownKeepTheColumn() {
        var editor = Editor("long line here\nab\nanother line")
        editor.moveTo(10)
        func press(_ key: Key) -> Editor.Outcome { editor.handle(Chord(key), columns: 40) }
        #expect(press(.down) == .moved)
        #expect(editor.cursor == 17)
        #expect(press(.down) == .moved)
        #expect(editor.cursor == 28)
        #expect(press(.down) == .belowBottom)
        _ = press(.up)
        _ = press(.up)
        #expect(editor.cursor == 10)
        #expect(press(.up) == .aboveTop)
    }

    /// Whatever is done, the cursor stands between graphemes, pastes and placeholders agree, and every offset has a place.
    @Test func randomEditingKeepsItsPromises() {
        var random = SeededRandom(seed: 42)
        let pieces = ["a", " ", "é", "\u{301}", "👍🏽", "漢", "\n", "🇩", "\u{FFFC}", "\u{200D}", "word "]
        for _ in 0..<60 {
            var editor = Editor()
            for _ in 0..<120 {
                switch Int.random(in: 0..<16, using: &random) {
                case 0...4: editor.insert(pieces.randomElement(using: &random) ?? "a")
                case 5: editor.paste(String(repeating: "x\n", count: Int.random(in: 1...20, using: &random)))
                case 6: editor.deleteBackward()
                case 7: editor.deleteForward()
                case 8: editor.moveTo(Int.random(in: -2...editor.end + 2, using: &random))
                case 9: editor.killWordBackward()
                case 10: editor.killToLineEnd()
                case 11: editor.yank()
                case 12: editor.undo()
                case 13: editor.redo()
                case 14: _ = editor.handle(Chord(.up), columns: 7)
                default: editor.moveWordForward()
                }
                let text = editor.text
                #expect((0...editor.end).contains(editor.cursor))
                #expect(String.Index(editor.index(editor.cursor), within: text) != nil)
                #expect(text.unicodeScalars.filter { $0 == Editor.placeholder }.count == editor.pastes.count)
            }
            let layout = EditorLayout(editor, columns: 7)
            var offset = 0
            for (index, row) in layout.rows.enumerated() {
                #expect(row.start >= offset && row.end >= row.start)
                offset = row.end
                #expect(layout.row(of: row.start) == index)
            }
            #expect(offset == editor.end)
        }
    }
}

struct HistoryTests {
    @Test func walksBackAndForth() {
        var history = History(["one", "two", "two", "three"])
        #expect(history.entries == ["one", "two", "three"])
        #expect(history.older(than: "") == "three")
        #expect(history.older(than: "three") == "two")
        #expect(history.older(than: "two") == "one")
        #expect(history.older(than: "one") == nil)
        #expect(history.newer(than: "one") == "two")
        #expect(history.newer(than: "two") == "three")
        #expect(history.newer(than: "three") == "")
        #expect(!history.isWalking)
    }

    @Test func aTypedBeginningSearches() {
        var history = History(["explain a", "list b", "explain c"])
        #expect(history.older(than: "exp") == "explain c")
        #expect(history.older(than: "explain c") == "explain a")
        #expect(history.older(than: "explain a") == nil)
        #expect(history.newer(than: "explain a") == "explain c")
        #expect(history.newer(than: "explain c") == "exp")
        #expect(history.older(than: "nothing") == nil)
        #expect(!history.isWalking)
    }

    @Test func isBounded() {
        let history = History((0..<1500).map { "\($0)" })
        #expect(history.entries.count == History.limit)
        #expect(history.entries.last == "1499")
    }
}
