import Pricing
import Providers
import StreamEngine
import TOML

/// Something that the user has to set right before the program can go on: exit status 3.
struct SettingsError: Error, CustomStringConvertible {
    let message: String
    /// What to do; a line of its own.
    var hint: String?

    var description: String { hint.map { message + "\n" + $0 } ?? message }
}

/// What a run of the program goes by: the command line before the environment before `config.toml` before the defaults.
struct Settings {
    var options: CommonOptions
    var configuration: Configuration
    var catalogue: Catalogue
    var prices: PriceTable?
    var paths: Paths
    /// Files that could not be used: the rest of the program still starts.
    var problems: [String] = []
    /// `--base-url`, or `WEIR_BASE_URL`.
    private let namedBaseURL: String?
    /// The provider whose address that is; `nil` where nobody said.
    private let baseURLOwner: String?
    /// Keys are fetched once: a `key_command` may ask a person.
    private let keys = KeyRing()

    /// Reads the files. What is wrong in one is a problem to be told, unless the user named the file.
    ///
    /// - Parameter subject: a provider that the command names besides its options (`weir check NAME`).
    init(_ options: CommonOptions, subject: String? = nil) throws {
        let variable = environment("WEIR_PROVIDER")
        namedBaseURL = options.baseURL ?? environment("WEIR_BASE_URL")
        baseURLOwner =
            options.baseURL != nil
            ? options.provider ?? subject ?? variable : variable ?? options.provider ?? subject
        self.options = options
        if let subject { self.options.provider = subject }
        paths = Paths(environment: environment)
        configuration = Configuration()
        catalogue = try Catalogue.builtIn()
        let named = options.config ?? environment("WEIR_CONFIG")
        try load(named ?? paths.configFile, isNamed: named != nil)
    }

    private mutating func load(_ path: String, isNamed: Bool) throws {
        do {
            guard let bytes = try Files.contents(of: path) else {
                if isNamed { throw SettingsError(message: "\(path): no such file") }
                return
            }
            let document = try TOMLDocument(bytes: bytes, source: path)
            configuration = try Configuration(document)
            try catalogue.merge(document)
        } catch {
            if isNamed { throw SettingsError(message: "\(error)") }
            problems.append("\(error)")
        }
    }

    /// The price table with the user's own rows; read when it is first needed.
    mutating func loadPrices() throws -> PriceTable {
        if let prices { return prices }
        var table = PriceTable.builtInWhenAsked
        do {
            if let bytes = try Files.contents(of: paths.pricingFile) {
                try table.merge(try TOMLDocument(bytes: bytes, source: paths.pricingFile))
            }
        } catch {
            problems.append("\(error)")
        }
        prices = table
        return table
    }

    // MARK: Whom to ask

    /// The provider and model that the user means.
    func choice() throws(SettingsError) -> (provider: Provider, model: Model) {
        if let provider = options.provider ?? environment("WEIR_PROVIDER") ?? configuration.provider {
            return try choice(provider: provider, model: model(for: provider))
        }
        let model = options.model ?? environment("WEIR_MODEL") ?? configuration.model
        if let model {
            if let slash = model.firstIndex(of: "/"), catalogue.provider(named: String(model[..<slash])) != nil {
                return try choice(
                    provider: String(model[..<slash]), model: String(model[model.index(after: slash)...]))
            }
            if let found = catalogue.find(model: model) { return found }
            throw SettingsError(
                message: "no provider is known to have the model “\(model)”",
                hint: "Name the provider too (-p PROVIDER), or see `weir models`.")
        }
        // Nothing said: the first provider whose key is there.
        for provider in catalogue.providers where provider.needsKey && source(of: provider).hasAny {
            return (provider, catalogue.model(provider.defaultModel, of: provider))
        }
        throw SettingsError(
            message: "no key was found, so there is nobody to ask",
            hint: "Set ANTHROPIC_API_KEY or OPENAI_API_KEY, choose a provider with -p (see `weir providers`), "
                + "or try `weir demo`: it needs no key and no network.")
    }

    /// The model that was named where the provider was, or before it. One that was only written down for everyday use does
    /// not go to another provider than its own.
    private func model(for provider: String) -> String? {
        if let model = options.model { return model }
        let variable = environment("WEIR_PROVIDER")
        let written = [
            (provider: variable, model: environment("WEIR_MODEL"), holds: options.provider == nil),
            (configuration.provider, configuration.model, options.provider == nil && variable == nil),
        ]
        for (said, model, holds) in written {
            guard let model else { continue }
            if holds || said == provider { return model }
            if said == nil, model.hasPrefix(provider + "/") { return String(model.dropFirst(provider.utf8.count + 1)) }
            if said == nil, catalogue.find(model: model)?.provider.name == provider { return model }
        }
        return nil
    }

    /// What a conversation names.
    func choice(_ ref: (provider: String, model: String)) throws(SettingsError) -> (provider: Provider, model: Model) {
        try choice(provider: ref.provider, model: ref.model)
    }

    private func choice(
        provider name: String, model: String?
    ) throws(SettingsError) -> (provider: Provider, model: Model) {
        guard let provider = catalogue.provider(named: name) else {
            let names = catalogue.providers.map(\.name)
            let nearest = TOMLTable.nearest(to: name, in: names).map { " Did you mean \($0)?" } ?? ""
            throw SettingsError(
                message: "no provider is called “\(name)”.\(nearest)",
                hint: "There are: " + names.joined(separator: ", ") + ".")
        }
        return (provider, catalogue.model(model ?? provider.defaultModel, of: provider))
    }

    func source(of provider: Provider) -> KeySource {
        let key = configuration.keys[provider.name]
        return KeySource(variables: provider.keyVariables, file: key?.file, command: key?.command)
    }

    /// Where a provider's requests go, with its key.
    ///
    /// A key belongs to its provider's own address. `--base-url` is the address of one provider, the one that `-p` names:
    /// another one keeps its own. Where nobody said whose address it is, it is used for the provider that the program was
    /// started with, without that provider's key; only `WEIR_API_KEY` goes there, and nowhere but to that provider.
    func endpoint(of provider: Provider, for model: Model) throws(SettingsError) -> Endpoint {
        let isChosen = try choice().provider.name == provider.name
        let isNamed = namedBaseURL != nil && (baseURLOwner.map { $0 == provider.name } ?? isChosen)
        let isForeign = isNamed && baseURLOwner == nil
        let baseURL = isNamed ? namedBaseURL : provider.baseURLVariable.flatMap(environment)
        var key = isChosen ? environment("WEIR_API_KEY").map { Secret($0.trimmingWhitespace) } : nil
        if key == nil, !isForeign {
            do throws(KeySource.Failure) {
                key = try keys.key(of: provider.name, from: source(of: provider))
            } catch {
                throw SettingsError(message: "\(error)")
            }
        }
        if key == nil, provider.needsKey, !Endpoint.isLoopback(baseURL ?? provider.baseURL) {
            throw SettingsError(message: missingKey(provider, isForeign: isForeign), hint: keyHint(provider))
        }
        var model = model
        if isChosen, let dialect = options.dialect { model.dialect = dialect }
        do throws(EndpointError) {
            return try provider.endpoint(for: model, baseURL: baseURL, key: key)
        } catch {
            throw SettingsError(message: "\(provider.name): \(error)")
        }
    }

    /// Whether ``endpoint(of:for:)`` will run a command that may want the terminal.
    func runsKeyCommand(for provider: Provider) -> Bool {
        let source = source(of: provider)
        return source.command != nil && source.file == nil && !keys.has(provider.name)
            && source.variables.allSatisfy { environment($0) == nil }
    }

    func failureContext(of provider: Provider, _ model: Model) -> FailureContext {
        FailureContext(provider: provider.name, keyVariable: provider.keyVariables.first, model: model.id)
    }

    private func missingKey(_ provider: Provider, isForeign: Bool) -> String {
        isForeign
            ? "--base-url names another address than \(provider.name)'s, and its key is not sent there"
            : "\(provider.name) needs a key, and there is none"
    }

    private func keyHint(_ provider: Provider) -> String {
        let variable = provider.keyVariables.first ?? "WEIR_API_KEY"
        return "Set \(variable) (or WEIR_API_KEY), or key_file or key_command in [providers.\(provider.name)] of "
            + paths.configFile + ". `weir demo` needs none."
    }

    // MARK: How to ask

    /// What is asked of a model.
    func request(for model: Model, messages: [ChatMessage]) -> ChatRequest {
        ChatRequest(
            model: model.id, system: options.system ?? configuration.system, messages: messages,
            maxTokens: options.maxTokens ?? configuration.maxTokens,
            temperature: options.temperature ?? configuration.temperature)
    }

    /// The order for a conversation's next reply.
    func order(
        provider: Provider, model: Model, messages: [ChatMessage], isInteractive: Bool
    ) throws(SettingsError) -> StreamOrder {
        let request = request(for: model, messages: messages)
        var order = StreamOrder(
            endpoint: try endpoint(of: provider, for: model), model: model, request: request,
            retryPolicy: try retryPolicy(),
            timeouts: try timeouts(), resume: options.retry.resume?.setting ?? configuration.retry.resume ?? .auto,
            longWaits: isInteractive ? .wait : .giveUp, allowsNewTake: isInteractive,
            failureContext: failureContext(of: provider, model))
        order.budget = budget()
        if order.resume == .fixed(.cursor) {
            // Who wants to go on by a cursor wants what it takes.
            guard let endpoint = order.endpoint.inBackground() else {
                throw SettingsError(
                    message:
                        "\(provider.name)/\(model.id) cannot be resumed by a cursor: it is asked in another dialect",
                    hint: "Only OpenAI's Responses have one: --dialect responses, where the provider speaks it.")
            }
            order.endpoint = endpoint
        }
        order.maximumEventBytes = try limit(.event)
        order.maximumBodyBytes = try limit(.body)
        order.maximumHeaderBytes = try limit(.headers)
        return order
    }

    func retryPolicy() throws(SettingsError) -> RetryPolicy {
        var policy = RetryPolicy()
        let said = options.retry
        let written = configuration.retry
        policy.maximumRetries = said.maxRetries ?? written.maximumRetries ?? policy.maximumRetries
        policy.baseDelay = said.baseDelay?.duration ?? written.baseDelay ?? policy.baseDelay
        policy.maximumDelay = said.maxDelay?.duration ?? written.maximumDelay ?? policy.maximumDelay
        policy.jitter = said.jitter ?? written.jitter ?? policy.jitter
        policy.fallbackAfter = said.fallbackAfter ?? written.fallbackAfter ?? policy.fallbackAfter
        policy.budget = said.retryBudget ?? written.budget ?? policy.budget
        policy.holdsBack = said.holdBack ?? written.holdsBack ?? policy.holdsBack
        do throws(SettingError) {
            try policy.validate()
        } catch {
            throw SettingsError(message: "\(error)")
        }
        return policy
    }

    func timeouts() throws(SettingsError) -> Timeouts {
        var timeouts = Timeouts()
        let said = options.clocks
        let written = configuration.timeouts
        timeouts.connect = said.connectTimeout?.duration ?? written.connect ?? timeouts.connect
        timeouts.firstByte = said.firstByteTimeout?.duration ?? written.firstByte ?? timeouts.firstByte
        timeouts.idle = said.idleTimeout?.duration ?? written.idle ?? timeouts.idle
        timeouts.contentIdle = said.contentTimeout?.duration ?? written.content ?? timeouts.contentIdle
        timeouts.total = said.timeout?.duration ?? written.total ?? timeouts.total
        timeouts.wake = said.wakeTimeout?.duration ?? written.wake ?? timeouts.wake
        do throws(SettingError) {
            try timeouts.validate()
        } catch {
            throw SettingsError(message: "\(error)")
        }
        return timeouts
    }
}

extension KeySource {
    /// Whether any source is there, without asking it.
    var hasAny: Bool { variables.contains { environment($0) != nil } || file != nil || command != nil }
}
