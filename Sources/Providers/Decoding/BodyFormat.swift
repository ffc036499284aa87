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
        // A media type is ASCII, in any case (RFC 9110, 8.3.1).
        let essence = (contentType ?? "").utf8.prefix { $0 != UInt8(ascii: ";") }.filter { $0 > 0x20 }
        let type = String(decoding: essence.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        switch type {
        case "", "text/event-stream": self = .eventStream
        case "application/json", "text/json", "application/problem+json": self = .json
        default: self = type.hasSuffix("+json") ? .json : .other(contentType: contentType ?? "")
        }
    }
}
