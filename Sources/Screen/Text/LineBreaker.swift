/// Where lines end: greedy, in columns, over sanitised UTF-8. It looks at no more than the line that it breaks, so
/// appended text costs nothing for the lines before.
///
/// Words go whole to the next line where they fit on one; longer ones are cut between graphemes. Besides blanks a line may
/// end behind a hyphen within a word, and between ideographs or kana, except before closing and behind opening
/// punctuation. Blanks at a soft line end belong to no line.
struct LineBreaker {
    enum Mode: Sendable {
        /// Prose.
        case words
        /// Code: cut wherever the line is full.
        case anywhere
    }

    struct Line: Equatable {
        /// The end of what is shown.
        var end: Int
        /// Where the next line begins.
        var next: Int
        var kind: Kind
    }

    enum Kind: Equatable {
        /// Only because the line is full.
        case soft
        /// At a LF.
        case hard
        /// At the end of the text.
        case last
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let end: Int
    let mode: Mode
    /// No byte of it is above 0x7F: columns can be counted without looking.
    let isASCII: Bool

    init(_ bytes: UnsafeBufferPointer<UInt8>, end: Int, mode: Mode, isASCII: Bool) {
        self.bytes = bytes
        self.end = end
        self.mode = mode
        self.isASCII = isASCII
    }

    /// The line that begins at `start`, at most `columns` wide; a lone wide character may be wider than one column.
    func line(from start: Int, columns: Int) -> Line {
        let columns = max(1, columns)
        return isASCII ? asciiLine(from: start, columns: columns) : generalLine(from: start, columns: columns)
    }

    private func asciiLine(from start: Int, columns: Int) -> Line {
        let window = min(end, start + columns + 1)
        var index = start
        while index < window {
            if bytes[index] == 0x0A { return Line(end: index, next: index + 1, kind: .hard) }
            index += 1
        }
        if end - start <= columns { return Line(end: end, next: end, kind: .last) }
        let full = start + columns
        if mode == .anywhere { return Line(end: full, next: full, kind: .soft) }
        if bytes[full] == 0x20 { return afterBlanks(from: full, lineStart: start) }
        var place = full
        while place > start + 1 {
            let before = bytes[place - 1]
            if before == 0x20 {
                let visible = trimmed(place - 1, from: start)
                if visible > start { return Line(end: visible, next: place, kind: .soft) }
                break
            }
            if before == 0x2D, isHyphen(at: place - 1, lineStart: start) {
                return Line(end: place, next: place, kind: .soft)
            }
            place -= 1
        }
        return Line(end: full, next: full, kind: .soft)
    }

    private func generalLine(from start: Int, columns: Int) -> Line {
        let text = UnsafeBufferPointer(rebasing: bytes[..<end])
        var reducer = GraphemeReducer(text, from: start)
        var used = 0
        var grapheme = start
        var previous: UInt32 = 0
        /// The last place where the line may end, and where the next one would begin.
        var candidate: (end: Int, next: Int)?
        while let glyph = reducer.next() {
            let byte = bytes[glyph.start]
            if byte == 0x0A { return Line(end: glyph.start, next: glyph.start + 1, kind: .hard) }
            if glyph.startsGrapheme { grapheme = glyph.start }
            if mode == .words {
                if byte == 0x20, glyph.base == 0x20 {
                    if used >= columns { return afterBlanks(from: glyph.start, lineStart: start) }
                } else if glyph.startsGrapheme, glyph.start > start {
                    if previous == 0x20 {
                        let visible = trimmed(glyph.start - 1, from: start)
                        if visible > start { candidate = (visible, glyph.start) }
                    } else if previous == 0x2D
                        ? isHyphen(at: glyph.start - 1, lineStart: start)
                        : Self.isBreak(between: previous, and: glyph.base)
                    {
                        candidate = (glyph.start, glyph.start)
                    }
                }
            }
            if used + Int(glyph.width) > columns {
                if let candidate { return Line(end: candidate.end, next: candidate.next, kind: .soft) }
                if grapheme > start { return Line(end: grapheme, next: grapheme, kind: .soft) }
            }
            used += Int(glyph.width)
            previous = glyph.base
        }
        return Line(end: end, next: end, kind: .last)
    }

    /// The line is full and blanks follow: they vanish, and so does a LF right behind them.
    private func afterBlanks(from blank: Int, lineStart: Int) -> Line {
        var next = blank
        while next < end, bytes[next] == 0x20 { next += 1 }
        let visible = trimmed(blank, from: lineStart)
        if next == end { return Line(end: visible, next: end, kind: .last) }
        if bytes[next] == 0x0A { return Line(end: visible, next: next + 1, kind: .hard) }
        return Line(end: visible, next: next, kind: .soft)
    }

    private func trimmed(_ place: Int, from start: Int) -> Int {
        var place = place
        while place > start, bytes[place - 1] == 0x20 { place -= 1 }
        return place
    }

    /// A hyphen between a letter or digit and a letter.
    private func isHyphen(at place: Int, lineStart: Int) -> Bool {
        guard place > lineStart, place + 1 < end else { return false }
        return Self.isLetter(bytes[place - 1], orDigit: true) && Self.isLetter(bytes[place + 1], orDigit: false)
    }

    private static func isLetter(_ byte: UInt8, orDigit: Bool) -> Bool {
        (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || orDigit && byte >= 0x30 && byte <= 0x39
    }

    /// UAX #14 in small: ideographs and kana may be parted, but punctuation stays with what it closes or opens.
    private static func isBreak(between before: UInt32, and after: UInt32) -> Bool {
        guard before != 0, isIdeographic(before) || isIdeographic(after) else { return false }
        return !startsNoLine(after) && !endsNoLine(before)
    }

    private static func isIdeographic(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2E80...0xA4CF, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF01...0xFFEE, 0x20000...0x3FFFD: true
        default: false
        }
    }

    private static func startsNoLine(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x21, 0x22, 0x25, 0x27, 0x29, 0x2C, 0x2E, 0x3A, 0x3B, 0x3F, 0x5D, 0x7D, 0x2019, 0x201D, 0x2026,
            0x3000...0x3002,
            0x3005, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0x3017, 0x3019, 0x301B, 0x301E, 0x301F, 0x303B,
            0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308E, 0x3095, 0x3096, 0x309D,
            0x309E, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30EE, 0x30F5, 0x30F6,
            0x30FB...0x30FE, 0xFF01, 0xFF05, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D, 0xFF5D, 0xFF60,
            0xFF61,
            0xFF63, 0xFF64:
            true
        default: false
        }
    }

    private static func endsNoLine(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x28, 0x5B, 0x7B, 0x2018, 0x201C, 0x3008, 0x300A, 0x300C, 0x300E, 0x3010, 0x3014, 0x3016, 0x3018, 0x301A,
            0x301D, 0xFF04, 0xFF08, 0xFF3B, 0xFF5B, 0xFF5F, 0xFF62:
            true
        default: false
        }
    }
}
