/// Reads JSON (RFC 8259) from bytes by pulling: the caller asks for what it expects next and skips what it does not
/// want. Nothing is built; strings are handed out where they lie.
///
/// Strict in grammar, so that a damaged event is never half read; strings of skipped values are not checked for valid
/// UTF-8. Nesting is bounded, so that no input can exhaust the stack.
struct JSONScanner {
    /// The deepest nesting read; deeper is a fault. No provider nests beyond a dozen.
    static let maximumDepth = 512

    private let start: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private(set) var position: UnsafePointer<UInt8>
    private var depth = 0

    /// The bytes must outlive the scanner and every string that it hands out.
    init(start: UnsafePointer<UInt8>, count: Int) {
        self.start = start
        self.end = start + count
        self.position = start
    }

    var offset: Int { position - start }

    func fault(_ reason: JSONFault.Reason) -> JSONFault {
        JSONFault(offset: offset, reason: position == end && reason == .unexpectedByte ? .unexpectedEnd : reason)
    }

    /// The next byte that is no white space, not consumed; 0 at the end (no token begins with it).
    @inline(__always)
    mutating func peek() -> UInt8 {
        while position < end {
            let byte = position.pointee
            // Space, tab, LF and CR are the only bytes up to 0x20 that may stand here.
            if byte > 0x20 { return byte }
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return 0
    }

    @inline(__always)
    private mutating func expect(_ byte: UInt8) throws(JSONFault) {
        guard peek() == byte else { throw fault(.unexpectedByte) }
        position += 1
    }

    /// Whether only white space is left.
    mutating func isAtEnd() -> Bool {
        _ = peek()
        return position == end
    }

    // MARK: Objects and arrays

    @inline(__always)
    mutating func beginObject() throws(JSONFault) {
        try expect(UInt8(ascii: "{"))
        try descend()
    }

    /// The next member's key, the scanner standing before its value, or `nil` when the object is over. `first` is `true`
    /// before the first call.
    @inline(__always)
    mutating func nextKey(_ first: inout Bool) throws(JSONFault) -> JSONString? {
        var byte = peek()
        if byte == UInt8(ascii: "}") {
            position += 1
            depth &-= 1
            return nil
        }
        if first {
            first = false
        } else {
            guard byte == UInt8(ascii: ",") else { throw fault(.unexpectedByte) }
            position += 1
            byte = peek()
        }
        guard byte == UInt8(ascii: "\"") else { throw fault(.unexpectedByte) }
        let key = try string()
        try expect(UInt8(ascii: ":"))
        return key
    }

    @inline(__always)
    mutating func beginArray() throws(JSONFault) {
        try expect(UInt8(ascii: "["))
        try descend()
    }

    /// Whether another element follows, the scanner then standing before it.
    @inline(__always)
    mutating func nextElement(_ first: inout Bool) throws(JSONFault) -> Bool {
        let byte = peek()
        if byte == UInt8(ascii: "]") {
            position += 1
            depth &-= 1
            return false
        }
        if first {
            first = false
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw fault(.unexpectedByte) }
        position += 1
        // "[1,]" must fail, here and not as an end of the array.
        guard peek() != UInt8(ascii: "]") else { throw fault(.unexpectedByte) }
        return true
    }

    @inline(__always)
    private mutating func descend() throws(JSONFault) {
        depth &+= 1
        if depth > Self.maximumDepth { throw fault(.tooDeep) }
    }

    // MARK: Values

    /// The next value, if it is a string; any other value is skipped.
    @inline(__always)
    mutating func stringOrSkip() throws(JSONFault) -> JSONString? {
        if peek() == UInt8(ascii: "\"") { return try string() }
        try skip()
        return nil
    }

    /// The next value as a whole number from 0 up; anything else (negative, with a fraction that is not 0, too large, no
    /// number at all) is skipped and `nil`.
    mutating func countOrSkip() throws(JSONFault) -> Int? {
        let byte = peek()
        guard byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) else {
            try skip()
            return nil
        }
        return try number().count
    }

    /// The next value as a number; anything else, and a number beyond the range of `Double`, is skipped and `nil`.
    mutating func doubleOrSkip() throws(JSONFault) -> Double? {
        let byte = peek()
        guard byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) else {
            try skip()
            return nil
        }
        return try number().double
    }

    /// Skips one value, whatever it is.
    mutating func skip() throws(JSONFault) {
        switch peek() {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"): try skipObject()
        case UInt8(ascii: "["): try skipArray()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: _ = try number()
        }
    }

    private mutating func skipObject() throws(JSONFault) {
        try beginObject()
        var first = true
        while try nextKey(&first) != nil { try skip() }
    }

    private mutating func skipArray() throws(JSONFault) {
        try beginArray()
        var first = true
        while try nextElement(&first) { try skip() }
    }

    @inline(__always)
    mutating func word(_ word: StaticString) throws(JSONFault) {
        let count = word.utf8CodeUnitCount
        guard end - position >= count, sameBytes(position, word.utf8Start, count) else { throw fault(.unexpectedByte) }
        position += count
    }

    /// Consumes a number by the grammar of RFC 8259, 6.
    mutating func number() throws(JSONFault) -> JSONNumber {
        let begin = position
        if position < end, position.pointee == UInt8(ascii: "-") { position += 1 }
        guard position < end else { throw fault(.unexpectedByte) }
        if position.pointee == UInt8(ascii: "0") {
            position += 1
        } else {
            guard digits() else { throw fault(.unexpectedByte) }
        }
        var isInteger = true
        if position < end, position.pointee == UInt8(ascii: ".") {
            position += 1
            isInteger = false
            guard digits() else { throw fault(.invalidNumber) }
        }
        if position < end, position.pointee | 0x20 == UInt8(ascii: "e") {
            position += 1
            isInteger = false
            if position < end, position.pointee == UInt8(ascii: "+") || position.pointee == UInt8(ascii: "-") {
                position += 1
            }
            guard digits() else { throw fault(.invalidNumber) }
        }
        return JSONNumber(text: UnsafeBufferPointer(start: begin, count: position - begin), isInteger: isInteger)
    }

    /// Consumes digits; `false` where there is none.
    @inline(__always)
    private mutating func digits() -> Bool {
        let begin = position
        while position < end, position.pointee &- 0x30 <= 9 { position += 1 }
        return position > begin
    }

    // MARK: Strings

    /// Consumes the string whose opening quote is next.
    ///
    /// Eight bytes at a time, looking for a quote, a backslash or a control character; see ``lineEnd(in:from:to:)`` of
    /// the event stream for the arithmetic.
    @inline(__always)
    mutating func string() throws(JSONFault) -> JSONString {
        position += 1
        let begin = position
        var isEscaped = false
        var wide: UInt64 = 0
        while true {
            position = stringStop(from: position, &wide)
            guard position < end else { throw fault(.unexpectedByte) }
            let byte = position.pointee
            if byte == UInt8(ascii: "\"") { break }
            guard byte == UInt8(ascii: "\\") else { throw fault(.controlCharacter) }
            isEscaped = true
            try skipEscape()
        }
        let string = JSONString(start: begin, count: position - begin, isEscaped: isEscaped, isWide: wide != 0)
        position += 1
        return string
    }

    /// The first quote, backslash or control character from `from` on, or `end`. `wide` gets bits of the bytes ≥ 0x80.
    @inline(__always)
    private func stringStop(from: UnsafePointer<UInt8>, _ wide: inout UInt64) -> UnsafePointer<UInt8> {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        var at = from
        while end - at >= 8 {
            let word = UInt64(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
            let quotes = word ^ (ones &* 0x22)
            let slashes = word ^ (ones &* 0x5C)
            let marks =
                (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes)
                    | ((word &- ones &* 0x20) & ~word)) & highs
            if marks != 0 {
                let bits = marks.trailingZeroBitCount
                // Of the bytes before the stop only: the stop itself is below 0x80.
                wide |= word & highs & ((1 &<< UInt64(bits)) &- 1)
                return at + bits &>> 3
            }
            wide |= word & highs
            at += 8
        }
        while at < end {
            let byte = at.pointee
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return at }
            wide |= UInt64(byte & 0x80)
            at += 1
        }
        return end
    }

    /// Consumes the escape whose backslash is next.
    private mutating func skipEscape() throws(JSONFault) {
        guard end - position >= 2 else {
            position = end
            throw fault(.unexpectedByte)
        }
        switch position[1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            for index in 2..<6 {
                guard end - position > index else {
                    position = end
                    throw fault(.unexpectedByte)
                }
                let byte = position[index]
                guard (byte &- 0x30) <= 9 || ((byte | 0x20) &- 0x61) <= 5 else { throw fault(.invalidEscape) }
            }
            position += 6
        default: throw fault(.invalidEscape)
        }
    }
}

/// A number where it lies in JSON text.
struct JSONNumber {
    let text: UnsafeBufferPointer<UInt8>
    let isInteger: Bool

    /// As a whole number from 0 up, or `nil`.
    var count: Int? {
        guard isInteger else {
            // 12.0 and 1e3 are whole too; 2⁵³ is where a Double stops to tell whole numbers apart.
            guard let double, double >= 0, double < 9_007_199_254_740_992 else { return nil }
            return Int(exactly: double)
        }
        var value = 0
        for digit in text {
            guard digit != UInt8(ascii: "-") else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit &- 0x30))
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    /// `nil` beyond the range.
    var double: Double? {
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }
}
