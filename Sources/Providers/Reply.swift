/// Tokens of one attempt, normalised over the dialects. `nil` = not reported.
public struct Usage: Sendable, Equatable {
    /// Prompt tokens that were neither read from nor written to a cache (Anthropic's sense; OpenAI's `prompt_tokens`
    /// less its cached ones).
    public var input: Int?
    /// Generated tokens, thinking included.
    public var output: Int?
    /// Tokens of the prompt that came from the provider's cache.
    public var cacheRead: Int?
    /// Written to the cache for five minutes (or with no stated lifetime).
    public var cacheWrite: Int?
    /// Written to the cache for one hour.
    public var cacheWriteHour: Int?
    /// The part of `output` that was thinking.
    public var thinking: Int?
    /// The provider's own charge for the request, in USD (OpenRouter's `usage.cost`); beats every table.
    public var charge: Double?

    /// From its parts; what is left out is not known.
    public init(
        input: Int? = nil, output: Int? = nil, cacheRead: Int? = nil, cacheWrite: Int? = nil,
        cacheWriteHour: Int? = nil, thinking: Int? = nil, charge: Double? = nil
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead
        self.cacheWrite = cacheWrite
        self.cacheWriteHour = cacheWriteHour
        self.thinking = thinking
        self.charge = charge
    }

    /// Providers' usage is cumulative: every number that `newer` reports replaces ours, never adds to it.
    public mutating func replace(with newer: Usage) {
        input = newer.input ?? input
        output = newer.output ?? output
        cacheRead = newer.cacheRead ?? cacheRead
        cacheWrite = newer.cacheWrite ?? cacheWrite
        cacheWriteHour = newer.cacheWriteHour ?? cacheWriteHour
        thinking = newer.thinking ?? thinking
        charge = newer.charge ?? charge
    }
}

/// Why a model stopped, normalised: Anthropic's `stop_reason`, OpenAI's `finish_reason`, the status of a response.
public enum StopReason: Sendable, Equatable {
    case endTurn, stopSequence, maxTokens, toolUse, pauseTurn, refusal, contentFilter, contextWindowExceeded
    /// OpenRouter's `finish_reason: "error"`: a stop that is a failure.
    case error
    /// OpenAI's `incomplete_details.reason` where it is neither the limit of tokens nor a filter, in its word: the reply
    /// was ended before its end.
    case incomplete(String)
    /// A reason we do not know, in the provider's word: a stop all the same.
    case other(String)
}

/// How a reply ended: the word in `weir ask --json` and in the store.
public enum Verdict: String, Sendable, CaseIterable {
    case complete, truncated, incomplete, refused, cancelled, failed
}

/// An error in the provider's own words, from an error body or from inside a stream.
public struct ProviderError: Error, Sendable, Equatable {
    /// The HTTP status, where the error came as a response or names one.
    public var status: Int?
    /// Anthropic's `error.type`, OpenAI's `error.type`: `overloaded_error`, `insufficient_quota`, …
    public var type: String?
    /// OpenAI's `error.code`, number or string, as text.
    public var code: String?
    /// The provider's own words; unsanitised.
    public var message: String
    /// To be named to the provider's support.
    public var requestID: String?
    /// Seconds to wait, where the body says so (Google's `RetryInfo.retryDelay`).
    public var retryAfter: Double?

    /// From its parts; what is left out is not known.
    public init(
        status: Int? = nil, type: String? = nil, code: String? = nil, message: String, requestID: String? = nil,
        retryAfter: Double? = nil
    ) {
        self.status = status
        self.type = type
        self.code = code
        self.message = message
        self.requestID = requestID
        self.retryAfter = retryAfter
    }

    /// Servers quote the key that they refuse: without it, before anybody reads or stores the error.
    public func blackingOut(_ secret: Secret?) -> ProviderError {
        guard let secret else { return self }
        var error = self
        error.message = secret.blackedOut(in: message)
        error.type = type.map(secret.blackedOut)
        error.code = code.map(secret.blackedOut)
        return error
    }
}

/// One meaning found in the body of a reply, in order of arrival. Text itself lies in the batch that carries the item.
public enum ReplyItem: Sendable, Equatable {
    /// The next `bytes` of ``ReplyBatch/text``.
    case text(bytes: Int)
    /// The next `bytes` of ``ReplyBatch/thinking``.
    case thinking(bytes: Int)
    /// The reply's identity. A second one with another id in the same body is ``spliced``.
    case started(id: String?, model: String?)
    /// Another reply was spliced into this one (a gateway's own retry): its text must not be joined to ours.
    case spliced
    /// Cumulative: see ``Usage/replace(with:)``.
    case usage(Usage)
    /// Right before a ``stopped(_:)`` with ``StopReason/pauseTurn``: what must be sent back for the model to go on. It is
    /// missing where some of it was not understood.
    case paused(PausedTurn)
    case stopped(StopReason)
    /// `message_stop` or `[DONE]`: nothing more will come. Proves nothing about completeness.
    case terminator
    /// A `ping` event, a comment line.
    case keepAlive
    /// An error inside a stream that began with status 200.
    case error(ProviderError)
    /// A part that is not text (image, tool call, server-tool result), reported once, when it begins.
    case part(kind: String, detail: String)
    /// An event or delta type that this version does not know: counted and logged, otherwise ignored.
    case unknown(type: String)
    /// An event whose data is no JSON object; `offset` counts bytes from its start.
    case malformed(offset: Int, reason: String)
}

/// One event of the wire, for the event log and the inspector.
public struct WireEvent: Sendable, Equatable {
    /// `content_block_delta`, `chat.completion.chunk`, `ping`, `[DONE]`, `: comment` …; at most 64 bytes, unsanitised.
    public var name: String
    /// Bytes of its data.
    public var bytes: Int
    /// How many of ``ReplyBatch/items`` it produced; they follow those of the event before it.
    public var items: Int

    /// An event of that name and size, with so many items.
    public init(name: String, bytes: Int, items: Int) {
        self.name = name
        self.bytes = bytes
        self.items = items
    }
}

/// What one piece of a body means. Reused from piece to piece so that nothing is allocated per token.
public struct ReplyBatch: Sendable {
    /// What was found, in order.
    public var items: [ReplyItem] = []
    /// Valid UTF-8: the text of all `.text` items, joined.
    public var text: [UInt8] = []
    /// Valid UTF-8: the text of all `.thinking` items, joined.
    public var thinking: [UInt8] = []
    /// The wire's events, for a log.
    public var events: [WireEvent] = []

    /// Nothing yet.
    public init() {}

    /// Empties it; the buffers stay.
    public mutating func removeAll() {
        items.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        thinking.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
    }
}
