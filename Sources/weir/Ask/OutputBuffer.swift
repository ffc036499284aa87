#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Bytes on their way to a descriptor, written once per turn of the loop and not once per token.
struct OutputBuffer {
    let descriptor: Int32
    private(set) var bytes: [UInt8] = []
    /// The reader went away (EPIPE) or the disk is full: nothing more can be written.
    private(set) var failure: Int32?

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    mutating func append(_ more: some Sequence<UInt8>) {
        bytes.append(contentsOf: more)
    }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func flush() {
        guard failure == nil else {
            bytes.removeAll(keepingCapacity: true)
            return
        }
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    // A descriptor that somebody else made non-blocking: wait until it takes more.
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&ready, 1, -1)
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        bytes.removeAll(keepingCapacity: true)
    }
}
