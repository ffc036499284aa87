import TOML

extension Provider {
    /// `key_file` and `key_command` belong to whoever fetches the key.
    private static let keys: Set<String> = [
        "title", "dialect", "base_url", "base_url_variable", "key_variables", "needs_key", "self_hosted", "models",
        "default_model", "prefill", "prefill_base_url", "max_completion_tokens", "include_usage", "bearer",
        "allow_insecure", "background", "reasoning_summary", "key_file", "key_command", "max_image_bytes",
        "max_image_side", "max_images", "max_request_bytes",
    ]

    init(name: String, _ table: TOMLTable) throws(TOMLError) {
        guard let dialect: Dialect = try table.word("dialect") else {
            throw table.error("dialect", "is required for a new provider: anthropic, openai or responses")
        }
        self.init(name: name, dialect: dialect, baseURL: try table.requireString("base_url"))
        needsKey = !Endpoint.isLoopback(baseURL)
        try apply(table)
    }

    /// Changes what the table says.
    mutating func apply(_ table: TOMLTable) throws(TOMLError) {
        try table.rejectUnknownKeys(Self.keys)
        title = try table.string("title") ?? title
        dialect = try table.word("dialect") ?? dialect
        if let url = try table.string("base_url") {
            baseURL = url
            do throws(EndpointError) {
                _ = try BaseURL(url)
            } catch {
                throw table.error("base_url", error.description)
            }
        }
        baseURLVariable = try table.string("base_url_variable") ?? baseURLVariable
        keyVariables = try table.strings("key_variables") ?? keyVariables
        needsKey = try table.bool("needs_key") ?? needsKey
        selfHosted = try table.bool("self_hosted") ?? selfHosted
        habits.prefill = try table.word("prefill") ?? habits.prefill
        habits.prefillBaseURL = try table.string("prefill_base_url") ?? habits.prefillBaseURL
        habits.usesMaxCompletionTokens = try table.bool("max_completion_tokens") ?? habits.usesMaxCompletionTokens
        habits.asksForUsage = try table.bool("include_usage") ?? habits.asksForUsage
        habits.usesBearer = try table.bool("bearer") ?? habits.usesBearer
        habits.allowsInsecure = try table.bool("allow_insecure") ?? habits.allowsInsecure
        let sizes = 1...Int.max
        limits.maximumImageBytes = try table.int("max_image_bytes", in: sizes) ?? limits.maximumImageBytes
        limits.maximumImageSide = try table.int("max_image_side", in: sizes) ?? limits.maximumImageSide
        limits.maximumImages = try table.int("max_images", in: sizes) ?? limits.maximumImages
        limits.maximumRequestBytes = try table.int("max_request_bytes", in: sizes) ?? limits.maximumRequestBytes
        habits.usesBackground = try table.bool("background") ?? habits.usesBackground
        habits.reasoningSummary = try table.word("reasoning_summary") ?? habits.reasoningSummary
        for entry in try table.tables("models") ?? [] {
            let id = try entry.requireString("id")
            if let index = models.firstIndex(where: { $0.id == id }) {
                try models[index].apply(entry)
            } else {
                var model = Model(id: id, resume: selfHosted ? .prefill : .continue)
                try model.apply(entry)
                models.append(model)
            }
        }
        defaultModel = try table.string("default_model") ?? defaultModel
        if defaultModel.isEmpty { defaultModel = models.first { !$0.isPattern }?.id ?? "" }
    }
}

extension Model {
    private static let keys: Set<String> = [
        "id", "aliases", "title", "context_window", "max_output", "resume", "thinking", "images", "dialect",
        "background",
    ]

    mutating func apply(_ table: TOMLTable) throws(TOMLError) {
        try table.rejectUnknownKeys(Self.keys)
        aliases = try table.strings("aliases") ?? aliases
        title = try table.string("title") ?? title
        contextWindow = try table.int("context_window", in: 1...Int.max) ?? contextWindow
        maxOutput = try table.int("max_output", in: 1...Int.max) ?? maxOutput
        resume = try table.word("resume") ?? resume
        if resume == .cursor {
            throw table.error(
                "resume", "a cursor comes with background = true; here stands what follows where it is refused")
        }
        thinking = try table.bool("thinking") ?? thinking
        // What is listed and not said to take images takes none.
        images = try table.bool("images") ?? images ?? (isPattern ? nil : false)
        dialect = try table.word("dialect") ?? dialect
        background = try table.bool("background") ?? background
    }
}

extension TOMLTable {
    /// One of a few words.
    fileprivate func word<Word: RawRepresentable & CaseIterable>(
        _ key: String
    ) throws(TOMLError) -> Word? where Word.RawValue == String {
        guard let text = try string(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(key, "expected one of \(words), found \"\(text)\"")
        }
        return word
    }
}
