/// A source file's code: comments taken out, string literals emptied.
struct SourceText {
    let lines: [[UInt8]]

    init(_ text: String) {
        var scanner = Scanner(rest: Array(text.utf8)[...])
        scanner.run()
        lines = scanner.lines
    }

    /// The modules that are imported.
    var imports: Set<String> {
        Set(lines.compactMap { Self.importedModule(String(decoding: $0, as: UTF8.self)) })
    }

    /// Every identifier.
    var identifiers: Set<String> {
        Set(
            lines.flatMap { line in
                line.split { !Self.isOfIdentifier($0) }.map { String(decoding: $0, as: UTF8.self) }
            })
    }

    private static func importedModule(_ line: String) -> String? {
        guard line.contains("import") else { return nil }
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"),
            words[..<position].allSatisfy({ $0.hasPrefix("@") || accessLevels.contains($0) })
        else { return nil }
        // `import struct Module.Name` names the kind first.
        return words[(position + 1)...].first { !kinds.contains($0) }
            .flatMap { $0.split(separator: ".").first.map(String.init) }
    }

    private static let accessLevels: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
    private static let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "typealias", "func", "let", "var",
    ]

    private static func isOfIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x80...: true
        default: false
        }
    }

    /// Knows `//`, `/* */`, `"…"` and `\"\"\"`. Code inside an interpolation goes with its string.
    private struct Scanner {
        var rest: ArraySlice<UInt8>
        var lines: [[UInt8]] = [[]]

        mutating func run() {
            while let first = rest.first {
                if skip("//") {
                    rest = rest.drop { $0 != 0x0A }
                } else if skip("/*") {
                    skip(past: "*/")
                } else if skip("\"\"\"") {
                    skip(past: "\"\"\"")
                } else if skip("\"") {
                    skip(past: "\"")
                } else {
                    if first == 0x0A { lines.append([]) } else { lines[lines.count - 1].append(first) }
                    rest.removeFirst()
                }
            }
        }

        private mutating func skip(_ text: StaticString) -> Bool {
            guard text.withUTF8Buffer({ rest.starts(with: $0) }) else { return false }
            rest = rest.dropFirst(text.utf8CodeUnitCount)
            return true
        }

        private mutating func skip(past end: StaticString) {
            while let first = rest.first, !skip(end) {
                if first == 0x0A { lines.append([]) }
                // What a backslash stands before does not end a string.
                rest = rest.dropFirst(first == UInt8(ascii: "\\") ? 2 : 1)
            }
        }
    }
}
