import ArgumentParser
import CurlTransport
import Providers
import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct AskCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        // Also the root of its own parser, see `Program`.
        _superCommandName: "weir",
        abstract: "One reply on standard output, as it arrives.",
        discussion: """
            The prompt is the arguments, then standard input (`-` alone is standard input too).
            Exit status: 0 complete, 3 configuration or key, 4 retries exhausted or rate limit,
            5 interrupted (what came was printed), 6 truncated or refused, 64 usage, 130 by you, 1 other.
            """,
        version: Weir.version)

    @OptionGroup var common: CommonOptions

    @Flag(help: "One JSON object a line on standard output: everything that happens.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing on standard error but the reason of a failure.")
    var quiet = false

    @Flag(help: "No colours.")
    var noColor = false

    @Argument(help: "The prompt.")
    var prompt: [String] = []

    func run() throws {
        let start = SystemClock.instant()
        try finish {
            let text = try wholePrompt()
            var settings = try Settings(common)
            let prices = try settings.loadPrices()
            for problem in settings.problems { Messages.complain(problem) }
            let (provider, model) = try settings.choice()
            let order = try settings.order(
                provider: provider, model: model, messages: [ChatMessage(role: .user, text: text)],
                isInteractive: false)
            let driver = Driver(
                engine: StreamEngine(prices: prices, seed: .random(in: .min ... .max)),
                transport: try CurlTransport(options: .weir))
            if json {
                var runner = AskRunner(driver: driver, printer: JSONLinePrinter(start: start))
                return runner.run(order)
            }
            var runner = AskRunner(
                driver: driver,
                printer: PlainPrinter(isQuiet: quiet, noColour: noColor || environment("NO_COLOR") != nil))
            return runner.run(order)
        }
    }

    /// Arguments, then standard input, unless that is a terminal and there are arguments.
    private func wholePrompt() throws -> String {
        let words = prompt.filter { $0 != "-" }
        var parts = words.isEmpty ? [] : [words.joined(separator: " ")]
        if isatty(0) == 0 {
            let bytes = try Files.read(0, named: "standard input")
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ValidationError("standard input is not UTF-8")
            }
            if !text.allSatisfy(\.isWhitespace) { parts.append(text) }
        }
        guard !parts.isEmpty else {
            throw ValidationError("there is no prompt: give it as arguments, on standard input, or both")
        }
        return parts.joined(separator: "\n\n")
    }
}
