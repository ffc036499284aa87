/// Responses in the background, by their ids.
extension LabCore {
    /// The response's place in its conversation goes on with every request for its rest, and so does the story of faults.
    ///
    /// - Returns: `nil` where no response has this id.
    func program(restOf id: String, after: Int, connection: Int, headers: [(name: String, value: String)]) -> Program? {
        guard let response = response(id) else { return nil }
        return program(
            for: response.request, response.continuation, scenario: response.scenario, connection: connection,
            headers: headers, body: [],
            resuming: Resuming(id: id, response: response, after: after))
    }

    /// The response as far as it is made, as one object.
    func state(of id: String) -> String? {
        guard let response = response(id) else { return nil }
        let thinks = ModelTraits.thinks(response.request.model) && response.continuation.manner == .fresh
        let thinking = thinks ? CanonicalReply.thinkingBytes(prompt: response.continuation.prompt) : []
        let wire = Wire(
            request: response.request, thinksFirst: thinks, messageID: id, created: response.created)
        if response.hasFailed { return wire.response("failed") }
        if response.isCancelled { return wire.response("cancelled") }
        var source = DeltaSource(thinking: thinking, text: response.continuation.reply, from: response.textStart)
        let made = min(response.made(now: now), response.request.maxTokens ?? .max)
        source.skip(thinking: made, text: 0)
        source.skip(thinking: 0, text: made - source.thoughts)
        let isCut = !source.isAtEnd
        let isFull = source.total == response.request.maxTokens
        return wire.responsesBatch(
            text: source.saidSoFar ?? "", thinking: source.thoughtSoFar,
            reason: isCut ? (isFull ? .length : nil) : .end,
            usage: Usage(output: source.total, thinking: source.thoughts, lastBlock: 0))
    }
}
