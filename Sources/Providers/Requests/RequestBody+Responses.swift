extension RequestBody {
    /// The members of `POST /responses`. Without a background the provider is told to store nothing: Weir keeps the
    /// conversation itself and sends it anew. Only a stream is made in the background: a whole reply asked for so would
    /// come before it is made.
    static func writeResponses(
        _ request: ChatRequest, _ messages: [ChatMessage], _ endpoint: Endpoint, _ json: inout JSONWriter
    ) {
        let isBackground = endpoint.habits.usesBackground && request.stream
        if let maxTokens = request.maxTokens { json.member("max_output_tokens", maxTokens) }
        if let temperature = request.temperature, temperature.isFinite { json.member("temperature", temperature) }
        json.member("stream", request.stream)
        if isBackground { json.member("background", true) }
        json.member("store", isBackground)
        if let summary = endpoint.habits.reasoningSummary {
            json.key("reasoning")
            json.object { $0.member("summary", summary.rawValue) }
        }
        if let system = request.systemText { json.member("instructions", system) }
        json.key("input")
        json.array { json in
            for message in messages {
                json.object { json in
                    json.member("role", message.role.rawValue)
                    json.content(of: message, .responses)
                }
            }
        }
    }
}
