/// One turn of a conversation as the provider is told of it.
public struct ChatMessage: Sendable, Equatable, Codable {
    /// Who says it.
    public enum Role: String, Sendable, Codable {
        case user, assistant
    }

    /// Who says it.
    public var role: Role
    /// What is said.
    public var text: String
    /// Of a user's message.
    public var attachments: [Attachment]
    /// Content blocks in Anthropic's dialect, a JSON array as its server sent them: that dialect sends them in place of
    /// ``text``, byte for byte. See ``PausedTurn``.
    public var content: [UInt8]?

    /// One turn.
    public init(role: Role, text: String, attachments: [Attachment] = [], content: [UInt8]? = nil) {
        self.role = role
        self.text = text
        self.attachments = attachments
        self.content = content
    }
}

/// What is asked of a model, in no provider's dialect yet.
public struct ChatRequest: Sendable, Equatable, Codable {
    /// As the provider calls it.
    public var model: String
    /// The system prompt.
    public var system: String?
    /// The conversation, oldest first; the last one is the user's.
    public var messages: [ChatMessage]
    /// The largest number of tokens to generate; `nil` leaves it to the provider, or, where the dialect demands a
    /// number (Anthropic), to the catalogue.
    public var maxTokens: Int?
    /// 0 to 2; `nil` leaves it to the provider.
    public var temperature: Double?
    /// `false` asks for one whole reply (the batch fallback).
    public var stream: Bool
    /// Anthropic's container for its own tools, where a turn goes on that used one.
    public var container: String?

    /// A request; what is left out is the provider's to choose.
    public init(
        model: String, system: String? = nil, messages: [ChatMessage], maxTokens: Int? = nil,
        temperature: Double? = nil, stream: Bool = true
    ) {
        self.model = model
        self.system = system
        self.messages = messages
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.stream = stream
    }
}

/// Which request format and event vocabulary an endpoint speaks. Replies are recognised per event, so this governs
/// requests only.
public enum Dialect: String, Sendable, CaseIterable, Codable {
    /// Anthropic Messages, `POST {base}/v1/messages`.
    case anthropic
    /// OpenAI Chat Completions, `POST {base}/chat/completions`.
    case openai
    /// OpenAI Responses, `POST {base}/responses`.
    case responses

    /// The base URL of an endpoint comes with `/v1` (OpenAI's habit), not without it (Anthropic's).
    var hasVersionInBase: Bool { self != .anthropic }
}

/// How a reply that broke off is taken up again.
public enum ResumeStrategy: String, Sendable, CaseIterable, Codable {
    /// The same response again, from the event after the last one received: OpenAI Responses in background mode. Nothing
    /// is sent or billed again, and nothing can repeat.
    case cursor
    /// The partial as a trailing assistant message.
    case prefill
    /// The partial as an assistant turn, then a user turn that asks to go on from its end.
    case `continue`
    /// The partial quoted in the system prompt.
    case systemNote = "system-note"
    /// The original request again; what was already shown is skipped while it matches.
    case restartSkip = "restart-skip"
    /// Never resume: keep the partial and end.
    case off
}

/// A request ready for the wire.
public struct HTTPRequest: Sendable, Equatable, Codable {
    /// `GET` or `POST`.
    public var method: String
    /// With scheme, host, path and query.
    public var url: String
    /// In the order sent. Values may be secret: show them only through a redactor.
    public var headers: [HTTPHeader]
    /// Empty where there is none.
    public var body: [UInt8]

    /// A request with these parts.
    public init(method: String, url: String, headers: [HTTPHeader], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// A field of a request or an answer.
public struct HTTPHeader: Sendable, Equatable, Codable {
    /// As received or as to be sent; compare without regard to case (RFC 9110, 5.1).
    public var name: String
    /// As received or as to be sent.
    public var value: String

    /// A field.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A credential that does not print itself.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let value: String

    /// A credential.
    public init(_ value: String) {
        self.value = value
    }

    /// The credential itself, for the one header it belongs in.
    public var revealed: String { value }

    /// The text with every occurrence of the credential blacked out. One of less than 4 bytes is left: it stands in words
    /// by chance.
    public func blackedOut(in text: String) -> String {
        value.utf8.count < 4 ? text : text.replacing(value, with: "…")
    }

    public var description: String { "‹secret›" }
    public var debugDescription: String { "‹secret›" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
