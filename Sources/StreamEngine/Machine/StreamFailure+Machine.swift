import Providers

/// What only the machine itself can find.
extension StreamFailure {
    /// Why an attempt ended that the user replaced by a new one.
    static var retriedByHand: StreamFailure {
        StreamFailure(kind: .cancelled, message: "retried by you", isRetryable: true)
    }

    /// Why an attempt ended that the user replaced by another model's.
    static var switchedModel: StreamFailure {
        StreamFailure(kind: .cancelled, message: "you went on with another model", isRetryable: true)
    }

    /// Why there is a seam where a reply went on after the limit of tokens.
    static var tokenLimit: StreamFailure {
        StreamFailure(kind: .tokenLimit, message: "the reply was cut at the token limit", isRetryable: true)
    }

    /// Why there is a seam where a model went on with a turn that it had paused.
    static var paused: StreamFailure {
        StreamFailure(kind: .paused, message: "the model paused its turn", isRetryable: true)
    }

    /// An event whose data is no JSON object, `offset` bytes from its start. A word may have been in it, so the attempt
    /// cannot be trusted past it.
    static func malformed(offset: Int, reason: String) -> StreamFailure {
        StreamFailure(
            kind: .stream(type: nil),
            message: Words.sentence("an event of the stream is not JSON", "byte \(offset)", reason), isRetryable: true)
    }

    init(decoding error: ReplyDecodingError) {
        switch error {
        case .eventTooLarge(let limit): self = .tooLarge(.event, limit: limit)
        case .bodyTooLarge(let limit): self = .tooLarge(.body, limit: limit)
        case .notAReply(let excerpt): self = .notAReply(contentType: nil, excerpt: excerpt)
        }
    }
}
