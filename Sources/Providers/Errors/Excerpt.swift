/// A few words of a body that is not what was asked for, for a message to the user. Unsanitised.
enum Excerpt {
    /// What a foreign body says: the title or text of HTML, the beginning of anything else.
    static func describe(_ body: [UInt8]) -> String {
        if isMarkup(body) { return "HTML: " + (markup(body, limit: 200) ?? "no text") }
        let text = body.withUnsafeBufferPointer { Self.text(of: $0, limit: 200) }
        return text.isEmpty ? "an empty body" : text
    }

    /// The beginning of the text, in one line, white space collapsed, at most `limit` bytes and an ellipsis.
    static func text(of bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> String {
        var words: [UInt8] = []
        var wantsSpace = false
        for byte in bytes {
            if byte <= 0x20 {
                wantsSpace = !words.isEmpty
                continue
            }
            if wantsSpace { words.append(0x20) }
            wantsSpace = false
            words.append(byte)
            if words.count > limit { break }
        }
        return cut(words, limit: limit)
    }

    static func text(of text: String, limit: Int) -> String {
        Array(text.utf8).withUnsafeBufferPointer { Self.text(of: $0, limit: limit) }
    }

    private static func cut(_ bytes: [UInt8], limit: Int) -> String {
        guard bytes.count > limit else { return String(decoding: bytes, as: UTF8.self) }
        // Not inside a character: back to before a lead byte.
        var end = limit
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self) + "…"
    }

    static func isMarkup(_ body: [UInt8]) -> Bool {
        let start = body.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        return body[start...].first { $0 > 0x20 } == UInt8(ascii: "<")
    }

    /// The title of an HTML page, or else its first heading, or else its text without tags.
    static func markup(_ body: [UInt8], limit: Int) -> String? {
        for element in ["title", "h1", "h2", "message"] {
            if let text = content(of: element, in: body, limit: limit), !text.isEmpty { return text }
        }
        let text = stripped(body[...], limit: limit)
        return text.isEmpty ? nil : text
    }

    private static func content(of element: String, in body: [UInt8], limit: Int) -> String? {
        guard let open = find("<\(element)", in: body, from: 0),
            let begin = body[open...].firstIndex(of: UInt8(ascii: ">")),
            let end = find("</\(element)", in: body, from: begin)
        else { return nil }
        return stripped(body[(begin + 1)..<end], limit: limit)
    }

    /// Where `text`, which is lower-case ASCII, stands, without regard to case.
    private static func find(_ text: String, in body: [UInt8], from start: Int) -> Int? {
        let pattern = Array(text.utf8)
        guard body.count >= pattern.count, start <= body.count - pattern.count else { return nil }
        return (start...(body.count - pattern.count)).first { offset in
            pattern.indices.allSatisfy { index in
                let byte = body[offset + index]
                return (0x41...0x5A).contains(byte) ? byte | 0x20 == pattern[index] : byte == pattern[index]
            }
        }
    }

    /// The text between tags, the five predefined entities resolved.
    private static func stripped(_ body: ArraySlice<UInt8>, limit: Int) -> String {
        var text: [UInt8] = []
        var inTag = false
        for byte in body {
            switch byte {
            case UInt8(ascii: "<"): inTag = true
            case UInt8(ascii: ">") where inTag:
                inTag = false
                text.append(0x20)
            default: if !inTag { text.append(byte) }
            }
            if text.count > 4 * limit { break }
        }
        var words = String(decoding: text, as: UTF8.self)
        for (entity, character) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")] {
            words = words.split(separator: entity, omittingEmptySubsequences: false).joined(separator: character)
        }
        return Self.text(of: words, limit: limit)
    }
}
