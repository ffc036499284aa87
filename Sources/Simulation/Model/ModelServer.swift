import Providers
import StreamEngine

/// A model of a provider: answers a request with a script, with or without a fault.
struct ModelServer: Sendable {
    /// Small, so that an event over it costs little. The orders of the simulation carry it.
    static let eventLimit = 6000

    /// What a server knows of the request it answers.
    struct Question {
        var dialect: Dialect
        var isStream: Bool
        /// How the request takes the reply up; `nil` = it does not.
        var strategy: ResumeStrategy?
        /// The reply that it is part of, and how much of it the client has.
        var canonical: [UInt8]
        var kept: Int
        /// Prompt tokens.
        var input: Int
        /// Unique among the replies of a run.
        var number: Int
        /// A part that is not text ends this reply.
        var hasTool: Bool
        var thoughts: [UInt8]
        /// No fault is drawn.
        var isHealthy: Bool
        /// This fault and no other, at this byte of the body or this place between its events.
        var forced: (fault: Fault?, at: Int)?
        /// Strategies that this server answers with a 400.
        var refuses: Set<ResumeStrategy>
        /// A restarted reply may come out otherwise.
        var isFickle: Bool
        /// Where the model pauses its turn, ascending; only Anthropic's models do.
        var pauses: [Int] = []
        /// Where a turn that was paused goes on; 0 = none was.
        var turnStart = 0
        /// The reply may come to a limit of tokens.
        var mayBeCut = false
        /// It is made in the background: `responses` are those that were begun before.
        var isBackground = false
        var responses: [BackgroundResponse] = []
        /// What a cursor asks for.
        var cursor: (response: Int, after: Int)?
    }

    /// - Parameter made: gets the response that is begun in the background.
    static func answer(
        _ question: Question, now: Now, made: inout BackgroundResponse?, using choices: inout Choices
    ) -> Script {
        var script = Script()
        script.canonical = question.canonical
        script.input = question.input
        if let cursor = question.cursor {
            // A cursor's server knows the response that it makes, not what the client shows.
            script.canonical = question.responses[cursor.response].canonical
            script.response = cursor.response
        }
        if let strategy = question.strategy, question.refuses.contains(strategy) {
            answer(
                &script, status: strategy == .cursor ? 404 : 400, retryAfter: nil, refuses: true, using: &choices)
            script.body = Array(
                #"{"type":"error","error":{"type":"invalid_request_error","message":"\#(refusal(of: strategy))"}}"#.utf8
            )
            script.length = script.body.count
            return script
        }
        if let forced = question.forced {
            script.fault = forced.fault
        } else if !question.isHealthy, choices.below(3) > 0 {
            script.fault = Fault.allCases[choices.below(Fault.allCases.count)]
        }
        pace(&script, isForced: question.forced != nil, using: &choices)
        guard let fault = script.fault else {
            write(&script, question, made: &made, using: &choices)
            return script
        }
        script.meaning = fault.meaning
        if let opening = opening(of: fault, using: &choices) {
            script.opening = opening
        } else if isAnswer(fault) {
            answer(&script, fault, question, now: now, using: &choices)
        } else {
            write(&script, question, made: &made, using: &choices)
        }
        return script
    }

    /// In servers' own words.
    private static func refusal(of strategy: ResumeStrategy) -> String {
        switch strategy {
        case .prefill: "assistant message prefill is not supported: the conversation must end with a user message"
        case .systemNote: "system role not supported"
        case .cursor: "no response of that id"
        default: "conversation roles must alternate"
        }
    }

    private static func pace(_ script: inout Script, isForced: Bool, using choices: inout Choices) {
        if script.fault == .slices {
            script.pieces = 1
            script.gap = .microseconds(300)
            return
        }
        if isForced { return }
        switch choices.below(6) {
        case 0: script.pieces = 0
        case 1: script.pieces = 24
        case 2: script.pieces = 400
        default: script.pieces = 120
        }
        if script.fault == .slowness {
            script.pieces = max(script.pieces, 120)
            script.gap =
                [Duration.seconds(1), .seconds(6), .seconds(35), .seconds(65), .seconds(110)][choices.below(5)]
            script.headerDelay = .seconds(choices.below(100))
        }
    }

    private static func opening(of fault: Fault, using choices: inout Choices) -> Script.Opening? {
        switch fault {
        case .connectionRefused: .fails(.connectionRefused, connects: false)
        case .nameNotFound: .fails(.nameNotFound, connects: false)
        case .lookupFailed: .fails(.nameLookupFailed, connects: false)
        case .connectFailed: .fails(.connectFailed, connects: false)
        case .connectTimeout: .fails(.connectTimeout, connects: false)
        case .badCertificate: .fails(.tlsCertificate, connects: false)
        case .tlsFailed: .fails(.tlsFailed, connects: false)
        case .resetWhileSending, .resetBeforeHeaders: .fails(.reset, connects: true)
        case .streamRefused: .fails(.http2, connects: true)
        case .noAnswer: .silent(connects: choices.below(2) == 0)
        case .headersTooLarge: .fails(.headersTooLarge, connects: true)
        case .encodingChain: .fails(.badEncoding, connects: true)
        case .notHTTP: .fails(.notHTTP, connects: true)
        default: nil
        }
    }
}
