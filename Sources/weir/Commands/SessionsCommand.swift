import Archive
import ArgumentParser
import StreamClient

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "The stored conversations: list, export, delete.",
        subcommands: [ListSessions.self, ExportSession.self, DeleteSession.self],
        defaultSubcommand: ListSessions.self)

    static func archive() throws -> Archive {
        let path = Paths(environment: environment).store
        guard Files.exists(path) else { throw SettingsError(message: "there are no conversations yet (\(path))") }
        do {
            return try Archive(path: path)
        } catch {
            throw SettingsError(message: "\(error)", hint: error.hint)
        }
    }
}

struct ListSessions: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Newest first.")

    @Option(name: .shortAndLong, help: "So many at most.")
    var number = 30

    func run() throws {
        try finish {
            guard Files.exists(Paths(environment: environment).store) else {
                Messages.say("There are no conversations yet.")
                return .complete
            }
            var table = TextTable(["id", "last", "messages", "title"])
            for conversation in try SessionsCommand.archive().conversations(limit: number) {
                table.add([
                    conversation.id, SystemClock.localTime(conversation.updatedAt),
                    "\(conversation.prompts + conversation.replies)", conversation.title,
                ])
            }
            table.print()
            return .complete
        }
    }
}

struct ExportSession: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "A conversation on standard output, as Markdown or JSON.")

    @Argument(help: "Its id, see `weir sessions`.")
    var id: String

    @Flag(help: "As JSON, attempts included.")
    var json = false

    func run() throws {
        try finish {
            let archive = try SessionsCommand.archive()
            guard let text = json ? try archive.json(of: id) : try archive.markdown(of: id) else {
                throw SettingsError(message: "no conversation is called “\(id)”", hint: "See `weir sessions`.")
            }
            // A file gets it as it was written; a terminal gets nothing that could steer it.
            Messages.put(text)
            return .complete
        }
    }
}

struct DeleteSession: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete", abstract: "For good.")

    @Argument(help: "Its id, see `weir sessions`.")
    var id: String

    func run() throws {
        try finish {
            let archive = try SessionsCommand.archive()
            guard try archive.title(of: id) != nil else {
                throw SettingsError(message: "no conversation is called “\(id)”", hint: "See `weir sessions`.")
            }
            archive.delete(id)
            try archive.close()
            return .complete
        }
    }
}
