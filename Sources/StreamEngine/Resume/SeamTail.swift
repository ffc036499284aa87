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

    /// Whether the last `length` bytes, standing again at the continuation's beginning, are a repeat and no chance.
    func isEvidence(_ length: Int, strategy: ResumeStrategy) -> Bool {
        let start = bytes.count - length
        let content = SeamContent(of: bytes[start...])
        // Neighbouring cells of a table are often alike, and so are neighbouring lines.
        if content.isOneCell { return false }
        let isAtLineStart = bytes[..<start].reversed().first { $0 != 0x20 && $0 != 0x09 } ?? 0x0A == 0x0A
        if isAtLineStart, content.isOneLine, content.solidBytes < 24 { return false }

        let hasTwoWords = 2 * content.words + content.ideographs >= 4
        guard isBoundary(start) else { return hasTwoWords && content.solidBytes >= 16 }
        if hasTwoWords, content.solidBytes >= 16 || (content.hasLetter && content.wordBytes >= 3) { return true }
        if content.hasLetter, content.solidBytes >= 6 {
            if content.beginsWithMark || (content.hasLineEnd && !isAtLineStart) { return true }
        }
        return content.isOneWord && content.solidBytes >= (strategy == .prefill ? 6 : 3)
    }

    /// The last `length` bytes are a capital and up to four small letters that begin a sentence.
    func mayBeShortWord(_ length: Int) -> Bool {
        guard (1...5).contains(length) else { return false }
        let start = bytes.count - length
        guard bytes[start] &- 0x41 < 26, bytes[(start + 1)...].allSatisfy({ $0 &- 0x61 < 26 }) else { return false }
        guard let before = bytes[..<start].last(where: { $0 != 0x20 && $0 != 0x09 }) else { return !isCut }
        guard before != 0x0A else { return true }
        return isBoundary(start) && start > 0 && bytes[start - 1] == 0x20 && [0x2E, 0x21, 0x3F, 0x3A].contains(before)
    }

    /// Such a word that stands again and goes on: a server that goes on exactly would have sent the rest of it alone. Of
    /// those servers one letter is no evidence.
    func isShortWord(_ length: Int, before next: UInt8, strategy: ResumeStrategy) -> Bool {
        next &- 0x61 < 26 && length >= (strategy == .prefill ? 2 : 1) && mayBeShortWord(length)
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
        var before = index - 1
        while before > 0, bytes[before] & 0xC0 == 0x80 { before -= 1 }
        return SeamScalar(in: bytes[...], at: before).kind != .word
            || SeamScalar(in: bytes[...], at: index).kind != .word
    }
}

/// What stands in an overlap.
private struct SeamContent {
    /// Runs of word scalars.
    var words = 0
    var ideographs = 0
    /// One whole cell of a table: a bar at the beginning or the end and none within. A cell that stands cut off before a
    /// bar without a space between is none.
    var isOneCell = false
    var hasLineEnd = false
    /// The line end, and white space after it, is the last of it.
    var isOneLine = false
    /// A bullet, a heading's mark or an emoji stands before the first white space.
    var beginsWithMark = false
    /// Bytes of words and ideographs.
    var wordBytes = 0
    /// Bytes that are no white space.
    var solidBytes = 0
    /// A letter of any script; digits and underscores are none.
    var hasLetter = false
    /// Nothing but one word.
    var isOneWord: Bool { words == 1 && wordBytes == solidBytes && ideographs == 0 && solidBytes == bytes }
    private let bytes: Int

    init(of overlap: ArraySlice<UInt8>) {
        bytes = overlap.count
        let solid = overlap.trimmingSpace()
        let bar = UInt8(ascii: "|")
        let isCutCell = overlap.first == bar && solid.endIndex == overlap.endIndex
        isOneCell =
            (solid.first == bar) != (solid.last == bar) && !isCutCell
            && !solid.dropFirst().dropLast().contains { $0 == bar || $0 == 0x0A }
        hasLineEnd = overlap.contains(0x0A)
        isOneLine = hasLineEnd && !solid.contains(0x0A) && overlap.first != 0x0A
        beginsWithMark = Self.hasMark(overlap.drop { $0 == 0x20 })
        var before = SeamScalar.Kind.space
        var index = overlap.startIndex
        while index < overlap.endIndex {
            let scalar = SeamScalar(in: overlap, at: index)
            if scalar.kind != .space { solidBytes += scalar.length }
            switch scalar.kind {
            case .word:
                if before != .word { words += 1 }
                wordBytes += scalar.length
                if overlap[index].digit == nil, overlap[index] != UInt8(ascii: "_") { hasLetter = true }
            case .ideograph:
                ideographs += 1
                wordBytes += scalar.length
                hasLetter = true
            case .space, .other: break
            }
            before = scalar.kind
            index += scalar.length
        }
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
private struct SeamScalar {
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
    /// In bytes, 1…4.
    let length: Int

    init(in bytes: ArraySlice<UInt8>, at index: Int) {
        let first = bytes[index]
        let expected = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        length = min(expected, bytes.endIndex - index)
        var value = expected == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(expected))
        for byte in bytes[(index + 1)..<(index + length)] { value = value << 6 | UInt32(byte & 0x3F) }
        kind = Self.kind(value)
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
