/// A string where it lies in JSON text, between its quotes, not yet unescaped. Borrowed: valid as long as the text.
struct JSONString {
    let start: UnsafePointer<UInt8>
    let count: Int
    /// Has escapes.
    let isEscaped: Bool
    /// Has bytes of 0x80 or above, which are not yet known to be valid UTF-8.
    let isWide: Bool

    var isEmpty: Bool { count == 0 }
    var raw: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    /// Whether the string is `text`, which is ASCII.
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        if isEscaped { return equalsUnescaped(text) }
        guard count == text.utf8CodeUnitCount else { return false }
        return sameBytes(start, text.utf8Start, count)
    }

    /// An escaped key or word is unusual but legal: `"\u0074ype"` is `type`.
    @inline(never)
    private func equalsUnescaped(_ text: StaticString) -> Bool {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return unescaped().elementsEqual(bytes)
    }

    /// The string's text as valid UTF-8; what is not becomes U+FFFD.
    func unescaped() -> [UInt8] {
        var bytes: [UInt8] = []
        var carry = SurrogateCarry()
        append(to: &bytes, &carry)
        carry.flush(into: &bytes)
        return bytes
    }

    func string() -> String { String(decoding: unescaped(), as: UTF8.self) }
}

@inline(__always)
func sameBytes(_ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let (left, right) = (UnsafeRawPointer(left), UnsafeRawPointer(right))
    var offset = 0
    while offset &+ 8 <= count {
        if left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        {
            return false
        }
        offset &+= 8
    }
    while offset < count {
        if left.load(fromByteOffset: offset, as: UInt8.self) != right.load(fromByteOffset: offset, as: UInt8.self) {
            return false
        }
        offset &+= 1
    }
    return true
}
