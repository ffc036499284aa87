/// The offset of the first CR or LF in `base[start..<end]`, or `end`.
///
/// Eight bytes at a time: `(x - 0x01…) & ~x & 0x80…` marks the zero bytes of `x`, exactly up to the first one, which is
/// the only one asked for.
@inline(__always)
func lineEnd(in base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    var offset = start
    while offset &+ 8 <= end {
        let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        let lineFeeds = word ^ (ones &* 0x0A)
        let returns = word ^ (ones &* 0x0D)
        let marks =
            (((lineFeeds &- ones) & ~lineFeeds) | ((returns &- ones) & ~returns)) & highs
        if marks != 0 {
            return offset &+ marks.trailingZeroBitCount &>> 3
        }
        offset &+= 8
    }
    while offset < end {
        let byte = base.load(fromByteOffset: offset, as: UInt8.self)
        if byte == 0x0A || byte == 0x0D { return offset }
        offset &+= 1
    }
    return end
}

/// A field line of the stream, taken apart (HTML, 9.2.6: the name up to the first colon, one space after it dropped).
enum Field {
    case data, event, id, retry, unknown

    /// The bytes of the longest known name and a colon: with that many, a line's field is decided.
    static let decidedLength = 6

    /// The field of a line and the offset of its value. `line` must not be empty.
    @inline(__always)
    static func parse(_ line: UnsafeRawBufferPointer) -> (field: Field, value: Int) {
        let field: Field
        let name: Int
        switch line[0] {
        case UInt8(ascii: "d"): (field, name) = (.data, 4)
        case UInt8(ascii: "e"): (field, name) = (.event, 5)
        case UInt8(ascii: "i"): (field, name) = (.id, 2)
        case UInt8(ascii: "r"): (field, name) = (.retry, 5)
        default: return (.unknown, 0)
        }
        guard line.count >= name, field.hasName(at: line) else { return (.unknown, 0) }
        if line.count == name { return (field, name) }
        guard line[name] == UInt8(ascii: ":") else { return (.unknown, 0) }
        let spaced = line.count > name &+ 1 && line[name &+ 1] == UInt8(ascii: " ")
        return (field, spaced ? name &+ 2 : name &+ 1)
    }

    @inline(__always)
    private func hasName(at line: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .data:
            line[1] == UInt8(ascii: "a") && line[2] == UInt8(ascii: "t") && line[3] == UInt8(ascii: "a")
        case .event:
            line[1] == UInt8(ascii: "v") && line[2] == UInt8(ascii: "e") && line[3] == UInt8(ascii: "n")
                && line[4] == UInt8(ascii: "t")
        case .id:
            line[1] == UInt8(ascii: "d")
        case .retry:
            line[1] == UInt8(ascii: "e") && line[2] == UInt8(ascii: "t") && line[3] == UInt8(ascii: "r")
                && line[4] == UInt8(ascii: "y")
        case .unknown: false
        }
    }
}
