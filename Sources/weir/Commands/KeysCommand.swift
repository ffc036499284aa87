import ArgumentParser
import Dashboard

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "The dashboard's actions and their keys, as a file: `weir keys > ~/.config/weir/keys.toml`.")

    @Flag(help: "Every action with its usual keys, whatever your own file says.")
    var defaults = false

    func run() throws {
        try finish {
            var shelf = KeyShelf(Paths(environment: environment))
            let (text, problems) = Keymap.listing(of: defaults ? nil : shelf.read())
            Messages.put(text)
            for problem in problems { Messages.complain(problem) }
            return problems.isEmpty ? .complete : .configuration
        }
    }
}
