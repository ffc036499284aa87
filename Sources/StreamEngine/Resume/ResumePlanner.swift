import Providers

/// The user's word on how a broken reply is taken up (`--resume`).
public enum ResumeSetting: Sendable, Hashable, CustomStringConvertible, Codable {
    /// The model's preferred strategy; where a server refuses it, the next one of ``ResumePlanner/chain``.
    case auto
    /// As ``auto``, but the user is asked before anything is billed again.
    case ask
    /// This one or none.
    case fixed(ResumeStrategy)

    /// `auto`, `ask`, `cursor`, `prefill`, `continue`, `system-note`, `restart-skip`, `off`.
    public init?(_ word: String) {
        if word == "auto" {
            self = .auto
        } else if word == "ask" {
            self = .ask
        } else if let strategy = ResumeStrategy(rawValue: word) {
            self = .fixed(strategy)
        } else {
            return nil
        }
    }

    public var description: String {
        switch self {
        case .auto: "auto"
        case .ask: "ask"
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

/// Chooses how the next attempt takes up what was received, and remembers what this stream's server has refused; what
/// other streams have learnt is ``ResumeMemory``.
public struct ResumePlanner: Sendable, Equatable {
    /// From the best to none: each next one asks less of the server. A cursor comes before all of them where there is
    /// one, which the machine knows; see `ReplyMachine.cursorPlan`.
    public static let chain: [ResumeStrategy] = [.prefill, .continue, .systemNote, .restartSkip, .off]

    /// Strategies that this stream's server answered with an error, or that did not match.
    public private(set) var refusedStrategies: Set<ResumeStrategy> = []

    /// Nothing was refused yet.
    public init() {}

    /// The server refused a request that resumed so (see ``StreamFailure/resumeRefusal``), or a restart diverged. The
    /// next plan uses another strategy.
    public mutating func refused(_ strategy: ResumeStrategy, because refusal: ResumeRefusal? = nil) {
        if strategy != .off { refusedStrategies.insert(strategy) }
        // Whatever sends the partial reply along is as large.
        if refusal == .tooLarge { refusedStrategies.formUnion(Self.chain.filter(\.sendsPartial)) }
    }

    /// What a plan is made from.
    public struct Situation: Sendable {
        /// The user's word.
        public var setting: ResumeSetting
        /// The model's own, from the catalogue. `auto` begins there and goes down ``ResumePlanner/chain``.
        public var preferred: ResumeStrategy
        /// What other streams' servers have refused; a fixed strategy is tried all the same.
        public var known: Set<ResumeStrategy>
        /// As it was first sent.
        public var request: ChatRequest
        /// The text committed so far.
        public var partial: [UInt8]
        /// Something other than text and thinking came, and text after it. (What came after the last text is not in the
        /// way: the reply goes on from the last text, and the part comes again.)
        public var hasParts: Bool

        /// From its parts.
        public init(
            setting: ResumeSetting, preferred: ResumeStrategy, known: Set<ResumeStrategy> = [], request: ChatRequest,
            partial: [UInt8], hasParts: Bool
        ) {
            self.setting = setting
            self.preferred = preferred
            self.known = known
            self.request = request
            self.partial = partial
            self.hasParts = hasParts
        }

        /// A reply of nothing but white space is a message that no provider takes.
        fileprivate var mustRestart: Bool { hasParts || partial.allSatisfy(\.isSpace) }
    }

    /// The plan for the next attempt; its cost is unknown here.
    ///
    /// - `nil`: there is no text yet, so the next attempt is the original request, thinking or not: thoughts cannot be
    ///   resumed in part.
    /// - ``Providers/ResumeStrategy/off``: keep the partial and end. Either the user wants it so, or the server has
    ///   refused everything else.
    /// - A reply with parts that are not text (tool calls, images) before its last text can only be restarted, and so can
    ///   a partial of nothing but white space.
    ///
    /// A fixed strategy that was refused is not replaced by another.
    public func plan(_ situation: Situation) -> ResumePlan? {
        guard !situation.partial.isEmpty else { return nil }
        let strategy: ResumeStrategy
        switch situation.setting {
        case .fixed(let fixed):
            let wanted = fixed == .cursor ? .off : fixed != .off && situation.mustRestart ? .restartSkip : fixed
            strategy = refusedStrategies.contains(wanted) ? .off : wanted
        case .auto, .ask: strategy = strategies(for: situation).first ?? .off
        }
        return plan(strategy, situation)
    }

    /// Every way to go on that is open to `auto` and `ask`, best first. Empty where there is none, and without text.
    public func options(_ situation: Situation) -> [ResumePlan] {
        guard !situation.partial.isEmpty else { return [] }
        return strategies(for: situation).map { plan($0, situation) }
    }

    private func strategies(for situation: Situation) -> [ResumeStrategy] {
        // A cursor that is there comes before all plans; without one, its models take this.
        let preferred = situation.preferred == .cursor ? .continue : situation.preferred
        let start = situation.mustRestart && preferred != .off ? .restartSkip : preferred
        return Self.chain.drop { $0 != start }.filter {
            $0 != .off && !refusedStrategies.contains($0) && !situation.known.contains($0)
        }
    }

    private func plan(_ strategy: ResumeStrategy, _ situation: Situation) -> ResumePlan {
        guard strategy != .off else {
            return ResumePlan(strategy: .off, keptBytes: situation.partial.count, rebill: .nothing)
        }
        let partial = String(decoding: situation.partial, as: UTF8.self)
        let request = Self.request(original: situation.request, partial: partial, strategy: strategy)
        return ResumePlan(
            strategy: strategy, keptBytes: situation.partial.count,
            rebill: Rebill(
                input: TokenEstimator.estimate(request),
                output: strategy.sendsPartial ? 0 : TokenEstimator.estimate(partial)))
    }
}

extension ResumeStrategy {
    /// The request carries the partial reply, and the server goes on from there.
    var sendsPartial: Bool {
        switch self {
        case .prefill, .continue, .systemNote: true
        case .cursor, .restartSkip, .off: false
        }
    }
}
