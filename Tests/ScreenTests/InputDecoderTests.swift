import Screen
import TestSupport
import Testing

/// Decodes it whole and at every two-way split, which must not matter, then flushes.
private func decode(
    _ text: String, flush: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
) -> [InputEvent] {
    decode(Array(text.utf8), flush: flush, sourceLocation: sourceLocation)
}

private func decode(
    _ bytes: [UInt8], flush: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
) -> [InputEvent] {
    let expected = events(of: [bytes], flush: flush)
    for pieces in DripFeed.twoWaySplits(bytes) {
        #expect(events(of: pieces, flush: flush) == expected, "\(pieces)", sourceLocation: sourceLocation)
    }
    #expect(
        events(of: DripFeed.bytes(bytes), flush: flush) == expected, "byte by byte", sourceLocation: sourceLocation)
    return expected
}

private func events(of pieces: [[UInt8]], flush: Bool) -> [InputEvent] {
    var decoder = InputDecoder()
    return pieces.flatMap { decoder.decode($0) } + (flush ? decoder.flush() : [])
}

private func key(_ key: Key, _ modifiers: KeyModifiers = []) -> [InputEvent] { [.key(key, modifiers)] }

private func typed(_ text: String, _ modifiers: KeyModifiers = []) -> [InputEvent] {
    text.unicodeScalars.map { .key(.character(Character($0)), modifiers) }
}

@Suite struct InputDecoderKeyTests {
    @Test func `text is one event a scalar`() {
        #expect(decode("hi é日👍") == typed("hi é日👍"))
        #expect(decode("👩‍👩‍👧e\u{301}") == typed("👩‍👩‍👧e\u{301}"))
    }

    @Test func `control characters`() {
        #expect(decode("\r") == key(.enter))
        #expect(decode("\n") == key(.character("j"), .control))
        #expect(decode("\t") == key(.tab))
        #expect(decode([0x08]) == key(.backspace))
        #expect(decode([0x7F]) == key(.backspace))
        #expect(decode([0x03]) == key(.character("c"), .control))
        #expect(decode([0x00]) == key(.character(" "), .control))
        #expect(decode([0x1C, 0x1D, 0x1E, 0x1F]) == typed("\\]^_", .control))
    }

    @Test(arguments: [
        ("A", Key.up), ("B", .down), ("C", .right), ("D", .left), ("H", .home), ("F", .end), ("P", .function(1)),
        ("Q", .function(2)), ("R", .function(3)), ("S", .function(4)),
    ])
    func `cursor keys, as CSI and as SS3, with modifiers`(letter: String, expected: Key) {
        #expect(decode("\u{1B}[\(letter)") == key(expected))
        #expect(decode("\u{1B}O\(letter)") == key(expected))
        #expect(decode("\u{1B}\u{1B}[\(letter)") == key(expected, .alt))
        #expect(decode("\u{1B}[1;2\(letter)") == key(expected, .shift))
        #expect(decode("\u{1B}[1;3\(letter)") == key(expected, .alt))
        #expect(decode("\u{1B}[1;5\(letter)") == key(expected, .control))
        #expect(decode("\u{1B}[1;8\(letter)") == key(expected, [.shift, .alt, .control]))
        #expect(decode("\u{1B}[1;9\(letter)") == key(expected, .alt))
        #expect(decode("\u{1B}[1;1:1\(letter)") == key(expected))
        #expect(decode("\u{1B}[1;1:3\(letter)") == [], "a release")
    }

    @Test(arguments: [
        (1, Key.home), (2, .insert), (3, .delete), (4, .end), (5, .pageUp), (6, .pageDown), (7, .home), (8, .end),
        (11, .function(1)), (15, .function(5)), (17, .function(6)), (21, .function(10)), (23, .function(11)),
        (24, .function(12)), (25, .function(13)), (26, .function(14)), (28, .function(15)), (29, .function(16)),
        (31, .function(17)), (34, .function(20)),
    ])
    func `editing keys, with xterm's and urxvt's modifiers`(number: Int, expected: Key) {
        #expect(decode("\u{1B}[\(number)~") == key(expected))
        #expect(decode("\u{1B}[\(number);5~") == key(expected, .control))
        #expect(decode("\u{1B}[\(number)^") == key(expected, .control))
        #expect(decode("\u{1B}[\(number)$") == key(expected, .shift))
        #expect(decode("\u{1B}[\(number)@") == key(expected, [.shift, .control]))
        #expect(decode("\u{1B}\u{1B}[\(number)~") == key(expected, .alt))
    }

    @Test func `urxvt's and the Linux console's own`() {
        #expect(decode("\u{1B}[a\u{1B}[d") == key(.up, .shift) + key(.left, .shift))
        #expect(decode("\u{1B}Oa\u{1B}Od") == key(.up, .control) + key(.left, .control))
        #expect(decode("\u{1B}[[A\u{1B}[[E") == key(.function(1)) + key(.function(5)))
    }

    @Test func `keypad in application mode`() {
        #expect(decode("\u{1B}OM") == key(.enter))
        #expect(decode("\u{1B}Op\u{1B}Oy\u{1B}Ok") == typed("09+"))
    }

    @Test func `Shift-Tab, Alt with text, Alt with keys`() {
        #expect(decode("\u{1B}[Z") == key(.tab, .shift))
        #expect(decode("\u{1B}x\u{1B}é") == typed("xé", .alt))
        #expect(decode("\u{1B}\r\u{1B}\u{7F}") == key(.enter, .alt) + key(.backspace, .alt))
        #expect(decode("\u{1B}\n") == key(.character("j"), [.alt, .control]))
    }

    @Test func `the kitty protocol and modifyOtherKeys`() {
        #expect(decode("\u{1B}[13;2u") == key(.enter, .shift))
        #expect(decode("\u{1B}[27;2;13~") == key(.enter, .shift))
        #expect(decode("\u{1B}[97;5u") == key(.character("a"), .control))
        #expect(decode("\u{1B}[27;5;97~") == key(.character("a"), .control))
        #expect(decode("\u{1B}[65;6u") == key(.character("a"), [.shift, .control]))
        #expect(decode("\u{1B}[97;2u") == typed("A"))
        #expect(decode("\u{1B}[49:33;2u") == typed("!"))
        #expect(decode("\u{1B}[97;4u") == typed("A", .alt))
        #expect(decode("\u{1B}[27u\u{1B}[9u\u{1B}[127u") == key(.escape) + key(.tab) + key(.backspace))
        #expect(decode("\u{1B}[105;5u") == key(.tab), "Ctrl-I is Tab, however it is said")
        #expect(decode("\u{1B}[97;1:3u") == [], "a release")
        #expect(decode("\u{1B}[97;9u") == [], "Super types nothing")
        #expect(decode("\u{1B}[57441;2u") == [], "Shift by itself")
        #expect(decode("\u{1B}[57419u\u{1B}[57399u\u{1B}[57414u") == key(.up) + typed("0") + key(.enter))
    }

    @Test func `ill-formed UTF-8`() {
        #expect(decode([0x61, 0xFF, 0x62]) == typed("a\u{FFFD}b"))
        #expect(decode([0xE2, 0x82, 0x61]) == typed("\u{FFFD}a"), "one for a maximal subpart")
        #expect(decode([0xF0, 0x80, 0x80]) == typed("\u{FFFD}\u{FFFD}\u{FFFD}"))
        #expect(decode([0xED, 0xA0, 0x80]) == typed("\u{FFFD}\u{FFFD}\u{FFFD}"), "a surrogate")
        #expect(decode([0xC3, 0x1B, 0x5B, 0x41]) == typed("\u{FFFD}") + key(.up))
        #expect(decode([0xC2, 0x9B, 0x41]) == typed("A"), "C1 is no text")
    }
}

@Suite struct InputDecoderEscapeTests {
    @Test func `a lone ESC waits for its deadline`() {
        var decoder = InputDecoder()
        #expect(decoder.decode([0x1B]) == [])
        #expect(decoder.isPending)
        #expect(decoder.flush() == key(.escape))
        #expect(!decoder.isPending)
        #expect(decoder.flush() == [])
    }

    @Test func `Esc twice and thrice`() {
        #expect(decode("\u{1B}\u{1B}") == key(.escape) + key(.escape))
        #expect(decode("\u{1B}\u{1B}\u{1B}") == key(.escape) + key(.escape) + key(.escape))
        #expect(decode("\u{1B}\u{1B}x") == key(.escape) + typed("x", .alt))
    }

    @Test func `what starts a sequence is Alt and a character when nothing follows`() {
        #expect(decode("\u{1B}[") == typed("[", .alt))
        #expect(decode("\u{1B}O") == typed("O", .alt))
        #expect(decode("\u{1B}]") == typed("]", .alt))
        #expect(decode("\u{1B}P") == typed("P", .alt))
    }

    @Test func `a sequence under way does not leak when its rest is late`() {
        var decoder = InputDecoder()
        #expect(decoder.decode(Array("\u{1B}[1;".utf8)) == [])
        #expect(!decoder.isPending)
        #expect(decoder.flush() == [])
        #expect(decoder.decode(Array("5A".utf8)) == key(.up, .control))
    }

    @Test(arguments: [
        "\u{1B}[99~", "\u{1B}[?1;2;3x", "\u{1B}[>1;10;0c", "\u{1B}[=1z", "\u{1B}[1 q", "\u{1B}[E", "\u{1B}OE",
        "\u{1B}]52;c;c2VjcmV0\u{7}", "\u{1B}]10;rgb:00/00/00\u{1B}\\", "\u{1B}P1$r0m\u{1B}\\", "\u{1B}_Gi=1;OK\u{1B}\\",
    ])
    func `unknown sequences are swallowed whole`(sequence: String) {
        #expect(decode(sequence + "x") == typed("x"))
    }

    @Test func `over-long sequences are swallowed whole`() {
        #expect(decode("\u{1B}[" + String(repeating: "1;", count: 500) + "A" + "x") == typed("x"))
        let long: [UInt8] = Array("\u{1B}]11;".utf8) + Array(repeating: 0x61, count: 5000) + [0x07, 0x78]
        #expect(events(of: [long], flush: true) == typed("x"))
    }

    @Test func `a lost end does not swallow the keyboard`() {
        #expect(decode("\u{1B}]11;rgb:00\r") == key(.enter))
        #expect(decode([0x1B, 0x5D, 0x31, 0x03]) == key(.character("c"), .control))
        #expect(decode("\u{1B}]11;rgb\u{1B}") == key(.escape))
        #expect(decode("\u{1B}]11;rgb\u{1B}[A") == key(.up))
        #expect(decode("\u{1B}[1;\u{1B}[A") == key(.up))
        #expect(decode([0x1B, 0x5B, 0x31, 0x18, 0x78]) == typed("x"))
    }
}

@Suite struct InputDecoderReportTests {
    private func mouse(
        _ kind: MouseEvent.Kind, _ column: Int, _ row: Int, _ modifiers: KeyModifiers = []
    ) -> [InputEvent] {
        [.mouse(MouseEvent(kind: kind, position: Position(column: column, row: row), modifiers: modifiers))]
    }

    @Test func `SGR mouse`() {
        #expect(decode("\u{1B}[<0;1;1M") == mouse(.press(button: 1), 0, 0))
        #expect(decode("\u{1B}[<2;500;200m") == mouse(.release(button: 3), 499, 199))
        #expect(decode("\u{1B}[<32;3;4M") == mouse(.drag(button: 1), 2, 3))
        #expect(decode("\u{1B}[<64;3;4M\u{1B}[<65;3;4M") == mouse(.scrollUp, 2, 3) + mouse(.scrollDown, 2, 3))
        #expect(decode("\u{1B}[<28;3;4M") == mouse(.press(button: 1), 2, 3, [.shift, .alt, .control]))
        #expect(decode("\u{1B}[<66;3;4M\u{1B}[<35;3;4M\u{1B}[<128;3;4M\u{1B}[<0;3M") == [])
    }

    @Test func `the oldest mouse reports are swallowed too, and mean the same`() {
        #expect(decode("\u{1B}[M !!x") == mouse(.press(button: 1), 0, 0) + typed("x"))
        #expect(decode("\u{1B}[M#!!") == mouse(.release(button: 1), 0, 0))
    }

    @Test func focus() {
        #expect(decode("\u{1B}[I\u{1B}[O") == [.focus(true), .focus(false)])
    }

    @Test func replies() {
        #expect(decode("\u{1B}[?2026;2$y") == [.reply(.privateMode(2026, status: 2))])
        #expect(decode("\u{1B}[?2026;0$y") == [.reply(.privateMode(2026, status: 0))])
        #expect(decode("\u{1B}[?1;2c") == [.reply(.deviceAttributes)])
        #expect(decode("\u{1B}[?64;1;2;6;9;15;18;21;22c") == [.reply(.deviceAttributes)])
    }

    @Test(arguments: [
        "rgb:1e1e/8080/ffff\u{7}", "rgb:1e1e/8080/ffff\u{1B}\\", "rgb:1e/80/ff\u{7}", "rgba:1e1e/8080/ffff/ffff\u{7}",
        "#1e80ff\u{7}",
    ])
    func `the background colour`(color: String) {
        #expect(decode("\u{1B}]11;" + color) == [.reply(.backgroundColor(red: 0x1E, green: 0x80, blue: 0xFF))])
    }

    @Test(arguments: ["rgb:1/2\u{7}", "rgb:+1/00/00\u{7}", "rgb:12345/0/0\u{7}", "red\u{7}", "#12345\u{7}", "\u{7}"])
    func `a background colour that is none`(color: String) {
        #expect(decode("\u{1B}]11;" + color, flush: false) == [])
    }
}
