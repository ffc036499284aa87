import Bench
import FaultLab
import Pricing
import Providers
import StreamClient
import StreamEngine

/// Who is asked in one run of a bench, and what is known of it.
final class BenchTarget {
    /// `anthropic/claude-opus-4-5`
    let name: String
    let conditions: String
    let prices: PriceTable
    private let settings: Settings
    private let provider: Provider
    private let model: Providers.Model
    /// The embedded lab, where that is what is asked.
    private let lab: FaultLab?

    /// - Throws: where the provider, its key or the scenario is not right.
    init(options: CommonOptions, chaos: ChaosOptions, pace: Double?) throws {
        var options = options
        var lab: FaultLab?
        if options.provider == nil || options.provider == "lab", options.baseURL == nil {
            var configuration = LabConfiguration(scenario: try chaos.scenario())
            configuration.tokensPerSecond = pace
            let started = try FaultLab.start(configuration)
            lab = started
            options.provider = "lab"
            options.baseURL = started.baseURL
            conditions =
                configuration.scenario.name == "chaos"
                ? configuration.scenario.description : configuration.scenario.name
        } else {
            conditions = ""
        }
        self.lab = lab
        var settings = try Settings(options)
        prices = try settings.loadPrices()
        for problem in settings.problems { Messages.complain(problem) }
        self.settings = settings
        (provider, model) = try settings.choice()
        name = "\(provider.name)/\(model.id)"
        _ = try settings.endpoint(of: provider, for: model)
    }

    /// The lab's answers are a function of the prompt; nobody else's are known.
    var canonical: ((String) -> [UInt8])? {
        provider.name == "lab" ? { Array(CanonicalReply.text(prompt: $0).utf8) } : nil
    }

    /// Streams for nobody's eyes: what a server asks to wait for longer than `max_delay` ends a reply, and a restart that
    /// differs is a failure.
    func order(_ prompt: String) throws -> StreamOrder {
        try settings.order(
            provider: provider, model: model, messages: [ChatMessage(role: .user, text: prompt)], isInteractive: false)
    }

    /// Who bills must be given bounds: many streams spend quickly.
    func checkBudgets(_ plan: BenchPlan) throws {
        guard provider.needsKey, !Endpoint.isLoopback(try settings.endpoint(of: provider, for: model).baseURL) else {
            return
        }
        guard plan.maximumRequests != nil, let limit = plan.maximumCost else {
            throw SettingsError(
                message: "\(provider.name) bills for every request, and a bench makes \(plan.replies) or more",
                hint: "Say how many (--max-requests n) and for how much (--max-cost amount).")
        }
        let price = prices.price(
            provider: provider.name, model: model.id, at: SystemClock.wall().secondsSince1970)
        guard let price else {
            throw SettingsError(
                message: "no price is known for \(name), so --max-cost could not be held",
                hint: "Add one to \(settings.paths.pricingFile), see docs/configuration.md.")
        }
        guard price.currency == limit.currency else {
            throw SettingsError(
                message: "\(provider.name) bills in \(price.currency), and --max-cost is in \(limit.currency)",
                hint: "Name the amount in \(price.currency), for example --max-cost 1\(price.currency).")
        }
    }

    func close() {
        // Its port is of no use to anybody any more; a failure to close it changes nothing.
        try? lab?.shutdown()
    }
}
