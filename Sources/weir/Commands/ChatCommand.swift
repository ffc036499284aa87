import ArgumentParser

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "The dashboard (also without a command).")

    @OptionGroup var common: CommonOptions

    @OptionGroup(title: "The screen")
    var screen: DashboardOptions

    @Flag(name: [.customShort("c"), .customLong("continue")], help: "Go on with the last conversation.")
    var continues = false

    @Option(help: ArgumentHelp("Go on with this conversation. See `weir sessions`.", valueName: "id"))
    var session: String?

    func run() throws {
        try finish {
            let settings = try Settings(common)
            let choice = try settings.choice()
            _ = try settings.endpoint(of: choice.provider, for: choice.model)
            let start: ChatStart =
                if let session { .conversation(session) } else if continues { .latest } else { .fresh }
            return try ChatSession.open(
                settings: settings, screen: screen, choice: choice, start: start, isDemo: false)
        }
    }
}
