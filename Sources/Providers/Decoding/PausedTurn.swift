/// The content of a turn that its model paused (Anthropic's `pause_turn`), as it must be sent back for the model to go on:
/// block by block, as it came. Thoughts keep their signatures and the results of the provider's own tools their encrypted
/// content, neither of which could be made anew from what was shown.
public struct PausedTurn: Sendable, Equatable {
    /// What the server sent, block by block.
    public enum Block: Sendable, Equatable {
        /// The next `bytes` of the reply's text, with its citations as JSON.
        case text(bytes: Int, citations: [[UInt8]])
        /// The next `bytes` of the reply's thinking. Without a signature it is not sent back: nobody would take it.
        case thinking(bytes: Int, signature: String)
        /// Anything else, whole, as JSON.
        case other([UInt8])
    }

    /// In the order in which they came.
    public var blocks: [Block]
    /// The server's container that its tools work in: the request that goes on names it.
    public var container: String?

    /// A turn of these blocks.
    public init(blocks: [Block], container: String? = nil) {
        self.blocks = blocks
        self.container = container
    }

    /// Bytes of text in all blocks.
    public var textBytes: Int {
        blocks.reduce(0) { if case .text(let bytes, _) = $1 { $0 + bytes } else { $0 } }
    }

    /// Bytes of thinking in all blocks.
    public var thinkingBytes: Int {
        blocks.reduce(0) { if case .thinking(let bytes, _) = $1 { $0 + bytes } else { $0 } }
    }

    /// The blocks as a JSON array, for ``ChatMessage/content``. `nil` where nothing is left to send.
    ///
    /// - Parameters:
    ///   - text: the text of the blocks, less its first `skipping` bytes.
    ///   - thinking: the thinking of the blocks, all of it.
    ///   - skipping: bytes that came and that the text before them has already.
    public func content(text: ArraySlice<UInt8>, thinking: ArraySlice<UInt8>, skipping: Int = 0) -> [UInt8]? {
        var text = text
        var thinking = thinking
        var skipping = skipping
        var parts: [[UInt8]] = []
        for (index, block) in blocks.enumerated() {
            switch block {
            case .text(let bytes, let citations):
                let skipped = min(skipping, bytes)
                skipping -= skipped
                var piece = text.prefix(bytes - skipped)
                text = text.dropFirst(bytes - skipped)
                // A message that ends in white space is refused.
                if index == blocks.count - 1 { while let last = piece.last, last <= 0x20 { piece.removeLast() } }
                if !piece.allSatisfy({ $0 <= 0x20 }) { parts.append(Self.textBlock(piece, citations)) }
            case .thinking(let bytes, let signature):
                let piece = thinking.prefix(bytes)
                thinking = thinking.dropFirst(bytes)
                if !signature.isEmpty { parts.append(Self.thinkingBlock(piece, signature)) }
            case .other(let json): parts.append(json)
            }
        }
        guard !parts.isEmpty else { return nil }
        return [UInt8(ascii: "[")] + parts.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    private static func textBlock(_ text: ArraySlice<UInt8>, _ citations: [[UInt8]]) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("type", "text")
            json.member("text", utf8: text)
            if !citations.isEmpty {
                json.key("citations")
                json.array { json in for citation in citations { json.json(citation) } }
            }
        }
        return json.bytes
    }

    private static func thinkingBlock(_ thinking: ArraySlice<UInt8>, _ signature: String) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.member("type", "thinking")
            json.member("thinking", utf8: thinking)
            json.member("signature", signature)
        }
        return json.bytes
    }
}

extension ChatMessage {
    /// The same message with more at its end: blocks as a JSON array (see ``content``), of which `text` is what can be
    /// read.
    public func appending(content more: [UInt8], text: String) -> ChatMessage {
        var message = self
        message.text += text
        message.content = Self.joined(contentOrText, more)
        return message
    }

    /// The same message with text at its end.
    public func appending(text more: String) -> ChatMessage {
        var message = self
        message.text += more
        if let content { message.content = Self.joined(content, Self.array(ofText: more)) }
        return message
    }

    private var contentOrText: [UInt8] { content ?? Self.array(ofText: text) }

    private static func array(ofText text: String) -> [UInt8] {
        var json = JSONWriter()
        json.array { json in
            guard !text.isEmpty else { return }
            json.object { json in
                json.member("type", "text")
                json.member("text", text)
            }
        }
        return json.bytes
    }

    private static func joined(_ one: [UInt8], _ other: [UInt8]) -> [UInt8] {
        if one.count <= 2 { return other }
        if other.count <= 2 { return one }
        return one.dropLast() + [UInt8(ascii: ",")] + other.dropFirst()
    }
}
