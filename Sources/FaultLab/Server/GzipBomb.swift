/// A gzip stream (RFC 1952) of one line, `data: xxx…`, that is 158 times as long when it is unpacked. It is made as it is
/// sent: its size costs no memory.
///
/// One block of fixed Huffman codes (RFC 1951, 3.2.6): each match of length 258 at distance 1 takes 13 bits, so that
/// eight of them are 13 whole bytes, wherever in a byte they begin.
struct GzipBomb {
    static let match = 258
    static let matchesInBlock = 8

    private var bits = BitWriter()
    private var blocks: Int
    private let isize: UInt32
    private var checksum: CRC32
    private var isOver = false

    /// - Parameter bytes: unpacked, about: whole blocks.
    init(bytes: Int) {
        let line = Array("data: x".utf8)
        blocks = max(1, bytes / (Self.match * Self.matchesInBlock))
        isize = UInt32(truncatingIfNeeded: line.count + blocks * Self.match * Self.matchesInBlock + 2)
        checksum = CRC32()
        checksum.add(line)
        // Magic, deflate, no flags, no time, no extra flags, unknown system.
        for byte: UInt32 in [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] { bits.write(byte, count: 8) }
        bits.write(1, count: 1)
        bits.write(0b01, count: 2)
        for byte in line { literal(byte) }
    }

    /// The next bytes, about so many; empty at the end.
    mutating func next(_ size: Int) -> [UInt8] {
        guard !isOver else { return [] }
        while bits.bytes.count < size {
            guard blocks > 0 else {
                finish()
                break
            }
            for _ in 0..<Self.matchesInBlock {
                // Symbol 285, no extra bits; distance symbol 0.
                bits.huffman(0b1100_0101, count: 8)
                bits.huffman(0, count: 5)
            }
            checksum.addBlock()
            blocks -= 1
        }
        return bits.take()
    }

    private mutating func finish() {
        isOver = true
        for byte in Array("\n\n".utf8) { literal(byte) }
        checksum.add(Array("\n\n".utf8))
        // The end of the block.
        bits.huffman(0, count: 7)
        bits.align()
        bits.write(checksum.value, count: 32)
        bits.write(isize, count: 32)
    }

    private mutating func literal(_ byte: UInt8) {
        // ASCII: below 144.
        bits.huffman(0x30 + UInt32(byte), count: 8)
    }

    /// Bits in deflate's order: the lowest first.
    private struct BitWriter {
        private(set) var bytes: [UInt8] = []
        private var pending: UInt64 = 0
        private var count = 0

        mutating func write(_ value: UInt32, count: Int) {
            pending |= UInt64(value) << UInt64(self.count)
            self.count += count
            while self.count >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                self.count -= 8
            }
        }

        /// Huffman codes stand with their highest bit first.
        mutating func huffman(_ code: UInt32, count: Int) {
            for bit in (0..<count).reversed() { write(code >> UInt32(bit) & 1, count: 1) }
        }

        mutating func align() {
            if count > 0 { write(0, count: 8 - count) }
        }

        mutating func take() -> [UInt8] {
            defer { bytes = [] }
            return bytes
        }
    }

    /// RFC 1952, 8. What a block of the same bytes does to it is linear: 33 runs over one block tell all.
    private struct CRC32 {
        private var state: UInt32 = 0xFFFF_FFFF
        private let zero: UInt32
        private let columns: [UInt32]

        init() {
            let block = [UInt8](repeating: UInt8(ascii: "x"), count: GzipBomb.match * GzipBomb.matchesInBlock)
            let zero = Self.run(0, block)
            self.zero = zero
            columns = (0..<32).map { Self.run(1 << UInt32($0), block) ^ zero }
        }

        var value: UInt32 { ~state }

        mutating func add(_ bytes: [UInt8]) { state = Self.run(state, bytes) }

        mutating func addBlock() {
            var next = zero
            for bit in 0..<32 where state >> UInt32(bit) & 1 == 1 { next ^= columns[bit] }
            state = next
        }

        private static func run(_ state: UInt32, _ bytes: [UInt8]) -> UInt32 {
            var state = state
            for byte in bytes {
                state ^= UInt32(byte)
                for _ in 0..<8 { state = state >> 1 ^ (state & 1 == 1 ? 0xEDB8_8320 : 0) }
            }
            return state
        }
    }
}
