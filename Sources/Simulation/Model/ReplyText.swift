/// The reply that a model of a server has in mind: words that never repeat, so that what stands twice was sent twice, in
/// scripts of one to four bytes a scalar, with what JSON has to escape.
struct ReplyText: Sendable {
    private static let stems: [[UInt8]] = [
        "tide", "river", "Fluß", "harbour", "名前の波", "wave🌊mark", "it's", "\"quoted\"", "back\\slash", "straße",
    ].map { Array($0.utf8) }

    /// Words, each with the white space after it.
    static func make(words: Int, variant: Int, using choices: inout Choices) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(words * 10)
        for index in 0..<words {
            text += stems[choices.below(stems.count)]
            append(index + 100 * variant, to: &text)
            text.append(index % 7 == 6 ? 0x0A : 0x20)
        }
        text += variant == 0 ? "the-end.".utf8 : "another-end.".utf8
        return text
    }

    /// As it stands in a JSON string.
    static func json(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var json: [UInt8] = []
        for byte in text {
            switch byte {
            case 0x22, 0x5C: json += [0x5C, byte]
            case 0x0A: json += [0x5C, UInt8(ascii: "n")]
            default: json.append(byte)
            }
        }
        return json
    }

    static func append(_ number: Int, to text: inout [UInt8]) {
        if number >= 10 { append(number / 10, to: &text) }
        text.append(0x30 + UInt8(number % 10))
    }

    /// The beginning of the scalar in which `index` stands.
    static func scalarStart(_ index: Int, in text: [UInt8]) -> Int {
        var index = min(index, text.count)
        while index > 0, index < text.count, text[index] & 0xC0 == 0x80 { index -= 1 }
        return index
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A }

    /// Where the `count`th word before `index` begins, the one in which `index` stands included.
    static func wordStart(_ count: Int, before index: Int, in text: [UInt8]) -> Int {
        var index = index
        for _ in 0..<count {
            while index > 0, isSpace(text[index - 1]) { index -= 1 }
            while index > 0, !isSpace(text[index - 1]) { index -= 1 }
        }
        return index
    }
}
