import Foundation

/// A second opinion on recorded streams: the plainest decoder that can be written, with Foundation's JSON and lines split
/// the simple way, by the providers' documents and not by our code. Only for streams as providers send them.
public struct ReferenceDecoder {
    public private(set) var text = ""
    public private(set) var thinking = ""
    /// `stop_reason`, `finish_reason`, or a response's status, in the provider's word.
    public private(set) var stop: String?
    /// An error in the stream, in the provider's words.
    public private(set) var error: String?
    public private(set) var refused = false
    /// What a reader of the first reply alone has: some recordings are of several.
    public private(set) var first: Snapshot?
    private var usageFields: [String: Double] = [:]
    private var summaryPart = 0

    public struct Snapshot: Equatable {
        public var text: String
        public var thinking: String
        public var stop: String?
        public var verdict: String?
    }

    public init() {}

    /// The complete events of a stream: their data, and the offset after their blank line.
    public static func events(of body: [UInt8]) -> [(data: String, end: Int)] {
        var events: [(data: String, end: Int)] = []
        var data: [String] = []
        var start = 0
        for (offset, byte) in body.enumerated() where byte == 0x0A {
            var line = body[start..<offset]
            if line.last == 0x0D { line.removeLast() }
            start = offset + 1
            if line.isEmpty {
                if !data.isEmpty { events.append((data.joined(separator: "\n"), offset + 1)) }
                data = []
            } else if line.starts(with: "data:".utf8) {
                let value = line.dropFirst(5)
                data.append(String(decoding: value.first == 0x20 ? value.dropFirst() : value, as: UTF8.self))
            }
        }
        return events
    }

    public mutating func receive(_ data: String) throws {
        guard data != "[DONE]" else { return endFirst() }
        guard let event = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any] else { return }
        let type = event["type"] as? String ?? ""
        if let choices = event["choices"] as? [[String: Any]] {
            for choice in choices where choice["index"] as? Int ?? 0 == 0 { receive(choice: choice) }
            if let failure = event["error"] as? [String: Any] { error = failure["message"] as? String ?? "" }
            if let usage = event["usage"] as? [String: Any] { read(chatUsage: usage) }
            let groq = event["x_groq"] as? [String: Any]
            if event["usage"] == nil, let usage = groq?["usage"] as? [String: Any] { read(chatUsage: usage) }
        } else if type.hasPrefix("response.") {
            receive(response: event, type: String(type.dropFirst("response.".count)))
        } else if type == "error" || event["error"] is [String: Any] {
            let failure = event["error"] as? [String: Any] ?? event
            error = failure["message"] as? String ?? ""
        } else {
            receive(anthropic: event, type: type)
        }
    }

    private mutating func endFirst() {
        if first == nil { first = Snapshot(text: text, thinking: thinking, stop: stop, verdict: verdict) }
    }

    // MARK: Anthropic Messages

    private mutating func receive(anthropic event: [String: Any], type: String) {
        switch type {
        case "message_start":
            let message = event["message"] as? [String: Any]
            if let usage = message?["usage"] as? [String: Any] { read(anthropicUsage: usage) }
        case "content_block_delta":
            guard let delta = event["delta"] as? [String: Any] else { return }
            if delta["type"] as? String == "text_delta" { text += delta["text"] as? String ?? "" }
            if delta["type"] as? String == "thinking_delta" { thinking += delta["thinking"] as? String ?? "" }
        case "content_block_start":
            guard let block = event["content_block"] as? [String: Any] else { return }
            if block["type"] as? String == "text" { text += block["text"] as? String ?? "" }
            if block["type"] as? String == "thinking" { thinking += block["thinking"] as? String ?? "" }
        case "message_delta":
            stop = (event["delta"] as? [String: Any])?["stop_reason"] as? String ?? stop
            if let usage = event["usage"] as? [String: Any] { read(anthropicUsage: usage) }
        case "message_stop": endFirst()
        default: break
        }
    }

    /// Cumulative: what is newer replaces what is older.
    private mutating func read(anthropicUsage usage: [String: Any]) {
        let creation = usage["cache_creation"] as? [String: Any] ?? [:]
        let details = usage["output_tokens_details"] as? [String: Any] ?? [:]
        set("input", usage["input_tokens"])
        set("output", usage["output_tokens"])
        set("cacheRead", usage["cache_read_input_tokens"])
        set("cacheWrite", creation["ephemeral_5m_input_tokens"] ?? usage["cache_creation_input_tokens"])
        set("cacheWriteHour", creation["ephemeral_1h_input_tokens"])
        set("thinking", details["thinking_tokens"])
    }

    // MARK: OpenAI Chat Completions

    private mutating func receive(choice: [String: Any]) {
        stop = choice["finish_reason"] as? String ?? stop
        text += choice["text"] as? String ?? ""
        guard let delta = choice["delta"] as? [String: Any] else { return }
        text += delta["content"] as? String ?? ""
        let refusal = delta["refusal"] as? String ?? ""
        text += refusal
        if !refusal.isEmpty { refused = true }
        for part in delta["content"] as? [[String: Any]] ?? [] {
            text += part["text"] as? String ?? ""
            for inner in part["thinking"] as? [[String: Any]] ?? [] { thinking += inner["text"] as? String ?? "" }
        }
        let details = (delta["reasoning_details"] as? [[String: Any]] ?? []).compactMap { detail in
            detail["text"] as? String ?? detail["summary"] as? String
        }
        let names: [String] = [
            delta["reasoning_content"] as? String ?? "", delta["reasoning"] as? String ?? "", details.joined(),
        ]
        thinking += names.first { !$0.isEmpty } ?? ""
    }

    /// The prompt's tokens count cached ones, which are billed apart; xAI and Gemini leave thoughts out of the completion's.
    private mutating func read(chatUsage usage: [String: Any]) {
        let prompt = usage["prompt_tokens"] as? Double ?? 0
        var completion = usage["completion_tokens"] as? Double ?? 0
        guard prompt > 0 || completion > 0 else { return }
        let promptDetails = usage["prompt_tokens_details"] as? [String: Any] ?? [:]
        let details = usage["completion_tokens_details"] as? [String: Any] ?? [:]
        let cached = promptDetails["cached_tokens"] ?? usage["cached_tokens"] ?? usage["prompt_cache_hit_tokens"]
        let written = promptDetails["cache_write_tokens"] as? Double ?? 0
        var thinking = details["reasoning_tokens"] ?? usage["reasoning_tokens"]
        if let total = usage["total_tokens"] as? Double, total > prompt + completion {
            let missing = total - prompt - completion
            if thinking as? Double ?? missing == missing {
                completion += missing
                thinking = missing
            }
        }
        set("input", prompt - (cached as? Double ?? 0) - written)
        set("output", completion)
        set("cacheRead", cached)
        set("cacheWrite", promptDetails["cache_write_tokens"])
        set("thinking", thinking)
        set("charge", usage["cost"] ?? (usage["cost"] as? [String: Any])?["total_cost"])
    }

    // MARK: OpenAI Responses

    private mutating func receive(response event: [String: Any], type: String) {
        let delta = event["delta"] as? String ?? ""
        switch type {
        case "output_text.delta": text += delta
        case "refusal.delta":
            text += delta
            refused = true
        case "reasoning_text.delta": thinking += delta
        case "reasoning_summary_text.delta":
            // Parts of a summary are paragraphs.
            let part = event["summary_index"] as? Int ?? 0
            if part > summaryPart { thinking += "\n\n" }
            summaryPart = part
            thinking += delta
        case "output_item.added":
            summaryPart = 0
            let item = event["item"] as? [String: Any] ?? [:]
            let hosted = (item["environment"] as? [String: Any])?["type"] as? String == "container_reference"
            let waiting = [
                "function_call", "custom_tool_call", "local_shell_call", "apply_patch_call", "computer_call",
                "mcp_approval_request",
            ]
            let kind = item["type"] as? String ?? ""
            if waiting.contains(kind) || (kind == "shell_call" && !hosted) { pendingTools = true }
        case "completed", "incomplete", "failed":
            let response = event["response"] as? [String: Any] ?? [:]
            if let usage = response["usage"] as? [String: Any] { read(responsesUsage: usage) }
            if type == "failed" {
                error = (response["error"] as? [String: Any])?["message"] as? String ?? ""
            } else if type == "incomplete" {
                stop = (response["incomplete_details"] as? [String: Any])?["reason"] as? String ?? "incomplete"
            } else {
                stop = pendingTools ? "tool_calls" : "stop"
            }
            endFirst()
            pendingTools = false
        default: break
        }
    }

    private var pendingTools = false

    private mutating func read(responsesUsage usage: [String: Any]) {
        let cached = (usage["input_tokens_details"] as? [String: Any])?["cached_tokens"]
        set("input", (usage["input_tokens"] as? Double ?? 0) - (cached as? Double ?? 0))
        set("output", usage["output_tokens"])
        set("cacheRead", cached)
        set("thinking", (usage["output_tokens_details"] as? [String: Any])?["reasoning_tokens"])
    }

    // MARK: What it comes to

    private mutating func set(_ name: String, _ value: Any?) {
        if let value = value as? Double { usageFields[name] = value }
    }

    /// Tokens by `input`, `output`, `cacheRead`, `cacheWrite`, `cacheWriteHour` and `thinking`, as they are billed: what a
    /// cache gave is not input; and `charge`.
    public var usage: [String: Double] { usageFields }

    /// What the reply is: `nil` where neither a stop nor an error came.
    public var verdict: String? {
        switch stop {
        case nil: error == nil ? nil : "error"
        case "max_tokens", "length", "model_context_window_exceeded", "pause_turn", "max_output_tokens", "incomplete":
            "truncated"
        case "refusal", "content_filter": "refused"
        default: refused ? "refused" : "complete"
        }
    }
}
