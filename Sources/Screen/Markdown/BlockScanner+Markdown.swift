extension BlockScanner {
    mutating func takeMarkdown(_ range: Range<Int>, _ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow) {
        let bytes = UnsafeBufferPointer(rebasing: source[range])
        if case .fence(let open) = block {
            if takeCode(bytes, at: range, open, source, into: &flow) { return }
        }
        let line = BlockLine(bytes)
        if let list, takeListLine(line, range, list, source, into: &flow) { return }
        switch block {
        case .none: break
        case .paragraph(let lines):
            if case .underline = line.kind {
                close(at: range.upperBound, source, into: &flow)
                return
            }
            if line.kind != .blank, !line.interrupts {
                let isTable =
                    lines == 1 && BlockLine.isTableDelimiter(bytes) && source[start..<range.lowerBound].contains(0x7C)
                block = isTable ? .table(header: nil) : .paragraph(lines: lines + 1)
                return
            }
            close(at: range.lowerBound, source, into: &flow)
        case .rest:
            if line.kind == .text { return }
            close(at: range.lowerBound, source, into: &flow)
        case .table:
            if line.kind == .text { return }
            close(at: range.lowerBound, source, into: &flow)
        case .quote:
            if line.kind == .quote || line.kind == .text { return }
            close(at: range.lowerBound, source, into: &flow)
        case .indentedCode:
            if line.kind == .blank || line.indent > 3 {
                sawBlank = line.kind == .blank
                return
            }
            close(at: range.lowerBound, source, into: &flow)
        case .item, .continuation, .fence:
            close(at: range.lowerBound, source, into: &flow)
        }
        begin(line, range, source, into: &flow)
    }

    /// A line of fenced code. False if the fence ended before it.
    private mutating func takeCode(
        _ bytes: UnsafeBufferPointer<UInt8>, at range: Range<Int>, _ open: OpenFence,
        _ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow
    ) -> Bool {
        var indent = 0
        while indent < bytes.count, bytes[indent] == 0x20 { indent += 1 }
        if let list, indent < bytes.count, indent < list.contentIndent, open.strip >= list.contentIndent {
            // Out of the item: its code ends with it.
            close(at: range.lowerBound, source, into: &flow)
            return false
        }
        if BlockLine.closes(open.fence, bytes) {
            close(at: range.lowerBound, source, into: &flow)
            return true
        }
        let strip = min(indent, open.strip)
        flow.code(
            UnsafeBufferPointer(rebasing: bytes[strip...]), lead: open.lead, source: range.lowerBound + strip,
            look: look.adding(.codeBlock), highlighter: &highlighter)
        return true
    }

    /// A line while a list is open. False if the list ended before it.
    private mutating func takeListLine(
        _ line: BlockLine, _ range: Range<Int>, _ list: List, _ source: UnsafeBufferPointer<UInt8>,
        into flow: inout Flow
    ) -> Bool {
        if line.kind == .blank {
            if block == .rest { close(at: range.lowerBound, source, into: &flow) }
            sawBlank = true
            return true
        }
        if line.indent >= list.contentIndent {
            let content = range.lowerBound + line.indent..<range.upperBound
            let bytes = UnsafeBufferPointer(rebasing: source[content])
            let inner = BlockLine(bytes)
            if let fence = itemFence, block == .item {
                if BlockLine.closes(fence, bytes) { itemFence = nil }
                return true
            }
            if case .fence(let fence) = inner.kind {
                close(at: range.lowerBound, source, into: &flow)
                open(fence, at: content, indent: line.indent, source, into: &flow)
                return true
            }
            switch block {
            case .item: break
            case .continuation(let strip) where line.indent >= strip: break
            case .rest where inner.kind == .text: break
            default:
                close(at: range.lowerBound, source, into: &flow)
                begin(.continuation(strip: line.indent), at: range.lowerBound)
            }
            sawBlank = false
            return true
        }
        if let item = line.item {
            close(at: range.lowerBound, source, into: &flow)
            begin(item, range, source)
            return true
        }
        // A lazy continuation of the item's last paragraph.
        if !sawBlank, !line.interrupts, line.kind == .text, block != .none { return true }
        close(at: range.lowerBound, source, into: &flow)
        self.list = nil
        return false
    }

    // MARK: Beginning

    /// Begins what the line begins.
    private mutating func begin(
        _ line: BlockLine, _ range: Range<Int>, _ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow
    ) {
        if let item = line.item {
            begin(item, range, source)
            return
        }
        switch line.kind {
        case .blank:
            sawBlank = true
        case .heading:
            sawBlank = true
            begin(.paragraph(lines: 1), at: range.lowerBound)
            close(at: range.upperBound, source, into: &flow)
        case .rule:
            begin(.paragraph(lines: 1), at: range.lowerBound)
            close(at: range.upperBound, source, into: &flow)
        case .underline(let character) where character == 0x2D && line.length >= 3:
            begin(.paragraph(lines: 1), at: range.lowerBound)
            close(at: range.upperBound, source, into: &flow)
        case .quote: begin(.quote, at: range.lowerBound)
        case .fence(let fence):
            open(fence, at: range, indent: line.indent, source, into: &flow)
        case .text where line.indent > 3: begin(.indentedCode, at: range.lowerBound)
        case .text, .underline, .item: begin(.paragraph(lines: 1), at: range.lowerBound)
        }
    }

    private mutating func begin(_ block: Block, at start: Int) {
        self.block = block
        self.start = start
        isGapDue = sawBlank
        sawBlank = false
    }

    private mutating func begin(
        _ item: BlockLine.Item, _ range: Range<Int>, _ source: UnsafeBufferPointer<UInt8>
    ) {
        var number = item.number
        if let list, let before = list.number, list.delimiter == item.delimiter, number != nil { number = before + 1 }
        list = List(delimiter: item.delimiter, number: number, contentIndent: item.contentIndent)
        begin(.item, at: range.lowerBound)
        itemFence = nil
        let content = min(range.upperBound, range.lowerBound + item.contentIndent)
        if case .fence(let fence) = BlockLine(UnsafeBufferPointer(rebasing: source[content..<range.upperBound])).kind {
            itemFence = fence
        }
    }

    private mutating func open(
        _ fence: BlockLine.Fence, at range: Range<Int>, indent: Int, _ source: UnsafeBufferPointer<UInt8>,
        into flow: inout Flow
    ) {
        begin(.none, at: range.lowerBound)
        takeGap(source: range.lowerBound, into: &flow)
        let line = UnsafeBufferPointer(rebasing: source[range])
        let info = fence.info.clamped(to: 0..<line.count)
        let language = Flow.language(line[info])
        // Code at the margin has no lead; in a list it keeps the item's indentation.
        let lead = list == nil ? 0 : flow.lead(Self.indentation(indent, look: look))
        flow.beginCode(language: language, lead: lead, source: range.lowerBound)
        highlighter = Highlighter(language: language)
        var fence = fence
        fence.indent = indent
        block = .fence(OpenFence(fence: fence, lead: lead, strip: indent))
    }

    private static func indentation(_ columns: Int, look: Look) -> Flow.Lead {
        let blanks = String(repeating: " ", count: min(columns, 40))
        let part = Flow.Lead.Part(text: blanks, look: look, copy: blanks)
        return Flow.Lead(first: [part], rest: [part])
    }

    private mutating func takeGap(source: Int, into flow: inout Flow) {
        if isGapDue, !flow.pieces.isEmpty { flow.begin(.blank, lead: 0, source: source) }
        isGapDue = false
    }

    // MARK: Building

    /// Has md4c read the block up to `end`. An open one is given what closes its emphasis and code; on trial, what begins
    /// like a table also what makes it one.
    mutating func build(
        to end: Int, isOpen: Bool, isOnTrial: Bool = false, _ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow
    ) {
        guard end > start, block != .none else { return }
        if block != .rest { takeGap(source: start, into: &flow) }
        var context = MarkdownBuilder.Context(look: look)
        var text: [UInt8] = []
        text.reserveCapacity(end - start + 16)
        var origins: [(input: Int, source: Int)] = []
        switch block {
        case .rest:
            context.joins = flow.pieces.last?.kind == .words
            text.append(contentsOf: MarkdownBuilder.guardBytes)
        case .table(let header?):
            context.hidesHeader = true
            Self.appendTableHead(header, source, into: &text)
        case .item: context.number = list?.number
        case .continuation(let strip):
            context.lead = Self.indentation(list?.contentIndent ?? strip, look: look)
            if strip > list?.contentIndent ?? strip { context.lead = Self.indentation(strip, look: look) }
        default: break
        }
        if case .continuation(let strip) = block {
            Self.strip(strip, start..<end, source, into: &text, &origins)
        } else if case .table(header: nil) = block {
            let head = Self.firstTwoLines(from: start, source).clamped(to: start..<end)
            origins.append((text.count, start))
            Self.appendTableHead(head, source, into: &text)
            origins.append((text.count, head.upperBound))
            text.append(contentsOf: source[head.upperBound..<end])
        } else {
            origins.append((text.count, start))
            text.append(contentsOf: source[start..<end])
        }
        if isOpen {
            InlineCloser.close(&text)
            if isOnTrial, block == .paragraph(lines: 1),
                let delimiter = BlockLine.tableDelimiter(below: source[start..<end])
            {
                text += delimiter
            }
        } else {
            while let last = text.last, last == 0x0A || last == 0x20 { text.removeLast() }
        }
        // md4c 0.4 reads past an input that ends inside of a link's target.
        text.append(0x0A)
        let isRead = text.withUnsafeBufferPointer {
            MarkdownBuilder.build($0, origins: origins, context: context, into: &flow)
        }
        if !isRead { buildPlain(start..<end, source, into: &flow) }
    }

    /// The first two lines of a table, the second as md4c wants it.
    private static func appendTableHead(
        _ lines: Range<Int>, _ source: UnsafeBufferPointer<UInt8>, into text: inout [UInt8]
    ) {
        let second = (source[lines].firstIndex(of: 0x0A) ?? lines.upperBound - 1) + 1
        let header = source[lines.lowerBound..<second]
        text.append(contentsOf: header)
        let delimiter = source[second..<lines.upperBound]
        text.append(contentsOf: BlockLine.widened(delimiter: delimiter, below: header) ?? Array(delimiter))
    }

    /// Each line without so many blanks at its beginning.
    private static func strip(
        _ columns: Int, _ range: Range<Int>, _ source: UnsafeBufferPointer<UInt8>, into text: inout [UInt8],
        _ origins: inout [(input: Int, source: Int)]
    ) {
        var line = range.lowerBound
        while line < range.upperBound {
            var end = line
            while end < range.upperBound, source[end] != 0x0A { end += 1 }
            var from = line
            while from < end, from - line < columns, source[from] == 0x20 { from += 1 }
            origins.append((text.count, from))
            text.append(contentsOf: source[from..<min(end + 1, range.upperBound)])
            line = end + 1
        }
    }

    /// What md4c refused, line by line as it is.
    private func buildPlain(_ range: Range<Int>, _ source: UnsafeBufferPointer<UInt8>, into flow: inout Flow) {
        for line in source[range].split(separator: 0x0A, omittingEmptySubsequences: false) {
            flow.begin(.words, lead: 0, source: line.startIndex)
            flow.append(UnsafeBufferPointer(rebasing: line), look: look, source: line.startIndex)
        }
    }
}
