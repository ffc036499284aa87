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
    ///   - descriptors: what else to wait for: the terminal, a signal pipe. One that is closed when it is first waited for
    ///     counts as readable; one that was waited for must be left out of a wait before it is closed, for its closing is not
    ///     noticed.
    ///   - timeout: `nil` = no limit. Where the system counts whole milliseconds, rounded up.
    /// - Returns: those of the descriptors that can be read. ``wasWoken`` says whether the waker was used.
    public func wait(for descriptors: [Int32] = [], timeout: Duration?) -> [Int32] {
        if !descriptors.elementsEqual(guests.dropFirst()) { guests = [waker.readEnd] + descriptors }
        var readable = readableGuests(timeout: timeout)
        wasWoken = readable.first == waker.readEnd
        if wasWoken {
            waker.drain()
            readable.removeFirst()
        }
        return readable
    }

    /// Those of ``guests`` that can be read, in their order.
    private func readableGuests(timeout: Duration?) -> [Int32] {
        let limit = nanoseconds(until: timeout)
        if let until = coalescing.until {
            coalescing.waited()
            let rest = max(0, until.nanoseconds - Instant.monotonic.nanoseconds)
            return polled(nanoseconds: min(limit ?? .max, rest), sockets: false)
        }
        if multis.count == 1, let readable = multis[0].wait(for: guests, nanoseconds: limit) {
            return readable.count < 2 ? readable : guests.filter(readable.contains)
        }
        return polled(nanoseconds: limit, sockets: true)
    }

    private func polled(nanoseconds: Int64?, sockets: Bool) -> [Int32] {
        waits.removeAll(keepingCapacity: true)
        for guest in guests { waits.append(pollfd(fd: guest, events: Int16(POLLIN), revents: 0)) }
        if sockets { for multi in multis { multi.appendWaits(to: &waits) } }
        // Less than none: an interrupted wait. The signal's handler has told whom it concerns.
        guard weir_poll(&waits, UInt(waits.count), nanoseconds ?? -1) > 0 else { return [] }
        return waits[..<guests.count].filter { $0.revents != 0 }.map(\.fd)
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
