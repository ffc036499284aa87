import HeapModule

/// When to look at which stream again. A stream's deadline moves with every byte, so entries are not moved with it:
/// an entry only says "look no later than then", and the stream, when looked at, says when it wants to be looked at
/// next. So a byte costs nothing here, and a silent stream one look per deadline.
struct DeadlineQueue: Sendable {
    private struct Entry: Comparable, Sendable {
        var at: Instant
        var stream: StreamID

        static func < (left: Entry, right: Entry) -> Bool {
            left.at == right.at ? left.stream < right.stream : left.at < right.at
        }
    }

    private var heap = Heap<Entry>()
    /// The earliest entry of each stream that has one.
    private var scheduled: [StreamID: Instant] = [:]

    /// Look at `stream` at `instant` or before; a later wish than one already noted changes nothing.
    mutating func schedule(_ stream: StreamID, at instant: Instant) {
        if let noted = scheduled[stream], noted <= instant { return }
        scheduled[stream] = instant
        heap.insert(Entry(at: instant, stream: stream))
    }

    mutating func forget(_ stream: StreamID) {
        scheduled[stream] = nil
        prune()
    }

    /// The earliest moment at which a stream wants to be looked at.
    var earliest: Instant? { heap.min?.at }

    /// The next stream that is due; its entry is gone then.
    mutating func popDue(at now: Instant) -> StreamID? {
        while let entry = heap.min, entry.at <= now {
            heap.removeMin()
            // An entry that a nearer one replaced, or whose stream is over.
            guard scheduled[entry.stream] == entry.at else { continue }
            scheduled[entry.stream] = nil
            prune()
            return entry.stream
        }
        return nil
    }

    /// Keeps `earliest` honest: no wake-up for an entry that nobody waits for.
    private mutating func prune() {
        while let entry = heap.min, scheduled[entry.stream] != entry.at {
            heap.removeMin()
        }
    }

    var isEmpty: Bool { scheduled.isEmpty }
}
