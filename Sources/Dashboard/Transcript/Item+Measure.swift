import Screen
import StreamEngine

extension Transcript.Item {
    /// Lays the item out and notes how many rows each part takes.
    mutating func measure(columns: Int, isFirst: Bool, glyphs: Glyphs) {
        parts = [isFirst ? 1 : 2]
        // Text stands two columns in from who says it.
        let width = max(1, columns - Self.indent)
        switch content {
        case .prompt(var prompt):
            content = .prompt(Prompt.hollow(prompt))
            let rows = prompt.text.rowCount(columns: width)
            let folds = prompt.isLong && rows > Prompt.foldedRows + 2
            parts.append(folds && !prompt.isOpen ? Prompt.foldedRows : rows)
            parts.append(folds ? 1 : 0)
            parts.append(prompt.attachments.count)
            content = .prompt(prompt)
        case .reply(var reply):
            content = .prompt(Prompt(turn: reply.turn, raw: "", wall: reply.wall))
            let isRunning = reply.state?.isRunning ?? false
            for index in reply.blocks.indices {
                let isLast = index == reply.blocks.count - 1
                parts.append(reply.measure(block: index, columns: width, isLive: isRunning && isLast))
            }
            // How many lines it takes depends on no key.
            parts.append(reply.standing(columns: width, glyphs: glyphs, keys: .standard, now: nil).count)
            content = .reply(reply)
        }
        height = parts.reduce(0, +)
        isExact = true
    }

    static let indent = 2

    /// About how high it will be, without a look at the text.
    func estimate(columns: Int) -> Int {
        let bytes: Int
        switch content {
        case .prompt(let prompt): bytes = prompt.isLong ? 0 : prompt.raw.utf8.count
        case .reply(let reply): bytes = reply.raw.count
        }
        return 3 + bytes / max(1, columns - Self.indent)
    }

    /// A line of a part, in words that another width understands.
    enum Anchor: Sendable, Equatable {
        case line(Int)
        /// The byte of the text that it begins with, after so many lines that are not text.
        case source(Int, after: Int)
    }

    func anchor(part: Int, line: Int) -> Anchor {
        guard let (prose, lead) = prose(ofPart: part), line >= lead else { return .line(line) }
        return .source(prose.source(ofRow: line - lead), after: lead)
    }

    func line(of anchor: Anchor, part: Int) -> Int {
        let height = parts.indices.contains(part) ? parts[part] : 0
        switch anchor {
        case .line(let line): return min(line, max(0, height - 1))
        case .source(let source, let lead):
            guard let (prose, _) = prose(ofPart: part) else { return 0 }
            return min(lead + prose.row(ofSource: source), max(0, height - 1))
        }
    }

    /// The text that a part shows, and how many lines stand before it.
    private func prose(ofPart part: Int) -> (prose: Prose, lead: Int)? {
        switch content {
        case .prompt(let prompt): return part == 1 ? (prompt.text, 0) : nil
        case .reply(let reply):
            guard reply.blocks.indices.contains(part - 1) else { return nil }
            switch reply.blocks[part - 1] {
            case .text(let prose): return (prose, 0)
            case .thinking(let thinking): return thinking.isOpen ? (thinking.text, 1) : nil
            case .failedTake(let take): return take.isOpen ? (take.text, 1) : nil
            case .seam, .part: return nil
            }
        }
    }
}

extension Prompt {
    static func hollow(_ prompt: Prompt) -> Prompt { Prompt(turn: prompt.turn, raw: "", wall: prompt.wall) }
}

extension Reply {
    /// Lines of live thinking that are shown before there is text.
    static let thinkingPeek = 4

    fileprivate mutating func measure(block index: Int, columns: Int, isLive: Bool) -> Int {
        switch blocks[index] {
        case .thinking(var thinking):
            blocks[index] = .part(kind: "", detail: "")
            let rows = thinking.text.rowCount(columns: max(1, columns - 2))
            blocks[index] = .thinking(thinking)
            if thinking.isOpen { return 1 + rows }
            return 1 + (isLive ? min(rows, Self.thinkingPeek) : 0)
        case .text(var prose):
            blocks[index] = .part(kind: "", detail: "")
            let rows = prose.rowCount(columns: columns)
            blocks[index] = .text(prose)
            return rows
        case .seam, .part:
            return 1
        case .failedTake(var take):
            blocks[index] = .part(kind: "", detail: "")
            let rows = take.isOpen ? take.text.rowCount(columns: max(1, columns - 2)) : 0
            blocks[index] = .failedTake(take)
            return 1 + rows
        }
    }
}
