import ArgumentParser
import TOML

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "The dashboard (also without a command).")

    @OptionGroup var common: CommonOptions

    @OptionGroup(title: "The flight recorder")
    var recording: RecordOptions

    @OptionGroup(title: "The screen")
    var screen: DashboardOptions

    @Flag(name: [.customShort("c"), .customLong("continue")], help: "Go on with the last conversation.")
    var continues = false

    @Option(help: ArgumentHelp("Go on with this conversation. See `weir sessions`.", valueName: "id"))
    var session: String?

    /// The default command gets what is no command's name.
    @Argument(help: .hidden)
    var words: [String] = []

    private func refuse(_ word: String) -> Never {
        let names = Weir.configuration.subcommands.compactMap { $0.configuration.commandName }
        let nearest = TOMLTable.nearest(to: word, in: names).map { " Did you mean `weir \($0)`?" } ?? ""
        // Not a ValidationError, which would add this command's usage, and nobody has named it.
        Messages.complain(
            "There is no command “\(word)”.\(nearest)",
            hint: "`weir --help` lists them; `weir ask` takes a prompt.")
        ExitStatus.usage.leave()
    }

    func run() throws {
        if let word = words.first { refuse(word) }
        try finish {
            let settings = try Settings(common)
            let choice = try settings.choice()
            _ = try settings.endpoint(of: choice.provider, for: choice.model)
            let start: ChatStart =
                if let session { .conversation(session) } else if continues { .latest } else { .fresh }
            return try ChatSession.open(
                settings: settings, screen: screen, choice: choice, start: start, recording: recording)
        }
    }
}
