extension Scanner {
    static func isBareKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    func peek(_ ahead: Int = 0) -> UInt8? {
        let position = index + ahead
        return position < bytes.count ? bytes[position] : nil
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        index += 1
        return true
    }

    /// Spaces and tabs.
    mutating func skipSpaces() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 { index += 1 }
    }

    /// One line end, `\n` or `\r\n`.
    mutating func takeLineEnd() -> Bool {
        if peek() == 0x0A {
            index += 1
        } else if peek() == 0x0D, peek(1) == 0x0A {
            index += 2
        } else {
            return false
        }
        line += 1
        return true
    }

    mutating func skipComment() throws(TOMLError) {
        guard peek() == UInt8(ascii: "#") else { return }
        while let byte = peek(), byte != 0x0A, !(byte == 0x0D && peek(1) == 0x0A) {
            guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
                throw failure("\(found()) in a comment")
            }
            index += 1
        }
    }

    /// Spaces, comments and line ends.
    mutating func skipBlankLines() throws(TOMLError) {
        repeat {
            skipSpaces()
            try skipComment()
        } while takeLineEnd()
    }

    /// What must follow a header or a value.
    mutating func endOfLine() throws(TOMLError) {
        skipSpaces()
        try skipComment()
        guard index >= bytes.count || takeLineEnd() else {
            throw failure("expected the end of the line, found \(found())")
        }
    }
}
