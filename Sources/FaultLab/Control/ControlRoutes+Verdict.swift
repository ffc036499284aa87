import NIOCore

/// `/lab/verdict`: did the client end up with every word?
///
/// - `POST /lab/verdict?prompt=…` or `?conversation=N`, with what the client has as body, or `POST /lab/verdict` with
///   `{"prompt" or "conversation", "text"}` as `application/json`: the verdict.
/// - `GET /lab/verdict`: how many of each kind, and the last 10,000; with `?conversation=N` the last one on it.
extension ControlRoutes {
    func judge(_ target: Target, _ body: ByteBuffer, isJSON: Bool) -> Program {
        var prompt = target.value("prompt")
        var conversation = target.value("conversation")
        var text = Array(body.readableBytesView)
        if isJSON {
            guard let json = try? JSONParser.parse(text), let given = json["text"]?.text else {
                return complaint(400, "expected a JSON object with \"text\" and \"prompt\" or \"conversation\"")
            }
            text = Array(given.utf8)
            prompt = json["prompt"]?.text ?? prompt
            conversation = json["conversation"]?.integer.map { "\($0)" } ?? conversation
        }
        if let prompt { return json(200, core.judge(text, prompt: prompt).json) }
        guard let conversation else { return complaint(400, "say which: \"prompt\" or \"conversation\"") }
        guard let number = Int(conversation), let verdict = core.judge(text, conversation: number) else {
            return complaint(404, "conversation: there is none of this number, or it is long ago")
        }
        return json(200, verdict.json)
    }

    func verdicts(_ target: Target) -> Program {
        guard let conversation = target.value("conversation") else { return json(200, core.verdictsJSON) }
        guard let number = Int(conversation), let verdict = core.lastVerdict(on: number) else {
            return complaint(404, "conversation: nothing was posted for this one")
        }
        return json(200, verdict.json)
    }

    private func complaint(_ status: Int, _ message: String) -> Program {
        json(status, #"{"error":{"message":\#(JSONText.string(message))}}"#)
    }
}
