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
        guard let value = ScalarGrammar.value(word, text) else {
            let isNumeric = word.first.map { Self.isDigit($0) || $0 == 0x2B || $0 == 0x2D } ?? false
            let hint = isNumeric ? "is neither a number nor a date" : "is no value (a string needs quotes)"
            throw failure("\"\(text)\" \(hint)", at: start)
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

    static func isDigit(_ byte: UInt8) -> Bool {
        byte >= 0x30 && byte <= 0x39
    }
}
