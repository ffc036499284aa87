/// Why the body of a response with a good status cannot be read as a reply.
public enum ReplyDecodingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One event of the stream is over the limit, in bytes.
    case eventTooLarge(limit: Int)
    /// A whole reply is over the limit, in bytes.
    case bodyTooLarge(limit: Int)
    /// HTML or something else where a stream or JSON was asked for; with a short excerpt, unsanitised.
    case notAReply(String)

    public var description: String {
        switch self {
        case .eventTooLarge(let limit): "an event of the stream is larger than the limit of \(limit) bytes"
        case .bodyTooLarge(let limit): "the reply is larger than the limit of \(limit) bytes"
        case .notAReply(let excerpt): "not a reply of a model: \(excerpt)"
        }
    }
}
