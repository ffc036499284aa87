import Providers

/// The end of a text, and what an overlap with it is worth as evidence; the rules stand at ``SeamTrimmer``.
struct SeamTail: Sendable {
    let bytes: [UInt8]
    /// The text is longer than the tail.
    private let isCut: Bool

    init(of text: [UInt8], window: Int) {
        var tail = text.suffix(window)
        isCut = tail.count < text.count
        // Whole scalars.
        while isCut, let first = tail.first, first & 0xC0 == 0x80 { tail.removeFirst() }
        bytes = Array(tail)
    }

    /// The same without the spaces at its end, as `prefill` sends it; `nil` where there are none, or a line ends there.
    var withoutEndSpace: SeamTail? {
        let solid = bytes[..<(bytes.lastIndex { $0 != 0x20 }.map { $0 + 1 } ?? 0)]
        guard solid.count < bytes.count, let last = solid.last, !last.isSpace else { return nil }
        return SeamTail(bytes: Array(solid), isCut: isCut)
    }

    private init(bytes: [UInt8], isCut: Bool) {
        self.bytes = bytes
        self.isCut = isCut
    }

    /// Whether the text's end repeats by itself, so that its standing again says nothing: the last `length` bytes are a
    /// unit repeated (a border of at least half of them says so), or their words stand right before them as well.
    func repeatsItself(_ length: Int, border: Int) -> Bool {
        if 2 * (length - border) <= length { return true }
        let start = bytes.count - length
        let unit = trimmedToWords(bytes[start...])
        return !unit.isEmpty && trimmedToWords(bytes[..<start]).suffix(unit.count).elementsEqual(unit)
    }

    /// Without punctuation and white space at both ends; all of it where there is nothing else.
    private func trimmedToWords(_ slice: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isMark(_ byte: UInt8) -> Bool { byte < 0x80 && SeamScalar.kind(UInt32(byte)) != .word }
        var rest = slice.drop(while: isMark)
        while let last = rest.last, isMark(last) { rest.removeLast() }
        return rest.isEmpty ? slice : rest
    }

    /// Whether the last `length` bytes, standing again at the continuation's beginning, are a repeat: the text cannot
    /// well go on so. `next` is what follows them there, `nil` where the continuation is over.
    func isEvidence(_ length: Int, next: SeamScalar?, strategy: ResumeStrategy) -> Bool {
        let start = bytes.count - length
        let first = SeamScalar(in: bytes[...], at: start)
        // What goes on with itself once more is a text that repeats.
        if let next, next.value == first.value, first.kind != .space, !isGlued(start) {
            return isLongWord(start, strategy: strategy)
        }
        // So many bytes from the reply's very beginning, all of it so far, are no chance; songs' first lines are shorter.
        if start == 0, !isCut, length >= (strategy == .prefill ? 128 : 64) { return true }
        guard let next else { return false }
        if isOpenFence(start) { return next.kind == .word || next.kind == .space }
        if first.kind == .space { return isIndented(start, next: next) }
        guard opens(start) else { return false }

        let content = SeamContent(of: bytes[start...])
        if isMarkedLine(start, content, next: next) { return true }
        let last = SeamScalar(before: bytes.count, in: bytes[...])
        let goesOn = next.kind == .word
        switch last.kind {
        case .space: return isLinesBeginning(start, content, next: next)
        case .ideograph:
            let length = goesOn || next.kind == .ideograph ? 8 : 12
            return content.ideographs >= length && 4 * content.differentIdeographs >= 3 * length
        case .other:
            // "at once." + "at once. But": the mark had a space after it only the second time.
            guard Self.marks.contains(last.value), first.kind == .word,
                next.value == 0x20 || next.value == 0x0A && Self.stops.contains(last.value)
            else { return false }
            if content.hasLetter, content.solidBytes >= 7, content.differentWords > 1 || content.hasLineEnd {
                return true
            }
            // "a problem." + "problem. It".
            let word = bytes[start...].dropLast(last.length)
            return strategy != .prefill && word.count >= 4 && SeamContent(of: word).isPlainWord
                && !TwiceSpelt.mayStandTwice(word)
        case .word:
            guard content.hasLetter else { return false }
            guard goesOn || next.value == 0x20 || isFollowed(content, by: next, strategy: strategy) else {
                return false
            }
            let units = 2 * content.differentWords + content.ideographs
            if first.kind == .other {
                if content.beginsWithMark, content.solidBytes >= 6 { return true }
                if content.beginsWithBar, content.wordBytes >= 3 { return true }
                return goesOn ? units >= 4 && content.wordBytes >= 5 : units >= 6 && content.solidBytes >= 16
            }
            if units >= 4, content.wordBytes >= 3 { return true }
            return strategy != .prefill && content.isPlainWord
                && isNoWordTwice(start, letters: content.letters, next: next)
        }
    }

    /// From a word to a word, and three words: nothing of that length is said three times without a space between.
    private func isGlued(_ start: Int) -> Bool {
        SeamScalar(in: bytes[...], at: start).kind == .word
            && SeamScalar(before: bytes.count, in: bytes[...]).kind == .word
            && SeamContent(of: bytes[start...]).differentWords > 2
    }

    /// What follows an overlap of words may be something else than a space, if it is no end of a quotation: "hello
    /// worldhello world" is what programs print.
    private func isFollowed(_ content: SeamContent, by next: SeamScalar, strategy: ResumeStrategy) -> Bool {
        let words = content.differentWords
        if Self.marks.contains(next.value) { return words > 2 || strategy != .prefill }
        guard strategy != .prefill else { return false }
        if next.value == 0x0A { return words > 3 || content.hasLineEnd && words > 2 }
        return words > 2 && next.kind == .other && !Self.quotes.contains(next.value)
    }

    /// "It is expect" + "expected": only words that programs say in examples are said three times in a row.
    private func isLongWord(_ start: Int, strategy: ResumeStrategy) -> Bool {
        let word = bytes[start...]
        guard strategy != .prefill, opens(start), word.count >= 5, word.allSatisfy({ $0 < 0x80 }) else { return false }
        return SeamContent(of: word).isPlainWord && !TwiceSpelt.mayStandTwice(word)
    }

    /// No word begins with this one twice, nor is it this one twice.
    private func isNoWordTwice(_ start: Int, letters: Int, next: SeamScalar) -> Bool {
        let word = bytes[start...]
        guard word.allSatisfy({ $0 < 0x80 }) else { return letters >= (next.kind == .word ? 5 : 7) }
        // "testTest1": a name, and names may be spelt as they like.
        guard next.kind != .word || next.value >= 0x80 || next.value &- 0x61 < 26 else { return false }
        return letters >= 2 && !TwiceSpelt.mayStandTwice(word)
    }

    /// "Quantum computers can only " + "Quantum computers can only be": what begins a line or a sentence, or is a list's item,
    /// does not stand within one. The text ends in one space behind a word.
    private func isLinesBeginning(_ start: Int, _ content: SeamContent, next: SeamScalar) -> Bool {
        guard next.kind == .word, bytes.count - start > 2, bytes.last == 0x20,
            SeamScalar(before: bytes.count - 1, in: bytes[...]).kind == .word
        else { return false }
        let before = bytes[..<start].last { $0 != 0x20 } ?? 0x0A
        let isLine = before == 0x0A
        if isLine, content.beginsWithBullet || content.beginsWithNumber { return content.differentWords > 2 }
        guard isLine || [0x2E, 0x21, 0x3F].contains(before), bytes[start] &- 0x41 < 26 else { return false }
        return content.differentWords > 3 && content.hasSmallWord
    }

    /// The text ends in the opening line of a code block: no info string holds such marks.
    private func isOpenFence(_ start: Int) -> Bool {
        guard beginsLine(start), let mark = bytes[start...].first,
            mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~")
        else { return false }
        let info = bytes[start...].drop { $0 == mark }
        return info.startIndex - start > 2 && !info.isEmpty && info.allSatisfy { $0 > 0x20 && $0 != mark }
    }

    /// Whether no character as people see it, be it of many scalars, goes on across the place `length` bytes before the end.
    func isGraphemeBoundary(_ length: Int) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self)
        let index = text.utf8.index(text.endIndex, offsetBy: -length)
        return index.samePosition(in: text) != nil
    }

    /// A list's item or a table's row again, from its mark on, in the middle of itself: within a line there is no such mark
    /// that stands behind a letter without a space.
    private func isMarkedLine(_ start: Int, _ content: SeamContent, next: SeamScalar) -> Bool {
        guard beginsLine(start), !content.hasLineEnd, content.wordBytes >= 4, let last = bytes.last, !last.isSpace
        else {
            return false
        }
        // A row that ends in a bar may be one cell of it.
        if content.beginsWithBar { return last != UInt8(ascii: "|") }
        return content.hasLetter && (content.beginsWithBullet || content.beginsWithNumber)
    }

    private func beginsLine(_ index: Int) -> Bool {
        index == 0 ? !isCut : bytes[index - 1] == 0x0A
    }

    /// An indented line again, its indent with it, in the middle of itself.
    private func isIndented(_ start: Int, next: SeamScalar) -> Bool {
        guard beginsLine(start) else { return false }
        let line = bytes[start...].drop { $0 == 0x20 }
        guard line.startIndex - start > 1, !line.contains(0x0A), let last = line.last, last != 0x20,
            !zip(line, line.dropFirst()).contains(where: { $0 == 0x20 && $1 == 0x20 })
        else { return false }
        let content = SeamContent(of: line)
        // A program's line, and no column of words.
        if content.differentWords > 1, content.wordBytes >= 5, line.contains(where: { "(){}[]=<>".utf8.contains($0) }) {
            return true
        }
        guard SeamScalar(before: bytes.count, in: bytes[...]).kind == .word, content.hasLetter else { return false }
        return next.kind == .word
            ? content.wordBytes >= 3 : next.value == 0x20 && content.differentWords > 1 && content.wordBytes >= 5
    }

    /// Words, three of them different, within a line: what `prefill` may take for said again where it comes without the space
    /// that was not sent. A server may leave white space away where its answer begins, so fewer are no evidence.
    func hasThreeWords(_ length: Int) -> Bool {
        let content = SeamContent(of: bytes[(bytes.count - length)...])
        return content.differentWords > 2 && !content.hasLineEnd
    }

    /// After these there is a space, or there is no repeat.
    private static let marks = Set(".,;:!?-".unicodeScalars.map(\.value))
    private static let quotes = Set("\"'`’”»“".unicodeScalars.map(\.value))
    private static let stops = Set(".!?".unicodeScalars.map(\.value))

    /// Whether `index` is where something begins that does not begin so within a word or a run of signs: after white
    /// space, an opening bracket or a quotation mark; characters of scripts without spaces begin anywhere.
    func opens(_ index: Int) -> Bool {
        guard index > 0 else { return !isCut }
        let before = SeamScalar(before: index, in: bytes[...])
        if before.kind == .space || SeamScalar(in: bytes[...], at: index).kind == .ideograph { return true }
        return before.kind == .ideograph || Self.openers.contains(before.value)
    }

    private static let openers = Set("([{\"'`*_“‘«„（「".unicodeScalars.map(\.value))

    /// The last `length` bytes are a capital and up to four small letters that begin a sentence.
    private func mayBeShortWord(_ length: Int) -> Bool {
        guard (1...5).contains(length) else { return false }
        let start = bytes.count - length
        guard bytes[start] &- 0x41 < 26, bytes[(start + 1)...].allSatisfy({ $0 &- 0x61 < 26 }) else { return false }
        guard let before = bytes[..<start].last(where: { $0 != 0x20 && $0 != 0x09 }) else { return !isCut }
        guard before != 0x0A else { return true }
        return isBoundary(start) && start > 0 && bytes[start - 1] == 0x20 && [0x2E, 0x21, 0x3F, 0x3A].contains(before)
    }

    /// Such a word that stands again and goes on: a server that goes on exactly would have sent the rest of it alone.
    /// One letter is no evidence ("LLaMA", "AArch64").
    func isShortWord(_ length: Int, before next: SeamScalar?) -> Bool {
        guard let next, next.value &- 0x61 < 26 else { return false }
        return length >= 2 && mayBeShortWord(length)
    }

    /// The text is one unit over and over, as far as can be seen: its beginning is like its end.
    var isPeriodic: Bool {
        var borders = [Int](repeating: 0, count: bytes.count)
        for index in bytes.indices.dropFirst() {
            var border = borders[index - 1]
            while border > 0, bytes[border] != bytes[index] { border = borders[border - 1] }
            borders[index] = bytes[border] == bytes[index] ? border + 1 : border
        }
        return 2 * (borders.last ?? 0) >= bytes.count
    }

    /// No word goes on across `index`.
    private func isBoundary(_ index: Int) -> Bool {
        guard index > 0 else { return !isCut }
        return SeamScalar(before: index, in: bytes[...]).kind != .word
            || SeamScalar(in: bytes[...], at: index).kind != .word
    }
}

/// What stands in an overlap.
private struct SeamContent {
    var words = 0
    /// Of the words those that are not the first one again, nor its beginning, and that one.
    var differentWords = 0
    var ideographs = 0
    var differentIdeographs: Int { seen.count }
    /// A line ends within it, or at its end.
    var hasLineEnd = false
    /// A bullet, a heading's mark or an emoji stands before the first white space.
    var beginsWithMark = false
    /// A table's bar and a space.
    var beginsWithBar = false
    /// "- ", "* ", "+ ", "# ", "> ".
    var beginsWithBullet = false
    /// "12. ", "12) ".
    var beginsWithNumber = false
    /// A word that is not the first one begins with a small letter.
    var hasSmallWord = false
    /// Bytes of words and ideographs.
    var wordBytes = 0
    /// Bytes that are no white space.
    var solidBytes = 0
    /// Of words; digits and underscores are none.
    var letters = 0
    /// A letter of any script.
    var hasLetter: Bool { letters > 0 || ideographs > 0 }
    /// One word of letters: all small but perhaps the first, and no hexadecimal number.
    var isPlainWord = false
    private var seen: Set<UInt32> = []

    init(of overlap: ArraySlice<UInt8>) {
        hasLineEnd = overlap.contains(0x0A)
        beginsWithMark = Self.hasMark(overlap)
        beginsWithBar = overlap.starts(with: [UInt8(ascii: "|"), 0x20])
        let sign = overlap.prefix { $0 != 0x20 }
        beginsWithBullet = sign.allSatisfy { "-*+#>".utf8.contains($0) } && sign.count < overlap.count
        beginsWithNumber =
            sign.count > 1 && sign.dropLast().allSatisfy { $0.digit != nil } && ".)".utf8.contains(sign.last ?? 0)
        var isHexadecimal = true
        var hasCapitalWithin = false
        var first: ArraySlice<UInt8>?
        var word: Int?
        func end(_ index: Int) -> Bool {
            guard let word else { return false }
            let whole = overlap[word..<index]
            guard let known = first else {
                first = whole
                return true
            }
            return !known.starts(with: whole) && !whole.starts(with: known)
        }
        var index = overlap.startIndex
        while index < overlap.endIndex {
            let scalar = SeamScalar(in: overlap, at: index)
            if scalar.kind != .space { solidBytes += scalar.length }
            if scalar.kind == .word {
                if word == nil {
                    words += 1
                    if words > 1, overlap[index] &- 0x61 < 26 { hasSmallWord = true }
                    word = index
                }
                wordBytes += scalar.length
                let byte = overlap[index]
                if byte.digit == nil, byte != UInt8(ascii: "_") { letters += 1 }
                if byte | 0x20 > UInt8(ascii: "f") { isHexadecimal = false }
                if byte &- 0x41 < 26, index > overlap.startIndex { hasCapitalWithin = true }
            } else {
                if end(index) { differentWords += 1 }
                word = nil
                if scalar.kind == .ideograph {
                    ideographs += 1
                    wordBytes += scalar.length
                    seen.insert(scalar.value)
                }
            }
            index += scalar.length
        }
        if end(overlap.endIndex) { differentWords += 1 }
        isPlainWord =
            words == 1 && wordBytes == overlap.count && ideographs == 0 && !isHexadecimal && !hasCapitalWithin
            && overlap.allSatisfy { $0 >= 0x80 || $0 | 0x20 &- 0x61 < 26 }
    }
}

extension SeamContent {
    private static func hasMark(_ overlap: ArraySlice<UInt8>) -> Bool {
        let first = overlap.prefix { !$0.isSpace }
        guard !first.isEmpty, first.count < overlap.count else { return false }
        if first.allSatisfy({ "-*#>+".utf8.contains($0) }) { return true }
        return first.allSatisfy { $0 >= 0x80 } && SeamScalar(in: first, at: first.startIndex).kind == .other
    }
}

/// One scalar of valid UTF-8, as far as the seam cares.
struct SeamScalar {
    enum Kind {
        /// Letters, digits and underscores of scripts that put spaces between words.
        case word
        /// A character of a script without spaces: Han, Kana, Hangul, Thai, Lao, Myanmar, Khmer.
        case ideograph
        case space
        /// Punctuation, symbols, emoji.
        case other
    }

    let kind: Kind
    let value: UInt32
    /// In bytes, 1…4.
    let length: Int

    init(in bytes: ArraySlice<UInt8>, at index: Int) {
        let first = bytes[index]
        let expected = Self.length(first)
        length = min(expected, bytes.endIndex - index)
        var value = expected == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(expected))
        for byte in bytes[(index + 1)..<(index + length)] { value = value << 6 | UInt32(byte & 0x3F) }
        kind = Self.kind(value)
        self.value = value
    }

    /// The one that ends before `index`, which is not the first.
    init(before index: Int, in bytes: ArraySlice<UInt8>) {
        var start = index - 1
        while start > bytes.startIndex, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        self.init(in: bytes, at: start)
    }

    /// In bytes, by the first of them.
    static func length(_ first: UInt8) -> Int {
        first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    }

    /// By blocks of Unicode; finer than needed would only look exact.
    static func kind(_ value: UInt32) -> Kind {
        switch value {
        case 0x20, 0x09...0x0D, 0x85, 0xA0, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: .space
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: .word
        case 0x00..<0xAA, 0xAB...0xB4, 0xB6...0xB9, 0xBB...0xBF, 0xD7, 0xF7: .other
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF: .ideograph
        case 0x2000...0x2BFF, 0x3001...0x3004, 0x3008...0x3020, 0xFE00...0xFE6F, 0xFF01...0xFF0F, 0xFF1A...0xFF20:
            .other
        case 0x2E80...0xA4CF, 0xAC00...0xD7FF, 0xF900...0xFAFF, 0xFF21...0xFFEF, 0x20000...0x3FFFF: .ideograph
        case 0x1F000...0x1FAFF, 0xE0000...: .other
        default: .word
        }
    }
}
