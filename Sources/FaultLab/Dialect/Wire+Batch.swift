/// Why a reply ends, in both dialects' words.
enum StopReason: Sendable, Equatable {
    case end, length, refusal
    /// Anthropic's only.
    case pause

    var anthropic: String {
        switch self {
        case .end: "end_turn"
        case .length: "max_tokens"
        case .refusal: "refusal"
        case .pause: "pause_turn"
        }
    }

    var openAI: String {
        switch self {
        case .end, .pause: "stop"
        case .length: "length"
        case .refusal: "content_filter"
        }
    }
}

/// Tokens sent in one response, thoughts included.
struct Usage: Sendable, Equatable {
    var output: Int
    var thinking: Int
    /// Anthropic: the index of the content block that ends last.
    var lastBlock: Int
}

extension Wire {
    func anthropicUsage(_ usage: Usage) -> String {
        if quirks.hugeNumbers {
            return #"{"input_tokens":1e999,"cache_creation_input_tokens":-1,"#
                + #""cache_read_input_tokens":18446744073709551616,"output_tokens":1e999}"#
        }
        return #"{"input_tokens":\#(promptTokens),"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"#
            + #""output_tokens":\#(usage.output)"#
            + (usage.thinking > 0 ? #","output_tokens_details":{"thinking_tokens":\#(usage.thinking)}}"# : "}")
    }

    func openAIUsage(_ usage: Usage) -> String {
        if quirks.hugeNumbers {
            return #"{"prompt_tokens":1e999,"completion_tokens":18446744073709551616,"total_tokens":-1,"#
                + #""prompt_tokens_details":{"cached_tokens":-9223372036854775809},"#
                + #""completion_tokens_details":{"reasoning_tokens":1e308}}"#
        }
        return #"{"prompt_tokens":\#(promptTokens),"completion_tokens":\#(usage.output),"#
            + #""total_tokens":\#(promptTokens + usage.output),"prompt_tokens_details":{"cached_tokens":0},"#
            + #""completion_tokens_details":{"reasoning_tokens":\#(usage.thinking)}}"#
    }

    /// The whole reply as one JSON object. Without a reason it is `null`.
    func batch(text: String, thinking: String, reason: StopReason?, usage: Usage) -> String {
        switch dialect {
        case .anthropic:
            var blocks: [String] = []
            if !thinking.isEmpty {
                blocks.append(#"{"type":"thinking","thinking":\#(JSONText.string(thinking)),"signature":"bGFi"}"#)
            }
            blocks.append(#"{"type":"text","text":\#(JSONText.string(text))}"#)
            return #"{"id":"\#(messageID)","type":"message","role":"assistant","model":\#(JSONText.string(model)),"#
                + #""content":[\#(blocks.joined(separator: ","))],"stop_reason":\#(JSONText.string(reason?.anthropic)),"#
                + #""stop_sequence":null,"usage":\#(anthropicUsage(usage))}"#
        case .openai:
            let reasoning = thinking.isEmpty ? "" : #","reasoning_content":\#(JSONText.string(thinking))"#
            return #"{"id":"\#(messageID)","object":"chat.completion","created":\#(created),"#
                + #""model":\#(JSONText.string(model)),"choices":[{"index":0,"message":{"role":"assistant","#
                + #""content":\#(JSONText.string(text)),"refusal":null\#(reasoning)},"logprobs":null,"#
                + #""finish_reason":\#(JSONText.string(reason?.openAI))}],"usage":\#(openAIUsage(usage)),"#
                + #""service_tier":"default","system_fingerprint":"fp_weirlab"}"#
        case .responses:
            return responsesBatch(text: text, thinking: thinking, reason: reason, usage: usage)
        }
    }
}
