import ArgumentParser
import Pricing

struct PricesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices",
        abstract: "What tokens cost, per million, since when, and who says so.")

    @OptionGroup var file: ConfigFileOption

    func run() throws {
        try finish {
            var settings = try file.settings()
            let prices = try settings.loadPrices()
            for problem in settings.problems { Messages.complain(problem) }
            var table = TextTable(["provider", "model", "in / out", "cache read", "valid", "as of", "source"])
            for price in prices.prices {
                let from = price.from.map { "from \($0)" }
                let until = price.until.map { "until \($0)" }
                table.add([
                    price.provider, price.model + (price.variant.map { " (\($0))" } ?? ""), price.shortRates,
                    price.rates.cacheRead.map { price.rate($0) } ?? "–",
                    [from, until].compactMap { $0 }.joined(separator: " "), price.asOf?.description ?? "",
                    price.source,
                ])
            }
            table.print()
            return .complete
        }
    }
}

extension Price {
    /// `$3 / $15`.
    var shortRates: String { "\(rate(rates.input)) / \(rate(rates.output))" }

    /// A rate in picos per token as the money that is billed per million tokens, without needless zeros.
    func rate(_ picos: Int64) -> String {
        let symbol =
            switch currency {
            case "USD": "$"
            case "CNY": "¥"
            default: currency + " "
            }
        // Picos per token, times a million tokens, times millionths of what the provider adds, over a million.
        let billed = Int64(clamping: Int128(picos) * Int128(multiplier.millionths))
        let text = Money(picos: billed, currency: currency).exactText
        // $0.50, not $0.5; but $3 and $0.025 as they are.
        let fraction = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1).dropFirst().first
        return symbol + text + (fraction?.count == 1 ? "0" : "")
    }
}
