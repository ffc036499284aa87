import Foundation

/// The public declarations of a Swift file, and which of them nobody explains.
///
/// A reader of lines, made for this house's formatted sources: a declaration begins a line of its own, after its attributes
/// and with `public` or `open` before it; a case of a public enum begins a line with `case`. It knows nothing of what a
/// macro makes, nor of a protocol's requirements, and it does not judge what a comment says.
struct Documentation {
    /// Line numbers from 1, and the lines.
    private(set) var undocumented: [(line: Int, text: String)] = []
    /// How many public declarations there are, cases not counted.
    private(set) var declarations = 0

    init(of source: String) {
        let lines = source.components(separatedBy: "\n").map { (line: String) -> (indent: Int, text: Substring) in
            let indent = line.prefix { $0 == " " }.count
            return (indent: indent, text: line.dropFirst(indent))
        }
        /// Indents of the public enums that the line is in.
        var enums: [Int] = []
        var isInText = false
        for (index, line) in lines.enumerated() {
            let isDelimiter = line.text.components(separatedBy: "\"\"\"").count % 2 == 0
            defer { if isDelimiter { isInText.toggle() } }
            guard !isInText, !line.text.isEmpty, !line.text.hasPrefix("//") else { continue }
            if line.text.hasPrefix("}") { enums.removeAll { $0 >= line.indent } }
            var words = line.text.split(separator: " ")
            while let first = words.first, first.hasPrefix("@") { words.removeFirst() }
            if words.first == "case", enums.last == line.indent - 4 {
                if !Self.isExplained(index, in: lines, asCase: true) { add(index, line.text) }
            } else if words.first == "public" || words.first == "open" {
                words.removeFirst()
                guard let kind = words.first, kind != "import", kind != "extension", kind != "=" else { continue }
                if words.contains(where: { $0 == "enum" }), line.text.hasSuffix("{") { enums.append(line.indent) }
                declarations += 1
                let isInherited = Self.inherited.contains { words.joined(separator: " ").hasPrefix($0) }
                if !isInherited, !Self.isExplained(index, in: lines, asCase: false) { add(index, line.text) }
            }
        }
    }

    /// Requirements of the standard library, explained there.
    private static let inherited = [
        "static func <", "static func ==", "var description:", "var debugDescription:", "var customMirror:",
        "func hash(into", "func encode(to", "init(from decoder:",
    ]

    private mutating func add(_ index: Int, _ text: Substring) { undocumented.append((index + 1, String(text))) }

    /// Whether a comment stands right above. A case also shares the comment of the case above it, or the enum's own.
    private static func isExplained(
        _ index: Int, in lines: [(indent: Int, text: Substring)], asCase: Bool
    ) -> Bool {
        var above = index - 1
        while above >= 0, lines[above].text.hasPrefix("@") || lines[above].text.hasPrefix("#") { above -= 1 }
        guard above >= 0 else { return false }
        let text = lines[above].text
        if text.hasPrefix("///") { return true }
        guard asCase else { return false }
        return text.hasPrefix("case ") || text.hasSuffix("{") || text.hasPrefix("//")
            || lines[above].indent > lines[index].indent
    }
}
