/// In whose words a request is answered; the path decides.
enum LabDialect: String, Sendable {
    /// Anthropic Messages, `POST /v1/messages`.
    case anthropic
    /// OpenAI Chat Completions, `POST /v1/chat/completions`.
    case openai
    /// OpenAI Responses, `POST /v1/responses`.
    case responses

    /// Errors and headers are in Anthropic's words, or in OpenAI's.
    var isAnthropic: Bool { self == .anthropic }
}

/// What a model's name says of it.
enum ModelTraits {
    /// Streams its thoughts first.
    static func thinks(_ model: String) -> Bool {
        model.lowercased().contains("thinking")
    }

    /// Refuses a trailing assistant message: `no-prefill` in the name, or Claude from 4.6 on.
    static func rejectsPrefill(_ model: String) -> Bool {
        let name = model.lowercased()
        if name.contains("no-prefill") { return true }
        let parts = name.split(separator: "-")
        // claude-opus-4-6, claude-sonnet-4-6-20260101; but claude-3-5-haiku is of the old kind.
        guard parts.count >= 3, parts[0] == "claude", Int(parts[1]) == nil, let major = Int(parts[2]), major < 100
        else { return false }
        let minor = parts.count > 3 ? Int(parts[3]).flatMap { $0 < 100 ? $0 : nil } ?? 0 : 0
        return (major, minor) >= (4, 6)
    }

    /// What `GET /v1/models` lists; every other name is answered too.
    static let listed = [
        "lab-claude", "lab-claude-thinking", "lab-claude-no-prefill", "lab-gpt", "lab-gpt-thinking", "lab-responses",
        "lab-responses-thinking", "lab-background", "lab-background-thinking",
    ]
}
