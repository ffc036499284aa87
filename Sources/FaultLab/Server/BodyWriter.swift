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

    /// Body bytes; what is over the limit is dropped. Gives what can go to the socket at once.
    mutating func add(_ bytes: inout ByteBuffer, _ allocator: ByteBufferAllocator) -> ByteBuffer? {
        if let limit {
            if bytes.readableBytes > limit {
                bytes.moveWriterIndex(to: bytes.readerIndex + limit)
                hasDropped = true
            }
            self.limit = limit - bytes.readableBytes
        }
        guard bytes.readableBytes > 0 else { return nil }
        if shape.isPlain {
            let piece = frame(bytes.readableBytesView, allocator)
            bytes.clear()
            return piece
        }
        waiting.writeBuffer(&bytes)
        bytes.clear()
        return nil
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
        var buffer = allocator.buffer(capacity: bytes.count + 16)
        if framing == .chunked { buffer.writeString(String(bytes.count, radix: 16) + "\r\n") }
        buffer.writeBytes(bytes)
        if framing == .chunked { buffer.writeStaticString("\r\n") }
        return buffer
    }
}
