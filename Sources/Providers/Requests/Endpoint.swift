/// Where requests go, in which dialect, and with which key.
public struct Endpoint: Sendable, Equatable {
    /// What Anthropic's `max_tokens` is where neither the request nor the catalogue names a number: a limit that every
    /// model since Claude 3.7 accepts.
    public static let fallbackMaxTokens = 8192

    /// The provider's name in the catalogue.
    public let provider: String
    /// In which it is asked.
    public let dialect: Dialect
    /// As given.
    public let baseURL: String
    /// Sent as the dialect wants it; `nil` = none is.
    public let key: Secret?
    /// What the provider wants otherwise than the dialect has it.
    public internal(set) var habits: RequestHabits
    /// What is sent where the dialect demands `max_tokens` and the request has none.
    public let maxTokens: Int
    let base: BaseURL
    let prefillBase: BaseURL

    /// - Throws: ``EndpointError`` where the URL is none, is plain HTTP to another machine, or where the key holds a byte
    ///   that no header may hold. An empty key is none.
    public init(
        provider: String, dialect: Dialect, baseURL: String, key: Secret?, habits: RequestHabits = RequestHabits(),
        maxTokens: Int = Endpoint.fallbackMaxTokens
    ) throws(EndpointError) {
        self.provider = provider
        self.dialect = dialect
        self.baseURL = baseURL
        self.habits = habits
        self.maxTokens = maxTokens
        base = try Self.base(baseURL, dialect, habits)
        prefillBase =
            try habits.prefillBaseURL.map { (url) throws(EndpointError) in try Self.base(url, dialect, habits) }
            ?? base
        if let bad = key?.revealed.utf8.enumerated().first(where: { $0.element < 0x20 || $0.element == 0x7F }) {
            throw .invalidKey(offset: bad.offset)
        }
        self.key = key?.revealed.isEmpty == false ? key : nil
    }

    private static func base(
        _ url: String, _ dialect: Dialect, _ habits: RequestHabits
    ) throws(EndpointError) -> BaseURL {
        var base = try BaseURL(url)
        guard base.scheme == "https" || base.isLoopback || habits.allowsInsecure else {
            throw .insecure(host: base.host)
        }
        base.normalise(for: dialect)
        return base
    }

    /// Whether the URL names this machine. `false` where it is no URL.
    public static func isLoopback(_ url: String) -> Bool {
        (try? BaseURL(url))?.isLoopback ?? false
    }

    /// Scheme, host and port: who answers, whatever the path.
    public var origin: String { "\(base.scheme)://\(base.authority.lowercased())" }

    /// The request that asks for a reply. `requestID` goes out as `X-Request-ID`.
    public func request(for request: ChatRequest, requestID: String) -> HTTPRequest {
        let body = RequestBody(request, endpoint: self)
        let base = body.isPrefilled ? prefillBase : base
        let path =
            switch dialect {
            case .anthropic: "/v1/messages"
            case .openai: "/chat/completions"
            case .responses: "/responses"
            }
        var headers = authorization
        headers += [
            HTTPHeader("content-type", "application/json"),
            HTTPHeader("accept", request.stream ? "text/event-stream" : "application/json"),
            HTTPHeader("x-request-id", requestID),
        ]
        return HTTPRequest(method: "POST", url: base.appending(path), headers: headers, body: body.bytes)
    }

    /// The request for the list of models: the cheapest way to learn whether the key is accepted.
    public func modelsRequest() -> HTTPRequest {
        let path = dialect == .anthropic ? "/v1/models" : "/models"
        return HTTPRequest(
            method: "GET", url: base.appending(path),
            headers: authorization + [HTTPHeader("accept", "application/json")])
    }

    var authorization: [HTTPHeader] {
        switch dialect {
        case .anthropic:
            let version = [HTTPHeader("anthropic-version", "2023-06-01")]
            guard let key else { return version }
            return habits.usesBearer
                ? [HTTPHeader("authorization", "Bearer " + key.revealed)] + version
                : [HTTPHeader("x-api-key", key.revealed)] + version
        case .openai, .responses:
            return key.map { [HTTPHeader("authorization", "Bearer " + $0.revealed)] } ?? []
        }
    }
}
