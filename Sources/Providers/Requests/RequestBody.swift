/// A request's JSON in an endpoint's dialect.
struct RequestBody {
    let bytes: [UInt8]
    /// The last message is the assistant's: the beginning of the reply.
    let isPrefilled: Bool

    init(_ request: ChatRequest, endpoint: Endpoint) {
        let messages = Self.messages(of: request)
        isPrefilled = messages.last?.role == .assistant
        var json = JSONWriter(capacity: Self.size(of: messages))
        json.object { json in
            json.member("model", request.model)
            switch endpoint.dialect {
            case .anthropic: Self.writeAnthropic(request, messages, endpoint, &json)
            case .openai: Self.writeOpenAI(request, messages, endpoint, &json)
            case .responses: Self.writeResponses(request, messages, endpoint, &json)
            }
        }
        bytes = json.bytes
    }

    /// What is sent of a conversation: messages without text or attachment are left out, for both dialects refuse them, and a trailing
    /// assistant message loses the white space at its end, which Anthropic refuses.
    private static func messages(of request: ChatRequest) -> [ChatMessage] {
        var messages = request.messages.filter { $0.content != nil || !$0.isBlank }
        if let last = messages.last, last.role == .assistant, request.messages.last?.role == .assistant,
            last.content == nil
        {
            messages[messages.count - 1].text = last.text.trimmingWhiteSpaceAtEnd()
        }
        return messages
    }

    private static func writeAnthropic(
        _ request: ChatRequest, _ messages: [ChatMessage], _ endpoint: Endpoint, _ json: inout JSONWriter
    ) {
        json.member("max_tokens", request.maxTokens ?? endpoint.maxTokens)
        if let system = request.systemText { json.member("system", system) }
        if let temperature = request.temperature, temperature.isFinite { json.member("temperature", temperature) }
        json.member("stream", request.stream)
        if let container = request.container { json.member("container", container) }
        json.key("messages")
        json.array { json in
            for message in messages {
                if let content = message.content {
                    write(message.role, content, &json)
                } else {
                    write(message, .anthropic, &json)
                }
            }
        }
    }

    private static func writeOpenAI(
        _ request: ChatRequest, _ messages: [ChatMessage], _ endpoint: Endpoint, _ json: inout JSONWriter
    ) {
        if let maxTokens = request.maxTokens {
            if endpoint.habits.usesMaxCompletionTokens {
                json.member("max_completion_tokens", maxTokens)
            } else {
                json.member("max_tokens", maxTokens)
            }
        }
        if let temperature = request.temperature, temperature.isFinite { json.member("temperature", temperature) }
        json.member("stream", request.stream)
        if request.stream, endpoint.habits.asksForUsage {
            json.key("stream_options")
            json.object { $0.member("include_usage", true) }
        }
        json.key("messages")
        json.array { json in
            if let system = request.systemText {
                json.object { json in
                    json.member("role", "system")
                    json.member("content", system)
                }
            }
            for (index, message) in messages.enumerated() {
                let isPrefill = index == messages.count - 1 && message.role == .assistant
                write(message, .openai, isPrefix: isPrefill && endpoint.habits.prefill == .prefix, &json)
            }
        }
    }

    private static func write(_ role: ChatMessage.Role, _ content: [UInt8], _ json: inout JSONWriter) {
        json.object { json in
            json.member("role", role.rawValue)
            json.key("content")
            json.json(content)
        }
    }

    private static func write(
        _ message: ChatMessage, _ dialect: Dialect, isPrefix: Bool = false, _ json: inout JSONWriter
    ) {
        json.object { json in
            json.member("role", message.role.rawValue)
            json.content(of: message, dialect)
            if isPrefix { json.member("prefix", true) }
        }
    }
}

extension ChatRequest {
    /// The system prompt, unless it is blank.
    var systemText: String? {
        guard let system, !system.unicodeScalars.allSatisfy(\.properties.isWhitespace) else { return nil }
        return system
    }
}

extension String {
    /// By scalar, not by character: a combining mark after a space makes one character of both.
    fileprivate func trimmingWhiteSpaceAtEnd() -> String {
        guard let last = unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(unicodeScalars[...last])
    }
}
