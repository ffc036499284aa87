/// Typed values. Every getter gives `nil` where the key is missing and throws where it holds something else.
extension TOMLTable {
    public func string(_ key: String) throws(TOMLError) -> String? {
        guard let value = self[key] else { return nil }
        guard case .string(let text) = value else { throw mismatch(key, "a string", value) }
        return text
    }

    public func int(_ key: String) throws(TOMLError) -> Int? {
        guard let value = self[key] else { return nil }
        guard case .integer(let number, _) = value else { throw mismatch(key, "a whole number", value) }
        return number
    }

    public func int(_ key: String, in range: ClosedRange<Int>) throws(TOMLError) -> Int? {
        guard let number = try int(key) else { return nil }
        guard range.contains(number) else {
            throw error(key, "expected \(Self.words(range)), found \(number)")
        }
        return number
    }

    /// A finite number, written with or without a fraction.
    public func double(_ key: String) throws(TOMLError) -> Double? {
        guard let value = self[key] else { return nil }
        switch value {
        case .integer(let number, _): return Double(number)
        case .float(let number, let text):
            guard number.isFinite else { throw error(key, "expected a finite number, found \(text)") }
            return number
        default: throw mismatch(key, "a number", value)
        }
    }

    public func double(_ key: String, in range: ClosedRange<Double>) throws(TOMLError) -> Double? {
        guard let number = try double(key) else { return nil }
        guard range.contains(number) else {
            throw error(key, "expected a number from \(range.lowerBound) to \(range.upperBound), found \(number)")
        }
        return number
    }

    public func bool(_ key: String) throws(TOMLError) -> Bool? {
        guard let value = self[key] else { return nil }
        guard case .boolean(let flag) = value else { throw mismatch(key, "true or false", value) }
        return flag
    }

    public func strings(_ key: String) throws(TOMLError) -> [String]? {
        guard let value = self[key] else { return nil }
        guard case .array(let items) = value else { throw mismatch(key, "an array of strings", value) }
        var strings: [String] = []
        strings.reserveCapacity(items.count)
        for (position, item) in items.enumerated() {
            guard case .string(let text) = item.value else { throw mismatch(key, position, "a string", item) }
            strings.append(text)
        }
        return strings
    }

    public func table(_ key: String) throws(TOMLError) -> TOMLTable? {
        guard let value = self[key] else { return nil }
        guard case .table(let table) = value else { throw mismatch(key, "a table", value) }
        return table
    }

    /// An array of tables, `[[key]]` or inline.
    public func tables(_ key: String) throws(TOMLError) -> [TOMLTable]? {
        guard let value = self[key] else { return nil }
        guard case .array(let items) = value else { throw mismatch(key, "an array of tables ([[\(key)]])", value) }
        var tables: [TOMLTable] = []
        tables.reserveCapacity(items.count)
        for (position, item) in items.enumerated() {
            guard case .table(let table) = item.value else { throw mismatch(key, position, "a table", item) }
            tables.append(table)
        }
        return tables
    }

    /// A table whose keys are names: its tables in the order of the file.
    public func namedTables() throws(TOMLError) -> [(name: String, table: TOMLTable)] {
        var tables: [(name: String, table: TOMLTable)] = []
        for entry in entries {
            guard case .table(let table) = entry.value else { throw mismatch(entry.key, "a table", entry.value) }
            tables.append((entry.key, table))
        }
        return tables
    }

    /// A decimal number's text as written, without `_`, for amounts that must not pass through binary fractions. It may
    /// be written as a string too. `[+-]digits[.digits][e[+-]digits]`, without zeros in front.
    public func decimalText(_ key: String) throws(TOMLError) -> String? {
        guard let value = self[key] else { return nil }
        let text: String
        switch value {
        case .integer(_, let written), .float(_, let written), .string(let written): text = written
        default: throw mismatch(key, "a decimal number", value)
        }
        let digits = text.utf8.contains(UInt8(ascii: "_")) ? text.filter { $0 != "_" } : text
        guard ScalarGrammar.isDecimal(digits) else {
            throw error(key, "expected a decimal number, found \(quoted(text))")
        }
        return digits
    }

    /// A calendar date as `YYYY-MM-DD`, written as a date or as a string of that form.
    public func date(_ key: String) throws(TOMLError) -> String? {
        guard let value = self[key] else { return nil }
        let text: String
        switch value {
        case .date(let written), .string(let written): text = written
        default: throw mismatch(key, "a date (YYYY-MM-DD)", value)
        }
        guard ScalarGrammar.isDate(text) else {
            throw error(key, "expected a date (YYYY-MM-DD), found \(quoted(text))")
        }
        return text
    }

    func mismatch(_ key: String, _ expected: String, _ found: TOMLValue) -> TOMLError {
        error(key, "expected \(expected), found \(found.kind)")
    }

    private func mismatch(_ key: String, _ position: Int, _ expected: String, _ found: TOMLItem) -> TOMLError {
        TOMLError(
            source: source, line: found.line, key: "\(path(of: key))[\(position)]",
            message: "expected \(expected), found \(found.value.kind)")
    }

    private func quoted(_ text: String) -> String { "\"\(text)\"" }

    private static func words(_ range: ClosedRange<Int>) -> String {
        if range.upperBound == Int.max { return "a whole number of at least \(range.lowerBound)" }
        return "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
}
