/// What goes out with a user's message besides its text.
public struct Attachment: Sendable, Equatable, Codable {
    /// What it holds.
    public enum Content: Sendable, Equatable, Codable {
        /// An image as its file has it.
        case image(ImageType, [UInt8])
        /// A text file: sent as text, between tags that name it.
        case text(String)
    }

    /// The file as the user named it, with its folders if that was so; unsanitised.
    public var name: String
    /// What it holds.
    public var content: Content

    /// A file under this name.
    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }

    /// By what the bytes are, never by the name. `nil` for what is neither an image that providers take nor a text in
    /// UTF-8 (a byte order mark is dropped; U+0000 makes a text binary).
    public init?(name: String, bytes: [UInt8]) {
        if let type = ImageType(magic: bytes) {
            self.init(name: name, content: .image(type, bytes))
            return
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        guard !text.contains(0), let text = String(validating: text, as: UTF8.self) else { return nil }
        self.init(name: name, content: .text(text))
    }

    /// Whether it is an image, and not text.
    public var isImage: Bool {
        if case .image = content { true } else { false }
    }

    /// Of the file, in bytes.
    public var size: Int {
        switch content {
        case .image(_, let bytes): bytes.count
        case .text(let text): text.utf8.count
        }
    }

    /// `image/png`, `text/plain`, …
    public var mediaType: String {
        switch content {
        case .image(let type, _): type.rawValue
        case .text: "text/plain"
        }
    }

    /// A text file as a model reads it; `nil` for images.
    var tagged: String? {
        guard case .text(let text) = content else { return nil }
        let end = text.utf8.last == 0x0A ? "" : "\n"
        return "<file name=\"\(Self.attribute(name))\">\n\(text)\(end)</file>"
    }

    /// A name between quotation marks.
    private static func attribute(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "\"": text += "&quot;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: text += "?"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension ChatMessage {
    /// All of the message that is text: the attached files, then what was typed. That order is Anthropic's advice for long
    /// documents.
    public var wholeText: String {
        let files = attachments.compactMap(\.tagged)
        return files.isEmpty ? text : (files + (isTextBlank ? [] : [text])).joined(separator: "\n\n")
    }

    /// The attached images in their order.
    public var images: [(name: String, type: ImageType, bytes: [UInt8])] {
        attachments.compactMap { attachment in
            guard case .image(let type, let bytes) = attachment.content else { return nil }
            return (attachment.name, type, bytes)
        }
    }

    /// There is nothing to send.
    var isBlank: Bool { attachments.isEmpty && isTextBlank }

    private var isTextBlank: Bool { text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
