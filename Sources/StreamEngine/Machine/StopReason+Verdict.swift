import Providers

extension StopReason {
    /// What the reply is, once this reason has come.
    var verdict: Verdict {
        switch self {
        case .endTurn, .stopSequence, .toolUse, .other: .complete
        case .maxTokens, .contextWindowExceeded, .pauseTurn, .incomplete: .truncated
        case .refusal, .contentFilter: .refused
        case .error: .failed
        }
    }

    /// OpenRouter's `finish_reason: "error"`: a stop that is none.
    var isFailure: Bool { self == .error }
}
