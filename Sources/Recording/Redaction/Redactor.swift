import Providers

/// Blacks secrets out: by the name of what holds them, and by their value wherever that stands. A mark is exactly as long as
/// what it covers, so that offsets, lengths and pieces stay.
///
/// Found are a secret as it is, with JSON's escapes, percent-encoded, within Base64 at any of its three alignments (HTTP's
/// Basic), and spelled out by a model over several events. Not found is one of less than ``shortest`` bytes, which stands
/// in words by chance, and one that a broken connection cut into halves.
public struct Redactor: Sendable {
    public static let shortest = 4

    private var secrets: [[UInt8]] = []
    private var needles: [Needle] = []
    /// Needles by the byte that they begin with.
    private var table = [[Int]](repeating: [], count: 256)

    public init(_ secrets: some Sequence<Secret> = []) {
        for secret in secrets { add(secret) }
    }

    /// From now on this one too.
    public mutating func add(_ secret: Secret) {
        let bytes = Array(secret.revealed.utf8)
        guard bytes.count >= Self.shortest, !secrets.contains(bytes) else { return }
        secrets.append(bytes)
        var forms = [bytes]
        for form in Self.base64(of: bytes) where form.count >= 8 && !forms.contains(form) { forms.append(form) }
        for form in forms {
            for writing in [Needle.Writing.plain, .json, .percent] {
                let needle = Needle(bytes: form, writing: writing)
                for byte in needle.beginnings { table[Int(byte)].append(needles.count) }
                needles.append(needle)
            }
        }
    }

    /// What of a secret's Base64 depends on nothing around it, for each place in a group of three; in both alphabets.
    private static func base64(of bytes: [UInt8]) -> [[UInt8]] {
        (0..<3).flatMap { offset in
            let all = Array(Base64.text([UInt8](repeating: 0, count: offset) + bytes).utf8)
            let first = (offset * 8 + 5) / 6
            let last = (offset + bytes.count) * 8 / 6
            let form = Array(all[min(first, last)..<last])
            let safe = form.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? 0x5F : $0 }
            return [form, safe]
        }
    }

    // MARK: Text

    /// Marks every secret in the bytes.
    ///
    /// - Parameter isFinal: no more follows. Then the beginning of a secret at the end is marked where it is half of it or
    ///   more, and everything is certain.
    /// - Returns: how many bytes from the start are certain; at the rest a secret may begin.
    func redact(_ bytes: inout [UInt8], isFinal: Bool) -> Int {
        guard !needles.isEmpty else { return bytes.count }
        var strings = TextStrings()
        var place = 0
        while place < bytes.count {
            let candidates = table[Int(bytes[place])]
            guard !candidates.isEmpty else {
                place += 1
                continue
            }
            var marks: [Range<Int>] = []
            var mayBegin = false
            bytes.withUnsafeBufferPointer { text in
                for index in candidates {
                    switch needles[index].match(text, at: place, &strings) {
                    case .none: break
                    case .whole(let ranges):
                        if ranges.last?.upperBound ?? 0 > marks.last?.upperBound ?? 0 { marks = ranges }
                    case .partial(let matched, let ranges):
                        mayBegin = true
                        if isFinal, 2 * matched >= needles[index].bytes.count { marks = ranges }
                    }
                }
            }
            if mayBegin, !isFinal { return place }
            // One mark over all ranges: joined, they read as it does in one piece.
            let mark = Array(Secret.mark(bytes: marks.reduce(0) { $0 + $1.count }).utf8)
            var marked = 0
            for range in marks {
                bytes.replaceSubrange(range, with: mark[marked..<marked + range.count])
                marked += range.count
            }
            place += max(1, marks.first?.count ?? 0)
        }
        return bytes.count
    }

    public func redacted(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        _ = redact(&bytes, isFinal: true)
        return bytes
    }

    public func redacted(_ text: String) -> String {
        needles.isEmpty ? text : String(decoding: redacted(Array(text.utf8)), as: UTF8.self)
    }

    // MARK: What has names

    public func redacted(_ header: HTTPHeader) -> HTTPHeader {
        guard SensitiveName.holds(header.name) else { return HTTPHeader(header.name, redacted(header.value)) }
        return HTTPHeader(header.name, Secret.mark(bytes: header.value.utf8.count))
    }

    /// Also by the names of its query's parameters, and a password before the host.
    public func redacted(url: String) -> String {
        let text = Array(url.utf8)
        var result = text
        func mark(_ range: Range<Int>) {
            result.replaceSubrange(range, with: Secret.mark(bytes: range.count).utf8)
        }
        let question = text.firstIndex(of: UInt8(ascii: "?")) ?? text.count
        var start = question + 1
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "&")) ?? text.count
            if let equals = text[start..<end].firstIndex(of: UInt8(ascii: "=")),
                SensitiveName.holds(String(decoding: text[start..<equals], as: UTF8.self))
            {
                mark(equals + 1..<end)
            }
            start = end + 1
        }
        let slashes = text[..<question].firstIndex(of: UInt8(ascii: "/")).map { $0 + 2 } ?? 0
        if slashes < question {
            let authority = text[slashes..<question].prefix { $0 != UInt8(ascii: "/") }
            if let at = authority.lastIndex(of: UInt8(ascii: "@")) { mark(authority.startIndex..<at) }
        }
        return redacted(String(decoding: result, as: UTF8.self))
    }

    func redacted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .null, .bool, .number: value
        case .string(let text): .string(redacted(text))
        case .array(let elements): .array(elements.map(redacted))
        case .object(let members):
            .object(
                members.map { key, value in
                    if key == "baseURL" || key == "prefillBaseURL", case .string(let url) = value {
                        (key, .string(redacted(url: url)))
                    } else {
                        (redacted(key), redacted(value))
                    }
                })
        }
    }
}
