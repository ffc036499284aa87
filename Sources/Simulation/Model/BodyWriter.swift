import Providers

/// Writes a reply's body in a dialect, and beside it what each of its bytes makes known.
struct BodyWriter {
    enum Form: Int, CaseIterable {
        case anthropic, openai
        /// Anthropic's events on OpenAI's path, with `[DONE]` (HolySheep).
        case mixed
        /// OpenAI's Responses, with numbered events.
        case responses
    }

    let form: Form
    var carriageReturns = false
    /// Scalars beyond the basic plane as `\ud83c\udf0a`, now and then split over two deltas.
    var surrogates = false
    /// OpenAI's `content` as an array of parts (Mistral).
    var contentArray = false
    var body: [UInt8] = []
    var marks: [Script.Mark] = []

    init(_ form: Form) {
        self.form = form
        body.reserveCapacity(2048)
        marks.reserveCapacity(24)
    }

    /// The number of the next event, where they have one.
    var sequence = 0
    /// Each numbered event is marked, for who goes on from it, and ``ends`` says where it ends.
    var marksEvents = false
    var ends: [Int] = []
    /// Anthropic's content in blocks that begin and end, as its own servers send it; relays leave that out.
    var usesBlocks = false
    var openBlock = Block.none
    var blocks = 0

    var isAnthropic: Bool { form == .anthropic || form == .mixed }

    // MARK: Frames

    /// Any bytes of the stream, with what is known when their last one is there. The event ends with the first byte of
    /// the blank line's CR LF.
    mutating func raw(_ text: some Sequence<UInt8>, _ kinds: Script.Mark.Kind...) {
        let start = body.count
        if carriageReturns {
            for byte in text {
                if byte == 0x0A { body.append(0x0D) }
                body.append(byte)
            }
        } else {
            body.append(contentsOf: text)
        }
        guard body.count > start else { return }
        let offset = carriageReturns ? body.count - 1 : body.count
        for kind in kinds { marks.append(Script.Mark(offset: offset, kind: kind)) }
    }

    mutating func line(_ text: StaticString, _ kinds: Script.Mark.Kind...) {
        append(text)
        end(kinds)
    }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes in
            if carriageReturns {
                for byte in bytes {
                    if byte == 0x0A { body.append(0x0D) }
                    body.append(byte)
                }
            } else {
                body.append(contentsOf: bytes)
            }
        }
    }

    /// The end of an event.
    private mutating func end(_ kinds: [Script.Mark.Kind]) {
        append("\n\n")
        for kind in kinds { mark(kind) }
    }

    /// What the bytes so far, which end an event, make known.
    mutating func mark(_ kind: Script.Mark.Kind) {
        marks.append(Script.Mark(offset: carriageReturns ? body.count - 1 : body.count, kind: kind))
    }

    mutating func append(number: Int) {
        ReplyText.append(number, to: &body)
    }

    // MARK: Events

    mutating func start(id: Int, input: Int) {
        if form == .responses {
            append("event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_")
            append(number: id)
            append(
                "\",\"object\":\"response\",\"status\":\"in_progress\",\"model\":\"m\",\"output\":[],\"usage\":null}")
            return endNumbered()
        }
        guard isAnthropic else { return }
        append("event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_")
        append(number: id)
        append("\",\"model\":\"m\",\"role\":\"assistant\",\"content\":[],\"usage\":{\"input_tokens\":")
        append(number: input)
        append(",\"output_tokens\":1}}}\n\n")
        mark(.usage(input: input, output: 1, isLast: false))
    }

    /// A delta of the reply's text, which is said up to `end` then.
    mutating func text(_ slice: ArraySlice<UInt8>, id: Int, upTo end: Int) {
        if usesBlocks { begin(.text) }
        if surrogates, let first = slice.firstIndex(where: { $0 >= 0xF0 }) {
            return splitText(slice, at: first, id: id, upTo: end)
        }
        beginText(id: id)
        append(json: slice)
        endText()
        mark(.text(end))
    }

    /// The end of an event of Responses.
    private mutating func endNumbered() {
        append(",\"sequence_number\":")
        append(number: sequence)
        append("}\n\n")
        if marksEvents {
            ends.append(body.count)
            mark(.event(sequence))
        }
        sequence += 1
    }

    private mutating func beginText(id: Int) {
        if form == .responses {
            return append(
                "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"output_index\":0,\"content_index\":0,\"delta\":\""
            )
        }
        guard !isAnthropic else {
            return append(
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\""
            )
        }
        append("data: {\"id\":\"c")
        append(number: id)
        append("\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":")
        append(contentArray ? "[{\"type\":\"text\",\"text\":\"" : "\"")
    }

    private mutating func endText() {
        if form == .responses {
            append("\"")
            return endNumbered()
        }
        guard !isAnthropic else { return append("\"}}\n\n") }
        append(contentArray ? "\"}]}}]}\n\n" : "\"}}]}\n\n")
    }

    /// The scalar at `index` is written as two escapes, and the second comes in another delta.
    private mutating func splitText(_ slice: ArraySlice<UInt8>, at index: Int, id: Int, upTo end: Int) {
        let after = end - (slice.endIndex - index)
        let value = slice[index..<index + 4].reduce(0) { $0 << 6 | UInt32($1 & 0x3F) } & 0xFFFF
        beginText(id: id)
        append(json: slice[..<index])
        append(escape: 0xD800 + value >> 10)
        endText()
        // The scalar is half there: nothing of it is text yet.
        mark(.text(after))
        beginText(id: id)
        append(escape: 0xDC00 + value & 0x3FF)
        append(json: slice[(index + 4)...])
        endText()
        mark(.text(end))
    }

    private mutating func append(escape unit: UInt32) {
        append("\\u")
        for shift in [12, 8, 4, 0] as [UInt32] {
            body.append(Array("0123456789abcdef".utf8)[Int(unit >> shift & 0xF)])
        }
    }

    mutating func append(json slice: ArraySlice<UInt8>) {
        for byte in slice {
            switch byte {
            case 0x22, 0x5C:
                body.append(0x5C)
                body.append(byte)
            case 0x0A:
                body.append(0x5C)
                body.append(UInt8(ascii: "n"))
            default: body.append(byte)
            }
        }
    }

    mutating func thinking(_ slice: ArraySlice<UInt8>, id: Int) {
        if usesBlocks { begin(.thinking) }
        if form == .responses {
            append(
                "event: response.reasoning_summary_text.delta\ndata: {\"type\":\"response.reasoning_summary_text.delta\",\"summary_index\":0,\"delta\":\""
            )
            append(json: slice)
            endText()
        } else if isAnthropic {
            append(
                "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\""
            )
            append(json: slice)
            append("\"}}\n\n")
        } else {
            append("data: {\"id\":\"c")
            append(number: id)
            append("\",\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"")
            append(json: slice)
            append("\"}}]}\n\n")
        }
        mark(.thinking(slice.startIndex..<slice.endIndex))
    }

    mutating func ping() {
        if isAnthropic {
            line("event: ping\ndata: {\"type\":\"ping\"}")
        } else {
            append(": keep-alive\n\n")
        }
    }

    mutating func tool() {
        if form == .responses {
            append(
                "event: response.output_item.added\ndata: {\"type\":\"response.output_item.added\",\"output_index\":1,\"item\":{\"type\":\"function_call\",\"id\":\"f1\",\"call_id\":\"t1\",\"name\":\"search\",\"arguments\":\"\"}"
            )
            endNumbered()
            mark(.part)
        } else if isAnthropic {
            line(
                "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"search\",\"input\":{}}}",
                .part)
        } else {
            line(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"t1\",\"type\":\"function\",\"function\":{\"name\":\"search\",\"arguments\":\"\"}}]}}]}",
                .part)
        }
    }

    /// The reason, and what was used.
    mutating func stop(_ reason: StopReason, id: Int, input: Int, output: Int, usage: Bool, chargePicos: Int64?) {
        if form == .responses { return stopResponse(reason, id: id, input: input, output: output, usage: usage) }
        if isAnthropic {
            append("event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"")
            body.append(contentsOf: Self.anthropicWord(reason).utf8)
            append("\"}")
            if usage {
                append(",\"usage\":{\"output_tokens\":")
                append(number: output)
                append("}")
            }
            append("}\n\n")
            if usage { mark(.usage(input: nil, output: output, isLast: true)) }
            mark(.stop(reason))
            return
        }
        append("data: {\"id\":\"c")
        append(number: id)
        append("\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"")
        body.append(contentsOf: Self.openAIWord(reason).utf8)
        append("\"}]}\n\n")
        mark(.stop(reason))
        guard usage else { return }
        append("data: {\"id\":\"c")
        append(number: id)
        append("\",\"choices\":[],\"usage\":{\"prompt_tokens\":")
        append(number: input)
        append(",\"completion_tokens\":")
        append(number: output)
        if let chargePicos {
            append(",\"cost\":0.")
            let digits = String(chargePicos)
            body.append(contentsOf: String(repeating: "0", count: 12 - digits.utf8.count).utf8)
            body.append(contentsOf: digits.utf8)
        }
        append("}}\n\n")
        mark(.usage(input: input, output: output, isLast: true))
        if let chargePicos { mark(.charge(picos: chargePicos)) }
    }

    /// Reason, usage and end in one event.
    private mutating func stopResponse(_ reason: StopReason, id: Int, input: Int, output: Int, usage: Bool) {
        let isCut = reason == .contentFilter || reason == .maxTokens
        append("data: {\"type\":\"response.")
        append(isCut ? "incomplete" : "completed")
        append("\",\"response\":{\"id\":\"resp_")
        append(number: id)
        append("\",\"status\":\"")
        append(isCut ? "incomplete" : "completed")
        append("\"")
        if isCut {
            append(",\"incomplete_details\":{\"reason\":\"")
            append(reason == .maxTokens ? "max_output_tokens" : "content_filter")
            append("\"}")
        }
        if usage {
            append(",\"usage\":{\"input_tokens\":")
            append(number: input)
            append(",\"output_tokens\":")
            append(number: output)
            append("}")
        }
        append("}")
        endNumbered()
        if usage { mark(.usage(input: input, output: output, isLast: true)) }
        mark(.stop(reason))
        mark(.terminator)
    }

    mutating func terminator() {
        switch form {
        case .responses: break
        case .anthropic: line("event: message_stop\ndata: {\"type\":\"message_stop\"}", .terminator)
        case .openai, .mixed: line("data: [DONE]", .terminator)
        }
    }

    static func anthropicWord(_ reason: StopReason) -> String {
        switch reason {
        case .maxTokens: "max_tokens"
        case .toolUse: "tool_use"
        case .pauseTurn: "pause_turn"
        case .refusal, .contentFilter: "refusal"
        case .stopSequence: "stop_sequence"
        default: "end_turn"
        }
    }

    static func openAIWord(_ reason: StopReason) -> String {
        switch reason {
        case .maxTokens: "length"
        case .toolUse: "tool_calls"
        case .refusal, .contentFilter: "content_filter"
        default: "stop"
        }
    }
}
