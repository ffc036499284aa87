import ArgumentParser
import Bench
import CurlTransport
import FaultLab
import Pricing
import Providers
import StreamClient
import StreamEngine

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Many streams at once, and honest numbers: percentiles, reconnections, exactness, cost.",
        discussion: """
            Without a provider it runs against a fault lab of its own, whose right answers are known to the byte. \
            A provider that bills asks for --max-requests and --max-cost.
            Exit status: 0 done, 1 a reply was wrong though it ended as complete, 4 no reply was complete, \
            3 configuration, 64 usage, 130 ended by you; the summary is printed in any case.
            """)

    @Option(name: .shortAndLong, help: "The model, or PROVIDER/MODEL.")
    var model: String?

    @Option(name: .shortAndLong, help: "The provider. Without one: a fault lab of its own.")
    var provider: String?

    @Option(
        help: ArgumentHelp("Several targets, one after the other, side by side in the summary.", valueName: "a,b"))
    var compare: String?

    @Option(help: ArgumentHelp("Where the provider is, as for `weir ask`.", valueName: "url"))
    var baseURL: String?

    @Option(name: [.customShort("n"), .long], help: ArgumentHelp("Streams at once.", valueName: "n"))
    var streams = 10

    @Option(help: ArgumentHelp("Prompts that each stream asks, one after the other.", valueName: "m"))
    var prompts = 1

    @Option(
        name: .customLong("prompt"), help: ArgumentHelp("What is asked; may be given several times.", valueName: "text")
    )
    var texts: [String] = []

    @Option(help: ArgumentHelp("Tokens to generate at most.", valueName: "n"))
    var maxTokens: Int?

    @OptionGroup(title: "Budgets")
    var budgets: BenchBudgets

    @OptionGroup(title: "The lab")
    var lab: ChaosOptions

    @Option(help: ArgumentHelp("Tokens a second of the lab; 0 = as fast as can be.", valueName: "n"))
    var pace: Double?

    @OptionGroup(title: "Reports")
    var reports: BenchReports

    @OptionGroup(title: "When it breaks")
    var retry: RetryOptions

    @OptionGroup(title: "Clocks (seconds, or 250ms, 1.5s, 2m)")
    var clocks: ClockOptions

    @OptionGroup(title: "The screen")
    var screen: DashboardOptions

    @Option(help: ArgumentHelp("A configuration file in place of the usual one.", valueName: "file"))
    var config: String?

    func validate() throws {
        if !(1...10_000).contains(streams) {
            throw ValidationError("--streams: expected 1 to 10000, found \(streams)")
        }
        if !(1...1_000_000).contains(prompts) {
            throw ValidationError("--prompts: expected 1 to 1000000, found \(prompts)")
        }
        if compare != nil, provider != nil || model != nil || baseURL != nil {
            throw ValidationError("--compare names the targets: leave out --provider, --model and --base-url")
        }
        if lab.chaos != nil || lab.scenario != nil || pace != nil, provider != nil || baseURL != nil {
            throw ValidationError("--chaos, --scenario and --pace are the lab's: leave out --provider and --base-url")
        }
        if texts.contains(where: { $0.allSatisfy(\.isWhitespace) }) {
            throw ValidationError("--prompt: there is no text")
        }
        if let pace, !(0...1e9).contains(pace) {
            throw ValidationError("--pace: expected 0 to 1000000000, found \(pace)")
        }
    }

    func run() throws {
        try finish { try bench() }
    }

    private func bench() throws -> ExitStatus {
        let targets = try targets()
        let needed = streams * 2 + 64
        let free = DescriptorLimit.raise(to: needed)
        guard free >= needed else {
            throw SettingsError(
                message: "\(streams) streams need about \(needed) file descriptors, and there are \(free)",
                hint: "Raise the limit (`ulimit -n \(needed)`), or ask with fewer --streams.")
        }
        var plan = BenchPlan(
            streams: streams, promptsEach: prompts, prompts: texts.isEmpty ? BenchPlan.standardPrompts : texts,
            maximumRequests: budgets.maxRequests, maximumCost: try budgets.maximumCost)
        for target in targets { try target.checkBudgets(plan) }
        // Found out before the run and not after it.
        if let html = reports.html { try Files.write([], to: html) }
        var options = try CommonOptions.parse([])
        options.config = config
        let display = try BenchDisplay(
            plan: plan, wantsScreen: !reports.printsForMachines, isQuiet: reports.quiet, options: screen,
            settings: try Settings(options))
        defer { display.close() }

        var results: [BenchResult] = []
        for (index, target) in targets.enumerated() where !display.hasEnded {
            display.place = targets.count > 1 ? "\(index + 1)/\(targets.count)" : ""
            display.conditions = target.conditions
            display.plan = plan
            let driver = Driver(
                engine: StreamEngine(prices: target.prices, seed: lab.chaos ?? .random(in: .min ... .max)),
                transport: try CurlTransport(options: .weir))
            let runner = BenchRunner(
                driver: driver, plan: plan, target: target.name, display: display, canonical: target.canonical,
                order: target.order)
            results.append(try runner.run(conditions: target.conditions, date: SystemClock.wall()))
            plan.ran(runner.tally)
        }
        display.close()
        for target in targets { target.close() }
        try reports.write(results)
        return status(results)
    }

    private func status(_ results: [BenchResult]) -> ExitStatus {
        if results.contains(where: { $0.tally.silentlyWrong > 0 }) { return .other }
        if results.contains(where: { $0.ending == .interrupted }) { return .cancelled }
        let complete = results.reduce(0) { $0 + ($1.tally.verdicts[.complete] ?? 0) }
        return complete == 0 ? .exhausted : .complete
    }

    // MARK: Whom

    private func targets() throws -> [BenchTarget] {
        let names: [String?] =
            compare.map { $0.split(separator: ",").map { String($0).trimmingWhitespace } } ?? [nil]
        guard !names.isEmpty, !names.contains("") else {
            throw ValidationError("--compare: expected names between commas, for example anthropic,openai/gpt-4.1")
        }
        return try names.map { name in
            var options = try CommonOptions.parse([])
            options.retry = retry
            options.clocks = clocks
            options.maxTokens = maxTokens
            options.config = config
            if let name {
                if let slash = name.firstIndex(of: "/") {
                    options.provider = String(name[..<slash])
                    options.model = String(name[name.index(after: slash)...])
                } else {
                    options.provider = name
                }
            } else {
                options.provider = provider
                options.model = model
                options.baseURL = baseURL
            }
            return try BenchTarget(options: options, chaos: lab, pace: pace)
        }
    }
}

struct BenchBudgets: ParsableArguments {
    @Option(help: ArgumentHelp("Requests at most, of all targets together, retries included.", valueName: "n"))
    var maxRequests: Int?

    @Option(help: ArgumentHelp("What all may cost at most, for example 0.50 (USD) or 3.5CNY.", valueName: "amount"))
    var maxCost: String?

    func validate() throws {
        if let maxRequests, maxRequests < 1 {
            throw ValidationError("--max-requests: expected 1 or more, found \(maxRequests)")
        }
        _ = try maximumCost
    }

    var maximumCost: Money? {
        get throws {
            guard let maxCost else { return nil }
            let text = maxCost.hasPrefix("$") ? String(maxCost.dropFirst()) : maxCost
            let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            let currency = String(text[digits.endIndex...]).trimmingWhitespace.uppercased()
            guard let amount = Double(digits), amount > 0, amount < 1e6,
                currency.isEmpty
                    || (currency.utf8.count == 3 && currency.utf8.allSatisfy { (0x41...0x5A).contains($0) }),
                let money = Money(amount, currency: currency.isEmpty ? "USD" : currency)
            else {
                throw ValidationError("--max-cost: expected an amount such as 0.50 or 3.5CNY, found “\(maxCost)”")
            }
            return money
        }
    }
}

struct BenchReports: ParsableArguments {
    @Flag(help: "The numbers as JSON on standard output, in place of the summary.")
    var json = false

    @Flag(help: "As CSV, a line for each run.")
    var csv = false

    @Option(help: ArgumentHelp("Write a page with plots besides.", valueName: "file"))
    var html: String?

    @Flag(name: .shortAndLong, help: "No progress lines where there is no screen.")
    var quiet = false

    var printsForMachines: Bool { json || csv }

    func validate() throws {
        if json, csv { throw ValidationError("--json and --csv both want standard output: choose one") }
    }

    func write(_ results: [BenchResult]) throws {
        guard !results.isEmpty else { return }
        if json {
            Messages.put(String(decoding: JSONReport.bytes(results), as: UTF8.self))
        } else if csv {
            Messages.put(CSVReport.text(results))
        } else {
            summary(results)
        }
        guard let html else { return }
        let date = SystemClock.localTime(results[0].date.secondsSince1970)
        try Files.write(Array(HTMLReport.page(results, date: date).utf8), to: html)
        Messages.complain("the page is in \(html)")
    }

    private func summary(_ results: [BenchResult]) {
        var table = TextTable()
        for row in SummaryReport.table(results) { table.add(row) }
        table.print()
        for result in results {
            let rows = SummaryReport.failures(result)
            guard !rows.isEmpty else { continue }
            Messages.say("")
            Messages.say(results.count > 1 ? "Failures of \(result.tally.target)" : "Failures")
            var list = TextTable()
            for row in rows { list.add(row) }
            list.print()
        }
        for result in results {
            if let warning = result.machine.warning { Messages.complain("\(result.tally.target): \(warning)") }
        }
    }
}
