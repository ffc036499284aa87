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

    /// Whether the last `length` bytes are a unit repeated (a border of at least half of it says so), or stand twice in a
    /// row at the end.
    func repeatsItself(_ length: Int, border: Int) -> Bool {
        if 2 * (length - border) <= length { return true }
        let end = bytes.count
        return 2 * length <= end && bytes[(end - 2 * length)..<(end - length)].elementsEqual(bytes[(end - length)...])
    }

    func isEvidence(_ length: Int, strategy: ResumeStrategy) -> Bool {
        let start = bytes.count - length
        var words = 0
        var ideographs = 0
        var solid = 0
        var isAllWord = true
        var inWord = false
        var index = start
        while index < bytes.count {
            let scalar = SeamScalar(in: bytes, at: index)
            switch scalar.kind {
            case .word:
                if !inWord { words += 1 }
                solid += scalar.length
            case .ideograph:
                ideographs += 1
                solid += scalar.length
                isAllWord = false
            case .other:
                solid += scalar.length
                isAllWord = false
            case .space:
                isAllWord = false
            }
            inWord = scalar.kind == .word
            index += scalar.length
        }
        let isAtBoundary = isBoundary(start)
        if 2 * words + ideographs >= 4 {
            return isAtBoundary ? solid >= 6 : solid >= 16
        }
        return isAllWord && isAtBoundary && solid >= (strategy == .prefill ? 6 : 3)
    }

    /// No word goes on across `index`.
    private func isBoundary(_ index: Int) -> Bool {
        guard index > 0 else { return !isCut }
        var before = index - 1
        while before > 0, bytes[before] & 0xC0 == 0x80 { before -= 1 }
        return SeamScalar(in: bytes, at: before).kind != .word || SeamScalar(in: bytes, at: index).kind != .word
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

    init(in bytes: [UInt8], at index: Int) {
        let first = bytes[index]
        let expected = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        length = min(expected, bytes.count - index)
        var value = expected == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(expected))
        for byte in bytes[(index + 1)..<(index + length)] { value = value << 6 | UInt32(byte & 0x3F) }
        kind = Self.kind(value)
    }

    /// By blocks of Unicode; finer than needed would only look exact.
    private static func kind(_ value: UInt32) -> Kind {
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
