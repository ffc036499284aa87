import Screen
import StreamEngine

/// Draws the lines of the transcript that are in sight.
struct TranscriptView {
    var transcript: Transcript
    var now: Instant
    var ink: Ink
    /// The time of day of a turn.
    var clock: (WallTime) -> String
    /// The text's colours say how late it came.
    var showsLateness = false

    func draw(in rect: Rect, on canvas: inout Canvas) {
        guard !rect.isEmpty else { return }
        TranscriptLines(transcript).forEach(rows: rect.rows) { line in
            let target = Position(column: rect.column, row: rect.row + line.row)
            draw(
                line.item, Spot(item: line.index, part: line.part), line: line.line, height: line.height, at: target,
                columns: rect.columns,
                on: &canvas)
        }
    }

    /// Which part of which item is drawn.
    private struct Spot {
        var item: Int
        var part: Int
    }

    private func draw(
        _ item: Transcript.Item, _ spot: Spot, line: Int, height: Int, at position: Position, columns: Int,
        on canvas: inout Canvas
    ) {
        let part = spot.part
        let indent = Transcript.Item.indent
        let text = Position(column: position.column + indent, row: position.row)
        let width = columns - indent
        switch item.content {
        case .prompt(let prompt):
            switch part {
            case 0:
                // The author stands in the last row of the part; above it is the blank between turns.
                guard line == height - 1 else { return }
                let replaced = prompt.isReplaced ? " \(ink.glyphs.dot) replaced by a later prompt" : ""
                let time = PanelLine.Piece(" \(ink.glyphs.dot) " + clock(prompt.wall) + replaced, .muted)
                put(PanelLine([.init("you", .user), time]), at: position, columns: columns, on: &canvas)
            case 1:
                put(prompt.text, spot, row: line, at: text, columns: width, on: &canvas)
            case 3:
                guard prompt.attachments.indices.contains(line) else { return }
                let words = prompt.attachments[line].placeholder(ink.glyphs)
                put(.text(ink.glyphs.attachment + " " + words, .info), at: text, columns: width, on: &canvas)
            default:
                let note = prompt.isOpen ? "\(ink.glyphs.unfolded) fold" : "\(ink.glyphs.folded) more"
                put(.text(note, .muted), at: text, columns: width, on: &canvas)
            }
        case .reply(let reply):
            if part == 0 {
                guard line == height - 1 else { return }
                put(reply.author(glyphs: ink.glyphs), at: position, columns: columns, on: &canvas)
            } else if reply.blocks.indices.contains(part - 1) {
                draw(reply, spot, line: line, height: height, at: text, columns: width, on: &canvas)
            } else {
                let lines = reply.standing(columns: width, glyphs: ink.glyphs, keys: ink.keys, now: now)
                if lines.indices.contains(line) { put(lines[line], at: text, columns: width, on: &canvas) }
            }
        }
    }

    /// Draws a row of a text; gives the columns that it took.
    @discardableResult
    private func put(
        _ prose: Prose, _ spot: Spot, row: Int, at position: Position, columns: Int, on canvas: inout Canvas
    ) -> Int {
        switch prose.row(row, marks: marks(prose, spot)) {
        case .text(let line):
            return canvas.put(line, at: position, theme: ink.theme)
        case .seam(let seam):
            put(Reply.seamLine(seam, columns: columns, glyphs: ink.glyphs), at: position, columns: columns, on: &canvas)
            return columns
        case nil: return 0
        }
    }

    private func marks(_ prose: Prose, _ spot: Spot) -> LineMarks {
        guard showsLateness || transcript.search != nil else { return LineMarks() }
        var current: Int?
        if let place = transcript.search?.current, place.item == spot.item, place.part == spot.part {
            current = place.place
        }
        return LineMarks(
            places: transcript.search == nil ? nil : prose.places, current: current,
            tints: showsLateness ? prose.tints : [])
    }

    private func put(_ line: PanelLine, at position: Position, columns: Int, on canvas: inout Canvas) {
        let rect = Rect(column: position.column, row: position.row, columns: columns, rows: 1)
        canvas.put(line, in: rect, row: position.row, ink: ink)
    }

    private func draw(
        _ reply: Reply, _ spot: Spot, line: Int, height: Int, at position: Position, columns: Int,
        on canvas: inout Canvas
    ) {
        let index = spot.part - 1
        let glyphs = ink.glyphs
        switch reply.blocks[index] {
        case .text(let prose):
            let used = put(prose, spot, row: line, at: position, columns: columns, on: &canvas)
            let isEnd = index == reply.blocks.count - 1 && line == height - 1
            if isEnd, reply.state?.state == .streaming, used < columns {
                // In the text's own style: another one would be half of what goes to the terminal with a token.
                let caret = Position(column: position.column + used, row: position.row)
                canvas.put(glyphs.caret, at: caret, style: ink(.text))
            }
        case .thinking(let thinking):
            draw(
                thinking, of: reply, spot, line: line, height: height, at: position, columns: columns,
                on: &canvas)
        case .seam(let seam):
            put(Reply.seamLine(seam, columns: columns, glyphs: glyphs), at: position, columns: columns, on: &canvas)
        case .part(let kind, let detail):
            let text = PanelLine([.init(glyphs.engineEvent + " " + kind, .info), .init("  " + detail, .muted)])
            put(text, at: position, columns: columns, on: &canvas)
        case .failedTake(let take):
            guard line > 0 else {
                let sign = take.isOpen ? glyphs.unfolded : glyphs.folded
                let text = "\(sign) an earlier take, \(Format.bytes(take.bytes)): the new attempt went another way"
                return put(.text(text, .failedAttempt), at: position, columns: columns, on: &canvas)
            }
            let inner = Position(column: position.column + 2, row: position.row)
            put(take.text, spot, row: line - 1, at: inner, columns: columns - 2, on: &canvas)
        }
    }

    private func draw(
        _ thinking: Reply.Thinking, of reply: Reply, _ spot: Spot, line: Int, height: Int, at position: Position,
        columns: Int, on canvas: inout Canvas
    ) {
        let index = spot.part - 1
        let glyphs = ink.glyphs
        let isLive = index == reply.blocks.count - 1 && reply.state?.isRunning ?? false
        guard line > 0 else {
            let sign = thinking.isOpen ? glyphs.unfolded : glyphs.folded
            var text = isLive ? glyphs.state(.thinking) + " thinking" : sign + " thought"
            if let tokens = reply.state?.thinkingTokens, tokens > 0, !isLive {
                text += " \(glyphs.dot) \(Format.plural(tokens, "token", "tokens"))"
            } else {
                // About four bytes make a token.
                text += " \(glyphs.dot) ~\(Format.count(thinking.text.count / 4)) tokens"
            }
            canvas.put(text, at: position, style: ink(isLive ? .thinkingState : .thinking))
            return
        }
        // Folded and live: the last lines of what is there.
        let first = thinking.isOpen ? 0 : max(0, thinking.text.rowsLaidOut - (height - 1))
        let inner = Position(column: position.column + 2, row: position.row)
        put(thinking.text, spot, row: first + line - 1, at: inner, columns: columns - 2, on: &canvas)
    }
}
