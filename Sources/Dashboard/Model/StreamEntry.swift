import Pricing
import Screen
import StreamEngine

/// A stream as the dashboard keeps it: its last snapshot, sanitised, and whose reply it is.
struct StreamEntry: Sendable {
    var snapshot: StreamSnapshot
    var conversation: ConversationID
    var turn: TurnID
    /// Counts the prompts sent: streams of one prompt stand together in the table, the newest prompt first.
    var batch: Int
    /// Another one whenever the list has a new snapshot; no two entries have the same.
    fileprivate(set) var revision = 0

    var id: StreamID { snapshot.id }
    var isLive: Bool { snapshot.state.isLive || [.backingOff, .asking].contains(snapshot.state) }
    var canCancel: Bool { snapshot.controls.contains(.cancel) }
}

extension Backoff {
    /// When it will be over; `nil` where that is when the stream's turn comes, and ``deadline`` only the latest.
    var end: Instant? { source == .retryBudget ? nil : deadline }

    /// How long it still lasts, and what for: `retry 3.2 s`, `turn ≤34 s`. The word yields where there is no room.
    func rest(at now: Instant, coarse: Bool) -> (word: String, time: String) {
        guard let end else { return ("turn", "≤" + Format.countdown(deadline - now, coarse: true)) }
        return (source == .holdBack ? "held" : "retry", Format.countdown(end - now, coarse: coarse))
    }
}

/// Every stream that can still be seen and steered, in the table's order.
struct StreamList: Sendable {
    /// Kept at most; of those that have ended, the oldest go first. Their text stays in the transcript.
    static let limit = 64

    private(set) var entries: [StreamEntry] = []
    private(set) var sorting = StreamSorting.newest
    /// What streams cost that are no longer in the list.
    private var costsOfDropped: [Cost] = []
    private var revisions = 0

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }
    var live: Int { entries.reduce(0) { $1.snapshot.state.isLive ? $0 + 1 : $0 } }
    var waiting: Int { entries.reduce(0) { [.backingOff, .asking].contains($1.snapshot.state) ? $0 + 1 : $0 } }

    func index(of id: StreamID?) -> Int? {
        guard let id else { return nil }
        return entries.firstIndex { $0.id == id }
    }

    subscript(id: StreamID?) -> StreamEntry? {
        index(of: id).map { entries[$0] }
    }

    mutating func add(_ entry: StreamEntry) {
        var entry = entry
        entry.revision = nextRevision()
        if let index = index(of: entry.id) {
            entries[index] = entry
            return
        }
        let place =
            entries.firstIndex { $0.batch < entry.batch || ($0.batch == entry.batch && $0.id > entry.id) }
            ?? entries.count
        entries.insert(entry, at: place)
        if sorting != .newest { sort(sorting) }
        while entries.count > Self.limit, let oldest = entries.lastIndex(where: { !$0.isLive }) {
            let snapshot = entries.remove(at: oldest).snapshot
            costsOfDropped = Self.sum(costsOfDropped + [snapshot.cost, snapshot.lostCost])
        }
    }

    mutating func update(_ snapshot: StreamSnapshot) {
        guard let index = index(of: snapshot.id) else { return }
        let hasChanged = entries[index].snapshot.state != snapshot.state
        entries[index].snapshot = snapshot
        entries[index].revision = nextRevision()
        // Not with every number, or rows would jump under the hand.
        if hasChanged, sorting != .newest { sort(sorting) }
    }

    private mutating func nextRevision() -> Int {
        revisions += 1
        return revisions
    }

    /// Puts the rows in an order; it holds from now on.
    mutating func sort(_ sorting: StreamSorting) {
        self.sorting = sorting
        entries.sort { one, other in
            sorting.puts(one, before: other)
                ?? (one.batch == other.batch ? one.id < other.id : one.batch > other.batch)
        }
    }

    /// What everything has cost, one sum for each currency.
    var costs: [Cost] {
        Self.sum(costsOfDropped + entries.flatMap { [$0.snapshot.cost, $0.snapshot.lostCost] })
    }

    private static func sum(_ costs: [Cost]) -> [Cost] {
        var sums: [Cost] = []
        var hasUnknown = false
        for cost in costs where !cost.isZero {
            guard let currency = cost.currency else {
                hasUnknown = true
                continue
            }
            if let index = sums.firstIndex(where: { $0.currency == currency }) {
                sums[index] += cost
            } else {
                sums.append(cost)
            }
        }
        guard hasUnknown else { return sums }
        return sums.isEmpty ? [.unknown] : sums.map { $0 + .unknown }
    }
}

extension StreamSnapshot {
    /// What the age beside its state counts from: a stalled stream's silence began before it was called stalled.
    var ageBegan: Instant { state == .stalled ? liveness.lastByteAt ?? stateSince : stateSince }

    /// With everything that came from outside made safe to draw.
    func sanitised() -> StreamSnapshot {
        var copy = self
        copy.provider = Clean.line(provider)
        copy.model = Clean.line(model)
        copy.priceDate = priceDate.map(Clean.line)
        copy.failure = failure?.sanitised()
        copy.budget?.unenforced = budget?.unenforced.map(Clean.line)
        if let reason = backoff?.reason { copy.backoff?.reason = reason.sanitised() }
        if let question {
            copy.question?.reason = question.reason.sanitised()
            copy.question?.wait.reason = question.wait.reason.sanitised()
        }
        for index in seams.indices where !Clean.isClean(seams[index].reason.message) {
            copy.seams[index].reason = seams[index].reason.sanitised()
        }
        for index in attempts.indices {
            if let id = attempts[index].requestID, !Clean.isClean(id) {
                copy.attempts[index].requestID = Clean.line(id)
            }
            if case .failed(let failure) = attempts[index].outcome, !failure.isClean {
                copy.attempts[index].outcome = .failed(failure.sanitised())
            }
        }
        for index in events.indices where !Clean.isClean(events[index].name) {
            copy.events[index].name = Clean.line(events[index].name)
        }
        return copy
    }
}

extension StreamFailure {
    fileprivate var isClean: Bool { Clean.isClean(message) && (hint.map(Clean.isClean) ?? true) }

    func sanitised() -> StreamFailure {
        guard !isClean else { return self }
        var copy = self
        copy.message = Clean.line(message)
        copy.hint = hint.map(Clean.line)
        return copy
    }
}
