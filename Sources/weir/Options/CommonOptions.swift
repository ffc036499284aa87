import ArgumentParser
import Providers
import StreamEngine

/// What every command that talks to a model takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The model, or PROVIDER/MODEL. See `weir models`.")
    var model: String?

    @Option(name: .shortAndLong, help: "The provider. See `weir providers`.")
    var provider: String?

    @Option(
        help: ArgumentHelp(
            "Where the provider is, by its ecosystem's habit: Anthropic without /v1, OpenAI-compatible with it.",
            valueName: "url"))
    var baseURL: String?

    @Option(help: "How the model is asked, where not as its provider has it.")
    var dialect: Dialect?

    @Option(help: ArgumentHelp("The system prompt.", valueName: "text"))
    var system: String?

    @Option(help: ArgumentHelp("Tokens to generate at most.", valueName: "n"))
    var maxTokens: Int?

    @Option(help: ArgumentHelp("0 to 2.", valueName: "t"))
    var temperature: Double?

    @OptionGroup(title: "When it breaks")
    var retry: RetryOptions

    @OptionGroup(title: "Clocks (seconds, or 250ms, 1.5s, 2m)")
    var clocks: ClockOptions

    @OptionGroup(title: "Limits (bytes, or 64KiB, 16MiB)")
    var limits: LimitOptions

    @OptionGroup(title: "Money")
    var budget: BudgetOptions

    @Option(help: ArgumentHelp("A configuration file in place of the usual one.", valueName: "file"))
    var config: String?

    /// The bounds of `config.toml`; the others are the engine's to say.
    func validate() throws {
        if let maxTokens, !(1...10_000_000).contains(maxTokens) {
            throw ValidationError("--max-tokens: expected 1 to 10000000, found \(maxTokens)")
        }
        if let temperature, !(0...2).contains(temperature) {
            throw ValidationError("--temperature: expected 0 to 2, found \(temperature)")
        }
    }
}

struct RetryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Retries after the first attempt.", valueName: "n"))
    var maxRetries: Int?

    @Option(help: ArgumentHelp("The first wait; each further one is twice as long.", valueName: "time"))
    var baseDelay: DurationArgument?

    @Option(help: ArgumentHelp("The longest wait that is not your own choice.", valueName: "time"))
    var maxDelay: DurationArgument?

    @Option(help: "How waits are spread.")
    var jitter: RetryPolicy.Jitter?

    @Option(
        help: ArgumentHelp(
            "How a broken reply goes on: auto, ask, cursor, prefill, continue, system-note, restart-skip, or off.",
            valueName: "strategy"))
    var resume: ResumeArgument?

    @Option(help: ArgumentHelp("Ask for a whole reply after so many broken streams; 0 = never.", valueName: "n"))
    var fallbackAfter: Int?

    @Option(
        help: ArgumentHelp(
            "Tokens of the retry budget that a provider's streams share; 0 = each retries for itself.",
            valueName: "n"))
    var retryBudget: Int?

    @Flag(
        inversion: .prefixedNo,
        help: "Hold back what the provider would refuse by its own rate-limit headers.")
    var holdBack: Bool?
}

struct ClockOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Until a connection stands.", valueName: "time"))
    var connectTimeout: DurationArgument?

    @Option(help: ArgumentHelp("Until the answer begins.", valueName: "time"))
    var firstByteTimeout: DurationArgument?

    @Option(help: ArgumentHelp("Silence: no byte at all.", valueName: "time"))
    var idleTimeout: DurationArgument?

    @Option(help: ArgumentHelp("No text and no thinking, whatever keep-alives come.", valueName: "time"))
    var contentTimeout: DurationArgument?

    @Option(help: ArgumentHelp("The whole reply, retries included; 0 = no limit.", valueName: "time"))
    var timeout: DurationArgument?

    @Option(help: ArgumentHelp("Silence after the machine woke up from sleep.", valueName: "time"))
    var wakeTimeout: DurationArgument?
}
