import StreamEngine

/// By when transfers must have a connection, soonest first: the connect time-outs that the transport keeps itself.
///
/// libcurl puts each of them into a tree that it does not take it out of when the connection is there, and through which
/// every piece of every transfer then goes three times, until the time is over: of a thousand streams a twentieth of all
/// that they cost. It needs the time-out only to divide it among the addresses of a name, see
/// ``Transfer/isTimedByTransport``.
struct ConnectDeadlines {
    private struct Entry {
        var deadline: Instant
        var id: AttemptID
    }

    /// Sorted. What has its connection or has ended is taken out when its turn comes.
    private var entries: [Entry] = []
    private var first = 0

    mutating func add(_ id: AttemptID, deadline: Instant) {
        if first > entries.count / 2 {
            entries.removeSubrange(..<first)
            first = 0
        }
        // As good as always the last: most time-outs are equally long.
        var low = first
        var high = entries.count
        if let last = entries.last, last.deadline <= deadline { low = high }
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].deadline <= deadline { low = middle + 1 } else { high = middle }
        }
        entries.insert(Entry(deadline: deadline, id: id), at: low)
    }

    /// The soonest of those that still connect; `nil` = nobody does.
    mutating func next(_ isConnecting: (AttemptID) -> Bool) -> Instant? {
        while first < entries.count, !isConnecting(entries[first].id) { first += 1 }
        guard first < entries.count else {
            entries.removeAll(keepingCapacity: true)
            first = 0
            return nil
        }
        return entries[first].deadline
    }

    /// Takes out whose time is over.
    mutating func takeDue(at now: Instant, _ isConnecting: (AttemptID) -> Bool) -> [AttemptID] {
        var due: [AttemptID] = []
        while let deadline = next(isConnecting), deadline <= now {
            due.append(entries[first].id)
            first += 1
        }
        return due
    }
}
