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
            content = .prompt(prompt)
        case .reply(var reply):
            content = .prompt(Prompt(turn: reply.turn, raw: "", wall: reply.wall))
            let isRunning = reply.state?.isRunning ?? false
            for index in reply.blocks.indices {
                let isLast = index == reply.blocks.count - 1
                parts.append(reply.measure(block: index, columns: width, isLive: isRunning && isLast))
            }
            parts.append(reply.standing(columns: width, glyphs: glyphs, now: nil).count)
            content = .reply(reply)
        }
        height = parts.reduce(0, +)
        isExact = true
    }

    static let indent = 2
}

extension Prompt {
    fileprivate static func hollow(_ prompt: Prompt) -> Prompt { Prompt(turn: prompt.turn, raw: "", wall: prompt.wall) }
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
