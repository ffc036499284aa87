/// What a line of Markdown could begin, judged by itself: the part of CommonMark's block rules that is needed to tell
/// where one block ends and the next begins, before md4c reads it.
struct BlockLine: Equatable {
    enum Kind: Equatable {
        case blank
        case text
        case heading
        /// A thematic break of `*` or `_`, or of `-` with blanks within.
        case rule
        /// Nothing but `-` or `=`: underlines a paragraph, or is a rule or the beginning of a list.
        case underline(UInt8)
        case quote
        case fence(Fence)
        case item(Item)
    }

    struct Fence: Equatable, Sendable {
        var character: UInt8
        var length: Int
        var indent: Int
        /// The info string, as offsets in the line.
        var info: Range<Int>
    }

    struct Item: Equatable, Sendable {
        /// `-`, `+`, `*`, `.` or `)`.
        var delimiter: UInt8
        /// The number of an ordered item.
        var number: Int?
        /// Columns before the marker, and before the item's text.
        var indent: Int
        var contentIndent: Int
        var isEmpty: Bool

        /// It may interrupt a paragraph.
        var interrupts: Bool { !isEmpty && (number == nil || number == 1) }
    }

    var indent: Int
    var kind: Kind
    /// The list item that it begins where it cannot be an underline.
    var item: Item? {
        switch kind {
        case .item(let item): item
        case .underline(0x2D) where length == 1:
            Item(delimiter: 0x2D, number: nil, indent: indent, contentIndent: indent + 2, isEmpty: true)
        default: nil
        }
    }
    /// Of what is not blank at its ends.
    private(set) var length = 0

    /// It ends a paragraph before it and begins something else. An underline belongs to the paragraph.
    var interrupts: Bool {
        switch kind {
        case .heading, .rule, .quote, .fence: true
        case .item(let item): item.interrupts
        case .blank, .text, .underline: false
        }
    }

    init(_ line: UnsafeBufferPointer<UInt8>) {
        var start = 0
        while start < line.count, line[start] == 0x20 { start += 1 }
        indent = start
        guard start < line.count else {
            kind = .blank
            return
        }
        kind = .text
        if indent > 3 { return }
        length = line.count - start
        while length > 0, line[start + length - 1] == 0x20 { length -= 1 }
        switch line[start] {
        case 0x23:
            var end = start
            while end < line.count, line[end] == 0x23 { end += 1 }
            if end - start <= 6, end == line.count || line[end] == 0x20 { kind = .heading }
        case 0x3E: kind = .quote
        case 0x60, 0x7E: if let fence = Self.fence(line, at: start) { kind = .fence(fence) }
        case 0x2D, 0x3D, 0x2A, 0x5F, 0x2B, 0x30...0x39: kind = Self.ruleOrItem(line, at: start)
        default: break
        }
    }

    private static func fence(_ line: UnsafeBufferPointer<UInt8>, at start: Int) -> Fence? {
        let character = line[start]
        var end = start
        while end < line.count, line[end] == character { end += 1 }
        guard end - start >= 3 else { return nil }
        if character == 0x60, line[end...].contains(0x60) { return nil }
        var from = end
        while from < line.count, line[from] == 0x20 { from += 1 }
        var to = line.count
        while to > from, line[to - 1] == 0x20 { to -= 1 }
        return Fence(character: character, length: end - start, indent: start, info: from..<to)
    }

    private static func ruleOrItem(_ line: UnsafeBufferPointer<UInt8>, at start: Int) -> Kind {
        let first = line[start]
        if first != 0x2B, first < 0x30 || first > 0x39 {
            var count = 0
            var isSolid = true
            var isAlone = true
            var sawBlank = false
            for byte in line[start...] {
                if byte == first {
                    count += 1
                    if sawBlank { isSolid = false }
                } else if byte == 0x20 {
                    sawBlank = true
                } else {
                    isAlone = false
                    break
                }
            }
            if isAlone {
                if isSolid, first == 0x2D || first == 0x3D { return .underline(first) }
                if count >= 3, first != 0x3D { return .rule }
            }
            if first == 0x3D || first == 0x5F { return .text }
        }
        return item(line, at: start).map { .item($0) } ?? .text
    }

    private static func item(_ line: UnsafeBufferPointer<UInt8>, at start: Int) -> Item? {
        var end = start
        var number: Int?
        if line[start] >= 0x30, line[start] <= 0x39 {
            var value = 0
            while end < line.count, line[end] >= 0x30, line[end] <= 0x39, end - start < 10 {
                value = value * 10 + Int(line[end] - 0x30)
                end += 1
            }
            guard end - start < 10, end < line.count, line[end] == 0x2E || line[end] == 0x29 else { return nil }
            number = value
        }
        let delimiter = line[end]
        end += 1
        guard end == line.count || line[end] == 0x20 else { return nil }
        var text = end
        while text < line.count, line[text] == 0x20 { text += 1 }
        let isEmpty = text == line.count
        // More than four blanks: the text is indented code, one column behind the marker.
        let contentIndent = isEmpty || text - end > 4 ? end + 1 : text
        return Item(delimiter: delimiter, number: number, indent: start, contentIndent: contentIndent, isEmpty: isEmpty)
    }

    /// Whether the line closes a fence.
    static func closes(_ fence: Fence, _ line: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = 0
        while start < line.count, line[start] == 0x20 { start += 1 }
        // Within a list the closing fence may be indented as far as the opening one.
        guard start <= fence.indent + 3 else { return false }
        var end = start
        while end < line.count, line[end] == fence.character { end += 1 }
        guard end - start >= fence.length else { return false }
        return line[end...].allSatisfy { $0 == 0x20 }
    }

    /// The second line of a table: bars, dashes, colons and blanks.
    static func isTableDelimiter(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        var dashes = 0
        var bars = 0
        for byte in line {
            switch byte {
            case 0x2D: dashes += 1
            case 0x7C: bars += 1
            case 0x20, 0x3A: break
            default: return false
            }
        }
        return dashes > 0 && bars > 0
    }

    /// What makes a table of a line that looks like its header, before the second line has come: a bar and a blank at its
    /// beginning, or bars at both ends of a line that has ended. `nil` for any other; `|x| = 1` begins no table.
    static func tableDelimiter(below header: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8]? {
        let hasEnded = header.last == 0x0A
        let line = header.dropLast(hasEnded ? 1 : 0)
        let cells = TableCells(line)
        let second = line.drop { $0 == 0x20 }.dropFirst().first
        guard cells.beginsWithBar, !line.contains(0x0A), line.contains(where: { $0 != 0x7C && $0 != 0x20 }),
            second == 0x20 || hasEnded && cells.endsWithBar
        else { return nil }
        return Array("\n|".utf8) + Array(repeatElement(Array("---|".utf8), count: cells.count).joined())
    }

    /// A delimiter row with three dashes or more in each cell. For GFM one makes a column, md4c 0.4 wants three; `nil` where
    /// that is not what keeps md4c from seeing a table, or the cells are not as many as the header's, and it is none for GFM.
    static func widened(
        delimiter: Slice<UnsafeBufferPointer<UInt8>>, below header: Slice<UnsafeBufferPointer<UInt8>>
    ) -> [UInt8]? {
        guard TableCells(delimiter).count == TableCells(header).count else { return nil }
        var row: [UInt8] = []
        var isWidened = false
        for (index, cell) in delimiter.split(separator: 0x7C, omittingEmptySubsequences: false).enumerated() {
            if index > 0 { row.append(0x7C) }
            let trimmed = cell.drop { $0 == 0x20 || $0 == 0x0A }
            guard !trimmed.isEmpty else {
                row.append(contentsOf: cell)
                continue
            }
            let dashes = trimmed.drop { $0 == 0x3A }.prefix { $0 == 0x2D }
            let rest = trimmed[dashes.endIndex...]
            guard !dashes.isEmpty, dashes.startIndex - trimmed.startIndex <= 1,
                rest.drop(while: { $0 == 0x3A }).allSatisfy({ $0 == 0x20 || $0 == 0x0A }),
                rest.prefix(while: { $0 == 0x3A }).count <= 1
            else { return nil }
            let missing = max(0, 3 - dashes.count)
            isWidened = isWidened || missing > 0
            row.append(contentsOf: cell[..<dashes.endIndex])
            row.append(contentsOf: repeatElement(0x2D, count: missing))
            row.append(contentsOf: rest)
        }
        return isWidened ? row : nil
    }

    /// An unfinished line of which nothing can be said yet, so that it is better not shown: it would look like a heading's
    /// underline, a rule or markup for the moment until the next characters come.
    static func isUndecided(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !line.isEmpty, line.count < 200 else { return false }
        var digits = 0
        var others = 0
        for byte in line {
            switch byte {
            case 0x20, 0x2D, 0x3D, 0x2A, 0x2B, 0x5F, 0x23, 0x3E, 0x60, 0x7E, 0x7C, 0x3A: others += 1
            case 0x30...0x39, 0x2E, 0x29: digits += 1
            default: return false
            }
        }
        if digits > 0 { return line.count <= 3 }
        // An opened fence is decided.
        return !(line.count >= 3 && (line.allSatisfy { $0 == 0x60 } || line.allSatisfy { $0 == 0x7E }))
    }
}

/// The cells of a table's row, as bars part them: not those after a backslash, nor within code, which md4c leaves alone.
private struct TableCells {
    private(set) var count = 0
    private(set) var beginsWithBar = false
    private(set) var endsWithBar = false

    init(_ line: Slice<UnsafeBufferPointer<UInt8>>) {
        var line = line
        while let last = line.last, last == 0x20 || last == 0x0A { line.removeLast() }
        while let first = line.first, first == 0x20 { line.removeFirst() }
        guard !line.isEmpty else { return }
        beginsWithBar = line.first == 0x7C
        var bars = 0
        var place = line.startIndex
        while place < line.endIndex {
            endsWithBar = false
            switch line[place] {
            case 0x5C: place += 1
            case 0x60: place = Self.endOfCode(line, from: place)
            case 0x7C:
                bars += 1
                endsWithBar = true
            default: break
            }
            place += 1
        }
        guard bars > 0 else { return }
        count = bars + 1 - (beginsWithBar ? 1 : 0) - (endsWithBar && bars > (beginsWithBar ? 1 : 0) ? 1 : 0)
    }

    /// The last byte of code, or of the backticks that begin none: whose like does not follow.
    private static func endOfCode(_ line: Slice<UnsafeBufferPointer<UInt8>>, from start: Int) -> Int {
        var end = start
        while end + 1 < line.endIndex, line[end + 1] == 0x60 { end += 1 }
        let length = end - start
        var place = end + 1
        while place < line.endIndex {
            guard line[place] == 0x60 else {
                place += 1
                continue
            }
            let run = place
            while place + 1 < line.endIndex, line[place + 1] == 0x60 { place += 1 }
            if place - run == length { return place }
            place += 1
        }
        return end
    }
}
