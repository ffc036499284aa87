import NIOCore

/// The events of one reply in its dialect. Whatever is the same in every event is encoded once.
struct Wire: Sendable {
    let dialect: LabDialect
    let model: String
    let messageID: String
    let promptTokens: Int
    let includeUsage: Bool
    /// Seconds since 1970.
    let created: Int
    /// The reply begins with thoughts, in a block of their own.
    let thinksFirst: Bool
    /// Responses: made in the background.
    let isBackground: Bool
    /// Responses: the client has the events up to this number; -1 is none.
    let after: Int
    let quirks: Quirks

    /// Around the escaped text of a delta.
    private let textPrefix: [UInt8]
    private let textSuffix: [UInt8]
    private let thinkingPrefix: [UInt8]
    private let thinkingSuffix: [UInt8]

    init(
        request: ReplyRequest, thinksFirst: Bool, messageID: String, created: Int, after: Int = -1,
        quirks: Quirks = Quirks()
    ) {
        self.quirks = quirks
        self.thinksFirst = thinksFirst
        self.after = after
        isBackground = request.isBackground
        dialect = request.dialect
        model = request.model
        self.messageID = messageID
        self.created = created
        promptTokens = request.promptTokens
        includeUsage = request.includeUsage
        switch dialect {
        case .anthropic:
            let index = thinksFirst ? 1 : 0
            let event = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":"
            textPrefix = Array("\(event)\(index),\"delta\":{\"type\":\"text_delta\",\"text\":\"".utf8)
            thinkingPrefix = Array("\(event)0,\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"".utf8)
            textSuffix = Array("\"}}\n\n".utf8)
            thinkingSuffix = textSuffix
        case .openai:
            let head = Self.chunkHead(id: messageID, created: created, model: model)
            let usage = request.includeUsage ? ",\"usage\":null" : ""
            let part = quirks.contentArray ? "[{\"type\":\"text\",\"text\":" : ""
            textPrefix = Array("\(head)\"choices\":[{\"index\":0,\"delta\":{\"content\":\(part)\"".utf8)
            thinkingPrefix = Array("\(head)\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"".utf8)
            let suffix = "},\"logprobs\":null,\"finish_reason\":null}]\(usage)}\n\n"
            textSuffix = Array("\"\(quirks.contentArray ? "}]" : "")\(suffix)".utf8)
            thinkingSuffix = Array("\"\(suffix)".utf8)
        case .responses:
            func prefix(_ type: String, _ item: String, _ index: Int, _ part: String) -> [UInt8] {
                Array(
                    ("event: \(type)\ndata: {\"type\":\"\(type)\",\"item_id\":\"\(item)_\(messageID)\","
                        + "\"output_index\":\(index),\"\(part)\":0,\"delta\":\"").utf8)
            }
            textPrefix = prefix("response.output_text.delta", "msg", thinksFirst ? 1 : 0, "content_index")
            thinkingPrefix = prefix("response.reasoning_summary_text.delta", "rs", 0, "summary_index")
            textSuffix = Array("\",\"logprobs\":[],\"sequence_number\":".utf8)
            thinkingSuffix = Array("\",\"sequence_number\":".utf8)
        }
    }

    static func chunkHead(id: String, created: Int, model: String) -> String {
        "data: {\"id\":\"\(id)\",\"object\":\"chat.completion.chunk\",\"created\":\(created),"
            + "\"model\":\(JSONText.string(model)),\"service_tier\":\"default\",\"system_fingerprint\":\"fp_weirlab\","
    }

    // MARK: Deltas

    /// `index` counts the deltas of the whole reply from 0.
    func writeDelta(
        _ bytes: [UInt8], _ range: Range<Int>, index: Int, isThinking: Bool, into buffer: inout ByteBuffer
    ) {
        buffer.writeBytes(isThinking ? thinkingPrefix : textPrefix)
        JSONText.write(bytes, range, into: &buffer)
        buffer.writeBytes(isThinking ? thinkingSuffix : textSuffix)
        if dialect == .responses { buffer.writeString("\(number(ofDelta: index, isThinking: isThinking))}\n\n") }
    }

    /// The inside of a delta's text as JSON says it.
    func writeEscapedDelta(_ text: String, index: Int, into buffer: inout ByteBuffer) {
        buffer.writeBytes(textPrefix)
        buffer.writeString(text)
        buffer.writeBytes(textSuffix)
        if dialect == .responses { buffer.writeString("\(number(ofDelta: index, isThinking: false))}\n\n") }
    }

    // MARK: Around the deltas

    /// Everything before the first delta.
    var opening: String {
        switch dialect {
        case .anthropic: messageStart() + blockStart + ping
        case .openai: (quirks.emptyChoices ? filterResults : "") + firstChunk(id: messageID)
        case .responses: responsesOpening()
        }
    }

    /// The first event of a reply, as a gateway sends it twice or in the middle.
    func start(id: String) -> String {
        switch dialect {
        case .anthropic: messageStart(id: id)
        case .openai: firstChunk(id: id)
        case .responses: responsesStart(id: id)
        }
    }

    /// A second message that begins inside the first one.
    func splice(id: String) -> String {
        switch dialect {
        case .anthropic: messageStart(id: id) + textBlockStart(index: thinksFirst ? 1 : 0)
        case .openai: firstChunk(id: id)
        case .responses: responsesStart(id: id)
        }
    }

    /// Between the last thought and the first word.
    func afterThinking(_ thinking: [UInt8], count: Int) -> String {
        switch dialect {
        case .anthropic:
            signatureDelta + event("content_block_stop", #"{"type":"content_block_stop","index":0}"#)
                + textBlockStart(index: 1)
        case .openai: ""
        case .responses: responsesAfterThinking(String(decoding: thinking, as: UTF8.self), count: count)
        }
    }

    /// Everything after the last delta. Without `finish` no reason is told, without `done` the stream's own end mark is
    /// missing. `thinking` and `text` are what was said; no text is none that had begun.
    func ending(
        reason: StopReason, usage: Usage, thinking: String, text: String?, finish: Bool, done: Bool
    ) -> String {
        switch dialect {
        case .anthropic:
            let isThinking = thinksFirst && usage.lastBlock == 0
            var text = isThinking && reason == .pause ? signatureDelta : ""
            text += event("content_block_stop", "{\"type\":\"content_block_stop\",\"index\":\(usage.lastBlock)}")
            if reason == .pause { text += PausedContent.search(id: messageID, after: usage.lastBlock) }
            if finish {
                text += event(
                    "message_delta",
                    #"{"type":"message_delta","delta":{"stop_reason":"\#(reason.anthropic)","stop_sequence":null},"#
                        + #""usage":\#(anthropicUsage(usage))}"#)
            }
            if done { text += event("message_stop", #"{"type":"message_stop"}"#) }
            return text
        case .openai:
            var text = ""
            let head = Self.chunkHead(id: messageID, created: created, model: model)
            if finish {
                text +=
                    head + #""choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"\#(reason.openAI)"}]"#
                text += includeUsage ? ",\"usage\":null}\n\n" : "}\n\n"
                if includeUsage { text += head + "\"choices\":[],\"usage\":\(openAIUsage(usage))}\n\n" }
            }
            if done { text += "data: [DONE]\n\n" }
            return text
        case .responses:
            return responsesEnding(reason, usage, thinking: thinking, text: text, finish: finish, done: done)
        }
    }

    var ping: String { event("ping", #"{"type": "ping"}"#) }

    /// What keeps a silent line alive: Anthropic's ping, the comment that OpenAI-compatible relays send.
    func keepAlive(_ kind: Fault.KeepAliveKind) -> String {
        switch kind {
        case .none: ""
        case .ping:
            switch dialect {
            case .anthropic: ping
            case .openai: ": keep-alive\n\n"
            case .responses: event("keepalive", #"{"type":"keepalive"}"#)
            }
        case .comment: ": LAB PROCESSING\n\n"
        }
    }

    // MARK: Events that should not be there

    func error(type: String, message: String?, requestID: String) -> String {
        let isOverloaded = type == "overloaded_error"
        switch dialect {
        case .anthropic:
            let message = message ?? (isOverloaded ? "Overloaded" : "Internal server error")
            return event(
                "error",
                #"{"type":"error","error":{"type":\#(JSONText.string(type)),"message":\#(JSONText.string(message))},"#
                    + #""request_id":"\#(requestID)"}"#)
        case .openai:
            let message = message ?? "The server is currently overloaded, please try again later."
            let code = isOverloaded ? "overloaded" : type
            return "data: {\"error\":{\"message\":\(JSONText.string(message)),\"type\":\(JSONText.string(type)),"
                + "\"param\":null,\"code\":\(JSONText.string(code))}}\n\n"
        case .responses:
            let message = message ?? "The server is currently overloaded, please try again later."
            return event(
                "error",
                #"{"type":"error","code":\#(JSONText.string(isOverloaded ? "server_overloaded" : type)),"#
                    + #""message":\#(JSONText.string(message)),"param":null}"#)
        }
    }

    /// A data line that is cut JSON.
    var malformed: String {
        switch dialect {
        case .anthropic:
            "event: content_block_delta\n"
                + "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_de\n\n"
        case .openai: "data: {\"id\":\"\(messageID)\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"ind\n\n"
        case .responses:
            "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"item_id\":\"msg\n\n"
        }
    }

    /// An event of a type that no client knows.
    var unknown: String {
        switch dialect {
        case .anthropic:
            event("weir_level", #"{"type":"weir_level","centimetres":42,"trend":"rising"}"#)
                + event(
                    "content_block_delta",
                    #"{"type":"content_block_delta","index":0,"delta":{"type":"ripple_delta","ripple":"~"}}"#)
        case .openai:
            "event: weir_level\ndata: {\"object\":\"weir.level\",\"centimetres\":42,\"trend\":\"rising\"}\n\n"
        case .responses: event("weir_level", #"{"type":"weir_level","centimetres":42,"trend":"rising"}"#)
        }
    }

    /// Around the padding of an event that is too large.
    var hugeEvent: (prefix: String, suffix: String) {
        switch dialect {
        case .anthropic: ("event: flood\ndata: {\"type\":\"flood\",\"padding\":\"", "\"}\n\n")
        case .openai: ("data: {\"object\":\"flood\",\"choices\":[],\"padding\":\"", "\"}\n\n")
        case .responses: ("event: flood\ndata: {\"type\":\"flood\",\"padding\":\"", "\"}\n\n")
        }
    }

    // MARK: Parts

    /// Of all thoughts.
    static let signature = "bGFi"

    private var signatureDelta: String {
        event(
            "content_block_delta",
            #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"\#(Self.signature)"}}"#
        )
    }

    func event(_ name: String, _ data: String) -> String {
        "event: \(name)\ndata: \(data)\n\n"
    }

    private func messageStart(id: String? = nil) -> String {
        event(
            "message_start",
            #"{"type":"message_start","message":{"id":"\#(id ?? messageID)","type":"message","role":"assistant","#
                + #""model":\#(JSONText.string(model)),"content":[],"stop_reason":null,"stop_sequence":null,"#
                + #""usage":\#(anthropicUsage(Usage(output: 1, thinking: 0, lastBlock: 0)))}}"#)
    }

    private var blockStart: String {
        guard thinksFirst else { return textBlockStart(index: 0) }
        return event(
            "content_block_start",
            #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#
        )
    }

    private func textBlockStart(index: Int) -> String {
        event(
            "content_block_start",
            #"{"type":"content_block_start","index":\#(index),"content_block":{"type":"text","text":""}}"#)
    }

    private func firstChunk(id: String) -> String {
        Self.chunkHead(id: id, created: created, model: model)
            + #""choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"#
            + #""finish_reason":null}]"# + (includeUsage ? ",\"usage\":null}\n\n" : "}\n\n")
    }
}
