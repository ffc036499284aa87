/// Writes JSON (RFC 8259) as UTF-8, members in the order written.
public struct JSONWriter {
    /// What was written so far, UTF-8.
    public internal(set) var bytes: [UInt8] = []
    /// Whether the next value or key is the first in its object or array.
    var isFirst = true

    /// Nothing yet.
    public init() {}

    /// - Parameter capacity: about how many bytes it will be; room for them is made at once.
    public init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// An object; its members are written in the closure.
    public mutating func object(_ members: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        members(&self)
        bytes.append(UInt8(ascii: "}"))
        isFirst = false
    }

    /// An array; its elements are written in the closure.
    public mutating func array(_ elements: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "["))
        isFirst = true
        elements(&self)
        bytes.append(UInt8(ascii: "]"))
        isFirst = false
    }

    /// A member's key; its value must be written next.
    public mutating func key(_ key: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
        isFirst = true
    }

    /// A member's key that was read.
    mutating func key(_ key: String) {
        string(key)
        bytes.append(UInt8(ascii: ":"))
        isFirst = true
    }

    /// A value that is JSON already.
    mutating func json(_ text: [UInt8]) {
        separate()
        bytes.append(contentsOf: text)
    }

    /// A member whose value is a text.
    public mutating func member(_ key: StaticString, _ value: String) {
        self.key(key)
        string(value)
    }

    /// A member that is true or false.
    public mutating func member(_ key: StaticString, _ value: Bool) {
        self.key(key)
        raw(value ? "true" : "false")
    }

    /// A member whose value is a whole number.
    public mutating func member(_ key: StaticString, _ value: Int) {
        self.key(key)
        raw(String(value))
    }

    /// Infinities and NaN, which JSON cannot say, are written as `null`.
    public mutating func member(_ key: StaticString, _ value: Double) {
        self.key(key)
        raw(value.isFinite ? String(value) : "null")
    }

    /// `nil` is written as `null`, here and below.
    public mutating func member(_ key: StaticString, _ value: String?) {
        self.key(key)
        if let value { string(value) } else { raw("null") }
    }

    /// A member whose value is a whole number, or null.
    public mutating func member(_ key: StaticString, _ value: Int?) {
        self.key(key)
        raw(value.map(String.init) ?? "null")
    }

    /// A number that must not pass through binary fractions, as decimal text.
    public mutating func member(_ key: StaticString, decimal: String?) {
        self.key(key)
        raw(decimal ?? "null")
    }

    /// A text that lies in a buffer; valid UTF-8.
    public mutating func member(_ key: StaticString, utf8: ArraySlice<UInt8>) {
        self.key(key)
        utf8.withUnsafeBufferPointer { string($0) }
    }

    /// A text, escaped.
    public mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string($0) }
    }

    private mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var run = 0
        for (offset, byte) in utf8.enumerated()
        where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            bytes.append(contentsOf: utf8[run..<offset])
            escape(byte)
            run = offset + 1
        }
        bytes.append(contentsOf: utf8[run...])
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func beginString() {
        separate()
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func endString() {
        bytes.append(UInt8(ascii: "\""))
    }

    /// Bytes of a string that need no escape.
    mutating func append(_ plain: some Collection<UInt8>) {
        bytes.append(contentsOf: plain)
    }

    mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: [0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)]])
        }
    }
}
