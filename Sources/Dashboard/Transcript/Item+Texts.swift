import Screen

/// The texts of an item, whether they are folded or not, by the part that shows them.
extension Transcript.Item {
    /// Changes each text in place, in order.
    mutating func changeTexts(_ change: (_ part: Int, inout Prose) -> Void) {
        // Taken out while they change, so that a text has one owner and is not copied.
        switch content {
        case .prompt(var prompt):
            content = .prompt(Prompt.hollow(prompt))
            change(1, &prompt.text)
            content = .prompt(prompt)
        case .reply(var reply):
            content = .prompt(Prompt(turn: reply.turn, raw: "", wall: reply.wall))
            reply.changeTexts(change)
            content = .reply(reply)
        }
    }

    /// The text of a part, and how many rows stand before it; `nil` for a part that is no text.
    func text(ofPart part: Int) -> (prose: Prose, lead: Int)? {
        switch content {
        case .prompt(let prompt): return part == 1 ? (prompt.text, 0) : nil
        case .reply(let reply):
            guard reply.blocks.indices.contains(part - 1) else { return nil }
            switch reply.blocks[part - 1] {
            case .text(let prose): return (prose, 0)
            case .thinking(let thinking): return (thinking.text, 1)
            case .failedTake(let take): return (take.text, 1)
            case .seam, .part: return nil
            }
        }
    }

    /// The parts that may have a text.
    var textParts: Range<Int> {
        switch content {
        case .prompt: 1..<2
        case .reply(let reply): 1..<reply.blocks.count + 1
        }
    }

    /// Opens what hides a row of a text. Says whether anything was closed.
    mutating func open(part: Int, row: Int) -> Bool {
        switch content {
        case .prompt(var prompt):
            guard !prompt.isOpen, prompt.isLong, row >= Prompt.foldedRows else { return false }
            prompt.isOpen = true
            content = .prompt(prompt)
            return true
        case .reply(var reply):
            guard reply.open(block: part - 1) else { return false }
            content = .reply(reply)
            return true
        }
    }
}

extension Reply {
    fileprivate mutating func changeTexts(_ change: (_ part: Int, inout Prose) -> Void) {
        for index in blocks.indices {
            let block = blocks[index]
            blocks[index] = .part(kind: "", detail: "")
            blocks[index] = Self.changed(block, part: index + 1, change)
        }
    }

    private static func changed(
        _ block: consuming Block, part: Int, _ change: (_ part: Int, inout Prose) -> Void
    ) -> Block {
        switch consume block {
        case .text(var prose):
            change(part, &prose)
            return .text(prose)
        case .thinking(var thinking):
            change(part, &thinking.text)
            return .thinking(thinking)
        case .failedTake(var take):
            change(part, &take.text)
            return .failedTake(take)
        case .seam(let seam): return .seam(seam)
        case .part(let kind, let detail): return .part(kind: kind, detail: detail)
        }
    }

    fileprivate mutating func open(block index: Int) -> Bool {
        guard blocks.indices.contains(index) else { return false }
        switch blocks[index] {
        case .thinking(let thinking) where !thinking.isOpen: break
        case .failedTake(let take) where !take.isOpen: break
        default: return false
        }
        toggleFold(block: index)
        return true
    }
}
