import Pricing
import Providers
import Screen
import TestSupport

@testable import Dashboard
@testable import StreamEngine

/// A fixed world for screens: 14:02:11 UTC on a day in November, times counted from there.
enum World {
    static let wall = 1_795_183_331.0
    static func now(_ seconds: Double = 0) -> Now {
        Now(instant: at(seconds), wall: WallTime(secondsSince1970: wall + seconds))
    }

    /// So many seconds after the screen's zero; negative is the past.
    static func at(_ seconds: Double) -> Instant {
        Instant(nanoseconds: 1_000_000_000_000 + Int64((seconds * 1e9).rounded()))
    }

    static let opus = ModelRef(provider: "anthropic", model: "claude-opus-4-5")
    static let gpt = ModelRef(provider: "openai", model: "gpt-4.1")
    static let deepseek = ModelRef(provider: "deepseek", model: "deepseek-chat")
    static let home = ConversationID(rawValue: "home")

    static func model(_ size: Size = Size(columns: 140, rows: 40), options: Options = Options()) -> Model {
        Model(
            size: size, now: now(), themes: ["dark", "light", "mono"], theme: "dark",
            models: [opus, gpt, deepseek].map { ModelChoice($0) }, model: opus, conversation: home, options: options)
    }
}

extension SentPrompt: ExpressibleByStringLiteral {
    public init(stringLiteral text: String) { self.init(text) }
}

extension Model {
    mutating func key(_ key: Key, _ modifiers: KeyModifiers = []) -> [Command] {
        var commands: [Command] = []
        for command in update(.input(.key(key, modifiers))) {
            // Everything may go, and there are no files.
            if case .check(let prompt) = command {
                commands += update(.checked(prompt, [ChatMessage(role: .user, text: prompt.text)]))
            } else {
                commands.append(command)
            }
        }
        return commands
    }

    @discardableResult
    mutating func control(_ letter: Character) -> [Command] { key(.character(letter), .control) }
    @discardableResult
    mutating func press(_ letter: Character) -> [Command] { key(.character(letter)) }

    /// Types a text; a line end is Ctrl-J.
    mutating func type(_ text: String) {
        for character in text {
            _ = character == "\n" ? control("j") : press(character)
        }
    }

    /// Types and sends; gives the turn.
    @discardableResult
    mutating func ask(_ text: String) -> TurnID? {
        type(text)
        for command in key(.enter) {
            if case .send(_, let turn, _, _, _) = command { return turn }
        }
        return nil
    }

    mutating func at(_ seconds: Double) -> [Command] { update(.clock(World.now(seconds))) }

    mutating func text(_ id: Int, _ text: String) {
        _ = update(.text(StreamID(rawValue: id), Array(text.utf8)))
    }

    /// The screen as text.
    mutating func screen(_ columns: Int? = nil, _ rows: Int? = nil, theme: Theme = .plain) -> String {
        let size = Size(columns: columns ?? size.columns, rows: rows ?? size.rows)
        return view(&self, size: size, theme: theme).plainText
    }
}

extension StreamSnapshot {
    /// A stream of a while ago, waiting for its first byte.
    static func fixture(
        _ id: Int, _ ref: ModelRef = World.opus, state: StreamState = .waiting, began: Double = -4
    ) -> StreamSnapshot {
        var attempt = AttemptRecord(
            number: 1, startedAt: World.at(began), startedAtWall: WallTime(secondsSince1970: World.wall + began),
            resume: nil, isStream: true)
        attempt.phases.nameLookup = .milliseconds(2)
        attempt.phases.connect = .milliseconds(14)
        attempt.phases.tls = .milliseconds(31)
        return StreamSnapshot(
            id: StreamID(rawValue: id), provider: ref.provider, model: ref.model, state: state, verdict: nil,
            stopReason: nil, failure: nil, startedAt: World.at(began), endedAt: nil, stateSince: World.at(began + 0.05),
            attempts: [attempt], maximumAttempts: 6, attemptInRun: 1, backoff: nil, question: nil, continuation: nil,
            seams: [], liveness: Liveness(),
            tokensPerSecond: nil, rateHistory: [], recentGaps: [], gapP50: nil, gapP95: nil,
            usage: Usage(input: 212, output: nil), inputIsEstimated: true, outputIsEstimated: true, cost: .unknown,
            lostCost: .zero, priceDate: nil, rateLimits: RateLimits(), events: [], unknownEvents: 0,
            malformedEvents: 0, isNotStreamed: false, textBytes: 0, thinkingBytes: 0, take: 1,
            controls: [.cancel, .retry, .switchModel], cancelReceipt: nil)
    }

    func with(_ change: (inout StreamSnapshot) -> Void) -> StreamSnapshot {
        var copy = self
        change(&copy)
        return copy
    }
}
