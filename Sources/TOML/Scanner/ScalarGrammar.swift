/// Numbers, dates and booleans: https://toml.io/en/v1.0.0#integer and the sections after it.
struct ScalarGrammar {
    private let bytes: ArraySlice<UInt8>
    private var index: Int

    private init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// `text` is the same as `word`. `nil` where it is no value.
    static func value(_ word: ArraySlice<UInt8>, _ text: String) -> TOMLValue? {
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "inf", "+inf": return .float(.infinity, text: text)
        case "-inf": return .float(-.infinity, text: text)
        case "nan", "+nan", "-nan": return .float(.nan, text: text)
        default: break
        }
        var grammar = ScalarGrammar(word)
        if let value = grammar.prefixed(text) { return value }
        grammar.index = word.startIndex
        if let value = grammar.number(text) { return value }
        grammar.index = word.startIndex
        return grammar.moment() ? .date(text) : nil
    }

    // MARK: Numbers

    /// `0x…`, `0o…`, `0b…`
    private mutating func prefixed(_ text: String) -> TOMLValue? {
        guard take("0"), let mark = peek() else { return nil }
        index += 1
        let radix: Int
        switch mark {
        case UInt8(ascii: "x"): radix = 16
        case UInt8(ascii: "o"): radix = 8
        case UInt8(ascii: "b"): radix = 2
        default: return nil
        }
        guard digits(radix: radix), isAtEnd, let number = Int(Self.plain(text).dropFirst(2), radix: radix) else {
            return nil
        }
        return .integer(number, text: text)
    }

    private mutating func number(_ text: String) -> TOMLValue? {
        if !take("+") { _ = take("-") }
        let start = index
        guard digits(radix: 10), bytes[start] != 0x30 || index == start + 1 else { return nil }
        if isAtEnd { return Int(Self.plain(text)).map { .integer($0, text: text) } }
        if take(".") {
            guard digits(radix: 10) else { return nil }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard digits(radix: 10) else { return nil }
        }
        guard isAtEnd else { return nil }
        return Double(Self.plain(text)).map { .float($0, text: text) }
    }

    /// Digits, with single underscores between them.
    private mutating func digits(radix: Int) -> Bool {
        var isAfterDigit = false
        while let byte = peek() {
            if byte == UInt8(ascii: "_") {
                guard isAfterDigit else { return false }
                isAfterDigit = false
            } else if Self.isDigit(byte, radix: radix) {
                isAfterDigit = true
            } else {
                break
            }
            index += 1
        }
        return isAfterDigit
    }

    private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
        switch byte {
        case 0x30...0x39: Int(byte - 0x30) < radix
        case 0x41...0x46, 0x61...0x66: radix == 16
        default: false
        }
    }

    private static func plain(_ text: String) -> String {
        text.utf8.contains(UInt8(ascii: "_")) ? text.filter { $0 != "_" } : text
    }

    // MARK: Dates and times

    private mutating func moment() -> Bool {
        let start = index
        guard date() else {
            index = start
            return time() && isAtEnd
        }
        if isAtEnd { return true }
        guard take("T") || take("t") || take(" "), time() else { return false }
        if isAtEnd || take("Z") || take("z") { return isAtEnd }
        guard take("+") || take("-"), let hours = fixed(2), hours < 24, take(":"), let minutes = fixed(2) else {
            return false
        }
        return minutes < 60 && isAtEnd
    }

    private mutating func date() -> Bool {
        guard let year = fixed(4), take("-"), let month = fixed(2), take("-"), let day = fixed(2) else { return false }
        return Self.isDate(year: year, month: month, day: day)
    }

    private mutating func time() -> Bool {
        guard let hour = fixed(2), take(":"), let minute = fixed(2), take(":"), let second = fixed(2) else {
            return false
        }
        if take(".") {
            let start = index
            while let byte = peek(), Self.isDigit(byte, radix: 10) { index += 1 }
            guard index > start else { return false }
        }
        return hour < 24 && minute < 60 && second < 60
    }

    /// Whether the Gregorian calendar has the day.
    static func isDate(year: Int, month: Int, day: Int) -> Bool {
        guard (1...12).contains(month), day >= 1 else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return day <= days[month - 1]
    }

    /// Whether the text is `YYYY-MM-DD` and a day of the calendar.
    static func isDate(_ text: String) -> Bool {
        var grammar = ScalarGrammar(Array(text.utf8)[...])
        return grammar.date() && grammar.isAtEnd
    }

    /// Whether the text is `[+-]digits[.digits][e[+-]digits]`.
    static func isDecimal(_ text: String) -> Bool {
        var grammar = ScalarGrammar(Array(text.utf8)[...])
        switch grammar.number(text) {
        case .integer, .float: return true
        default: return false
        }
    }

    // MARK: Reading

    private var isAtEnd: Bool { index == bytes.endIndex }

    private func peek() -> UInt8? {
        index < bytes.endIndex ? bytes[index] : nil
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: scalar) else { return false }
        index += 1
        return true
    }

    /// Exactly so many digits.
    private mutating func fixed(_ count: Int) -> Int? {
        var number = 0
        for _ in 0..<count {
            guard let byte = peek(), Self.isDigit(byte, radix: 10) else { return nil }
            number = number * 10 + Int(byte - 0x30)
            index += 1
        }
        return number
    }
}
