import Pricing
import Screen
import StreamEngine

/// The order of the stream table.
enum StreamSorting: String, Sendable, CaseIterable {
    /// The newest prompt first, its streams side by side.
    case newest
    /// What runs, what waits, what has ended.
    case state
    /// The fastest first.
    case rate
    /// The dearest first.
    case cost
    case model

    var words: String {
        switch self {
        case .newest: "newest first"
        default: "by \(rawValue)"
        }
    }

    var next: StreamSorting {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    /// Whether one stands before the other by this alone; `nil` = it does not say.
    func puts(_ one: StreamEntry, before other: StreamEntry) -> Bool? {
        func by<Key: Comparable>(_ key: (StreamEntry) -> Key) -> Bool? {
            let (a, b) = (key(one), key(other))
            return a == b ? nil : a < b
        }
        switch self {
        case .newest: return nil
        case .state: return by { $0.snapshot.state.isTerminal ? 2 : $0.snapshot.state.isLive ? 0 : 1 }
        case .rate: return by { -($0.snapshot.tokensPerSecond ?? -1) }
        case .cost: return by { -(($0.snapshot.cost + $0.snapshot.lostCost).money?.picos ?? -1) }
        case .model: return by { Model.shortName($0.snapshot.model) }
        }
    }
}

/// Streams that an action of the table is for: the marked ones, or the selected one where none is marked.
extension Model {
    static let actsOnMarked: Set<Action> = [.cancel, .retry, .retryNow, .waitLonger, .giveUp, .regenerate]

    /// The marked streams, in the table's order, where an action is for them: on the table only.
    func marked(for action: Action) -> [StreamEntry] {
        guard focus == .streams, !marks.isEmpty, Self.actsOnMarked.contains(action) else { return [] }
        return streams.entries.filter { marks.contains($0.id) }
    }

    mutating func toggleMark() {
        guard let id = selected else { return }
        if marks.remove(id) == nil { marks.insert(id) }
        if let index = streams.index(of: id), index + 1 < streams.count { select(streams.entries[index + 1].id) }
        changed()
    }

    mutating func toggleAllMarks() {
        let all = Set(streams.entries.map(\.id))
        marks = marks == all ? [] : all
        tell(marks.isEmpty ? "No stream is marked" : "\(Format.plural(marks.count, "stream is", "streams are")) marked")
    }

    mutating func sortStreams() {
        streams.sort(streams.sorting.next)
        tell("Streams: \(streams.sorting.words)")
    }

    /// Goes from attempt to attempt; past the last one the panel tells of whatever is the last.
    mutating func selectAttempt(by step: Int) {
        guard let attempts = selectedEntry?.snapshot.attempts, attempts.count > 1 else { return }
        let last = attempts.count - 1
        let index = selectedAttempt.flatMap { number in attempts.firstIndex { $0.number == number } } ?? last + 1
        let target = max(0, index + step)
        selectedAttempt = target > last ? nil : attempts[target].number
        changed()
    }

    /// Marks of streams that the table no longer has say nothing.
    mutating func forgetMarks() {
        guard !marks.isEmpty else { return }
        marks.formIntersection(streams.entries.map(\.id))
    }
}
