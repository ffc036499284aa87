import Providers

/// Why a request is not sent: its model or provider would refuse it, and one knows that before.
public enum RequestRefusal: Error, Sendable, Equatable {
    /// The catalogue lists the model, and not as one that takes images.
    case noImages(image: String, model: String, provider: String)
    /// Bytes, in Base64.
    case imageTooLarge(image: String, bytes: Int, limit: Int, provider: String)
    case imageTooWide(image: String, ImageSize, limit: Int, provider: String)
    case tooManyImages(Int, limit: Int, provider: String)
    /// Bytes.
    case requestTooLarge(bytes: Int, limit: Int, provider: String)
    /// Tokens, by our own estimate. `reply` of the window's are kept for the reply.
    case promptTooLarge(tokens: Int, window: Int, reply: Int, model: String)

    /// Looks at the whole request, earlier turns included, and throws the first thing that is wrong with it. What is not
    /// known (a model that is not listed, a window that the catalogue does not name) is not refused.
    public static func check(
        _ request: ChatRequest, model: Model, limits: RequestLimits, provider: String
    ) throws(RequestRefusal) {
        let images = request.messages.flatMap(\.images)
        if let first = images.first, model.images == false {
            throw .noImages(image: first.name, model: model.id, provider: provider)
        }
        for image in images {
            if let limit = limits.maximumImageBytes {
                let bytes = Base64.encodedCount(image.bytes.count)
                guard bytes <= limit else {
                    throw .imageTooLarge(image: image.name, bytes: bytes, limit: limit, provider: provider)
                }
            }
            if let limit = limits.maximumImageSide, let size = ImageSize(image.type, image.bytes) {
                guard max(size.width, size.height) <= limit else {
                    throw .imageTooWide(image: image.name, size, limit: limit, provider: provider)
                }
            }
        }
        if let limit = limits.maximumImages, images.count > limit {
            throw .tooManyImages(images.count, limit: limit, provider: provider)
        }
        if let limit = limits.maximumRequestBytes, request.estimatedBytes > limit {
            throw .requestTooLarge(bytes: request.estimatedBytes, limit: limit, provider: provider)
        }
        guard let window = model.contextWindow else { return }
        let room = promptRoom(of: model, maxTokens: request.maxTokens) ?? window
        let tokens = TokenEstimator.estimate(request)
        guard tokens <= room else {
            throw .promptTooLarge(tokens: tokens, window: window, reply: window - room, model: model.id)
        }
    }

    /// How many tokens a prompt may have: the window without what the reply may take. `nil` where the window is not known.
    public static func promptRoom(of model: Model, maxTokens: Int?) -> Int? {
        guard let window = model.contextWindow else { return nil }
        let reply = maxTokens ?? model.maxOutput ?? 0
        // A catalogue that gives the reply the whole window says nothing about the prompt.
        return reply < window ? window - reply : window
    }

    /// What is wrong, with the numbers.
    public var message: String {
        switch self {
        case .noImages(let image, let model, let provider):
            "\(model) of \(provider) takes no images, and \(image) is one"
        case .imageTooLarge(let image, let bytes, let limit, let provider):
            "\(image) is \(Self.megabytes(bytes)) in Base64, and \(provider) takes \(Self.megabytes(limit)) an image"
        case .imageTooWide(let image, let size, let limit, let provider):
            "\(image) is \(size.width) × \(size.height) pixels, and \(provider) takes \(limit) a side"
        case .tooManyImages(let count, let limit, let provider):
            "there are \(count) images in the conversation, and \(provider) takes \(limit) in a request"
        case .requestTooLarge(let bytes, let limit, let provider):
            "the request is \(Self.megabytes(bytes)), and \(provider) takes \(Self.megabytes(limit))"
        case .promptTooLarge(let tokens, let window, let reply, let model):
            "the prompt is ~\(Self.grouped(tokens)) tokens, and \(model) takes \(Self.grouped(window - reply))"
                + (reply > 0 ? " (\(Self.grouped(window)) less \(Self.grouped(reply)) for the reply)" : "")
        }
    }

    /// What to do about it. `parts` is how the caller sends a prompt in parts.
    public func hint(parts: String) -> String {
        switch self {
        case .noImages:
            "Choose a model with vision; if this one has it, set images = true for it in config.toml."
        case .imageTooLarge, .imageTooWide: "Make the image smaller."
        case .tooManyImages: "Begin a new conversation, or attach fewer."
        case .requestTooLarge: "Attach less, or begin a new conversation."
        case .promptTooLarge:
            "Shorten it, send it in parts (\(parts)), keep less for the reply (--max-tokens), "
                + "or choose a model with a larger window."
        }
    }

    /// With one decimal, in units of 2²⁰ bytes, as the limits are meant.
    private static func megabytes(_ bytes: Int) -> String {
        // Rounded up: 10.04 MB against 10 MB must not read as 10.0 against 10.0.
        let tenths = (bytes * 10 + (1 << 20) - 1) >> 20
        return tenths % 10 == 0 ? "\(tenths / 10) MB" : "\(tenths / 10).\(tenths % 10) MB"
    }

    /// With commas: `136,000`.
    public static func grouped(_ number: Int) -> String {
        let digits = String(number)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
