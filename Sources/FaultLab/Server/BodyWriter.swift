import NIOCore

/// Takes body bytes and gives the pieces that go to the socket: framed, cut and slowed as asked.
struct BodyWriter {
    var framing = Framing.chunked
    var shape = Shape()
    /// Body bytes that may still be sent; `nil` is no limit.
    var limit: Int?

    /// Some of the body was over the limit.
    private(set) var hasDropped = false

    /// Not yet cut into pieces; used only where a shape is asked for.
    private var waiting = ByteBuffer()
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    var isLimitReached: Bool { limit.map { $0 <= 0 } ?? false }
    var hasWaiting: Bool { waiting.readableBytes > 0 }

    /// Before body bytes: a chunk's length in hexadecimal digits, and the end of its line.
    private static let room = 18

    /// Makes it ready for body bytes to be written to.
    static func clear(_ bytes: inout ByteBuffer) {
        bytes.clear()
        bytes.moveWriterIndex(to: room)
        bytes.moveReaderIndex(to: room)
    }

    /// Body bytes, with room before them; what is over the limit is dropped. `true` where they were framed and go to the
    /// socket at once; else nothing of them does.
    mutating func add(_ bytes: inout ByteBuffer) -> Bool {
        if let limit {
            if bytes.readableBytes > limit {
                bytes.moveWriterIndex(to: bytes.readerIndex + limit)
                hasDropped = true
            }
            self.limit = limit - bytes.readableBytes
        }
        guard bytes.readableBytes > 0 else { return false }
        if shape.isPlain {
            if framing == .chunked { Self.frame(&bytes) }
            return true
        }
        waiting.writeBuffer(&bytes)
        return false
    }

    /// The next piece of what waits, and the seconds until the one after it.
    mutating func piece(_ allocator: ByteBufferAllocator) -> (ByteBuffer, pause: Double)? {
        guard hasWaiting else { return nil }
        var size = waiting.readableBytes
        var pause = 0.0
        if let rate = shape.bytesPerSecond {
            // About fifty pieces a second.
            size = min(size, max(1, Int(rate / 50)))
        }
        if let average = shape.averageSize {
            let wanted = average + random.below(2 * shape.sizeVariation + 1) - shape.sizeVariation
            size = min(size, max(1, wanted))
            pause = shape.delay
        }
        if let rate = shape.bytesPerSecond { pause = max(pause, Double(size) / rate) }
        guard let slice = waiting.readSlice(length: size) else { return nil }
        // Not at every piece: each time moves all that waits.
        if waiting.readerIndex > 64 << 10 || !hasWaiting { waiting.discardReadBytes() }
        return (frame(slice.readableBytesView, allocator), pause)
    }

    mutating func discardWaiting() {
        waiting.clear()
    }

    /// What ends the body.
    func end(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
        framing == .chunked ? allocator.buffer(string: "0\r\n\r\n") : nil
    }

    private func frame(_ bytes: ByteBufferView, _ allocator: ByteBufferAllocator) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: Self.room + bytes.count + 2)
        Self.clear(&buffer)
        buffer.writeBytes(bytes)
        if framing == .chunked { Self.frame(&buffer) }
        return buffer
    }

    /// RFC 9112, 7.1, into the room before the bytes.
    private static func frame(_ bytes: inout ByteBuffer) {
        var place = bytes.readerIndex - 2
        var left = bytes.readableBytes
        bytes.setInteger(0x0D0A as UInt16, at: place)
        repeat {
            let digit = UInt8(left & 0xF)
            place -= 1
            bytes.setInteger(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10, at: place)
            left >>= 4
        } while left > 0
        bytes.moveReaderIndex(to: place)
        bytes.writeInteger(0x0D0A as UInt16)
    }
}
