/// How a part that is not text is shown: its kind, and a few words on it.
struct Part: Equatable {
    var kind: String
    var detail: String

    /// A source that the reply names. It takes nothing away from the text, which goes on as if it were not there.
    static let citation = "citation"

    init(kind: String, detail: String) {
        self.kind = kind
        self.detail = detail
    }

    /// A block of Anthropic's, or an image part of OpenAI's and OpenRouter's.
    init(block: JSONValue) {
        let type = block["type"]?.text ?? "part"
        kind = String(type.prefix(64))
        detail = ""
        switch type {
        case "image":
            detail = Self.media(type: block["source"]?["media_type"]?.text, base64: block["source"]?["data"]?.text)
            if detail.isEmpty { detail = block["source"]?["url"]?.text ?? "" }
        case "image_url":
            kind = "image"
            detail = Self.image(url: (block["image_url"]?["url"] ?? block["image_url"])?.text ?? "")
        case "fallback":
            let models = [block["from"]?["model"]?.text, block["to"]?["model"]?.text]
            detail = models.map { $0 ?? "?" }.joined(separator: " → ")
        default:
            if let name = block["name"]?.text {
                detail = name
            } else if let code = block["content"]?["error_code"]?.text {
                detail = code
            } else if case .array(let results)? = block["content"] {
                detail = results.count == 1 ? "1 result" : "\(results.count) results"
            }
        }
    }

    /// Never the data itself.
    static func image(url: String) -> String {
        guard url.hasPrefix("data:"), let comma = url.utf8.firstIndex(of: UInt8(ascii: ",")) else { return url }
        let type = url.dropFirst(5).prefix { $0 != ";" && $0 != "," }
        return media(type: String(type), base64: String(url[url.utf8.index(after: comma)...]))
    }

    static func media(type: String?, base64: String?) -> String {
        let size = base64.map { Self.size($0.utf8.count / 4 * 3) }
        return [type, size].compactMap(\.self).joined(separator: ", ")
    }

    private static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<1000: "\(bytes) bytes"
        case ..<1_000_000: "\(bytes / 1000) kB"
        default: "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
        }
    }
}
