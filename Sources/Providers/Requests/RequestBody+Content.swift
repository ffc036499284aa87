extension RequestBody {
    /// About how large the body of these messages is, so that room is made once.
    static func size(of messages: [ChatMessage]) -> Int {
        messages.reduce(1024) { size, message in
            message.attachments.reduce(size + message.text.utf8.count + 64) { size, attachment in
                size + 256 + (attachment.isImage ? Base64.encodedCount(attachment.size) : attachment.size)
            }
        }
    }
}

extension JSONWriter {
    /// A message's `content`: a string where all of it is text, which every server understands; with images an array, the
    /// images first (Anthropic's advice), each of several after its name.
    mutating func content(of message: ChatMessage, _ dialect: Dialect) {
        let images = message.images
        guard !images.isEmpty else { return member("content", message.wholeText) }
        key("content")
        array { json in
            for image in images {
                if images.count > 1 { json.textPart(image.name + ":", dialect) }
                json.imagePart(image.type, image.bytes, dialect)
            }
            let text = message.wholeText
            // An empty text block is refused.
            if !text.unicodeScalars.allSatisfy(\.properties.isWhitespace) { json.textPart(text, dialect) }
        }
    }

    private mutating func textPart(_ text: String, _ dialect: Dialect) {
        object { json in
            switch dialect {
            case .anthropic, .openai: json.member("type", "text")
            case .responses: json.member("type", "input_text")
            }
            json.member("text", text)
        }
    }

    private mutating func imagePart(_ type: ImageType, _ bytes: [UInt8], _ dialect: Dialect) {
        object { json in
            switch dialect {
            case .anthropic:
                json.member("type", "image")
                json.key("source")
                json.object { json in
                    json.member("type", "base64")
                    json.member("media_type", type.rawValue)
                    json.member("data", base64: bytes)
                }
            case .openai:
                json.member("type", "image_url")
                json.key("image_url")
                json.object { $0.member("url", prefix: "data:\(type.rawValue);base64,", base64: bytes) }
            case .responses:
                json.member("type", "input_image")
                json.member("image_url", prefix: "data:\(type.rawValue);base64,", base64: bytes)
            }
        }
    }
}
