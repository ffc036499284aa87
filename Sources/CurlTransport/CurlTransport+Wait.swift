import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension CurlTransport {
    /// Waits until a transfer can go on, one of the descriptors can be read (or has hung up), ``waker`` is used, a signal
    /// arrives, or the time is over, whichever is first. Then call ``perform(_:)``.
    ///
    /// - Parameters:
    ///   - descriptors: what else to wait for: the terminal, a signal pipe. Closed ones count as readable.
    ///   - timeout: rounded up to whole milliseconds; `nil` = no limit.
    /// - Returns: those of the descriptors that can be read.
    public func wait(for descriptors: [Int32] = [], timeout: Duration?) -> [Int32] {
        waits.removeAll(keepingCapacity: true)
        waits.append(pollfd(fd: waker.readEnd, events: Int16(POLLIN), revents: 0))
        for descriptor in descriptors {
            waits.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        for multi in multis { multi.appendWaits(to: &waits) }
        // Less than none: an interrupted wait. The signal's handler has told whom it concerns.
        guard poll(&waits, nfds_t(waits.count), milliseconds(until: timeout)) > 0 else { return [] }
        if waits[0].revents != 0 { waker.drain() }
        var readable: [Int32] = []
        for index in descriptors.indices where waits[index + 1].revents != 0 { readable.append(descriptors[index]) }
        return readable
    }

    /// For `poll`: −1 = no limit.
    private func milliseconds(until timeout: Duration?) -> Int32 {
        guard stillborn.isEmpty else { return 0 }
        var shortest = timeout?.nanoseconds
        for multi in multis {
            guard let deadline = multi.deadline else { continue }
            shortest = min(shortest ?? .max, deadline.nanoseconds - Instant.monotonic.nanoseconds)
        }
        guard let shortest else { return -1 }
        guard shortest > 0 else { return 0 }
        // Rounded down, the loop would spin through the last millisecond.
        return Int32(clamping: (shortest - 1) / 1_000_000 + 1)
    }
}
