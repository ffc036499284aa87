/// OpenAI's Responses: every event has a number, counted from 0, so that a client can ask for those after one of them.
///
/// | numbers | events |
/// | --- | --- |
/// | 0, 1 | `response.created`, `response.in_progress` |
/// | 2, 3 | the first item and its part begin |
/// | from 4 | a delta each |
/// | 5 more | after thoughts: their part and item end, the message and its part begin |
/// | the last 4 | text, part, item, response |
extension Wire {
    /// Events before the first delta.
    static let openingEvents = 4
    /// Events between the last thought and the first word.
    static let eventsAfterThinking = 5

    /// The number of a delta, counted from 0 over thoughts and text.
    func number(ofDelta index: Int, isThinking: Bool) -> Int {
        Self.openingEvents + index + (thinksFirst && !isThinking ? Self.eventsAfterThinking : 0)
    }

    /// How many thoughts and how many words came before and with the event of this number, of `thoughts` thoughts.
    static func deltas(through number: Int, thoughts: Int) -> (thinking: Int, text: Int) {
        let passed = max(0, number - openingEvents + 1)
        guard thoughts > 0 else { return (0, passed) }
        return (min(passed, thoughts), max(0, passed - thoughts - eventsAfterThinking))
    }

    /// The events, numbered from `first` on, less those that the client has.
    private func numbered(from first: Int, _ events: [(name: String, members: String)]) -> String {
        var text = ""
        for (offset, event) in events.enumerated() where first + offset > after {
            text += "event: \(event.name)\ndata: {\"type\":\"\(event.name)\",\(event.members),"
            text += "\"sequence_number\":\(first + offset)}\n\n"
        }
        return text
    }

    private var messageItem: String { "msg_" + messageID }
    private var reasoningItem: String { "rs_" + messageID }

    func responsesOpening() -> String {
        let begun = response("in_progress")
        let item = thinksFirst ? reasoningItemBegins : messageItemBegins(index: 0)
        return numbered(
            from: 0,
            [("response.created", "\"response\":\(begun)"), ("response.in_progress", "\"response\":\(begun)")] + item)
    }

    func responsesStart(id: String) -> String {
        "event: response.created\ndata: {\"type\":\"response.created\",\"response\":\(response("in_progress", id: id)),"
            + "\"sequence_number\":0}\n\n"
    }

    private var reasoningItemBegins: [(String, String)] {
        [
            (
                "response.output_item.added",
                #""output_index":0,"item":{"id":"\#(reasoningItem)","type":"reasoning","summary":[]}"#
            ),
            (
                "response.reasoning_summary_part.added",
                #""item_id":"\#(reasoningItem)","output_index":0,"summary_index":0,"part":{"type":"summary_text","text":""}"#
            ),
        ]
    }

    private func messageItemBegins(index: Int) -> [(String, String)] {
        [
            (
                "response.output_item.added",
                #""output_index":\#(index),"item":{"id":"\#(messageItem)","type":"message","status":"in_progress","#
                    + #""content":[],"role":"assistant"}"#
            ),
            (
                "response.content_part.added",
                #""item_id":"\#(messageItem)","output_index":\#(index),"content_index":0,"#
                    + #""part":{"type":"output_text","annotations":[],"logprobs":[],"text":""}"#
            ),
        ]
    }

    private func reasoningItemEnds(_ thinking: String) -> [(String, String)] {
        let text = JSONText.string(thinking)
        let part = #"{"type":"summary_text","text":\#(text)}"#
        let place = #""item_id":"\#(reasoningItem)","output_index":0,"summary_index":0"#
        return [
            ("response.reasoning_summary_text.done", #"\#(place),"text":\#(text)"#),
            ("response.reasoning_summary_part.done", #"\#(place),"part":\#(part)"#),
            ("response.output_item.done", #""output_index":0,"item":\#(reasoning(thinking))"#),
        ]
    }

    func responsesAfterThinking(_ thinking: String, count: Int) -> String {
        numbered(from: Self.openingEvents + count, reasoningItemEnds(thinking) + messageItemBegins(index: 1))
    }

    /// The items' ends, and the response's own. Without `finish` they are missing, as after a crash; with `done` a relay's
    /// `[DONE]` comes instead.
    func responsesEnding(
        _ reason: StopReason, _ usage: Usage, thinking: String, text: String?, finish: Bool, done: Bool
    ) -> String {
        guard finish else { return done ? "data: [DONE]\n\n" : "" }
        var events: [(String, String)] = []
        var output: [String] = []
        if thinksFirst { output.append(reasoning(thinking)) }
        if let text {
            let index = output.count
            let part = Self.outputText(text)
            let place = #""item_id":"\#(messageItem)","output_index":\#(index),"content_index":0"#
            output.append(message(text))
            events = [
                ("response.output_text.done", #"\#(place),"text":\#(JSONText.string(text)),"logprobs":[]"#),
                ("response.content_part.done", #"\#(place),"part":\#(part)"#),
                ("response.output_item.done", #""output_index":\#(index),"item":\#(message(text))"#),
            ]
        } else {
            events = reasoningItemEnds(thinking)
        }
        let status = reason == .end ? "completed" : "incomplete"
        events.append(
            ("response." + status, "\"response\":" + response(status, output: output, reason: reason, usage: usage)))
        return numbered(from: number(ofDelta: usage.output, isThinking: text == nil), events)
    }

    /// A response that failed at the provider.
    func responsesFailure(number: Int) -> String {
        numbered(
            from: number,
            [
                (
                    "response.failed",
                    "\"response\":"
                        + response(
                            "failed",
                            error: #"{"code":"server_error","message":"The server had an error."}"#)
                )
            ])
    }

    /// A response that somebody stopped.
    func responsesCancelled(number: Int) -> String {
        numbered(from: number, [("response.cancelled", "\"response\":" + response("cancelled"))])
    }

    // MARK: Objects

    /// The response as it is told at its beginning and end, and where it comes whole.
    func response(
        _ status: String, id: String? = nil, output: [String] = [], reason: StopReason? = nil, usage: Usage? = nil,
        error: String = "null"
    ) -> String {
        var details = "null"
        if status == "incomplete", let reason {
            details = #"{"reason":"\#(reason == .length ? "max_output_tokens" : "content_filter")"}"#
        }
        return #"{"id":"\#(id ?? messageID)","object":"response","created_at":\#(created),"status":"\#(status)","#
            + #""background":\#(isBackground),"error":\#(error),"incomplete_details":\#(details),"#
            + #""model":\#(JSONText.string(model)),"output":[\#(output.joined(separator: ","))],"#
            + #""store":\#(isBackground),"usage":\#(usage.map(responsesUsage) ?? "null")}"#
    }

    func responsesBatch(text: String, thinking: String, reason: StopReason?, usage: Usage) -> String {
        var output = [message(text)]
        if !thinking.isEmpty { output.insert(reasoning(thinking), at: 0) }
        let status =
            switch reason {
            case .end: "completed"
            case .length, .refusal, .pause: "incomplete"
            case nil: "in_progress"
            }
        return response(status, output: output, reason: reason, usage: usage)
    }

    private func message(_ text: String) -> String {
        #"{"id":"\#(messageItem)","type":"message","status":"completed","content":[\#(Self.outputText(text))],"#
            + #""role":"assistant"}"#
    }

    private static func outputText(_ text: String) -> String {
        #"{"type":"output_text","annotations":[],"logprobs":[],"text":\#(JSONText.string(text))}"#
    }

    private func reasoning(_ thinking: String) -> String {
        #"{"id":"\#(reasoningItem)","type":"reasoning","#
            + #""summary":[{"type":"summary_text","text":\#(JSONText.string(thinking))}]}"#
    }

    private func responsesUsage(_ usage: Usage) -> String {
        if quirks.hugeNumbers {
            return #"{"input_tokens":1e999,"input_tokens_details":{"cached_tokens":-1},"#
                + #""output_tokens":18446744073709551616,"output_tokens_details":{"reasoning_tokens":-1e999},"#
                + #""total_tokens":-1}"#
        }
        return
            #"{"input_tokens":\#(promptTokens),"input_tokens_details":{"cached_tokens":0},"output_tokens":\#(usage.output),"#
            + #""output_tokens_details":{"reasoning_tokens":\#(usage.thinking)},"#
            + #""total_tokens":\#(promptTokens + usage.output)}"#
    }
}
