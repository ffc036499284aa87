/// A provider as the catalogue or the user's configuration describes it.
public struct Provider: Sendable, Equatable {
    /// The key in the catalogue: `anthropic`.
    public var name: String
    /// A name for people.
    public var title: String
    /// In which its models are asked, unless a model says otherwise.
    public var dialect: Dialect
    /// By the habit of its dialect: Anthropic's without `/v1`, OpenAI's with it.
    public var baseURL: String
    /// Environment variables that may hold the key, the first that is set counts.
    public var keyVariables: [String]
    /// The environment variable that overrides ``baseURL``.
    public var baseURLVariable: String?
    /// Whether it answers nobody without a key.
    public var needsKey: Bool
    /// Runs on a machine of the user's own.
    public var selfHosted: Bool
    /// Known models and patterns, in the order of the file.
    public var models: [Model]
    /// An id of ``models``, or one that a pattern covers.
    public var defaultModel: String
    /// What it wants otherwise than its dialect has it.
    public var habits: RequestHabits
    /// What it refuses for its size.
    public var limits: RequestLimits

    /// A provider; what is left out is as most have it.
    public init(
        name: String, title: String? = nil, dialect: Dialect, baseURL: String, keyVariables: [String] = [],
        baseURLVariable: String? = nil, needsKey: Bool = true, selfHosted: Bool = false, models: [Model] = [],
        defaultModel: String = "", habits: RequestHabits = RequestHabits(), limits: RequestLimits = RequestLimits()
    ) {
        self.name = name
        self.title = title ?? name
        self.dialect = dialect
        self.baseURL = baseURL
        self.keyVariables = keyVariables
        self.baseURLVariable = baseURLVariable
        self.needsKey = needsKey
        self.selfHosted = selfHosted
        self.models = models
        self.defaultModel = defaultModel
        self.habits = habits
        self.limits = limits
    }

    /// Where requests for a model go: in the model's dialect, with the provider's habits and the model's limit.
    ///
    /// `baseURL` is in the habit of the provider's own dialect (Anthropic's without `/v1`); for a model that is asked in
    /// one of the other habit, `/v1` comes or goes.
    public func endpoint(
        for model: Model, baseURL: String? = nil, key: Secret?
    ) throws(EndpointError) -> Endpoint {
        let dialect = model.dialect ?? self.dialect
        var url = baseURL ?? self.baseURL
        if dialect.hasVersionInBase, !self.dialect.hasVersionInBase {
            while url.hasSuffix("/") { url.removeLast() }
            if !url.hasSuffix("/v1") { url += "/v1" }
        }
        var habits = habits
        habits.usesBackground = model.background ?? habits.usesBackground
        // Another address is another server: what the provider's own beta path can do is not asked of it.
        if let baseURL, baseURL != self.baseURL { habits.prefillBaseURL = nil }
        return try Endpoint(
            provider: name, dialect: dialect, baseURL: url, key: key, habits: habits,
            maxTokens: model.maxOutput ?? Endpoint.fallbackMaxTokens)
    }
}
