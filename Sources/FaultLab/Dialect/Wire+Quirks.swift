/// What is odd about every event of a reply, and events that are odd themselves.
extension Wire {
    struct Quirks: Sendable, Equatable {
        /// Chat Completions: text in arrays of parts.
        var contentArray = false
        /// Chat Completions: a first chunk without choices.
        var emptyChoices = false
        /// Usage that no integer holds.
        var hugeNumbers = false

        init() {}

        init(_ steps: [FaultStep]) {
            for step in steps {
                switch step.fault {
                case .contentArray: contentArray = true
                case .emptyChoices: emptyChoices = true
                case .hugeNumbers: hugeNumbers = true
                default: break
                }
            }
        }
    }

    /// Azure's first chunk: the prompt's filter results, and no choices.
    var filterResults: String {
        "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":"
            + "[{\"prompt_index\":0,\"content_filter_results\":{\"hate\":{\"filtered\":false,\"severity\":\"safe\"}}}]}\n\n"
    }

    /// Everything that may be missing is `null`. No text is in it, and none is lost.
    var nulls: String {
        switch dialect {
        case .anthropic:
            return event("content_block_delta", #"{"type":"content_block_delta","index":0,"delta":null}"#)
                + event(
                    "content_block_delta",
                    #"{"type":"content_block_delta","index":null,"delta":{"type":"text_delta","text":null}}"#)
                + event("message_delta", #"{"type":"message_delta","delta":null,"usage":null}"#)
                + event(
                    "message_delta",
                    #"{"type":"message_delta","delta":{"stop_reason":null,"stop_sequence":null},"usage":{"output_tokens":null}}"#
                )
        case .openai:
            let head = Self.chunkHead(id: messageID, created: created, model: model)
            return head + "\"choices\":null,\"usage\":null}\n\n" + head
                + #""choices":[{"index":0,"delta":null,"logprobs":null,"finish_reason":null}],"usage":null}"# + "\n\n"
                + head
                + #""choices":[{"index":null,"delta":{"role":null,"content":null,"refusal":null,"tool_calls":null,"#
                + #""reasoning_content":null},"finish_reason":null}],"usage":{"prompt_tokens":null}}"# + "\n\n"
                + #"data: {"id":null,"object":null,"created":null,"model":null,"choices":[null],"usage":null}"# + "\n\n"
        case .responses:
            return event(
                "response.output_text.delta",
                #"{"type":"response.output_text.delta","item_id":null,"output_index":null,"content_index":null,"#
                    + #""delta":null,"logprobs":null,"sequence_number":null}"#)
                + event(
                    "response.in_progress", #"{"type":"response.in_progress","response":null,"sequence_number":null}"#)
        }
    }

    /// An event of so many arrays, one in the other.
    func deep(_ depth: Int) -> String {
        let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        switch dialect {
        case .anthropic, .responses:
            return "event: weir_depth\ndata: {\"type\":\"weir_depth\",\"depth\":\(arrays)}\n\n"
        case .openai: return "data: {\"object\":\"weir.depth\",\"choices\":[],\"depth\":\(arrays)}\n\n"
        }
    }

    /// An error, and then an end as if there were none: OpenRouter's chunk with an error beside its choices; what the
    /// other dialects come to is Anthropic's `message_stop` after `error`, and OpenAI's `error` and `response.failed`.
    func errorAndEnd(type: String, message: String?, requestID: String) -> String {
        switch dialect {
        case .anthropic:
            return error(type: type, message: message, requestID: requestID)
                + event("message_stop", #"{"type":"message_stop"}"#)
        case .openai:
            // The code is a status, and the reason that came before it is not the error's.
            let status =
                switch type {
                case "invalid_request_error": 400
                case "authentication_error": 401
                case "rate_limit_error": 429
                default: 502
                }
            let words = JSONText.string(message ?? "Provider returned error")
            let head = Self.chunkHead(id: messageID, created: created, model: model)
            return head + #""choices":[{"index":0,"delta":{"content":""},"finish_reason":"length"}]}"# + "\n\n" + head
                + "\"error\":{\"code\":\(status),\"message\":\(words)},\"choices\":[{\"index\":0,"
                + "\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n"
                + "data: [DONE]\n\n"
        case .responses:
            let code = JSONText.string(type)
            let words = JSONText.string(message ?? "The server had an error while processing your request.")
            return error(type: type, message: message, requestID: requestID)
                + event(
                    "response.failed",
                    "{\"type\":\"response.failed\",\"response\":"
                        + response("failed", error: "{\"code\":\(code),\"message\":\(words)}") + "}")
        }
    }
}
