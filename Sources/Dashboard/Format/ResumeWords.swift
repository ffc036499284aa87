import Pricing
import Providers
import StreamEngine

/// How a reply would go on and what that bills again, in words.
enum ResumeWords {
    static func how(_ plan: ResumePlan) -> String {
        switch plan.strategy {
        case .prefill: "go on (prefill)"
        case .continue: "go on (ask to continue)"
        case .cursor: "go on (cursor)"
        case .systemNote: "go on (system note)"
        case .restartSkip: plan.keptBytes > 0 ? "restart, skip what is here" : "start again: only thoughts came"
        case .off: "start anew"
        }
    }

    /// `~162 again`, or `~162 + ~40 out again`; `nil` where nothing is.
    static func tokens(_ rebill: Rebill) -> String? {
        guard rebill.tokens > 0 else { return nil }
        let output = rebill.output > 0 ? " + ~\(Format.count(rebill.output)) out" : ""
        return "~\(Format.count(rebill.input))\(output) again"
    }

    /// `~162 tokens again, ~$0.0025`: for a sentence. The price is said even where it is not known.
    static func sentence(_ rebill: Rebill) -> String {
        guard rebill.tokens > 0 else { return "nothing again" }
        return "~\(Format.count(rebill.tokens)) tokens again, \(rebill.cost.description)"
    }
}
