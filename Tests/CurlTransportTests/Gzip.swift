/// Compressed bodies made by hand (RFC 1951, RFC 1952), so that the tests need no compressor.
enum Gzip {
    /// `bytes` in one stored block, with its check sum.
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        let size = UInt16(bytes.count)
        return header + [1] + littleEndian(size) + littleEndian(~size) + bytes + littleEndian(checksum(bytes))
            + littleEndian(UInt32(bytes.count))
    }

    /// Decodes to about `count` zero bytes, from a hundred and fiftieth of that; the check sum is left out.
    static func bomb(of count: Int) -> [UInt8] {
        var bits = Bits(bytes: header)
        bits.append(0b011, count: 3)  // last block, fixed codes
        bits.append(reversed: 0x30, count: 8)  // literal 0
        for _ in 0..<count / 258 {
            bits.append(reversed: 0b1100_0101, count: 8)  // length 258
            bits.append(reversed: 0, count: 5)  // distance 1
        }
        bits.append(reversed: 0, count: 7)  // end of block
        return bits.bytes
    }

    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]

    private struct Bits {
        var bytes: [UInt8]
        var used = 8

        mutating func append(_ value: Int, count: Int) {
            for bit in 0..<count {
                if used == 8 {
                    bytes.append(0)
                    used = 0
                }
                bytes[bytes.count - 1] |= UInt8(value >> bit & 1) << UInt8(used)
                used += 1
            }
        }

        /// Huffman codes are packed from their most significant bit.
        mutating func append(reversed value: Int, count: Int) {
            for bit in stride(from: count - 1, through: 0, by: -1) { append(value >> bit & 1, count: 1) }
        }
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian, Array.init)
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
