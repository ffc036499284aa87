/// What was sent before, and a walk through it.
struct History: Sendable, Equatable {
    static let limit = 1000
    /// Oldest first; no two alike in a row.
    private(set) var entries: [String] = []
    /// Where the walk stands; `nil` when nobody walks.
    private var position: Int?
    /// The text that the walk began with: it comes back below the newest entry.
    private var original = ""
    /// Only entries with this beginning are shown on the walk.
    private var beginning = ""

    init(_ entries: [String] = []) {
        for entry in entries { add(entry) }
    }

    var isWalking: Bool { position != nil }

    mutating func add(_ entry: String) {
        leave()
        guard !entry.isEmpty, entries.last != entry else { return }
        entries.append(entry)
        if entries.count > Self.limit { entries.removeFirst(entries.count - Self.limit) }
    }

    /// The walk is over: the text was changed or sent.
    mutating func leave() {
        position = nil
        original = ""
        beginning = ""
    }

    /// The entry before, with the beginning that was typed when the walk began; `nil` = there is none.
    mutating func older(than current: String) -> String? {
        if position == nil {
            original = current
            beginning = current
        }
        var next = (position ?? entries.count) - 1
        while next >= 0 {
            let entry = entries[next]
            if entry != current, entry.utf8.starts(with: beginning.utf8) {
                position = next
                return entry
            }
            next -= 1
        }
        if position == nil { leave() }
        return nil
    }

    /// The entry after; below the newest the original text comes back and the walk ends.
    mutating func newer(than current: String) -> String? {
        guard let start = position else { return nil }
        var next = start + 1
        while next < entries.count {
            let entry = entries[next]
            if entry != current, entry.utf8.starts(with: beginning.utf8) {
                position = next
                return entry
            }
            next += 1
        }
        let text = original
        leave()
        return text
    }
}
