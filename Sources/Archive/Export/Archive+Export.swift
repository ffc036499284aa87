internal import GRDB

/// Conversations as files for other programs and for people. Both end with a line end.
extension Archive {
    /// One document: the title, then every prompt and reply under a heading of its own. Text is left as it is, since it
    /// is Markdown. `nil` for a conversation that the store does not have.
    public func markdown(of conversation: String) throws(ArchiveError) -> String? {
        guard let title = try title(of: conversation) else { return nil }
        var document = "# \(MarkdownExport.line(title))\n"
        for turn in try turns(of: conversation) {
            let time = try reading { db in
                try String.fetchOne(
                    db, sql: "SELECT strftime('%Y-%m-%d %H:%M UTC', ?, 'unixepoch')", arguments: [turn.startedAt])
            }
            document += "\n" + MarkdownExport.section(turn, time: time ?? "?")
        }
        return document
    }

    /// One JSON object: `id`, `title`, `turns` with attempts; times are seconds since 1970, amounts of money strings,
    /// so that they stay exact. `nil` for a conversation that the store does not have.
    public func json(of conversation: String) throws(ArchiveError) -> String? {
        guard let title = try title(of: conversation) else { return nil }
        let turns = try turns(of: conversation)
        let value = JSONValue.object([
            ("id", .string(conversation)), ("title", .string(title)),
            ("turns", .array(turns.map(JSONExport.turn))),
        ])
        return value.text() + "\n"
    }
}
