import Providers

/// Anthropic's content in blocks: what a model that pauses its turn has sent, and must get back as it was.
extension BodyWriter {
    enum Block: Equatable {
        case none, text, thinking
    }

    /// Ends the block before it, unless it is of the same kind.
    mutating func begin(_ block: Block) {
        guard isAnthropic, openBlock != block else { return }
        endBlock()
        openBlock = block
        append("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
        append(number: blocks)
        append(
            block == .text
                ? ",\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
                : ",\"content_block\":{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}}\n\n")
    }

    mutating func endBlock() {
        switch openBlock {
        case .none: return
        case .text: break
        case .thinking:
            append(
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"signature_delta\",\"signature\":\"sig=\"}}\n\n"
            )
        }
        openBlock = .none
        append("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":")
        append(number: blocks)
        append("}\n\n")
        blocks += 1
    }

    /// A tool that the provider runs by itself, and what it found, which nobody else can read.
    mutating func search(id: Int) {
        endBlock()
        append("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
        append(number: blocks)
        append(",\"content_block\":{\"type\":\"server_tool_use\",\"id\":\"srv_")
        append(number: id)
        append("\",\"name\":\"web_search\",\"input\":{}}}\n\n")
        mark(.search)
        append(
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"query\\\": \"}}\n\n"
        )
        append(
            "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"\\\"weirs\\\"}\"}}\n\n"
        )
        append("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n")
        append("event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":")
        append(number: blocks + 1)
        append(",\"content_block\":{\"type\":\"web_search_tool_result\",\"tool_use_id\":\"srv_")
        append(number: id)
        append("\",\"content\":[{\"type\":\"web_search_result\",\"encrypted_content\":\"enc_")
        append(number: id)
        append("\",\"n\":1.50}]}}\n\n")
        mark(.search)
        append("event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n")
        blocks += 2
    }
}

/// The events of a response that was written before, or a part of them.
extension BodyWriter {
    /// - Parameters:
    ///   - events: by their numbers.
    ///   - ends: where each one ends in `body`, which has no carriage returns.
    mutating func replay(_ events: Range<Int>, of body: [UInt8], ends: [Int], marks: [Script.Mark]) {
        var mark = marks.partition(byOffset: events.lowerBound == 0 ? 0 : ends[events.lowerBound - 1])
        for event in events {
            raw(body[(event == 0 ? 0 : ends[event - 1])..<ends[event]])
            while mark < marks.count, marks[mark].offset <= ends[event] {
                self.mark(marks[mark].kind)
                mark += 1
            }
        }
        sequence = max(sequence, events.upperBound)
    }
}

extension [Script.Mark] {
    /// The first mark after `offset`.
    fileprivate func partition(byOffset offset: Int) -> Int {
        offset == 0 ? 0 : firstIndex { $0.offset > offset } ?? count
    }
}
