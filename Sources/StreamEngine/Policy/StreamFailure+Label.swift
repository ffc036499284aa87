extension StreamFailure {
    /// A few words for a line that has no room for ``message``: `connection reset`, `HTTP 429`, `overloaded_error`.
    /// Unsanitised where the provider named the type.
    public var label: String {
        switch kind {
        case .transport(let kind): Self.words(kind)
        case .status(let status): "HTTP \(status)"
        case .stream(let type): type ?? "error in the stream"
        case .firstByteTimeout: "no answer in time"
        case .idleTimeout: "silence"
        case .contentTimeout: "no text in time"
        case .totalTimeout: "out of time"
        case .wakeTimeout: "silence after sleep"
        case .heldBack: "held back"
        case .endedEarly: "ended without a stop reason"
        case .empty: "empty answer"
        case .notAReply: "not a reply"
        case .tooLarge: "too large"
        case .spliced: "another reply spliced in"
        case .diverged: "another course"
        case .tokenLimit: "token limit"
        case .paused: "paused turn"
        case .cancelled: message
        case .configuration: "configuration"
        case .budget: "budget"
        }
    }
}
