import Providers

/// The user's word on how a broken reply is taken up (`--resume`).
public enum ResumeSetting: Sendable, Hashable, CustomStringConvertible, Codable {
    /// The model's preferred strategy; where a server refuses it, the next one of ``ResumePlanner/chain``.
    case auto
    /// This one or none.
    case fixed(ResumeStrategy)

    /// `auto`, `cursor`, `prefill`, `continue`, `system-note`, `restart-skip`, `off`.
    public init?(_ word: String) {
        if word == "auto" {
            self = .auto
        } else if let strategy = ResumeStrategy(rawValue: word) {
            self = .fixed(strategy)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .auto: "auto"
        case .fixed(let strategy): strategy.rawValue
        }
    }
}

extension ResumeSetting {
    /// As its word.
    public init(from decoder: any Decoder) throws {
        let word = try decoder.singleValueContainer().decode(String.self)
        guard let setting = ResumeSetting(word) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "there is no way to resume called \"\(word)\""))
        }
        self = setting
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Chooses how the next attempt takes up what was received, and remembers what the server has refused.
public struct ResumePlanner: Sendable, Equatable {
    /// From the best to none: each next one asks less of the server. A cursor comes before all of them where there is
    /// one, which the machine knows; see `ReplyMachine.cursorPlan`.
    public static let chain: [ResumeStrategy] = [.prefill, .continue, .systemNote, .restartSkip, .off]

    /// Strategies that this stream's server answered with an error, or that did not match.
    public private(set) var refusedStrategies: Set<ResumeStrategy> = []

    public init() {}

    /// The server refused a request that resumed so (see ``StreamFailure/refusesResume``), or a restart diverged. The
    /// next plan uses another strategy.
    public mutating func refused(_ strategy: ResumeStrategy) {
        if strategy != .off { refusedStrategies.insert(strategy) }
    }

    /// The plan for the next attempt.
    ///
    /// - `nil`: there is no text yet, so the next attempt is the original request, thinking or not: thoughts cannot be
    ///   resumed in part.
    /// - ``Providers/ResumeStrategy/off``: keep the partial and end. Either the user wants it so, or the server has
    ///   refused everything else.
    /// - A reply with parts that are not text (tool calls, images) can only be restarted, and so can a partial of nothing
    ///   but white space, which no provider takes as a message.
    ///
    /// A fixed strategy that was refused is not replaced by another.
    /// - Parameters:
    ///   - preferred: the model's own, from the catalogue. `auto` begins there and goes down ``chain``.
    ///   - partial: the text committed so far.
    ///   - hasParts: something other than text and thinking came.
    public func plan(
        setting: ResumeSetting, preferred: ResumeStrategy, request: ChatRequest, partial: [UInt8], hasParts: Bool
    ) -> ResumePlan? {
        guard !partial.isEmpty else { return nil }
        let mustRestart = hasParts || partial.allSatisfy(\.isSpace)
        let strategy: ResumeStrategy
        switch setting {
        case .fixed(let fixed):
            let wanted = fixed == .cursor ? .off : fixed != .off && mustRestart ? .restartSkip : fixed
            strategy = refusedStrategies.contains(wanted) ? .off : wanted
        case .auto:
            let preferred = preferred == .cursor ? .continue : preferred
            let start = mustRestart && preferred != .off ? .restartSkip : preferred
            strategy = Self.chain.drop { $0 != start }.first { !refusedStrategies.contains($0) } ?? .off
        }
        return ResumePlan(
            strategy: strategy, keptBytes: partial.count,
            rebilledTokens: strategy == .off
                ? 0
                : TokenEstimator.estimate(
                    Self.request(
                        original: request, partial: String(decoding: partial, as: UTF8.self), strategy: strategy)))
    }
}
