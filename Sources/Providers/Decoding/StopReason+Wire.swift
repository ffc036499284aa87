extension StopReason {
    /// A `stop_reason` or `finish_reason` of either vocabulary: relays mix them. `nil` for an empty one and for `null` as a
    /// string, which some servers send with every chunk.
    init?(_ word: JSONString) {
        if word.isEmpty || word.equals("null") { return nil }
        if word.equals("stop") || word.equals("end_turn") || word.equals("STOP") {
            self = .endTurn
        } else if word.equals("length") || word.equals("max_tokens") {
            self = .maxTokens
        } else if word.equals("tool_calls") || word.equals("tool_use") || word.equals("function_call") {
            self = .toolUse
        } else if word.equals("stop_sequence") {
            self = .stopSequence
        } else if word.equals("content_filter") {
            self = .contentFilter
        } else if word.equals("refusal") {
            self = .refusal
        } else if word.equals("pause_turn") {
            self = .pauseTurn
        } else if word.equals("model_context_window_exceeded") || word.equals("model_length") {
            self = .contextWindowExceeded
        } else if word.equals("error") {
            self = .error
        } else {
            self = .other(word.string())
        }
    }
}
