/// An image in a request, as far as a provider looks at it before its model does.
struct RequestImage: Sendable, Equatable {
    /// `nil` for one that the provider would fetch by its address.
    var mediaType: String?
    /// Of the image itself; 0 for one by its address.
    var bytes: Int

    static let mediaTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"]

    /// For the journal.
    var words: String {
        mediaType.map { "\($0) of \(bytes) bytes" } ?? "an image by its address"
    }

    /// `nil` for a part that is no image.
    init?(_ part: JSONValue, _ dialect: LabDialect, at place: String) throws(RequestComplaint) {
        switch (dialect, part["type"]?.text) {
        case (.anthropic, "image"): try self.init(anthropic: part, at: place)
        case (.openai, "image_url"): try self.init(openAI: part["image_url"]?["url"]?.text, at: place)
        case (.responses, "input_image"): try self.init(openAI: part["image_url"]?.text, at: place)
        case (.anthropic, "image_url"), (.openai, "image"), (.anthropic, "input_image"), (.openai, "input_image"),
            (.responses, "image"), (.responses, "image_url"):
            throw RequestComplaint("\(place).type: Input tag '\(part["type"]?.text ?? "")' is of another dialect")
        default: return nil
        }
    }

    private init(anthropic part: JSONValue, at place: String) throws(RequestComplaint) {
        let source = part["source"]
        switch source?["type"]?.text {
        case "url":
            guard source?["url"]?.text != nil else {
                throw RequestComplaint("\(place).image.source.url: Field required")
            }
            self.init(mediaType: nil, bytes: 0)
        case "base64":
            let type = source?["media_type"]?.text ?? ""
            guard Self.mediaTypes.contains(type) else {
                throw RequestComplaint(
                    "\(place).image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or "
                        + "'image/webp'")
            }
            try self.init(type, source?["data"]?.text ?? "", at: "\(place).image.source.base64")
        default: throw RequestComplaint("\(place).image.source.type: Input should be 'base64' or 'url'")
        }
    }

    private init(openAI url: String?, at place: String) throws(RequestComplaint) {
        guard let url else {
            throw RequestComplaint("Missing required parameter: '\(place).image_url.url'.", param: place)
        }
        guard url.hasPrefix("data:") else {
            guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
                throw RequestComplaint("Invalid image_url.", param: place, code: "invalid_value")
            }
            self.init(mediaType: nil, bytes: 0)
            return
        }
        guard let comma = url.utf8.firstIndex(of: UInt8(ascii: ",")), url[..<comma].hasSuffix(";base64") else {
            throw RequestComplaint(
                "Invalid base64 image_url: expected data:MEDIATYPE;base64,", param: place, code: "invalid_value")
        }
        let type = String(url[..<comma].dropFirst(5).dropLast(7))
        guard Self.mediaTypes.contains(type) else {
            throw RequestComplaint(
                "You uploaded an unsupported image. Please make sure your image has of one the following formats: "
                    + "['png', 'jpeg', 'gif', 'webp'].", param: place, code: "image_parse_error")
        }
        try self.init(type, String(url[url.utf8.index(after: comma)...]), at: place)
    }

    private init(_ type: String, _ data: String, at place: String) throws(RequestComplaint) {
        guard let decoded = Self.decode(data), !decoded.head.isEmpty else {
            throw RequestComplaint("\(place): invalid base64 data", param: place)
        }
        guard let found = Self.type(of: decoded.head) else {
            throw RequestComplaint("\(place): Could not process image", param: place)
        }
        guard found == type else {
            throw RequestComplaint(
                "\(place): The image was specified using the \(type) media type, but the image appears to be a \(found) "
                    + "image", param: place)
        }
        self.init(mediaType: type, bytes: decoded.count)
    }

    private init(mediaType: String?, bytes: Int) {
        self.mediaType = mediaType
        self.bytes = bytes
    }

    private static func type(of head: [UInt8]) -> String? {
        if head.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
        if head.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if head.starts(with: "GIF8".utf8) { return "image/gif" }
        if head.starts(with: "RIFF".utf8), head.dropFirst(8).starts(with: "WEBP".utf8) { return "image/webp" }
        return nil
    }

    /// Strict Base64 (RFC 4648, 4): how many bytes it is, and the first of them. `nil` for anything else.
    static func decode(_ text: String) -> (count: Int, head: [UInt8])? {
        var head: [UInt8] = []
        var bits: UInt32 = 0
        var digits = 0
        var padding = 0
        for byte in text.utf8 {
            if byte == UInt8(ascii: "=") {
                padding += 1
                continue
            }
            guard padding == 0, let value = value(byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            digits += 1
            if digits % 4 == 0, head.count < 12 {
                head += [UInt8(bits >> 16 & 0xFF), UInt8(bits >> 8 & 0xFF), UInt8(bits & 0xFF)]
            }
        }
        guard (digits + padding) % 4 == 0, padding <= 2 else { return nil }
        let count = digits * 3 / 4
        if head.count < 12 {
            if digits % 4 == 2 { head.append(UInt8(bits >> 4 & 0xFF)) }
            if digits % 4 == 3 { head += [UInt8(bits >> 10 & 0xFF), UInt8(bits >> 2 & 0xFF)] }
        }
        return (count, head)
    }

    private static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
