import Pricing
import Providers
import Screen
import StreamEngine

/// What would be sent with the draft as it is: an estimate, brought up to date with every key.
struct DraftEstimate: Sendable, Equatable {
    /// Of a request: system prompt, what went before, and the draft.
    var tokens = 0
    /// Of all models that are asked; `.unknown` where one has no price.
    var cost = Cost.unknown
    var models: [ModelRef] = []
    /// Files that it names.
    var files = FilesWeight()
    /// The smallest context window of those that are asked, as far as they are known.
    var window: Int?

    /// More than the window takes.
    var isTooLong: Bool { window.map { tokens > $0 } ?? false }
}

/// Keeps an estimate, and what it was made of, so that a key costs what was typed and not what was said.
struct Estimator: Sendable {
    private struct Basis: Equatable {
        var conversation: ConversationID
        var draft: Int
        var said: Int
        var model: ModelRef
        var editing: TurnID?
    }

    private var basis: Basis?
    private var pastes: [String] = []
    private var pasteTokens = 0
    /// The files that the draft names, and what they weigh; `nil` = not known yet.
    private var mentions: [FileMention] = []
    private var weight: FilesWeight?
    /// When to ask for it: what is typed on meanwhile is no file yet.
    private(set) var weighDue: Instant?
    private static let weighPause = Duration.milliseconds(300)
    /// Of what goes along.
    private(set) var history = 0
    /// `nil` while there is nothing to send.
    private(set) var estimate: DraftEstimate?

    /// Whether it has to be made anew.
    fileprivate func isStale(for model: Model) -> Bool { basis != Self.basis(of: model) }

    private static func basis(of model: Model) -> Basis {
        Basis(
            conversation: model.current, draft: model.editor.generation, said: model.transcript.saidGeneration,
            model: model.currentModel, editing: model.conversation.editing)
    }

    fileprivate mutating func make(for model: Model, history: Int) {
        basis = Self.basis(of: model)
        self.history = history
        estimate = nil
        guard !model.editor.isBlank, let (prompt, refs) = model.whatIsAsked() else {
            // The next draft's files are looked at anew.
            (mentions, weight, weighDue) = ([], nil, nil)
            return
        }
        var result = DraftEstimate()
        result.models = refs
        result.tokens = model.options.systemTokens + history + 3 + 4 + TokenEstimator.estimate(prompt)
        if model.editor.pastes != pastes {
            pastes = model.editor.pastes
            pasteTokens = pastes.reduce(0) { $0 + TokenEstimator.estimate($1) }
        }
        result.tokens += pasteTokens
        let mentions = FileMention.all(in: prompt)
        if mentions.map(\.paths) != self.mentions.map(\.paths) {
            self.mentions = mentions
            weight = nil
            weighDue = mentions.isEmpty ? nil : model.now.instant + Self.weighPause
        }
        result.files = weight ?? FilesWeight(uncounted: mentions.count)
        result.tokens += result.files.tokens
        result.window = refs.compactMap { ref in model.models.first { $0.ref == ref }?.contextWindow }.min()
        if let prices = model.options.prices {
            result.cost =
                CostSum(
                    refs.map {
                        prices.cost(
                            of: TokenCounts(input: result.tokens), isEstimated: true, provider: $0.provider,
                            model: $0.model, at: model.now.wall.secondsSince1970)
                    } + (result.files.uncounted > 0 ? [.unknown] : [])
                ).cost
        }
        estimate = result
    }
}

extension Estimator {
    /// Files whose weight is to be asked for, once.
    mutating func takeUnweighed(at now: Instant) -> [FileMention]? {
        guard let due = weighDue, due <= now else { return nil }
        weighDue = nil
        return mentions
    }

    /// The answer; one that comes too late is none.
    mutating func weighed(_ mentions: [FileMention], _ weight: FilesWeight) {
        guard mentions == self.mentions else { return }
        self.weight = weight
        basis = nil
    }
}

extension Model {
    /// After every message: costs nothing where neither the draft nor what was said has changed.
    mutating func bringEstimateUpToDate() {
        guard estimator.isStale(for: self) else { return }
        let history = transcript.historyTokens(before: conversation.editing)
        var taken = estimator
        taken.make(for: self, history: history)
        estimator = taken
        changed()
    }

    /// What Enter would send, without pastes, and to whom; `nil` for a command that sends nothing.
    fileprivate func whatIsAsked() -> (String, [ModelRef])? {
        let text = editor.text
        guard text.utf8.first == UInt8(ascii: "/"), text.utf8.dropFirst().first != UInt8(ascii: "/") else {
            return (text, [currentModel])
        }
        let line = text.dropFirst()
        let name = line.prefix { $0 != " " && $0 != "\n" }
        let rest = line.dropFirst(name.count).drop { $0 == " " || $0 == "\n" }
        switch SlashCommand.named(name.lowercased()) {
        case .chunk: return rest.isEmpty ? nil : (String(rest), [currentModel])
        case .ask:
            let names = rest.prefix { $0 != " " && $0 != "\n" }
            let prompt = rest.dropFirst(names.count).drop { $0 == " " || $0 == "\n" }
            let refs = names.split(separator: ",").compactMap { name -> ModelRef? in
                let found = resolve(String(name))
                return found.count == 1 ? found[0] : nil
            }
            return prompt.isEmpty || refs.isEmpty ? nil : (String(prompt), refs)
        default: return nil
        }
    }

    /// `~1.2k tokens · ~$0.0061`, shorter where there is less room; empty where there is nothing to say.
    func estimateWords(columns: Int) -> String {
        guard let estimate = estimator.estimate else { return "" }
        let tokens = "~" + Format.count(estimate.tokens)
        var share = ""
        if let window = estimate.window, window > 0, estimate.tokens * 4 >= window {
            share = " (\(estimate.tokens * 100 / window) % of \(Format.whole(window)))"
        }
        let (counted, uncounted) = (estimate.files.counted, estimate.files.uncounted)
        let files =
            (counted > 0 ? " with \(Format.plural(counted, "file", "files"))" : "")
            + (uncounted > 0 ? " + \(Format.plural(uncounted, "file", "files"))" : "")
        let times = estimate.models.count > 1 ? " \(glyphs.times)\(estimate.models.count)" : ""
        let cost = estimate.cost == .unknown ? "" : " \(glyphs.dot) \(estimate.cost)"
        let long = "\(tokens) tokens\(share)\(files)\(times)\(cost)"
        return [long, "\(tokens) tokens\(files)\(times)\(cost)", "\(tokens)\(times)\(cost)", tokens]
            .first { Width.columns(of: $0) <= columns } ?? ""
    }
}
