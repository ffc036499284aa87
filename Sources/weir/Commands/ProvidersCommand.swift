import ArgumentParser
import Providers

struct ProvidersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers",
        abstract: "Whom Weir knows, where they are, and whether there is a key.")

    @OptionGroup var file: ConfigFileOption

    func run() throws {
        try finish {
            let settings = try file.settings()
            var table = TextTable(["provider", "dialect", "base URL", "key"])
            for provider in settings.catalogue.providers {
                table.add([
                    provider.name, provider.dialect.rawValue, provider.baseURL, settings.keyState(of: provider),
                ])
            }
            table.print()
            return .complete
        }
    }
}

extension Settings {
    /// Whether a provider can be asked, without running a key command.
    func keyState(of provider: Provider) -> String {
        guard provider.needsKey else { return "not needed" }
        let key = configuration.keys[provider.name]
        for variable in provider.keyVariables where environment(variable) != nil { return "\(variable) is set" }
        if key?.file != nil { return "key_file" }
        if key?.command != nil { return "key_command" }
        return "none (\(provider.keyVariables.joined(separator: " or ")))"
    }
}
