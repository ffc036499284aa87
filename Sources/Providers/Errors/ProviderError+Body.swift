import EventStream

extension ProviderError {
    /// Messages are cut at this many bytes.
    private static let longestMessage = 2000

    /// Reads an error response's body: Anthropic's, OpenAI's, Google's (an object, or one in an array, with `RetryInfo`),
    /// FastAPI's `detail`, an event stream with an error in it, HTML, plain text, or nothing. `message` is never empty.
    public init(status: Int, body: [UInt8], contentType: String? = nil) {
        if let value = JSONValue(body), let error = ProviderError(body: value, status: status) {
            self = error
        } else if let error = ProviderError(eventStream: body, status: status) {
            self = error
        } else {
            self.init(status: status, message: Self.message(ofForeign: body, status: status))
        }
    }

    private static func message(ofForeign body: [UInt8], status: Int) -> String {
        let reason = HTTPStatus.phrase(status)
        if Excerpt.isMarkup(body) {
            let text = Excerpt.markup(body, limit: 300)
            return text.map { "\(reason), HTML: \($0)" } ?? "\(reason), an HTML page without text"
        }
        let text = body.withUnsafeBufferPointer { Excerpt.text(of: $0, limit: 500) }
        return text.isEmpty ? "\(reason), an empty body" : text
    }

    /// `event: error` with a status that is none of a stream: the first data in it counts.
    private init?(eventStream body: [UInt8], status: Int) {
        guard body.starts(with: "event:".utf8) || body.starts(with: "data:".utf8) else { return nil }
        var parser = EventStreamParser()
        var data: [UInt8]?
        // A missing blank line at the end must not cost the message.
        try? (body + [0x0A, 0x0A]).withUnsafeBytes { bytes throws in
            try parser.receive(bytes) { element in
                if case .event(let event) = element, data == nil { data = Array(event.data) }
            }
        }
        guard let data, let value = JSONValue(data) else { return nil }
        self.init(body: value, status: status)
    }

    /// `nil` where the JSON names no error in any form that is known.
    init?(body: JSONValue, status: Int?) {
        let body = body.elements.first ?? body
        if let error = body["error"] {
            self.init(inStream: error, event: body)
        } else if let message = Self.message(detail: body["detail"] ?? body["errors"]) {
            self.init(type: body["type"]?.text, message: message)
        } else if let message = (body["message"] ?? body["msg"] ?? body["error_message"])?.text {
            self.init(type: body["type"]?.text, code: body["code"]?.scalar, message: message)
        } else {
            return nil
        }
        if let status { self.status = status }
        requestID = requestID ?? body["request_id"]?.text
    }

    /// FastAPI's `detail`: a string, an object, or a list of them with `msg` and `loc`.
    private static func message(detail: JSONValue?) -> String? {
        guard let detail else { return nil }
        if let text = detail.text { return text }
        let messages = (detail.elements.isEmpty ? [detail] : detail.elements).compactMap { item -> String? in
            guard let message = (item["msg"] ?? item["message"] ?? item["error"])?.text ?? item.text else { return nil }
            let place = (item["loc"]?.elements ?? []).compactMap(\.scalar).joined(separator: ".")
            return place.isEmpty ? message : "\(place): \(message)"
        }
        return messages.isEmpty ? nil : messages.joined(separator: "; ")
    }

    /// An `error` member, wherever it stood: an object or a text. `event` is what it stood in.
    init(inStream error: JSONValue, event: JSONValue?) {
        self.init(
            type: error["type"]?.text ?? error["status"]?.text, code: error["code"]?.scalar,
            message: Self.message(of: error),
            requestID: event?["request_id"]?.text ?? error["request_id"]?.text)
        if type == "error" { type = nil }
        let named = [error["status_code"], error["http_code"], error["status"], error["code"], event?["status"]]
        status = named.lazy.compactMap { $0?.count ?? $0?.text.flatMap { Int($0) } }.first { (400...599).contains($0) }
        retryAfter = Self.retryDelay(in: error["details"])
    }

    private static func message(of error: JSONValue) -> String {
        var message = error["message"]?.text ?? error.text ?? Self.message(detail: error["detail"]) ?? ""
        if message.isEmpty, case .object(let members) = error {
            message = members.compactMap { member in member.value.scalar.map { "\(member.key): \($0)" } }
                .joined(separator: ", ")
        }
        // OpenRouter's own message is "Provider returned error"; what the provider said is beside it.
        if let raw = error["metadata"]?["raw"]?.text {
            message += message.isEmpty ? raw : ": " + Excerpt.text(of: raw, limit: 500)
        }
        return message.isEmpty ? "an error without a message" : Excerpt.text(of: message, limit: longestMessage)
    }

    /// Seconds, from Google's `google.rpc.RetryInfo`: `"34.4s"`.
    private static func retryDelay(in details: JSONValue?) -> Double? {
        for detail in details?.elements ?? [] {
            guard let delay = detail["retryDelay"] else { continue }
            if let text = delay.text, text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds >= 0,
                seconds.isFinite
            {
                return seconds
            }
            if let seconds = delay["seconds"]?.scalar.flatMap({ Double($0) }), seconds >= 0 { return seconds }
        }
        return nil
    }
}
