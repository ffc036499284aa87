extension TOMLTable {
    /// Throws at the first key, in the order of the file, that is not allowed here, with the allowed one that it is
    /// likely to mean.
    public func rejectUnknownKeys(_ allowed: some Collection<String>) throws(TOMLError) {
        for entry in entries where !allowed.contains(entry.key) {
            var message = "unknown key"
            if let meant = Self.nearest(to: entry.key, in: allowed) { message += ", did you mean \"\(meant)\"?" }
            throw error(entry.key, message)
        }
    }

    /// The same for a list, which is walked: for a dozen short words that takes a quarter of the time of a set, and every
    /// start reads hundreds of keys.
    public func rejectUnknownKeys(_ allowed: [String]) throws(TOMLError) {
        if entries.allSatisfy({ allowed.contains($0.key) }) { return }
        try rejectUnknownKeys(Set(allowed))
    }

    /// The candidate with the fewest slips of the keyboard between it and `name`: at most one in three letters, two in
    /// longer words, or the two differ only in letter case and separators. Of equals the first in alphabetical order.
    public static func nearest(to name: String, in candidates: some Collection<String>) -> String? {
        let folded = fold(name)
        var best: (slips: Int, candidate: String)?
        for candidate in candidates.sorted() {
            let target = fold(candidate)
            let slips = distance(folded, target)
            let allowed = folded.count < 3 ? 0 : folded.count < 6 ? 1 : 2
            guard slips <= allowed, slips < (best?.slips ?? .max) else { continue }
            best = (slips, candidate)
        }
        return best?.candidate
    }

    /// Lower case, without `-` and `_`.
    private static func fold(_ name: String) -> [UInt8] {
        name.utf8.compactMap { byte in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"): nil
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            default: byte
            }
        }
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        guard !one.isEmpty, !other.isEmpty else { return max(one.count, other.count) }
        var beforeLast = [Int](repeating: 0, count: other.count + 1)
        var last = Array(0...other.count)
        for row in 1...one.count {
            var current = [Int](repeating: row, count: other.count + 1)
            for column in 1...other.count {
                let cost = one[row - 1] == other[column - 1] ? 0 : 1
                current[column] = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + cost)
                if row > 1, column > 1, one[row - 1] == other[column - 2], one[row - 2] == other[column - 1] {
                    current[column] = min(current[column], beforeLast[column - 2] + 1)
                }
            }
            beforeLast = last
            last = current
        }
        return last[other.count]
    }
}
