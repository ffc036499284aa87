/// What a provider's requests do differently from others of the same dialect.
public struct RequestHabits: Sendable, Equatable, Codable {
    /// How a trailing assistant message is marked as the beginning of the reply.
    public enum Prefill: String, Sendable, CaseIterable, Codable {
        /// Not at all: its place says it.
        case plain
        /// `"prefix": true` on the message (DeepSeek, Mistral).
        case prefix
    }

    /// How a partial reply is sent to be gone on with.
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
    /// Responses: asks for the reply to be made in the background (`background` and `store`), so that a broken stream can
    /// be taken up again by its cursor. The provider then keeps prompt and reply for a while.
    public var usesBackground: Bool
    /// Responses: asks for a summary of the thoughts (`reasoning.summary`), which no provider sends unasked.
    public var reasoningSummary: ReasoningSummary?

    /// OpenAI's words for how much a summary says.
    public enum ReasoningSummary: String, Sendable, CaseIterable, Codable {
        case auto, concise, detailed
    }

    /// As the dialect has it, but for what is named.
    public init(
        prefill: Prefill = .plain, prefillBaseURL: String? = nil, usesMaxCompletionTokens: Bool = false,
        asksForUsage: Bool = true, usesBearer: Bool = false, allowsInsecure: Bool = false,
        usesBackground: Bool = false, reasoningSummary: ReasoningSummary? = nil
    ) {
        self.prefill = prefill
        self.prefillBaseURL = prefillBaseURL
        self.usesMaxCompletionTokens = usesMaxCompletionTokens
        self.asksForUsage = asksForUsage
        self.usesBearer = usesBearer
        self.allowsInsecure = allowsInsecure
        self.usesBackground = usesBackground
        self.reasoningSummary = reasoningSummary
    }
}
