import Providers

extension StreamFailure {
    /// A body that could not be read as a reply. None of these gets better by asking again.
    public init(decoding error: ReplyDecodingError) {
        switch error {
        case .eventTooLarge(let limit): self = .tooLarge("an event of the stream", limit: limit)
        case .bodyTooLarge(let limit): self = .tooLarge("the reply", limit: limit)
        case .notAReply(let excerpt): self = .notAReply(contentType: nil, excerpt: excerpt)
        }
    }
}
