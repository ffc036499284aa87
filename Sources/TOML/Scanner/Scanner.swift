/// Reads a document into tables that know lines and order. It is total: on any bytes it ends with a table or an error.
struct Scanner {
    let bytes: [UInt8]
    let source: String
    var index = 0
    var line = 1
    /// The keys of the tables and values read so far, for messages about a line.
    private var trail: [(line: Int, path: String)] = []

    init(bytes: [UInt8], source: String) {
        self.bytes = bytes
        self.source = source
    }

    /// Nested arrays and inline tables, and the parts of a dotted key.
    static let maximumDepth = 128

    mutating func scan() throws(TOMLError) -> TableBuilder {
        let root = TableBuilder(.header, line: 0)
        var current = root
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
        while true {
            try skipBlankLines()
            guard let byte = peek() else { return root }
            if byte == UInt8(ascii: "[") {
                current = try header(root)
            } else {
                try keyValue(into: current, depth: 0)
            }
            try endOfLine()
        }
    }

    /// The key that stands on a line, for TOMLKit's complaints. Reads the document again up to there: only errors pay.
    func key(atLine line: Int) -> String? {
        var again = Scanner(bytes: bytes, source: source)
        again.isTrailing = true
        _ = try? again.scan()
        return again.trail.last { $0.line == line }?.path
    }

    private var isTrailing = false
    /// The header that keys stand under.
    private var section = ""

    // MARK: Headers and keys

    private mutating func header(_ root: TableBuilder) throws(TOMLError) -> TableBuilder {
        let start = index
        let isArray = peek(1) == UInt8(ascii: "[")
        index += isArray ? 2 : 1
        let keys = try dottedKey()
        guard take(UInt8(ascii: "]")), !isArray || take(UInt8(ascii: "]")) else {
            throw failure("expected \(isArray ? "\"]]\"" : "\"]\"") at the end of the header")
        }
        if isTrailing {
            section = keys.joined(separator: ".")
            trail.append((line, section))
        }
        var table = root
        for key in keys.dropLast() { table = try step(from: table, to: key, origin: .implied, at: start) }
        guard let key = keys.last else { throw failure("expected a name in the header", at: start) }
        return isArray
            ? try element(of: key, in: table, at: start) : try headed(key, in: table, at: start)
    }

    /// `[…key]`
    private func headed(_ key: String, in table: TableBuilder, at start: Int) throws(TOMLError) -> TableBuilder {
        guard let position = table.position(of: key) else {
            let made = TableBuilder(.header, line: line)
            table.append(key, line: line, .table(made))
            return made
        }
        let entry = table.entries[position]
        guard case .table(let found) = entry.value, found.origin == .implied else { throw redefined(entry, at: start) }
        found.origin = .header
        return found
    }

    /// `[[…key]]`
    private func element(of key: String, in table: TableBuilder, at start: Int) throws(TOMLError) -> TableBuilder {
        let made = TableBuilder(.header, line: line)
        guard let position = table.position(of: key) else {
            table.append(key, line: line, .tables([made]))
            return made
        }
        let entry = table.entries[position]
        guard case .tables = entry.value else { throw redefined(entry, at: start) }
        table.appendTable(made, at: position)
        return made
    }

    /// The table that `key` leads to on the way to a deeper one.
    private func step(
        from table: TableBuilder, to key: String, origin: TableBuilder.Origin, at start: Int
    ) throws(TOMLError) -> TableBuilder {
        guard let position = table.position(of: key) else {
            let made = TableBuilder(origin, line: line)
            table.append(key, line: line, .table(made))
            return made
        }
        let entry = table.entries[position]
        switch entry.value {
        // Dotted keys stay within tables that dotted keys made; headers pass through all but inline ones.
        case .table(let found) where origin == .dotted ? found.origin == .dotted : found.origin != .inline:
            return found
        case .tables(let found):
            guard let last = found.last, origin != .dotted else { throw redefined(entry, at: start) }
            return last
        default: throw redefined(entry, at: start)
        }
    }

    mutating func keyValue(into table: TableBuilder, depth: Int) throws(TOMLError) {
        let start = index
        let keyLine = line
        let keys = try dottedKey()
        if isTrailing {
            trail.append((line, keys.reduce(section) { TOMLTable.path($0, $1) }))
        }
        guard take(UInt8(ascii: "=")) else {
            throw failure("expected \"=\" after the key \(TOMLTable.path("", keys.joined(separator: ".")))")
        }
        skipSpaces()
        var target = table
        for key in keys.dropLast() { target = try step(from: target, to: key, origin: .dotted, at: start) }
        guard let key = keys.last else { throw failure("expected a key", at: start) }
        if let position = target.position(of: key) { throw redefined(target.entries[position], at: start) }
        let value = try value(depth: depth)
        target.append(key, line: keyLine, value)
    }

    private mutating func dottedKey() throws(TOMLError) -> [String] {
        var keys: [String] = []
        repeat {
            skipSpaces()
            keys.append(try key())
            skipSpaces()
            guard keys.count <= Self.maximumDepth else {
                throw failure("more than \(Self.maximumDepth) parts in a dotted key")
            }
        } while take(UInt8(ascii: "."))
        return keys
    }

    private mutating func key() throws(TOMLError) -> String {
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return try string(mayBeMultiline: false)
        default:
            let start = index
            while let byte = peek(), Self.isBareKeyByte(byte) { index += 1 }
            guard index > start else { throw failure("expected a key, found \(found())") }
            return String(decoding: bytes[start..<index], as: UTF8.self)
        }
    }

    // MARK: Failures

    private func redefined(_ entry: TableBuilder.Entry, at start: Int) -> TOMLError {
        failure("\"\(entry.key)\" is already defined at line \(entry.line)", at: start)
    }

    /// An error where the scanner stands, or at an offset on the same line.
    func failure(_ message: String, at offset: Int? = nil) -> TOMLError {
        let end = min(offset ?? index, bytes.count)
        let start = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = bytes[start..<end].count { $0 & 0xC0 != 0x80 } + 1
        let key = isTrailing ? nil : key(atLine: line)
        return TOMLError(source: source, line: line, column: column, key: key, message: message)
    }

    /// What a message calls the thing where the scanner stands.
    func found() -> String {
        guard let byte = peek() else { return "the end of the file" }
        switch byte {
        case 0x0A, 0x0D: return "the end of the line"
        case 0x21...0x7E: return "\"\(Character(Unicode.Scalar(byte)))\""
        case 0x20: return "a space"
        case 0x80...: return "a character outside ASCII (quote it)"
        default: return "the control character 0x\(String(byte, radix: 16))"
        }
    }
}
