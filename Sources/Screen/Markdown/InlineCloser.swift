/// Ends what is still open at the end of an unfinished paragraph, so that `**bold` is bold while it arrives and the text
/// does not jump when its end comes. A guess by the commonest of CommonMark's rules; the finished paragraph is read
/// without it.
enum InlineCloser {
    /// Removes a half-written marker from the end and appends what closes the open ones.
    static func close(_ text: inout [UInt8]) {
        var start = text.count
        // Markers open within a paragraph only.
        while start > 0, !(start >= 2 && text[start - 1] == 0x0A && text[start - 2] == 0x0A) { start -= 1 }
        if hasFence(text[start...]) { return }
        while let last = text.last, last == 0x20 || last == 0x0A || last == 0x5C { text.removeLast() }
        guard start < text.count else { return }
        var end = text.count
        while end > start, isMarker(text[end - 1]) { end -= 1 }
        let open = openMarkers(text[start..<end])
        let tail = Array(text[end...])
        let closers = open.reversed().flatMap { $0 }
        // What was being written, closed already or not yet: the same with the closers in its place.
        if tail.isEmpty || closers.starts(with: tail) || isOpening(tail, in: text, at: end, start: start) {
            text.removeLast(tail.count)
            text.append(contentsOf: closers)
        } else {
            text.append(contentsOf: openMarkers(text[start...]).reversed().flatMap { $0 })
        }
    }

    /// No emphasis and no code is open at the end of the text.
    static func isClosed(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        openMarkers(ArraySlice(text)).isEmpty
    }

    private static func isMarker(_ byte: UInt8) -> Bool {
        byte == 0x2A || byte == 0x5F || byte == 0x7E || byte == 0x60
    }

    /// A marker behind a blank, with nothing behind it yet.
    private static func isOpening(_ tail: [UInt8], in text: [UInt8], at end: Int, start: Int) -> Bool {
        end > start && (text[end - 1] == 0x20 || text[end - 1] == 0x0A || text[end - 1] == 0x28)
    }

    private static func hasFence(_ text: ArraySlice<UInt8>) -> Bool {
        var isLineStart = true
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte == 0x0A {
                isLineStart = true
            } else if isLineStart, byte == 0x60 || byte == 0x7E {
                if index + 2 < text.endIndex, text[index + 1] == byte, text[index + 2] == byte { return true }
                isLineStart = false
            } else if byte != 0x20, byte != 0x3E {
                isLineStart = false
            }
            index += 1
        }
        return false
    }

    /// The markers that are open at the end, outermost first.
    private static func openMarkers(_ text: ArraySlice<UInt8>) -> [[UInt8]] {
        var open: [[UInt8]] = []
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte == 0x5C {
                index += 2
                continue
            }
            guard isMarker(byte) else {
                index += 1
                continue
            }
            var end = index
            while end < text.endIndex, text[end] == byte { end += 1 }
            let run = Array(text[index..<end])
            if byte == 0x60 {
                if let close = closingBackticks(run.count, in: text[end...]) {
                    index = close
                    continue
                }
                // Nothing in code is markup: it alone is open, with what was open around it.
                return open + [run]
            }
            let after = end < text.endIndex ? text[end] : 0x20
            let before = index > text.startIndex ? text[index - 1] : 0x20
            if byte != 0x7E || run.count == 2 { take(run, before: before, after: after, open: &open) }
            index = end
        }
        return open
    }

    private static func take(_ run: [UInt8], before: UInt8, after: UInt8, open: inout [[UInt8]]) {
        let mayClose = before != 0x20 && before != 0x0A
        let mayOpen = after != 0x20 && after != 0x0A && (run[0] != 0x5F || !isWord(before))
        var left = run.count
        if mayClose {
            while left > 0, let last = open.last, last[0] == run[0], last.count <= left {
                open.removeLast()
                left -= last.count
            }
        }
        guard left > 0, mayOpen else { return }
        if left >= 3, run[0] != 0x7E {
            open.append(Array(repeating: run[0], count: 2))
            left = 1
        }
        open.append(Array(repeating: run[0], count: left))
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A || byte >= 0x30 && byte <= 0x39
    }

    private static func closingBackticks(_ count: Int, in text: ArraySlice<UInt8>) -> Int? {
        var index = text.startIndex
        while index < text.endIndex {
            guard text[index] == 0x60 else {
                index += 1
                continue
            }
            var end = index
            while end < text.endIndex, text[end] == 0x60 { end += 1 }
            if end - index == count { return end }
            index = end
        }
        return nil
    }
}
