/// Reads lines out of a measured flow.
struct FlowReader {
    let flow: Flow
    let measures: Measures
    let bytes: UnsafeBufferPointer<UInt8>
    /// Laid over the lines that are drawn.
    var marks = LineMarks()
    /// For the tints among them.
    var offsets: OffsetMap?

    /// One line of a piece: which bytes it shows, and how it ends.
    struct Place {
        var piece: Int
        var line: Int
        var start: Int
        var end: LineBreaker.Line
    }

    /// Calls `body` with each line of the range; for pieces that are not text, with empty bytes.
    func eachLine(in range: Range<Int>, _ body: (Place) -> Void) {
        let range = range.clamped(to: 0..<measures.lineCount)
        guard !range.isEmpty else { return }
        var (piece, skip) = measures.place(ofLine: range.lowerBound)
        var line = range.lowerBound
        while line < range.upperBound {
            let count = measures.firstLine(of: piece + 1) - measures.firstLine(of: piece)
            let wanted = skip..<min(count, skip + range.upperBound - line)
            eachLine(of: piece, in: wanted, body)
            line += wanted.count
            piece += 1
            skip = 0
        }
    }

    private func eachLine(of index: Int, in wanted: Range<Int>, _ body: (Place) -> Void) {
        let piece = flow.pieces[index]
        let range = flow.textRange(index)
        guard piece.kind == .words || piece.kind == .code else {
            let none = LineBreaker.Line(end: range.lowerBound, next: range.lowerBound, kind: .last)
            for line in wanted { body(Place(piece: index, line: line, start: range.lowerBound, end: none)) }
            return
        }
        let rooms = measures.rooms(flow, index)
        let breaker = LineBreaker(bytes, end: range.upperBound, mode: piece.mode, isASCII: piece.isASCII)
        var (line, start) = measures.checkpoint(index, before: wanted.lowerBound, from: range.lowerBound)
        while line < wanted.upperBound {
            let end = breaker.line(from: start, columns: line == 0 ? rooms.first : rooms.rest)
            if line >= wanted.lowerBound { body(Place(piece: index, line: line, start: start, end: end)) }
            start = end.next
            line += 1
        }
    }

    // MARK: For drawing

    func lines(in range: Range<Int>) -> [RoleLine] {
        var lines: [RoleLine] = []
        lines.reserveCapacity(range.count)
        var table: (piece: Int, layout: TableLayout)?
        eachLine(in: range) { place in
            if flow.pieces[place.piece].kind == .table {
                if table?.piece != place.piece {
                    let layout = measures.table(flow, piece: place.piece, bytes)
                    table = (place.piece, layout)
                }
                if let layout = table?.layout {
                    var builder = builder(for: place)
                    layout.draw(line: place.line, into: &builder, reader: self)
                    lines.append(builder.line)
                }
            } else {
                lines.append(line(at: place))
            }
        }
        return lines
    }

    private func builder(for place: Place) -> LineBuilder {
        var builder = LineBuilder()
        let lead = flow.leads[Int(flow.pieces[place.piece].lead)]
        let parts = place.line == 0 ? lead.first : lead.rest
        var room = measures.columns / 2 - (flow.pieces[place.piece].kind == .code ? 2 : 0)
        for part in parts where room > 0 {
            let text = part.text.prefix(columns: room)
            builder.append(text, look: part.look)
            room -= Width.columns(of: text)
        }
        builder.endLead()
        return builder
    }

    private func line(at place: Place) -> RoleLine {
        let piece = flow.pieces[place.piece]
        var builder = builder(for: place)
        switch piece.kind {
        case .blank, .table: break
        case .rule:
            let room = measures.rooms(flow, place.piece).first
            builder.append(String(repeating: "─", count: room), look: Look(.rule))
        case .codeHead, .codeFoot:
            frame(place.piece, into: &builder)
        case .code, .words:
            if piece.kind == .code {
                if measures.columns >= 4 { builder.append("│ ", look: Look(.codeBorder)) }
                builder.line.isCode = true
                builder.endLead()
            }
            append(place.start..<place.end.end, of: place.piece, to: &builder)
            builder.line.isSoftWrapped = place.end.kind == .soft
        }
        return builder.line
    }

    /// The first or last line of a block of code.
    private func frame(_ piece: Int, into builder: inout LineBuilder) {
        let room = measures.rooms(flow, piece).first
        let isHead = flow.pieces[piece].kind == .codeHead
        let range = flow.textRange(piece)
        builder.append((isHead ? "╭─" : "╰─").prefix(columns: room), look: Look(.codeBorder))
        if isHead, !range.isEmpty, room > 3 {
            let name = String(decoding: bytes[range], as: UTF8.self).truncated(toColumns: room - 3)
            builder.append(" " + name, look: Look(.codeLanguage))
        }
        builder.line.isCode = true
        builder.endLead()
    }

    /// Appends a stretch of a piece's text with its looks.
    func append(_ range: Range<Int>, of piece: Int, to builder: inout LineBuilder) {
        guard !range.isEmpty else { return }
        let spans = flow.spanRange(piece)
        var span = flow.span(at: range.lowerBound, in: piece)
        var start = range.lowerBound
        while start < range.upperBound, span < spans.upperBound {
            let next = span + 1 < spans.upperBound ? Int(flow.spans[span + 1].start) : range.upperBound
            let end = min(next, range.upperBound)
            if end > start {
                if marks.isEmpty {
                    builder.append(bytes[start..<end], look: flow.spans[span].look)
                } else {
                    append(start..<end, of: flow.spans[span], to: &builder)
                }
            }
            start = max(start, end)
            span += 1
        }
    }

    /// A stretch of one look, with the marks laid over it; no grapheme is torn apart.
    private func append(_ range: Range<Int>, of span: Flow.Span, to builder: inout LineBuilder) {
        var start = range.lowerBound
        while start < range.upperBound {
            let source = Int(span.source) + start - Int(span.start)
            let (look, count) = marks.look(
                span.look, at: start, source: source, count: range.upperBound - start, offsets)
            let end = wholeGraphemes(start..<range.upperBound, atLeast: count)
            builder.append(bytes[start..<end], look: look)
            start = end
        }
    }

    /// Where the grapheme ends that the `count`th byte belongs to.
    private func wholeGraphemes(_ range: Range<Int>, atLeast count: Int) -> Int {
        let end = range.lowerBound + count
        if end >= range.upperBound { return range.upperBound }
        if bytes[end - 1] < 0x80, bytes[end] < 0x80 { return end }
        let text = UnsafeBufferPointer(rebasing: bytes[range])
        var reducer = GraphemeReducer(text)
        while let glyph = reducer.next() {
            if glyph.startsGrapheme, glyph.start >= count { return range.lowerBound + glyph.start }
        }
        return range.upperBound
    }

    // MARK: For copying

    /// The lines as text: soft wraps joined, gutters and bars left out, a list's markers kept.
    func logicalText(in range: Range<Int>) -> String {
        var text: [UInt8] = []
        var isFirst = true
        var joins = false
        var joint = 0..<0
        var table: (piece: Int, layout: TableLayout)?
        eachLine(in: range) { place in
            let piece = flow.pieces[place.piece]
            if piece.kind == .codeHead || piece.kind == .codeFoot { return }
            if !joins, !isFirst { text.append(0x0A) }
            isFirst = false
            if !joins {
                let lead = flow.leads[Int(piece.lead)]
                for part in place.line == 0 ? lead.first : lead.rest { text.append(contentsOf: part.copy.utf8) }
            }
            if joins { text.append(contentsOf: bytes[joint]) }
            joins = false
            switch piece.kind {
            case .rule: text.append(contentsOf: "---".utf8)
            case .table:
                if table?.piece != place.piece {
                    table = (place.piece, measures.table(flow, piece: place.piece, bytes))
                }
                var builder = LineBuilder()
                table?.layout.draw(line: place.line, into: &builder, reader: self)
                text.append(contentsOf: builder.line.text.utf8)
            default:
                joins = place.end.kind == .soft
                joint = place.end.end..<place.end.next
                text.append(contentsOf: bytes[place.start..<place.end.end])
            }
        }
        return MarkedScalar.writtenOut(String(decoding: text, as: UTF8.self))
    }

    // MARK: Source

    /// The line that shows the byte of the source at `offset`, or what is nearest before it.
    func line(atSource offset: Int) -> Int {
        guard !flow.pieces.isEmpty else { return 0 }
        let index = max(0, flow.pieces.partition { Int($0.source) <= offset } - 1)
        let piece = flow.pieces[index]
        let spans = flow.spanRange(index)
        guard !spans.isEmpty, piece.kind == .words || piece.kind == .code || piece.kind == .table else {
            return measures.firstLine(of: index)
        }
        let span = max(spans.lowerBound, flow.spans[spans].partition { Int($0.source) <= offset } - 1)
        let spanEnd =
            span + 1 < spans.upperBound ? Int(flow.spans[span + 1].start) : flow.textRange(index).upperBound
        let start = Int(flow.spans[span].start)
        return line(of: index, at: min(max(start, start + offset - Int(flow.spans[span].source)), spanEnd))
    }

    /// The line that shows the byte of the flow at `offset`.
    func line(atShown offset: Int) -> Int {
        guard !flow.pieces.isEmpty else { return 0 }
        let index = max(0, flow.pieces.partition { Int($0.start) <= offset } - 1)
        return line(of: index, at: offset)
    }

    private func line(of index: Int, at place: Int) -> Int {
        let piece = flow.pieces[index]
        let first = measures.firstLine(of: index)
        if piece.kind == .table {
            return first
                + measures.table(flow, piece: index, bytes).line(atOffset: place)
        }
        guard piece.kind == .words || piece.kind == .code else { return first }
        let range = flow.textRange(index)
        let rooms = measures.rooms(flow, index)
        let breaker = LineBreaker(bytes, end: range.upperBound, mode: piece.mode, isASCII: piece.isASCII)
        var (line, from) = measures.checkpoint(index, beforeOffset: place, from: range.lowerBound)
        while true {
            let end = breaker.line(from: from, columns: line == 0 ? rooms.first : rooms.rest)
            if end.kind == .last || place < end.next { return first + line }
            from = end.next
            line += 1
        }
    }

    /// The byte of the flow that a line begins with; of a table's lines, the one that the table begins with.
    func shown(ofLine line: Int) -> Int {
        var shown = line <= 0 ? 0 : bytes.count
        eachLine(in: line..<line + 1) { shown = $0.start }
        return shown
    }

    /// The byte of the source that a line begins with.
    func source(ofLine line: Int) -> Int {
        var source = 0
        eachLine(in: line..<line + 1) { place in
            let spans = flow.spanRange(place.piece)
            let piece = flow.pieces[place.piece]
            guard place.line > 0, !spans.isEmpty, piece.kind == .words || piece.kind == .code else {
                source = Int(piece.source)
                return
            }
            let span = flow.spans[flow.span(at: place.start, in: place.piece)]
            source = Int(span.source) + place.start - Int(span.start)
        }
        return source
    }
}

/// Puts a ``RoleLine`` together.
struct LineBuilder {
    var line = RoleLine()

    mutating func append(_ text: String, look: Look) {
        guard !text.isEmpty else { return }
        line.text += text
        end(look)
    }

    mutating func append(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, look: Look) {
        line.text += String(decoding: bytes, as: UTF8.self)
        end(look)
    }

    mutating func endLead() { line.leadEnd = line.text.utf8.count }

    private mutating func end(_ look: Look) {
        let end = line.text.utf8.count
        if let last = line.spans.indices.last, line.spans[last].look == look {
            line.spans[last].end = end
        } else {
            line.spans.append(RoleLine.Span(end: end, look: look))
        }
    }
}
