/// Reads a growing Markdown source line by line and hands each top-level block to md4c as soon as it is whole, once. It
/// tells where blocks end by the first characters of their lines; what is in them is md4c's business.
///
/// Blocks that could grow without end are handed over in parts: items one by one, lines of fenced code one by one, and
/// long paragraphs, quotes, tables and lines whenever ``longBlock``, ``longTable`` or ``longLine`` bytes are exceeded. So the cost of a message
/// is linear, whatever is in it.
///
/// A value: a copy of it reads the unfinished last line on trial, and is thrown away.
struct BlockScanner: Sendable {
    /// What the lines from `start` on belong to.
    enum Block: Sendable, Equatable {
        case none
        /// So many lines of a paragraph. A delimiter as second line makes it a table.
        case paragraph(lines: Int)
        case quote
        case indentedCode
        /// A table; with the lines of its header if it continues one that was handed over.
        case table(header: Range<Int>?)
        /// The first block of a list's item.
        case item
        /// More of an item: lines indented by so many columns.
        case continuation(strip: Int)
        /// The rest of a paragraph or line whose beginning was handed over: it joins the flow's last piece.
        case rest
        case fence(OpenFence)
    }

    struct OpenFence: Sendable, Equatable {
        var fence: BlockLine.Fence
        var lead: Int
        var strip: Int
    }

    /// The list that lines may belong to.
    struct List: Sendable, Equatable {
        var delimiter: UInt8
        var number: Int?
        var contentIndent: Int
    }

    static let longTable = 8192
    static let longBlock = 4096
    static let longLine = 1024

    let look: Look
    let isPlain: Bool
    var block = Block.none
    var start = 0
    /// The first byte not yet read.
    var position = 0
    var list: List?
    /// A blank line came since the last block; and before the present one.
    var sawBlank = false
    var isGapDue = false
    /// The beginning of the line at `position` was read already.
    var isInLine = false
    /// The fence that the item's first line opened: md4c reads its code with the item.
    var itemFence: BlockLine.Fence?
    var highlighter = Highlighter(language: "")

    init(look: Look, isPlain: Bool) {
        self.look = look
        self.isPlain = isPlain
    }

    /// The last piece of the flow will grow.
    var joins: Bool { block == .rest || isInLine }

    // MARK: Lines

    /// Reads all lines that have ended, and as much of an overlong one as there is.
    mutating func read(_ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow) {
        while position < source.count {
            var end = position
            while end < source.count, source[end] != 0x0A { end += 1 }
            let isWhole = end < source.count
            if !isWhole, end - position <= Self.longLine { return }
            if isWhole {
                take(position..<end, source, into: &flow)
                position = end + 1
                handOverIfLong(source, into: &flow)
            } else {
                takeBeginning(position..<end, source, into: &flow)
                return
            }
        }
    }

    /// A whole line, or the end of one whose beginning was read.
    mutating func take(_ range: Range<Int>, _ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow) {
        if isInLine {
            isInLine = false
            // The rest of a paragraph is read when it ends.
            if block == .rest { return }
            flow.append(UnsafeBufferPointer(rebasing: source[range]), look: pieceLook, source: range.lowerBound)
            return
        }
        if isPlain {
            flow.begin(range.isEmpty ? .blank : .words, lead: 0, source: range.lowerBound)
            flow.append(UnsafeBufferPointer(rebasing: source[range]), look: look, source: range.lowerBound)
            return
        }
        takeMarkdown(range, source, into: &flow)
    }

    /// The beginning of a line that is too long to wait for its end.
    private mutating func takeBeginning(
        _ range: Range<Int>, _ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow
    ) {
        if isPlain || block.isFence {
            if !isInLine {
                flow.begin(isPlain ? .words : .code, lead: block.fenceLead, source: range.lowerBound)
                isInLine = true
            }
            flow.append(UnsafeBufferPointer(rebasing: source[range]), look: pieceLook, source: range.lowerBound)
            position = range.upperBound
            return
        }
        let cut = Self.cut(max(start, range.lowerBound)..<range.upperBound, source)
        if !isInLine {
            takeMarkdown(range.lowerBound..<cut, source, into: &flow)
            if block.isFence {
                isInLine = false
                position = cut
                return
            }
        }
        position = cut
        isInLine = true
        if block == .none {
            // A heading or rule: what was read of it stands already.
            block = .rest
            start = cut
        } else {
            handOver(to: cut, source, into: &flow)
        }
    }

    /// Where text may be cut with least harm: at one of its last blanks, best outside of emphasis and code; if there is
    /// none, near its end.
    private static func cut(_ range: Range<Int>, _ source: UnsafeBufferPointer<UInt8>) -> Int {
        var blank: Int?
        var tries = 0
        var place = range.upperBound - 1
        while place > range.lowerBound + range.count / 2, tries < 12 {
            if source[place] == 0x20 {
                if InlineCloser.isClosed(source[range.lowerBound..<place]) { return place }
                blank = blank ?? place
                tries += 1
            }
            place -= 1
        }
        if let blank { return blank }
        place = range.upperBound - 1
        while place > range.lowerBound, source[place] & 0xC0 == 0x80 { place -= 1 }
        return place
    }

    /// The look of text that is appended without being read.
    private var pieceLook: Look { block.isFence ? look.adding(.codeBlock) : look }

    // MARK: Handing over

    /// Ends the block at `end`: the flow gets its pieces.
    mutating func close(at end: Int, _ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow) {
        guard block != .none else { return }
        if case .fence(let open) = block {
            flow.endCode(lead: open.lead, source: end)
        } else {
            build(to: end, isOpen: false, source, into: &flow)
        }
        block = .none
    }

    /// Gives the flow what the block has so far; more of it will join that.
    private mutating func handOver(to end: Int, _ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow) {
        build(to: end, isOpen: true, source, into: &flow)
        block = .rest
        start = end
        isGapDue = false
    }

    private mutating func handOverIfLong(_ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow) {
        let length = position - start
        switch block {
        case .paragraph, .rest:
            // The line end before the next line is the rest's, or it would be lost.
            if length > Self.longLine { handOver(to: position - 1, source, into: &flow) }
        case .quote, .indentedCode:
            guard length > Self.longBlock else { return }
            build(to: position, isOpen: false, source, into: &flow)
            start = position
            isGapDue = false
        case .item, .continuation:
            guard length > Self.longBlock, let list else { return }
            build(to: position, isOpen: false, source, into: &flow)
            start = position
            block = .continuation(strip: list.contentIndent)
            isGapDue = false
        case .table(let header):
            guard length > Self.longTable else { return }
            build(to: position, isOpen: false, source, into: &flow)
            let lines = header ?? Self.firstTwoLines(from: start, source)
            block = .table(header: lines)
            start = position
            isGapDue = false
        case .none, .fence: return
        }
    }

    static func firstTwoLines(from start: Int, _ source: UnsafeBufferPointer<UInt8>) -> Range<Int> {
        var end = start
        for _ in 0..<2 {
            while end < source.count, source[end] != 0x0A { end += 1 }
            end += 1
        }
        return start..<min(end, source.count)
    }
}

extension BlockScanner.Block {
    var isFence: Bool {
        if case .fence = self { return true }
        return false
    }

    fileprivate var fenceLead: Int {
        if case .fence(let open) = self { return open.lead }
        return 0
    }
}
