import Providers

/// Which ways to resume a server has refused for a model: what one stream has learnt, every other one of the engine knows.
///
/// Kept for the engine's life and no longer: providers change what their models take. Refusals of one model say nothing
/// about another one, nor about the same model elsewhere.
public struct ResumeMemory: Sendable, Equatable, Codable {
    private struct Subject: Hashable, Codable {
        var provider: String
        var baseURL: String
        var model: String
    }

    private var refused: [Subject: Set<ResumeStrategy>] = [:]

    /// Nothing was refused yet.
    public init() {}

    /// Whether nothing was refused.
    public var isEmpty: Bool { refused.isEmpty }

    /// - Returns: whether that is news.
    @discardableResult
    public mutating func remember(_ strategy: ResumeStrategy, refusedBy endpoint: Endpoint, model: String) -> Bool {
        guard strategy != .off else { return false }
        return refused[Self.subject(endpoint, model), default: []].insert(strategy).inserted
    }

    /// What a model at an address has refused.
    public func refusals(of endpoint: Endpoint, model: String) -> Set<ResumeStrategy> {
        // Nothing was ever refused: the usual case costs no hashing.
        refused.isEmpty ? [] : refused[Self.subject(endpoint, model)] ?? []
    }

    /// Adds what another one remembers.
    public mutating func merge(_ other: ResumeMemory) {
        for (subject, strategies) in other.refused { refused[subject, default: []].formUnion(strategies) }
    }

    private static func subject(_ endpoint: Endpoint, _ model: String) -> Subject {
        Subject(provider: endpoint.provider, baseURL: endpoint.baseURL, model: model)
    }
}
