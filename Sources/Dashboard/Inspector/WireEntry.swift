import Screen
import StreamEngine

/// One thing that went over a stream's wire, as the inspector shows it. Secrets are out of it already; unsanitised.
public struct WireEntry: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case request, response, event, body, end
    }

    /// Grows by one with each of a stream's.
    public var number: Int
    public var at: Instant
    /// Which request of the stream, from 1.
    public var attempt: Int
    public var kind: Kind
    public var name: String
    /// As it came, or its beginning.
    public var raw: [UInt8]
    /// How many bytes it had.
    public var bytes: Int
    /// The words that it brought; UTF-8.
    public var text: [UInt8]
    public var isThinking: Bool

    public init(
        number: Int, at: Instant, attempt: Int, kind: Kind, name: String, raw: [UInt8], bytes: Int,
        text: [UInt8] = [], isThinking: Bool = false
    ) {
        self.number = number
        self.at = at
        self.attempt = attempt
        self.kind = kind
        self.name = name
        self.raw = raw
        self.bytes = bytes
        self.text = text
        self.isThinking = isThinking
    }
}

extension WireEntry {
    /// What came, safe to paste.
    var toCopy: CopyText {
        CopyText(Transcript.safe(String(decoding: raw, as: UTF8.self)), what: "the event")
    }
}

/// A stream's wire, event by event, as far as it is still there; a filter, and where the reader is.
struct Inspector: Sendable {
    /// Entries at most: the oldest go first.
    static let limit = 8192

    let stream: StreamID
    /// Oldest first.
    private(set) var entries: [WireEntry] = []
    private(set) var filter = Editor()
    /// Indices of ``entries`` that the filter lets through.
    private(set) var matches: [Int] = []
    /// Of ``matches``; `nil` = the newest, whatever comes.
    private(set) var place: Int?
    /// The whole box is the selected one's bytes; the line that stands first.
    var rawScroll: Int?

    init(_ stream: StreamID) { self.stream = stream }

    /// The number of the last one: what comes after it is new.
    var last: Int { entries.last?.number ?? 0 }
    /// How many were let go before the first.
    var dropped: Int { (entries.first?.number ?? 1) - 1 }
    var follows: Bool { place == nil }

    /// Of ``matches``, the selected one.
    var selected: Int { min(place ?? .max, matches.count - 1) }
    var entry: WireEntry? { matches.indices.contains(selected) ? entries[matches[selected]] : nil }

    mutating func append(_ more: [WireEntry]) {
        let terms = terms
        for entry in more where entry.number > last {
            if Self.matches(entry, terms) { matches.append(entries.count) }
            entries.append(entry)
        }
        // A quarter at once, so that what is moved is paid for by what came.
        guard entries.count > Self.limit else { return }
        let gone = entries.count - Self.limit * 3 / 4
        entries.removeFirst(gone)
        let before = matches.count
        matches = matches.compactMap { $0 >= gone ? $0 - gone : nil }
        if let place { self.place = max(0, place - (before - matches.count)) }
    }

    // MARK: Moving

    mutating func move(by step: Int) {
        guard !matches.isEmpty else { return }
        let target = max(0, selected + step)
        place = target >= matches.count - 1 && step > 0 ? nil : min(target, matches.count - 1)
    }

    mutating func toTop() { if !matches.isEmpty { place = 0 } }
    mutating func toBottom() { place = nil }

    mutating func select(_ index: Int) {
        if matches.indices.contains(index) { place = index == matches.count - 1 ? nil : index }
    }

    // MARK: Filter

    /// Edits the filter. `false` when the key means nothing to it.
    mutating func type(_ chord: Chord, keys: Keymap = .standard) -> Bool {
        guard filter.handle(chord, keys: keys, columns: 10_000) == .changed else { return false }
        search()
        return true
    }

    mutating func paste(_ text: String) {
        filter.insert(String(text.prefix(200)).split(separator: "\n").joined(separator: " "))
        search()
    }

    /// A word that must be there, or, with `-` before it, must not.
    private struct Term {
        var word: [UInt8]
        var isWanted: Bool
    }

    private var terms: [Term] {
        filter.text.lowercased().split(separator: " ").compactMap { word in
            let isWanted = !word.hasPrefix("-")
            let bytes = Array((isWanted ? word : word.dropFirst()).utf8)
            return bytes.isEmpty ? nil : Term(word: bytes, isWanted: isWanted)
        }
    }

    private mutating func search() {
        let chosen = entry?.number
        let terms = terms
        let wasFollowing = follows
        matches = entries.indices.filter { Self.matches(entries[$0], terms) }
        place = nil
        // The one that was looked at stays in sight, or the one after it.
        if !wasFollowing, let chosen, let index = matches.firstIndex(where: { entries[$0].number >= chosen }) {
            select(index)
        }
    }

    private static func matches(_ entry: WireEntry, _ terms: [Term]) -> Bool {
        terms.allSatisfy { term in
            let isThere =
                holds(term.word, Array(entry.name.utf8)) || holds(term.word, entry.raw) || holds(term.word, entry.text)
            return isThere == term.isWanted
        }
    }

    /// Whether a word of small letters stands in bytes, ASCII's capitals taken for small ones.
    private static func holds(_ word: [UInt8], _ bytes: [UInt8]) -> Bool {
        guard let first = word.first, bytes.count >= word.count else { return false }
        func small(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
        for start in 0...bytes.count - word.count where small(bytes[start]) == first {
            var index = 1
            while index < word.count, small(bytes[start + index]) == word[index] { index += 1 }
            if index == word.count { return true }
        }
        return false
    }
}
