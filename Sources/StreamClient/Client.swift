import CurlTransport
import Pricing
import Providers
import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Streams replies of the catalogue's providers in a few lines: retries, resumes, counts, and says how it ended.
///
/// ```swift
/// let client = try Client()
/// let reply = try client.reply(to: "Why is the sky blue?", from: "anthropic/claude-haiku-4-5")
/// for text in reply { print(text, terminator: "") }
/// print(reply.result().cost)
/// ```
///
/// One loop, no threads: the loop turns while somebody reads a reply, and all replies of a client go on then. So a client
/// and its replies belong to one thread. ``ClientThread`` gives it one of its own, for `async` code.
public final class Client {
    /// The loop itself, for a program that wants to see or steer more than texts.
    public let driver: Driver
    /// Who can be asked.
    public let catalogue: Catalogue
    private let environment: (String) -> String?

    /// - Parameters:
    ///   - catalogue: `nil` = the built-in one; a user's file is merged into it with ``Providers/Catalogue/merge(_:)``.
    ///   - prices: `nil` = the built-in ones.
    ///   - options: of the transport.
    ///   - environment: looks a variable up, for keys and addresses; `nil` or empty = it is not set.
    /// - Throws: where no sockets can be had.
    public init(
        catalogue: Catalogue? = nil, prices: PriceTable? = nil, options: CurlTransport.Options = .init(),
        environment: @escaping (String) -> String? = { getenv($0).map { String(cString: $0) } }
    ) throws {
        self.catalogue = try catalogue ?? .builtIn()
        self.environment = environment
        driver = Driver(
            engine: StreamEngine(prices: try prices ?? .builtIn(), seed: .random(in: .min ... .max)),
            transport: try CurlTransport(options: options))
    }

    /// Asks for a reply; it is on its way when this returns.
    ///
    /// - Parameters:
    ///   - model: `PROVIDER/MODEL`, or a model's name alone where the catalogue knows whose it is.
    ///   - budget: what may be spent on it.
    /// - Throws: ``ClientError`` where the model or its key is not known, `EndpointError` where the address is none.
    public func reply(
        to prompt: String, from model: String, system: String? = nil, budget: Budget = Budget()
    ) throws -> Reply {
        var order = try order(for: [ChatMessage(role: .user, text: prompt)], from: model, system: system)
        order.budget = budget
        return reply(to: order)
    }

    /// Asks for a reply by an order of one's own. Its text must never be taken back, so it may not begin a new take; and
    /// nobody is there to answer, so it does not ask before it goes on. (Both can be had of ``driver``.)
    public func reply(to order: StreamOrder) -> Reply {
        var order = order
        order.allowsNewTake = false
        if order.resume == .ask { order.resume = .auto }
        return Reply(driver.act { $0.start(order, at: $1, into: &$2) }, driver)
    }

    /// What ``reply(to:)`` needs, by the catalogue and the environment, to be changed at will: policies, clocks, budget.
    /// Nobody is there to choose, so a server that asks for a long wait ends the reply.
    public func order(
        for messages: [ChatMessage], from name: String, system: String? = nil
    ) throws -> StreamOrder {
        let (provider, model) = try find(name)
        let key = provider.keyVariables.lazy.compactMap(set).first
        let baseURL = provider.baseURLVariable.flatMap(set)
        if key == nil, provider.needsKey, !Endpoint.isLoopback(baseURL ?? provider.baseURL) {
            throw ClientError.noKey(provider: provider.name, variables: provider.keyVariables)
        }
        return StreamOrder(
            endpoint: try provider.endpoint(for: model, baseURL: baseURL, key: key.map { Secret($0) }), model: model,
            request: ChatRequest(model: model.id, system: system, messages: messages), longWaits: .giveUp,
            allowsNewTake: false,
            failureContext: FailureContext(
                provider: provider.name, keyVariable: provider.keyVariables.first, model: model.id))
    }

    private func find(_ name: String) throws(ClientError) -> (Provider, Model) {
        if let slash = name.firstIndex(of: "/"), let provider = catalogue.provider(named: String(name[..<slash])) {
            return (provider, catalogue.model(String(name[name.index(after: slash)...]), of: provider))
        }
        guard let found = catalogue.find(model: name) else { throw .unknownModel(name) }
        return (found.provider, found.model)
    }

    private func set(_ variable: String) -> String? {
        environment(variable).flatMap { $0.isEmpty ? nil : $0 }
    }
}

/// Why nobody could be asked.
public enum ClientError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No provider of the catalogue is known to have it.
    case unknownModel(String)
    /// The provider wants a key, and none of its variables is set.
    case noKey(provider: String, variables: [String])

    /// What happened, and what to do about it.
    public var description: String {
        switch self {
        case .unknownModel(let name): "no provider is known to have the model “\(name)”: name it as PROVIDER/MODEL"
        case .noKey(let provider, let variables):
            "\(provider) needs a key, and there is none: set \(variables.joined(separator: " or "))"
        }
    }
}
