import Providers

/// What an error says about the way in which the request before it took a reply up again. The original request had been
/// accepted, for its stream began: whatever is wrong with the resumed one came in with the resuming.
public enum ResumeRefusal: Sendable, Hashable {
    /// The error speaks of what the strategy adds: a trailing assistant message, its mark, the order of the roles, a system
    /// prompt. It will be so next time, too.
    case named
    /// With the partial reply in it the request is too large. Only a request without it is smaller.
    case tooLarge
    /// A bad request, and not a word about what is bad. Another way may do; nothing is learnt.
    case unexplained

    /// - Parameter error: the error's own words; `nil` where it had none.
    /// - Returns: `nil` where the error is about something else.
    init?(status: Int, error: ProviderError?) {
        switch status {
        case 413: self = .tooLarge
        case 400, 422: self.init(badRequest: error)
        // Templates of local servers raise an exception over the order of roles (llama.cpp, Ollama: 500), and relays hand
        // an upstream's 400 on as 502.
        case 500..., 200...299:
            guard let error, Self.namesStrategy(error) else { return nil }
            self = .named
        default: return nil
        }
    }

    private init?(badRequest error: ProviderError?) {
        guard let error, !Self.saysNothing(error) else {
            self = .unexplained
            return
        }
        if error.speaksOfLength {
            self = .tooLarge
        } else if Self.namesStrategy(error) {
            self = .named
        } else {
            return nil
        }
    }

    /// Words of Anthropic, OpenAI, Mistral, DeepSeek, Gemini, Groq, vLLM, llama.cpp and the chat templates of open models;
    /// the tests quote them.
    private static func namesStrategy(_ error: ProviderError) -> Bool {
        if error.type == "invalid_request_message_order" { return true }
        let message = error.message
        if certain.contains(where: message.containsIgnoringCase) { return true }
        // “assistant” also stands in what has nothing to do with it (“You are an assistant …” in a quoted prompt), and
        // “role” in permissions: it takes one of each.
        return subjects.contains(where: message.containsIgnoringCase)
            && complaints.contains(where: message.containsIgnoringCase)
    }

    private static let certain: [StaticString] = [
        "prefill", "prefix mode", "prefix true", "'prefix'", "\"prefix\"", ".prefix", "supplied: prefix",
        "continue_final_message", "add_generation_prompt", "roles must alternate", "alternating roles",
        "requests alternate between", "end with a user role", "end with a user message", "system role not supported",
        "end with trailing whitespace", ".role' does not support", "].role", "developer instruction is not enabled",
    ]
    private static let subjects: [StaticString] = [
        "assistant message", "assistant role", "role assistant", "role 'assistant'", "role \"assistant\"",
        "role: assistant", "assistant turn", "assistant response", "model turn", "last message", "final message",
        "last role", "system message", "system prompt", "system role", "role system", "role 'system'",
        "system instruction", "consecutive", "message roles",
    ]
    private static let complaints: [StaticString] = [
        "must be", "must end", "must not", "must have", "cannot", "can't", "can not", "not support", "unsupported",
        "not allowed", "not permitted", "not valid", "invalid", "incompatible", "unexpected", "expected", "should be",
        "should end", "not enabled", "only",
    ]

    /// What a server says that says nothing.
    private static func saysNothing(_ error: ProviderError) -> Bool {
        // A code of its own is a reason, where it is no mere number.
        if let code = error.code?.lowercased(), Int(code) == nil, !empty.contains(code) { return false }
        if error.message.hasSuffix(", an empty body") { return true }
        let words = error.message.lowercased().split { !$0.isLetter }.joined(separator: " ")
        return words.isEmpty || empty.contains(words.replacing(" ", with: "_"))
    }

    private static let empty: Set = [
        "bad_request", "http_bad_request", "error", "invalid_request", "invalid_request_error", "badrequesterror",
        "unprocessable_entity", "unprocessable_content", "bad_response_status_code", "upstream_error", "unknown_error",
        "unknown", "provider_returned_error", "invalid_argument", "request_contains_an_invalid_argument",
    ]
}
