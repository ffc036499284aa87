/// What a server may say twice.
extension Continuation {
    /// Where the rest begins if at least the last `words` words are said again, and it can be told that they are: a text
    /// may repeat itself, and then nobody knows whether its server does. ``covered`` where that cannot be told; more words
    /// than asked for where fewer would not do.
    ///
    /// It can be told where the words stand right behind a word, without a space between, and are unlike each other:
    /// "hold a super" + "hold a superposition" is no text that goes on.
    func offset(repeating words: Int) -> Int {
        guard words > 0 else { return covered }
        for count in words..<(words + 6) {
            let start = Self.offset(covered, in: reply, repeating: count)
            if start < covered, isEvident(from: start) { return start }
        }
        return covered
    }

    private func isEvident(from start: Int) -> Bool {
        let said = reply[start..<covered]
        guard let first = said.first, let last = said.last, Self.isWord(first), Self.isWord(last),
            said.allSatisfy({ $0 >= 0x20 && $0 < 0x80 }), covered < reply.count
        else { return false }
        // The word goes on, or has ended where the client can see it.
        let goesOn = Self.isWord(reply[covered])
        guard goesOn || reply[covered] == 0x20 && manner != .systemNote else { return false }
        let after = reply[covered...].first { $0 != 0x20 }
        guard after != first, Self.differentWords(in: said) >= (goesOn ? 2 : 3) else { return false }
        // It begins as it ends, or stands twice already.
        for length in 1..<said.count where said.suffix(length).elementsEqual(said.prefix(length)) { return false }
        return !reply[..<start].dropLast(while: { !Self.isWord($0) }).suffix(said.count).elementsEqual(said)
    }

    private static func differentWords(in text: ArraySlice<UInt8>) -> Int {
        let words = text.split { !isWord($0) }
        guard let first = words.first else { return 0 }
        return 1 + words.dropFirst().count { !first.starts(with: $0) && !$0.starts(with: first) }
    }

    /// An ASCII letter or digit.
    private static func isWord(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || byte | 0x20 &- 0x61 < 26
    }
}

extension ArraySlice<UInt8> {
    fileprivate func dropLast(while isDropped: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        self[..<(lastIndex { !isDropped($0) }.map { $0 + 1 } ?? startIndex)]
    }
}
