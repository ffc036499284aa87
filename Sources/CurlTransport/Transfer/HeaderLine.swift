/// One line of a response's head as libcurl hands it over, line end included (RFC 9112, 2.1 and 5; for HTTP/2 libcurl
/// writes the same form).
enum HeaderLine: Equatable {
    case status
    case field(name: String, value: String)
    /// The rest of a folded value (RFC 9112, 5.2).
    case continuation(String)
    case end
    case malformed

    init(_ line: UnsafeRawBufferPointer) {
        var line = line[...]
        while let last = line.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { line.removeLast() }
        guard let first = line.first else {
            self = .end
            return
        }
        if HeaderLine.isSpace(first) {
            self = .continuation(HeaderLine.trimmed(line))
            return
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            self = line.starts(with: "HTTP/".utf8) ? .status : .malformed
            return
        }
        // A status line may have a colon in its reason phrase.
        guard !line.starts(with: "HTTP/".utf8) else {
            self = .status
            return
        }
        let name = HeaderLine.trimmed(line[..<colon])
        self = name.isEmpty ? .malformed : .field(name: name, value: HeaderLine.trimmed(line[(colon + 1)...]))
    }

    /// Bytes that are no UTF-8 become U+FFFD.
    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        var bytes = bytes
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
