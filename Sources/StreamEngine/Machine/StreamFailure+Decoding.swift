import Providers

extension StreamFailure {
    init(decoding error: ReplyDecodingError) {
        switch error {
        case .eventTooLarge(let limit): self = .tooLarge("an event", limit: limit)
        case .bodyTooLarge(let limit): self = .tooLarge("the body", limit: limit)
        case .notAReply(let excerpt): self = .notAReply(contentType: nil, excerpt: excerpt)
        }
    }
}
