/// What the lab answers to a prompt: always the same, whatever the model, the dialect and the faults on the way, so
/// that a client can tell whether it ended up with every word.
///
/// The text is Markdown of about 300 to 450 tokens: headings, lists, a table, code, ideographs, emoji, a link. A prompt may
/// ask for a length: `… in 2000 words` (or `tokens`) ends with the passage in which the number is reached, and
/// `--tokens 20000` gives exactly so many; at most 1,000,000.
public enum CanonicalReply {
    public static func text(prompt: String) -> String {
        String(decoding: bytes(prompt: prompt), as: UTF8.self)
    }

    /// What a thinking model thinks before it answers, 60 to 120 tokens.
    public static func thinking(prompt: String) -> String {
        String(decoding: thinkingBytes(prompt: prompt), as: UTF8.self)
    }

    /// The tokens of a text as the lab sends and counts them; joined, they are the text.
    public static func tokens(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        var tokens: [String] = []
        var start = 0
        while start < bytes.count {
            let end = Tokenizer.end(in: bytes, from: start)
            tokens.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        return tokens
    }

    public static func tokenCount(_ text: String) -> Int {
        Tokenizer.count(text)
    }

    static func bytes(prompt: String) -> [UInt8] {
        var composer = Composer(prompt: prompt)
        switch ReplyLength(prompt) {
        case .usual: return composer.usual()
        case .about(let count): return composer.long(count, exactly: false)
        case .exactly(let count): return composer.long(count, exactly: true)
        }
    }

    static func thinkingBytes(prompt: String) -> [UInt8] {
        var composer = Composer(prompt: prompt)
        return composer.thinking()
    }
}
