/// Cuts a text into pieces of at most so many tokens, by our own estimate. Joined, they are the text.
///
/// A cut is made after a paragraph; if none ends in the second half of a piece, after a line; else after a sentence, a
/// word, or a grapheme. Never within a grapheme, though one alone were longer than a piece may be. Linear: no byte is
/// looked at more than twice.
public enum TextSplitter {
    /// From the best place for a cut.
    private enum Boundary: Int, CaseIterable {
        case paragraph, line, sentence, word
    }

    /// - Parameter limit: tokens, at least 1.
    public static func pieces(of text: String, tokens limit: Int) -> [Substring] {
        var bytes = text
        bytes.makeContiguousUTF8()
        let text = bytes
        return bytes.withUTF8 { bytes in
            var pieces: [Substring] = []
            var start = text.startIndex
            var offset = 0
            while offset < bytes.count {
                let end = end(of: offset, in: bytes, limit: max(1, limit))
                let cut = wholeGrapheme(at: text.utf8.index(start, offsetBy: end - offset), after: start, in: text)
                pieces.append(text[start..<cut])
                offset += text.utf8.distance(from: start, to: cut)
                start = cut
            }
            return pieces
        }
    }

    /// The end of the piece that begins at `start`: the best boundary before there are too many tokens.
    private static func end(of start: Int, in bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> Int {
        var estimator = TokenEstimator()
        var best = [Int?](repeating: nil, count: Boundary.allCases.count)
        var scalar = start
        var index = start
        while index < bytes.count {
            let byte = bytes[index]
            if byte & 0xC0 != 0x80 { scalar = index }
            estimator.add(byte: byte)
            if estimator.tokens > limit {
                if let place = best.compactMap({ $0 }).first { return place }
                return scalar > start ? scalar : scalarEnd(after: start, in: bytes)
            }
            index += 1
            // What comes too early makes for too many pieces.
            if 2 * estimator.tokens >= limit, let boundary = boundary(before: index, in: bytes) {
                best[boundary.rawValue] = index
            }
        }
        return bytes.count
    }

    private static func boundary(before index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Boundary? {
        let last = bytes[index - 1]
        if last == 0x0A {
            let isEmpty =
                index >= 2 && bytes[index - 2] == 0x0A
                || index >= 3 && bytes[index - 2] == 0x0D && bytes[index - 3] == 0x0A
            // All the empty lines go with the paragraph before them.
            return isEmpty && (index == bytes.count || bytes[index] != 0x0A) ? .paragraph : .line
        }
        if last == 0x20 || last == 0x09 {
            guard index >= 2 else { return .word }
            return ".!?".utf8.contains(bytes[index - 2]) ? .sentence : .word
        }
        // 。！？
        if index >= 3, bytes[index - 3] >= 0xE3 {
            let sign = (bytes[index - 3], bytes[index - 2], last)
            if sign == (0xE3, 0x80, 0x82) || sign == (0xEF, 0xBC, 0x81) || sign == (0xEF, 0xBC, 0x9F) {
                return .sentence
            }
        }
        return nil
    }

    private static func scalarEnd(after start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var end = start + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    /// The boundary of graphemes at or before a place, but after `start`.
    private static func wholeGrapheme(at place: String.Index, after start: String.Index, in text: String)
        -> String.Index
    {
        guard place < text.endIndex else { return text.endIndex }
        guard place > start else { return start }
        if String.Index(place, within: text) != nil { return place }
        let next = text.index(after: place)
        let before = text.index(before: next)
        return before > start ? before : next
    }
}
