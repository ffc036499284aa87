extension Scanner {
    /// A string in any of the four forms; the scanner stands on its first quote.
    mutating func string(mayBeMultiline: Bool) throws(TOMLError) -> String {
        let quote = bytes[index]
        let isMultiline = peek(1) == quote && peek(2) == quote
        if isMultiline {
            guard mayBeMultiline else { throw failure("a key cannot be a multi-line string") }
            index += 3
            _ = takeLineEnd()
            return try multiline(quote)
        }
        index += 1
        let start = index
        while let byte = peek() {
            if byte == quote {
                let text = String(decoding: bytes[start..<index], as: UTF8.self)
                index += 1
                return text
            }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") { return try escaped(from: start) }
            try checkInString(byte)
            index += 1
        }
        throw failure("the string has no closing quote")
    }

    /// The rest of a basic string from its first escape on.
    private mutating func escaped(from start: Int) throws(TOMLError) -> String {
        var text = Array(bytes[start..<index])
        while let byte = peek() {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            default:
                index -= 1
                try checkInString(byte)
                index += 1
                text.append(byte)
            }
        }
        throw failure("the string has no closing quote")
    }

    private mutating func multiline(_ quote: UInt8) throws(TOMLError) -> String {
        let opened = line
        var text: [UInt8] = []
        while let byte = peek() {
            if byte == quote, peek(1) == quote, peek(2) == quote {
                index += 3
                // Up to two quotes may stand directly before the closing three.
                var extra = 0
                while extra < 2, take(quote) {
                    text.append(quote)
                    extra += 1
                }
                return String(decoding: text, as: UTF8.self)
            }
            if byte == 0x0A || byte == 0x0D && peek(1) == 0x0A {
                let start = index
                _ = takeLineEnd()
                text += bytes[start..<index]
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                index += 1
                if !skipLineEndingBackslash() { try escape(into: &text) }
            } else {
                try checkInString(byte)
                text.append(byte)
                index += 1
            }
        }
        throw failure("the string that begins at line \(opened) has no closing quotes")
    }

    /// After a backslash: where nothing but blanks follow on the line, they and all blanks up to the next text go.
    private mutating func skipLineEndingBackslash() -> Bool {
        let start = index
        skipSpaces()
        guard takeLineEnd() else {
            index = start
            return false
        }
        repeat { skipSpaces() } while takeLineEnd()
        return true
    }

    /// After a backslash.
    private mutating func escape(into text: inout [UInt8]) throws(TOMLError) {
        let letter = peek()
        switch letter {
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "\""): text.append(0x22)
        case UInt8(ascii: "\\"): text.append(0x5C)
        case UInt8(ascii: "u"): return try codePoint(digits: 4, into: &text)
        case UInt8(ascii: "U"): return try codePoint(digits: 8, into: &text)
        default: throw failure("unknown escape, \\ before \(found())")
        }
        index += 1
    }

    private mutating func codePoint(digits: Int, into text: inout [UInt8]) throws(TOMLError) {
        index += 1
        let word = bytes[index..<min(index + digits, bytes.count)]
        guard word.count == digits, word.allSatisfy(Self.isHexDigit),
            let number = UInt32(String(decoding: word, as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(number)
        else { throw failure("expected \(digits) hexadecimal digits of a Unicode scalar value") }
        index += digits
        text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private func checkInString(_ byte: UInt8) throws(TOMLError) {
        guard byte < 0x20 && byte != 0x09 || byte == 0x7F else { return }
        throw failure(byte == 0x0A || byte == 0x0D ? "the string has no closing quote" : "\(found()) in a string")
    }
}
