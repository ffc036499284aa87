enum UTF8Bytes {
    /// The scalar at `index` and its length; U+FFFD and the length of the maximal ill-formed part where there is none.
    @inline(__always)
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32, Int) {
        let first = bytes[index]
        if first < 0x80 { return (UInt32(first), 1) }
        let left = bytes.count - index
        @inline(__always) func tail(_ n: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> UInt32? {
            guard n < left else { return nil }
            let byte = bytes[index + n]
            return byte >= low && byte <= high ? UInt32(byte & 0x3F) : nil
        }
        switch first {
        case 0xC2...0xDF:
            guard let b = tail(1) else { return (0xFFFD, 1) }
            return (UInt32(first & 0x1F) << 6 | b, 2)
        case 0xE0...0xEF:
            guard let b = tail(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) else { return (0xFFFD, 1) }
            guard let c = tail(2) else { return (0xFFFD, 2) }
            return (UInt32(first & 0x0F) << 12 | b << 6 | c, 3)
        case 0xF0...0xF4:
            guard let b = tail(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) else { return (0xFFFD, 1) }
            guard let c = tail(2) else { return (0xFFFD, 2) }
            guard let d = tail(3) else { return (0xFFFD, 3) }
            return (UInt32(first & 0x07) << 18 | b << 12 | c << 6 | d, 4)
        default: return (0xFFFD, 1)
        }
    }

    /// Appends a scalar's UTF-8.
    @inline(__always)
    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        switch scalar {
        case 0..<0x80: bytes.append(UInt8(scalar))
        case 0x80..<0x800:
            bytes.append(0xC0 | UInt8(scalar >> 6))
            bytes.append(0x80 | UInt8(scalar & 0x3F))
        case 0x800..<0x1_0000:
            bytes.append(0xE0 | UInt8(scalar >> 12))
            bytes.append(0x80 | UInt8(scalar >> 6 & 0x3F))
            bytes.append(0x80 | UInt8(scalar & 0x3F))
        default:
            bytes.append(0xF0 | UInt8(scalar >> 18 & 0x07))
            bytes.append(0x80 | UInt8(scalar >> 12 & 0x3F))
            bytes.append(0x80 | UInt8(scalar >> 6 & 0x3F))
            bytes.append(0x80 | UInt8(scalar & 0x3F))
        }
    }

    /// How many bytes the scalar at `index` still lacks because the text ends inside of it; `nil` if it is whole or
    /// ill-formed already.
    static func missing(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        let first = bytes[index]
        let length =
            switch first {
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 1
            }
        let left = bytes.count - index
        guard left < length else { return nil }
        let (_, taken) = decode(bytes, at: index)
        return taken == left ? length - left : nil
    }
}
