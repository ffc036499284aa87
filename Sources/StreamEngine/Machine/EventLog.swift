import Providers

/// The last events of a stream, bounded; alike events in a row are one entry with a count.
struct EventLog: Sendable {
    private var ring: [LoggedEvent] = []
    /// Where the next entry goes once the ring is full.
    private var next = 0

    mutating func wire(_ event: WireEvent, at instant: Instant) {
        if let last = lastIndex, ring[last].isWire, ring[last].name == event.name {
            ring[last].count += 1
            ring[last].bytes &+= event.bytes
            ring[last].at = instant
        } else {
            append(LoggedEvent(at: instant, name: event.name, bytes: event.bytes, isWire: true))
        }
    }

    mutating func note(_ text: String, bytes: Int = 0, at instant: Instant) {
        append(LoggedEvent(at: instant, name: text, bytes: bytes, isWire: false))
    }

    private var lastIndex: Int? {
        guard !ring.isEmpty else { return nil }
        // While the ring fills, `next` stays 0 and the newest entry is the last one.
        return next == 0 ? ring.count - 1 : next - 1
    }

    private mutating func append(_ event: LoggedEvent) {
        if ring.count < StreamSnapshot.loggedEvents {
            ring.append(event)
        } else {
            ring[next] = event
            next = (next + 1) % StreamSnapshot.loggedEvents
        }
    }

    /// Oldest first.
    var entries: [LoggedEvent] {
        ring.count < StreamSnapshot.loggedEvents ? ring : Array(ring[next...] + ring[..<next])
    }
}
