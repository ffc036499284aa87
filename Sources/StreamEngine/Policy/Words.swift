import Providers

/// Puts the words of others into one line of ours.
enum Words {
    /// `head name: detail`, without what is missing.
    static func sentence(_ head: String, _ name: String?, _ detail: String?) -> String {
        var sentence = head
        if let name { sentence += (head.hasPrefix("HTTP") ? " " : ", ") + name }
        let detail = detail.map { oneLine($0) } ?? ""
        return detail.isEmpty ? sentence : sentence + ": " + detail
    }

    /// The error's type, or its code.
    static func name(of error: ProviderError?) -> String? {
        guard let name = error?.type ?? error?.code else { return nil }
        let line = oneLine(name, limit: 64)
        return line.isEmpty ? nil : line
    }

    /// Runs of white space and control characters become one space, credentials are blacked out, and what is longer than
    /// `limit` bytes is cut between two scalars.
    static func oneLine(_ text: String, limit: Int = 300) -> String {
        // What is cut off anyway need not be read; what is blacked out can only get shorter.
        let source = Array(text.utf8.prefix(4 * limit + 256))
        var words: [UInt8] = []
        for word in source.split(whereSeparator: { $0 <= 0x20 || $0 == 0x7F }) {
            if !words.isEmpty { words.append(0x20) }
            appendBlackedOut(word, to: &words)
        }
        guard words.count > limit || text.utf8.count > source.count else {
            return String(decoding: words, as: UTF8.self)
        }
        var end = min(limit, words.count)
        while end > 0, end < words.count, words[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: words[..<end], as: UTF8.self) + "…"
    }

    /// Providers quote a refused key in their messages (OpenAI masks it, relays do not).
    private static func appendBlackedOut(_ word: ArraySlice<UInt8>, to words: inout [UInt8]) {
        var rest = word
        while !rest.isEmpty {
            let isStart = rest.startIndex == word.startIndex || !word[rest.startIndex - 1].isKeyByte
            if isStart, let prefix = keyPrefixes.first(where: { rest.starts(with: $0) }) {
                let key = rest.prefix { $0.isKeyByte || $0 == UInt8(ascii: "*") }
                if key.count >= prefix.count + 8 {
                    words += prefix
                    words += "…".utf8
                    rest = rest[key.endIndex...]
                    continue
                }
            }
            words.append(rest.removeFirst())
        }
    }

    private static let keyPrefixes = ["sk-", "sk_", "gsk_", "xai-", "AIza", "hf_", "r8_", "pplx-"].map {
        Array($0.utf8)
    }

    /// `1.5 KiB`, `16 MiB`, `12 bytes`.
    static func bytes(_ count: Int) -> String {
        var unit = 1
        var name = "bytes"
        for (size, larger) in [(1 << 10, "KiB"), (1 << 20, "MiB"), (1 << 30, "GiB")] where count >= size {
            unit = size
            name = larger
        }
        let tenths = count / unit * 10 + count % unit * 10 / unit
        return (tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)") + " " + name
    }

    /// The reason phrase of a status (IANA registry; 499, 52x and 529 as nginx, Cloudflare and Anthropic use them).
    static func title(_ status: Int) -> String? {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 407: "Proxy Authentication Required"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 425: "Too Early"
        case 429: "Too Many Requests"
        case 451: "Unavailable For Legal Reasons"
        case 499: "Client Closed Request"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 511: "Network Authentication Required"
        case 520: "Web Server Returned an Unknown Error"
        case 521: "Web Server Is Down"
        case 522: "Connection Timed Out"
        case 523: "Origin Is Unreachable"
        case 524: "A Timeout Occurred"
        case 529: "Overloaded"
        default: nil
        }
    }
}

extension UInt8 {
    /// What API keys are made of.
    fileprivate var isKeyByte: Bool {
        digit != nil || lowercased &- 0x61 < 26 || self == UInt8(ascii: "-") || self == UInt8(ascii: "_")
    }
}
