import ArgumentParser
import CurlTransport
import Pricing
import Providers
import StreamClient
import StreamEngine

struct AskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        // Also the root of its own parser, see `Program`.
        _superCommandName: "weir",
        abstract: "One reply on standard output, as it arrives.",
        discussion: """
            The prompt is the arguments, then standard input (`-` alone is standard input too). `@FILE` \
            in the arguments attaches an image or a text file; `@"..."` where its name holds spaces.
            Exit status: 0 complete, 3 configuration or key, 4 retries exhausted or rate limit, \
            5 interrupted (what came was printed), 6 truncated or refused, 64 usage, 130 by you, 1 other.
            """,
        version: Weir.version)

    @OptionGroup var common: CommonOptions

    @OptionGroup(title: "The flight recorder")
    var recording: RecordOptions

    @Flag(help: "One JSON object a line on standard output: everything that happens.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing on standard error but the reason of a failure.")
    var quiet = false

    @Flag(help: "No colours.")
    var noColor = false

    @Option(
        help: ArgumentHelp(
            "Go on up to so many times where the reply reaches its token limit; each bills the reply so far again.",
            valueName: "n"))
    var continueTruncated = 0

    @Flag(
        help: ArgumentHelp(
            "Send a prompt that is too long for the model in parts, one request after the other.",
            discussion: "The arguments go with every part; standard input and attached text files are cut."))
    var chunk = false

    @Flag(help: "With --chunk: a last request makes one answer of the parts' answers.")
    var merge = false

    @Option(help: ArgumentHelp("With --chunk: tokens of a request at most, if the model takes more.", valueName: "n"))
    var chunkTokens: Int?

    @Argument(help: "The prompt. @FILE attaches an image or a text file.")
    var prompt: [String] = []

    func validate() throws {
        guard (0...100).contains(continueTruncated) else {
            throw ValidationError("--continue-truncated: expected 0 to 100, found \(continueTruncated)")
        }
        if recording.screen != nil {
            throw ValidationError("--record FILE.cast films the screen, and ask has none: name the file otherwise")
        }
        guard chunk || !(merge || chunkTokens != nil) else {
            throw ValidationError("--merge and --chunk-tokens go with --chunk")
        }
        if let chunkTokens, !(500...10_000_000).contains(chunkTokens) {
            throw ValidationError("--chunk-tokens: expected 500 to 10000000, found \(chunkTokens)")
        }
    }

    func run() throws {
        let start = SystemClock.now()
        try finish {
            let prompt = try AskPrompt(words: prompt)
            var settings = try Settings(common)
            let prices = try settings.loadPrices()
            for problem in settings.problems { Messages.complain(problem) }
            let (provider, model) = try settings.choice()
            var order = try settings.order(
                provider: provider, model: model, messages: [prompt.message], isInteractive: false)
            order.truncationsContinued = continueTruncated
            let parts = try parts(of: order, prompt, limits: provider.limits, prices)
            let driver = Driver(
                engine: StreamEngine(prices: prices, seed: .random(in: .min ... .max)),
                transport: try CurlTransport(options: .weir))
            let recorder = try FlightRecorder(
                recording, driver: driver, start: start, settings: settings,
                ended: { Messages.complain("the recording has ended: \($0)") })
            defer { recorder?.stopAndTell() }
            defer { driver.finishTelling() }
            if json {
                var runner = AskRunner(driver: driver, printer: JSONLinePrinter(start: start.instant))
                return parts.map { runner.run($0, limits: provider.limits) } ?? runner.run(order)
            }
            var runner = AskRunner(
                driver: driver,
                printer: PlainPrinter(isQuiet: quiet, noColour: noColor || environment("NO_COLOR") != nil))
            return parts.map { runner.run($0, limits: provider.limits) } ?? runner.run(order)
        }
    }

    /// The prompt in parts, where it is too long and that was asked for; `nil` where it is sent as it is.
    /// - Throws: what the model or the provider would refuse, before anything is sent.
    private func parts(
        of order: StreamOrder, _ prompt: AskPrompt, limits: RequestLimits, _ prices: PriceTable
    ) throws(SettingsError) -> AskParts? {
        let parts =
            chunk ? try AskParts(order, prompt, tokens: chunkTokens, merges: merge, prices: prices) : nil
        for order in parts?.orders ?? [order] {
            try Settings.check(order.request, of: order, limits: limits, parts: "--chunk")
        }
        return parts
    }
}
