/// `@path` in a prompt: a file that its writer may want to attach. Whether there is such a file, and what is done where
/// there is none, is for whoever can look.
///
/// It begins at the beginning of a word (after white space, an opening bracket, or nothing), so that `me@example.org`, a
/// quoted `"@x"` and a `` `@x` `` in code are none. It ends at white space; `@"…"` holds spaces, and so does a backslash
/// before one.
public struct FileMention: Sendable, Equatable {
    /// Where it stands in the text's UTF-8, the `@` included.
    public var range: Range<Int>
    /// Its path as written, and without the punctuation at its end, sign by sign: `@a.txt).` is about `a.txt`. The first
    /// that exists is meant.
    public var paths: [String]
    /// It can hardly be anything but a path: where no such file exists, somebody mistyped it, and is told before anything
    /// is sent. `false` for `@someone`, `@types/node`, `@example.com`, `@v1.2`.
    public var isCertain: Bool

    /// Every mention of a text, in order. Linear.
    public static func all(in text: String) -> [FileMention] {
        var text = text
        return text.withUTF8 { bytes in
            var mentions: [FileMention] = []
            var index = 0
            while index < bytes.count {
                guard bytes[index] == UInt8(ascii: "@"), index == 0 || opens(bytes[index - 1]) else {
                    index += 1
                    continue
                }
                if let mention = mention(in: bytes, at: index) {
                    mentions.append(mention)
                    index = mention.range.upperBound
                } else {
                    index += 1
                }
            }
            return mentions
        }
    }

    /// The mention that is being typed before a place in the text: its path so far, and where it begins with its `@`.
    public static func unfinished(in text: String, before end: Int) -> (path: String, start: Int, isQuoted: Bool)? {
        let bytes = Array(text.utf8.prefix(end))
        var index = bytes.count
        while index > 0 {
            index -= 1
            if bytes[index] == 0x0A { return nil }
            guard bytes[index] == UInt8(ascii: "@"), index == 0 || opens(bytes[index - 1]) else { continue }
            let isQuoted = index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "\"")
            let rest = bytes[(index + (isQuoted ? 2 : 1))...]
            if isQuoted {
                guard !rest.contains(UInt8(ascii: "\"")) else { return nil }
                return (String(decoding: rest, as: UTF8.self), index, true)
            }
            let path = unescaped(rest)
            guard path.end == rest.endIndex else { return nil }
            return (path.text, index, false)
        }
        return nil
    }

    /// A path as it is written in a prompt, without what stands after it.
    public static func written(_ path: String, isOpen: Bool = false) -> String {
        guard path.utf8.contains(where: { isSpace($0) || $0 == UInt8(ascii: "\\") }) else { return "@" + path }
        return "@\"" + path + (isOpen ? "" : "\"")
    }

    private static func mention(in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> FileMention? {
        let first = start + 1
        guard first < bytes.count else { return nil }
        if bytes[first] == UInt8(ascii: "\"") {
            // On one line.
            guard let end = bytes[(first + 1)...].firstIndex(where: { $0 == UInt8(ascii: "\"") || $0 == 0x0A }),
                bytes[end] != 0x0A, end > first + 1
            else { return nil }
            let path = String(decoding: bytes[(first + 1)..<end], as: UTF8.self)
            return FileMention(range: start..<end + 1, paths: [path], isCertain: true)
        }
        let (path, end) = unescaped(bytes[first...])
        guard !path.isEmpty else { return nil }
        var paths = [path]
        var shorter = path[...]
        while let last = shorter.utf8.last, closes(last), shorter.utf8.count > 1 {
            shorter = shorter.dropLast()
            paths.append(String(shorter))
        }
        return FileMention(range: start..<end, paths: paths, isCertain: isCertainPath(paths[paths.count - 1]))
    }

    /// To the next white space; a backslash before a space or a backslash takes it along. `end` is where it stopped.
    private static func unescaped<Bytes: RandomAccessCollection<UInt8>>(
        _ bytes: Bytes
    ) -> (text: String, end: Int) where Bytes.Index == Int {
        var path: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex, !isSpace(bytes[index]) {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex,
                bytes[index + 1] == 0x20 || bytes[index + 1] == UInt8(ascii: "\\")
            {
                index += 1
            }
            path.append(bytes[index])
            index += 1
        }
        return (String(decoding: path, as: UTF8.self), index)
    }

    private static func isCertainPath(_ path: String) -> Bool {
        if ["/", "./", "../", "~/"].contains(where: path.hasPrefix) { return true }
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return false }
        return fileEndings.contains(name[name.index(after: dot)...].lowercased())
    }

    /// Endings that are no domain's and nobody's name.
    private static let fileEndings: Set<String> = [
        "png", "jpg", "jpeg", "gif", "webp", "bmp", "svg", "heic", "tiff", "pdf", "txt", "md", "rst", "tex", "csv",
        "tsv", "json", "jsonl", "toml", "yaml", "yml", "xml", "html", "htm", "css", "log", "diff", "patch", "conf",
        "cfg", "ini", "sql", "swift", "c", "h", "cpp", "cc", "hpp", "m", "rs", "go", "java", "kt", "py", "rb", "pl",
        "js", "mjs", "ts", "tsx", "jsx", "php", "cs", "lua", "hs", "ml", "docx", "xlsx", "zip", "gz", "tar", "mp3",
        "mp4", "wav", "mov",
    ]

    private static func opens(_ byte: UInt8) -> Bool {
        isSpace(byte) || [UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{")].contains(byte)
    }

    private static func closes(_ byte: UInt8) -> Bool {
        ".,;:!?)]}>'\"*".utf8.contains(byte)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D
    }
}
