enum MarkdownExport {
    /// `time` is the turn's, as a text.
    static func section(_ turn: ArchivedTurn, time: String) -> String {
        var section = "## \(heading(turn)) · \(time)\n\n"
        for text in turn.abandoned {
            section += "<details><summary>given up</summary>\n\n\(text)\n\n</details>\n\n"
        }
        section += turn.text
        if !turn.text.hasSuffix("\n") { section += "\n" }
        for attachment in turn.attachments {
            section += "\n*attached: \(line(attachment.name)) (\(attachment.type), \(attachment.bytes.count) bytes)*\n"
        }
        if turn.role == .assistant, let remark = remark(turn) { section += "\n*\(remark)*\n" }
        return section
    }

    private static func heading(_ turn: ArchivedTurn) -> String {
        switch turn.role {
        case .user: turn.standing == .replaced ? "you · replaced by a later prompt" : "you"
        case .assistant: line([turn.model, turn.provider].compactMap { $0 }.joined(separator: " · "))
        }
    }

    /// What is worth knowing about a reply that did not go by itself.
    private static func remark(_ turn: ArchivedTurn) -> String? {
        var words: [String] = turn.standing == .kept ? ["kept"] : []
        if turn.verdict != "complete" { words.append(turn.verdict ?? "unfinished") }
        if turn.attempts.count > 1 { words.append("\(turn.attempts.count) attempts") }
        return words.isEmpty ? nil : words.joined(separator: " · ")
    }

    /// On one line.
    static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
