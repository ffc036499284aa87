extension Flow {
    /// Begins a block of code with a line that names its language. Its lines and its end follow with the same lead.
    mutating func beginCode(language: String, lead: Int, source: Int) {
        begin(.codeHead, lead: lead, source: source)
        append(language, look: Look(.codeLanguage), source: source)
    }

    mutating func code(
        _ line: UnsafeBufferPointer<UInt8>, lead: Int, source: Int, look: Look, highlighter: inout Highlighter
    ) {
        begin(.code, lead: lead, source: source)
        highlighter.highlight(line) { range, role in
            let part = UnsafeBufferPointer(rebasing: line[range])
            append(part, look: role.map { look.adding($0) } ?? look, source: source + range.lowerBound)
        }
    }

    mutating func endCode(lead: Int, source: Int) {
        begin(.codeFoot, lead: lead, source: source)
    }

    /// The language in a fence's info string: its first word, without what some put around it.
    static func language(_ info: some Collection<UInt8>) -> String {
        let word = info.prefix { $0 != 0x20 && $0 != 0x2C && $0 != 0x7B }
        return String(decoding: word, as: UTF8.self)
    }
}
