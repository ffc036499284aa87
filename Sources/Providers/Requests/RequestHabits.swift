/// What a provider's requests do differently from others of the same dialect.
public struct RequestHabits: Sendable, Equatable, Codable {
    /// How a trailing assistant message is marked as the beginning of the reply.
    public enum Prefill: String, Sendable, CaseIterable, Codable {
        /// Not at all: its place says it.
        case plain
        /// `"prefix": true` on the message (DeepSeek, Mistral).
        case prefix
    }

    public var prefill: Prefill
    /// Where a request with a prefill goes instead (DeepSeek's `/beta`).
    public var prefillBaseURL: String?
    /// OpenAI's own name for `max_tokens`, which its newer models insist on and others do not know.
    public var usesMaxCompletionTokens: Bool
    /// Asks for usage at the end of a stream (`stream_options`).
    public var asksForUsage: Bool
    /// Anthropic's dialect with `Authorization: Bearer` instead of `x-api-key`.
    public var usesBearer: Bool
    /// Plain HTTP to other machines than this one is allowed.
    public var allowsInsecure: Bool

    public init(
        prefill: Prefill = .plain, prefillBaseURL: String? = nil, usesMaxCompletionTokens: Bool = false,
        asksForUsage: Bool = true, usesBearer: Bool = false, allowsInsecure: Bool = false
    ) {
        self.prefill = prefill
        self.prefillBaseURL = prefillBaseURL
        self.usesMaxCompletionTokens = usesMaxCompletionTokens
        self.asksForUsage = asksForUsage
        self.usesBearer = usesBearer
        self.allowsInsecure = allowsInsecure
    }
}
