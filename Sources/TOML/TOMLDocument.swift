/// A TOML 1.0 document (https://toml.io/en/v1.0.0). TOMLKit decides what is valid; our own scanner reads values, lines
/// and the order of keys, which TOMLKit does not tell.
public struct TOMLDocument: Sendable {
    public let root: TOMLTable

    /// `source` is the file's name as messages shall show it.
    public init(_ text: String, source: String) throws(TOMLError) {
        var text = text
        text.makeContiguousUTF8()
        try self.init(bytes: Array(text.utf8), text: text, source: source)
    }

    /// Throws with the byte's offset where the bytes are not UTF-8.
    public init(bytes: [UInt8], source: String) throws(TOMLError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Self.encodingError(bytes, source: source)
        }
        try self.init(bytes: bytes, text: text, source: source)
    }

    /// A file of the program's own, which tests have held against TOMLKit: only our scanner reads it, in a third of the
    /// time. Start-up waits for these.
    public init(builtIn bytes: [UInt8], source: String) throws(TOMLError) {
        var scanner = Scanner(bytes: bytes, source: source)
        root = try scanner.scan().frozen(source: source, path: "", line: 0)
    }

    private init(bytes: [UInt8], text: String, source: String) throws(TOMLError) {
        guard bytes.count <= Self.maximumSize else {
            throw TOMLError(
                source: source, line: 0,
                message: "the file has \(bytes.count) bytes, more than the \(Self.maximumSize) allowed")
        }
        // Ours first: it bounds the depth, on which TOMLKit's recursion depends, and refuses NUL, which would end
        // TOMLKit's C string early.
        var scanner = Scanner(bytes: bytes, source: source)
        let table = try scanner.scan()
        if let complaint = Grammar.complaint(about: text) {
            throw TOMLError(
                source: source, line: complaint.line, column: complaint.column,
                key: scanner.key(atLine: complaint.line), message: complaint.message)
        }
        root = table.frozen(source: source, path: "", line: 0)
    }

    /// Larger files are refused: TOMLKit keeps what it parsed in memory.
    public static let maximumSize = 4 << 20

    private static func encodingError(_ bytes: [UInt8], source: String) -> TOMLError {
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        scan: while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let scalar): offset += scalar.count
            case .emptyInput, .error: break scan
            }
        }
        let line = bytes[..<min(offset, bytes.count)].count { $0 == 0x0A } + 1
        return TOMLError(source: source, line: line, message: "not UTF-8: a stray byte at offset \(offset)")
    }
}
