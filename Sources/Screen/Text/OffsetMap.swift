/// Which byte of a text as received became which byte of its sanitised form. Between two entries both count alike, so
/// there is one entry per replacement, and none for text that needed none.
struct OffsetMap: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        var raw: Int
        var clean: Int
    }

    private var entries: [Entry] = []

    /// The bytes up to `raw` have become the bytes up to `clean`.
    mutating func note(raw: Int, clean: Int) {
        let last = entries.last ?? Entry(raw: 0, clean: 0)
        if raw - last.raw != clean - last.clean { entries.append(Entry(raw: raw, clean: clean)) }
    }

    func clean(ofRaw raw: Int) -> Int {
        let index = entries.partition { $0.raw <= raw }
        let start = index == 0 ? Entry(raw: 0, clean: 0) : entries[index - 1]
        let clean = start.clean + (raw - start.raw)
        return index < entries.count ? min(clean, entries[index].clean) : clean
    }

    func raw(ofClean clean: Int) -> Int {
        let index = entries.partition { $0.clean <= clean }
        let start = index == 0 ? Entry(raw: 0, clean: 0) : entries[index - 1]
        let raw = start.raw + (clean - start.clean)
        return index < entries.count ? min(raw, entries[index].raw) : raw
    }
}

extension RandomAccessCollection where Index == Int {
    /// The number of leading elements for which `belongs` holds, where it holds for no later one: a binary search.
    func partition(_ belongs: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
