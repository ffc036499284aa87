/// What the body of a response is, by its `Content-Type`.
public enum BodyFormat: Sendable, Equatable {
    /// `text/event-stream`, and what names no type at all.
    case eventStream
    /// `application/json` and its kin: one whole reply.
    case json
    /// Anything else. The body's first bytes decide: relays send streams and JSON under wrong names.
    case other(contentType: String)

    /// By the answer's `Content-Type`; what is unknown is found out by the first bytes.
    public init(contentType: String?) {
        let essence = (contentType ?? "").prefix { $0 != ";" }
        let type = essence.lowercased().filter { !$0.isWhitespace }
        switch type {
        case "", "text/event-stream": self = .eventStream
        case "application/json", "text/json", "application/problem+json": self = .json
        default: self = type.hasSuffix("+json") ? .json : .other(contentType: contentType ?? "")
        }
    }
}
