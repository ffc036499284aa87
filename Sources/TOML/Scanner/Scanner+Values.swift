extension Scanner {
    mutating func value(depth: Int) throws(TOMLError) -> TableBuilder.Value {
        guard depth <= Self.maximumDepth else {
            throw failure("arrays and tables nested more than \(Self.maximumDepth) deep")
        }
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .scalar(.string(try string(mayBeMultiline: true)))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "{"): return .table(try inlineTable(depth: depth))
        default: return .scalar(try scalar())
        }
    }

    private mutating func array(depth: Int) throws(TOMLError) -> [TableBuilder.Item] {
        index += 1
        var items: [TableBuilder.Item] = []
        while true {
            try skipBlankLines()
            if take(UInt8(ascii: "]")) { return items }
            let start = line
            items.append(TableBuilder.Item(value: try value(depth: depth + 1), line: start))
            try skipBlankLines()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else {
                throw failure("expected \",\" or \"]\" in an array, found \(found())")
            }
            return items
        }
    }

    private mutating func inlineTable(depth: Int) throws(TOMLError) -> TableBuilder {
        index += 1
        let table = TableBuilder(.implied, line: line)
        skipSpaces()
        if !take(UInt8(ascii: "}")) {
            while true {
                skipSpaces()
                try keyValue(into: table, depth: depth + 1)
                skipSpaces()
                if take(UInt8(ascii: ",")) { continue }
                guard take(UInt8(ascii: "}")) else {
                    throw failure("expected \",\" or \"}\" in an inline table, found \(found())")
                }
                break
            }
        }
        table.origin = .inline
        return table
    }

    /// Numbers, dates, `true` and `false`.
    private mutating func scalar() throws(TOMLError) -> TOMLValue {
        let start = index
        skipWord()
        // One space may stand between a date and its time.
        if index - start == 10, bytes[start + 4] == 0x2D, peek() == 0x20, let digit = peek(1), Self.isDigit(digit) {
            index += 1
            skipWord()
        }
        guard index > start else { throw failure("expected a value, found \(found())") }
        let word = bytes[start..<index]
        let text = String(decoding: word, as: UTF8.self)
        guard let value = Self.scalar(word, text) else {
            throw failure("expected a value, found \"\(text)\" (a string needs quotes)", at: start)
        }
        return value
    }

    private mutating func skipWord() {
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: ":"): index += 1
            case _ where Self.isBareKeyByte(byte) || byte >= 0x80: index += 1
            default: return
            }
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39
    }

    private static func scalar(_ word: ArraySlice<UInt8>, _ text: String) -> TOMLValue? {
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "inf", "+inf": return .float(.infinity, text: text)
        case "-inf": return .float(-.infinity, text: text)
        case "nan", "+nan", "-nan": return .float(.nan, text: text)
        default: break
        }
        let first = word.startIndex
        guard isDigit(word[first]) || word.count > 1 && isDigit(word[first + 1]) else { return nil }
        if word.contains(0x3A) || word.count >= 10 && word[first + 4] == 0x2D && word[first + 7] == 0x2D {
            return .date(text)
        }
        let plain = word.contains(0x5F) ? String(decoding: word.filter { $0 != 0x5F }, as: UTF8.self) : text
        if word.count > 2, word[first] == 0x30 {
            switch word[first + 1] {
            case UInt8(ascii: "x"): return Int(plain.dropFirst(2), radix: 16).map { .integer($0, text: text) }
            case UInt8(ascii: "o"): return Int(plain.dropFirst(2), radix: 8).map { .integer($0, text: text) }
            case UInt8(ascii: "b"): return Int(plain.dropFirst(2), radix: 2).map { .integer($0, text: text) }
            default: break
            }
        }
        if word.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) {
            return Double(plain).map { .float($0, text: text) }
        }
        return Int(plain).map { .integer($0, text: text) }
    }
}
