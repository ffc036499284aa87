/// Web addresses that stand in text without any markup.
enum BareLink {
    /// The next `http://` or `https://` address: to the next blank, quote or angle bracket, without the punctuation that
    /// ends the sentence, and without a closing bracket that it did not open.
    static func next(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
        var index = start
        while index + 8 < text.count {
            guard text[index] == 0x68, index == 0 || !isLetter(text[index - 1]), let scheme = scheme(text, at: index)
            else {
                index += 1
                continue
            }
            var end = index + scheme
            var open = 0
            while end < text.count, !endsAddress(text[end]) {
                if text[end] == 0x28 { open += 1 }
                if text[end] == 0x29 {
                    if open == 0 { break }
                    open -= 1
                }
                end += 1
            }
            while end > index + scheme, isPunctuation(text[end - 1]) { end -= 1 }
            if end > index + scheme { return index..<end }
            index = end
        }
        return nil
    }

    private static let schemes = [Array("https://".utf8), Array("http://".utf8)]

    private static func scheme(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        for scheme in schemes where text[index...].starts(with: scheme) { return scheme.count }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A }

    private static func endsAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x22, 0x3C, 0x3E, 0x60: true
        default: false
        }
    }

    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x27, 0x2A, 0x2C, 0x2E, 0x3A, 0x3B, 0x3F, 0x5F: true
        default: false
        }
    }
}
