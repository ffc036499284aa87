import CCurl
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
    /// Where the transfers bring little and often, it waits up to two milliseconds for more of it, and only the
    /// descriptors, the waker and a signal end that sooner: see ``Coalescing``.
    ///
    /// - Parameters:
    ///   - descriptors: what else to wait for: the terminal, a signal pipe. Closed ones count as readable.
    ///   - timeout: `nil` = no limit. Where the system's `poll` counts whole milliseconds, rounded up.
    /// - Returns: those of the descriptors that can be read.
    public func wait(for descriptors: [Int32] = [], timeout: Duration?) -> [Int32] {
        waits.removeAll(keepingCapacity: true)
        waits.append(pollfd(fd: waker.readEnd, events: Int16(POLLIN), revents: 0))
        for descriptor in descriptors {
            waits.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
        var limit = nanoseconds(until: timeout)
        if let until = coalescing.until {
            limit = min(limit ?? .max, max(0, until.nanoseconds - Instant.monotonic.nanoseconds))
            coalescing.waited()
        } else {
            for multi in multis { multi.appendWaits(to: &waits) }
        }
        // Less than none: an interrupted wait. The signal's handler has told whom it concerns.
        guard weir_poll(&waits, UInt(waits.count), limit ?? -1) > 0 else { return [] }
        if waits[0].revents != 0 { waker.drain() }
        var readable: [Int32] = []
        for index in descriptors.indices where waits[index + 1].revents != 0 { readable.append(descriptors[index]) }
        return readable
    }

    /// How long a wait lasts; `nil` = without limit.
    private func nanoseconds(until timeout: Duration?) -> Int64? {
        guard stillborn.isEmpty else { return 0 }
        var shortest = timeout?.nanoseconds
        func shorten(to deadline: Instant?) {
            guard let deadline else { return }
            shortest = min(shortest ?? .max, deadline.nanoseconds - Instant.monotonic.nanoseconds)
        }
        shorten(to: connectDeadline)
        for multi in multis { shorten(to: multi.deadline) }
        return shortest.map { max(0, $0) }
    }
}
