import ArgumentParser
import Pricing
import Providers
import StreamClient

struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "The models of the catalogue; a provider may have more, and every id is accepted.")

    @OptionGroup var file: ConfigFileOption

    @Option(name: .shortAndLong, help: "Of this provider only.")
    var provider: String?

    func run() throws {
        try finish {
            var settings = try file.settings()
            let prices = try settings.loadPrices()
            let now = SystemClock.wall().secondsSince1970
            var providers = settings.catalogue.providers
            if let provider {
                settings.options.provider = provider
                providers = [try settings.choice().provider]
            }
            var table = TextTable(["provider", "model", "context", "resumes by", "in / out per 1M"])
            for provider in providers {
                for model in provider.models where !model.isPattern {
                    let price = prices.price(provider: provider.name, model: model.id, at: now)
                    table.add([
                        provider.name, model.id, model.contextWindow.map { "\($0 / 1000)k" } ?? "?",
                        model.resume.rawValue, price?.shortRates ?? "?",
                    ])
                }
            }
            table.print()
            return .complete
        }
    }
}
