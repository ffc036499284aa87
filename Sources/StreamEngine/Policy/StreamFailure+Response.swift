import Providers

/// What a failure's words may name, so that a hint can say what to do and where.
public struct FailureContext: Sendable, Equatable, Codable {
    /// The provider's name in the catalogue.
    public var provider: String?
    /// The environment variable that holds its key.
    public var keyVariable: String?
    /// As the provider calls it.
    public var model: String?

    /// Names, as far as they are known.
    public init(provider: String? = nil, keyVariable: String? = nil, model: String? = nil) {
        self.provider = provider
        self.keyVariable = keyVariable
        self.model = model
    }
}

extension StreamFailure {
    /// A response that is no stream: any status but 200, or 200 with an error object for a body.
    ///
    /// Retried: 408, 409, 425, 429 and everything from 500 on. Not retried: the other 4xx, redirects (never followed:
    /// curl would hand `x-api-key` to the new host), an error that says that the money is spent, an error under a 2xx
    /// status. `x-should-retry: true` or `false` overrules all that.
    /// - Parameter error: the body, read; `nil` when it was empty.
    public init(
        status: Int, headers: [HTTPHeader], error: ProviderError?, requestedStream: Bool = true,
        context: FailureContext = FailureContext()
    ) {
        let meaning = error.map { ErrorMeaning($0, hasRetryHint: headers.hasRetryHint) } ?? .unknown
        if (200...299).contains(status) {
            self = error.map { .errorAsReply($0, requestedStream: requestedStream) } ?? .empty
            hint = Self.hint(meaning: meaning, context: context) ?? hint
        } else if (300...399).contains(status) {
            self = .redirect(status: status, location: headers.field("location"))
        } else {
            self.init(
                kind: .status(status),
                message: Words.sentence("HTTP \(status)", Words.name(of: error) ?? Words.title(status), error?.message),
                isRetryable: ErrorMeaning.retriedStatus(status)
                    && !(meaning == .spent && (status == 429 || error?.isSpentByName == true)),
                hint: Self.hint(status: status, error: error, meaning: meaning, context: context))
        }
        isSpent = meaning == .spent
        resumeRefusal = isSpent ? nil : ResumeRefusal(status: status, error: error)
        if let word = headers.field("x-should-retry") {
            if word.equalsIgnoringCase("true".utf8) { isRetryable = true }
            if word.equalsIgnoringCase("false".utf8) { isRetryable = false }
        }
    }

    /// An error inside a stream that had begun with status 200: the request was accepted, so a name that we do not know
    /// is tried again.
    public init(streamError error: ProviderError, context: FailureContext = FailureContext()) {
        let meaning = ErrorMeaning(error, hasRetryHint: error.retryAfter != nil)
        self.init(
            kind: .stream(type: error.type ?? error.code),
            message: Words.sentence("error in the stream", Words.name(of: error), error.message),
            isRetryable: meaning == .transient || meaning == .throttled || meaning == .unknown,
            hint: Self.hint(meaning: meaning, context: context))
        if meaning != .spent { resumeRefusal = ResumeRefusal(status: error.status ?? 200, error: error) }
    }

    /// A throttle: the next wait of the schedule is twice as long.
    public var isThrottle: Bool {
        switch kind {
        case .status(let status): status == 429
        case .stream(let type):
            ErrorMeaning(ProviderError(type: type, message: ""), hasRetryHint: true) == .throttled
        default: false
        }
    }

    private static func errorAsReply(_ error: ProviderError, requestedStream: Bool) -> StreamFailure {
        StreamFailure(
            kind: .notAReply,
            message: Words.sentence(
                "an error came where \(requestedStream ? "a stream" : "a reply") was asked for", Words.name(of: error),
                error.message),
            isRetryable: false)
    }

    private static func redirect(status: Int, location: ArraySlice<UInt8>?) -> StreamFailure {
        let target = location.map { String(decoding: $0, as: UTF8.self) } ?? ""
        return StreamFailure(
            kind: .status(status),
            message: Words.sentence(
                "HTTP \(status)", "the server redirects", target.isEmpty ? "it does not say where" : "to \(target)"),
            isRetryable: false,
            hint: "The base URL is wrong: set it to where the API itself answers (redirects are never followed).")
    }

    private static func hint(
        status: Int, error: ProviderError?, meaning: ErrorMeaning, context: FailureContext
    ) -> String? {
        if let hint = hint(meaning: meaning, context: context), meaning == .spent { return hint }
        switch status {
        case 400 where error?.speaksOfLength == true: return tooLong
        case 401: return keyHint(context)
        case 402: return payHint
        case 403:
            return "The key may not do this: another key, another model, or another region may."
        case 404: return "`weir models` lists the models; if the model exists, the base URL is wrong."
        case 405: return "The base URL is wrong: set it to where the API itself answers."
        case 407: return "The proxy wants a login: set it in HTTPS_PROXY as http://user:password@host:port."
        case 413: return tooLong
        case 511: return portalHint
        case 429: return "Wait, or switch the model."
        case 503, 529: return "The provider is overloaded: wait, or switch the model."
        default: return nil
        }
    }

    private static func hint(meaning: ErrorMeaning, context: FailureContext) -> String? {
        switch meaning {
        case .spent: payHint
        case .throttled: "Wait, or switch the model."
        case .transient, .permanent, .unknown: nil
        }
    }

    private static func keyHint(_ context: FailureContext) -> String {
        let check = context.provider.map { "`weir check \($0)`" } ?? "`weir check`"
        guard let variable = context.keyVariable else { return "The provider refused the key: mend it, then \(check)." }
        return "Set \(variable) to a valid key, then \(check)."
    }

    private static let payHint = "Add credit or raise the limit at the provider, or switch the model."
    private static let tooLong = "Shorten the conversation, or choose a model with a larger context window."
    static let portalHint =
        "A proxy or a network's login page seems to answer: log in with a browser, or look at HTTPS_PROXY."
}

extension [HTTPHeader] {
    fileprivate var hasRetryHint: Bool { field("retry-after") != nil || field("retry-after-ms") != nil }
}

extension ProviderError {
    fileprivate var isSpentByName: Bool {
        ErrorMeaning(ProviderError(type: type, code: code, message: ""), hasRetryHint: true) == .spent
    }

    var speaksOfLength: Bool {
        code == "context_length_exceeded" || message.containsIgnoringCase("too long")
            || message.containsIgnoringCase("context length") || message.containsIgnoringCase("context window")
            || message.containsIgnoringCase("context limit")
            || message.containsIgnoringCase("maximum context")
    }
}
