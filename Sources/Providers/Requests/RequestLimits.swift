/// What a provider refuses for its size, so that it need not be sent to learn that. `nil` = not known.
public struct RequestLimits: Sendable, Equatable {
    /// Of one image in Base64, as providers count it.
    public var maximumImageBytes: Int?
    /// Pixels of an image's longer side.
    public var maximumImageSide: Int?
    /// In one request, those of earlier turns included.
    public var maximumImages: Int?
    /// Of a request's body.
    public var maximumRequestBytes: Int?

    /// No limits but those that are named.
    public init(
        maximumImageBytes: Int? = nil, maximumImageSide: Int? = nil, maximumImages: Int? = nil,
        maximumRequestBytes: Int? = nil
    ) {
        self.maximumImageBytes = maximumImageBytes
        self.maximumImageSide = maximumImageSide
        self.maximumImages = maximumImages
        self.maximumRequestBytes = maximumRequestBytes
    }
}

extension ChatRequest {
    /// About how many bytes its body has, images in Base64 included.
    public var estimatedBytes: Int { RequestBody.size(of: messages) + (system?.utf8.count ?? 0) }
}
