import NIOCore

extension ByteBuffer {
    /// Every line feed becomes another end of line. In the events of a stream no line feed stands for itself.
    mutating func replaceLineEndings(_ ending: Fault.LineEnding) {
        var replaced = [UInt8]()
        replaced.reserveCapacity(readableBytes + readableBytes / 32)
        for byte in readableBytesView {
            switch (byte, ending) {
            case (0x0A, .crlf): replaced += [0x0D, 0x0A]
            case (0x0A, .cr): replaced.append(0x0D)
            default: replaced.append(byte)
            }
        }
        // After what stands before it.
        moveWriterIndex(to: readerIndex)
        writeBytes(replaced)
    }
}
