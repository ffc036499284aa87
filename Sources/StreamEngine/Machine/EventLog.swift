import Providers

/// The last events of a stream, bounded; alike events in a row are one entry with a count.
struct EventLog: Sendable {
    /// The newest entry, apart from the others: most events only add to its count.
    private var newest: LoggedEvent?
    /// Those before it.
    private var ring: [LoggedEvent] = []
    /// Where the next entry goes once the ring is full.
    private var next = 0

    private static let older = StreamSnapshot.loggedEvents - 1

    mutating func wire(_ event: WireEvent, at instant: Instant) {
        if let last = newest, last.isWire, last.name == event.name {
            newest?.count += 1
            newest?.bytes &+= event.bytes
            newest?.at = instant
        } else {
            append(LoggedEvent(at: instant, name: event.name, bytes: event.bytes, isWire: true))
        }
    }

    mutating func note(_ text: String, bytes: Int = 0, at instant: Instant) {
        append(LoggedEvent(at: instant, name: text, bytes: bytes, isWire: false))
    }

    private mutating func append(_ event: LoggedEvent) {
        var last: LoggedEvent? = event
        swap(&last, &newest)
        guard let last else { return }
        if ring.count < Self.older {
            ring.append(last)
        } else {
            ring[next] = last
            next = (next + 1) % Self.older
        }
    }

    /// Oldest first.
    var entries: [LoggedEvent] {
        guard let newest else { return [] }
        return ring[next...] + ring[..<next] + [newest]
    }
}
