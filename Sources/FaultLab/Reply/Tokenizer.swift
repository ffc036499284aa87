/// The lab's own idea of a token: about a word with the space before it; one ideograph; one emoji with all its joiners;
/// a run of one punctuation mark; a run of line ends. Joined, the tokens are the text.
enum Tokenizer {
    /// Words longer than this many bytes are cut, so that a token is never large.
    static let longestWord = 32

    /// The end of the token that begins at `start`. `bytes` are valid UTF-8, `start` is at a scalar and inside them.
    static func end(in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        let first = bytes[index]
        if isLineEnd(first) {
            repeat { index += 1 } while index < bytes.count && isLineEnd(bytes[index])
            return index
        }
        if isBlank(first) {
            repeat { index += 1 } while index < bytes.count && isBlank(bytes[index])
            // Blanks at the end of a line are a token, and so is an indentation, but for the blank that belongs to the
            // word.
            if index == bytes.count || isLineEnd(bytes[index]) { return index }
            if index - start > 1 { return index - 1 }
        }
        return endOfWord(in: bytes, from: index)
    }

    static func count(_ bytes: [UInt8], from start: Int = 0) -> Int {
        var index = start
        var count = 0
        while index < bytes.count {
            index = end(in: bytes, from: index)
            count += 1
        }
        return count
    }

    static func count(_ text: String) -> Int {
        count(Array(text.utf8))
    }

    private static func endOfWord(in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        let first = bytes[index]
        if isASCIIWord(first) || (first >= 0x80 && Kind(scalar(in: bytes, at: index).value) == .letter) {
            let limit = start + longestWord
            while index < bytes.count, index < limit {
                let byte = bytes[index]
                if isASCIIWord(byte) {
                    index += 1
                } else if byte == UInt8(ascii: "'"), index + 1 < bytes.count, isASCIIWord(bytes[index + 1]) {
                    index += 1
                } else if byte >= 0x80 {
                    let (value, length) = scalar(in: bytes, at: index)
                    guard Kind(value) == .letter else { break }
                    index += length
                } else {
                    break
                }
            }
            return index
        }
        if first < 0x80 {
            repeat { index += 1 } while index < bytes.count && bytes[index] == first && index - start < longestWord
            return index
        }
        let (value, length) = scalar(in: bytes, at: index)
        index += length
        return Kind(value) == .picture ? endOfPicture(value, in: bytes, from: index) : index
    }

    /// After the first scalar of an emoji: variation selectors, skin tones, joiners with what they join, the second
    /// half of a flag.
    private static func endOfPicture(_ first: UInt32, in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        var isFlag = (0x1F1E6...0x1F1FF).contains(first)
        var isJoined = false
        while index < bytes.count, bytes[index] >= 0x80 {
            let (value, length) = scalar(in: bytes, at: index)
            switch value {
            case 0xFE0F, 0x20E3, 0x1F3FB...0x1F3FF: isJoined = false
            case 0x200D: isJoined = true
            case 0x1F1E6...0x1F1FF where isFlag: isFlag = false
            default:
                guard isJoined else { return index }
                isJoined = false
            }
            index += length
        }
        return index
    }

    private static func scalar(in bytes: [UInt8], at index: Int) -> (value: UInt32, length: Int) {
        let lead = UInt32(bytes[index])
        func trail(_ offset: Int) -> UInt32 { UInt32(bytes[index + offset] & 0x3F) }
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | trail(1), 2) }
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | trail(1) << 6 | trail(2), 3) }
        return ((lead & 0x07) << 18 | trail(1) << 12 | trail(2) << 6 | trail(3), 4)
    }

    private enum Kind {
        /// Letters that make words together.
        case letter
        /// Pictures and regional indicators.
        case picture
        /// Everything that stands alone: ideographs, kana, Hangul, punctuation.
        case single

        /// Of a scalar beyond ASCII. Block ranges from the Unicode charts; words need no more precision than that.
        init(_ value: UInt32) {
            switch value {
            case 0xAA, 0xB5, 0xBA, 0xC0...0x1FFF: self = .letter
            case 0x2600...0x27BF, 0x2B00...0x2BFF, 0x1F000...0x1FAFF: self = .picture
            case 0x2C00...0x2DFF, 0xA640...0xA6FF, 0xA720...0xABFF, 0xFB00...0xFDFF, 0xFE70...0xFEFF: self = .letter
            default: self = .single
            }
        }
    }

    private static func isASCIIWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
