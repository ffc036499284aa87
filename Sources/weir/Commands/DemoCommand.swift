import ArgumentParser
import FaultLab
import Providers

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "The dashboard on an unreliable provider of its own: no key, no network.",
        discussion: """
            It begins with a short tour: Enter goes on, Esc skips it. Then the provider breaks as its scenario says (resets, \
            rate limits, stalls, overload; `weir lab --list` names the scenarios), and as you tell it: F7. Watch the panel. \
            --record FILE.cast films the screen, for asciinema.
            """)

    @OptionGroup(title: "How the provider breaks")
    var breaks: ChaosOptions

    @OptionGroup(title: "The flight recorder")
    var recording: RecordOptions

    @OptionGroup(title: "The screen")
    var screen: DashboardOptions

    @OptionGroup(title: "When it breaks")
    var retry: RetryOptions

    @OptionGroup(title: "Clocks (seconds, or 250ms, 1.5s, 2m)")
    var clocks: ClockOptions

    @Option(name: .shortAndLong, help: "lab-claude or lab-gpt.")
    var model: String?

    @Flag(
        inversion: .prefixedNo, help: "Begin with the tour (unless a scenario or chaos is chosen; F8 plays it again).")
    var tour: Bool?

    func run() throws {
        try finish {
            var options = try CommonOptions.parse([])
            options.retry = retry
            options.clocks = clocks
            options.provider = "lab"
            options.model = model
            let lab = try FaultLab.start(LabConfiguration(scenario: try breaks.scenario(otherwise: "default")))
            defer { try? lab.shutdown() }
            options.baseURL = lab.baseURL
            let settings = try Settings(options)
            return try ChatSession.open(
                settings: settings, screen: screen, choice: try settings.choice(), start: .fresh,
                recording: recording, lab: lab,
                playsTour: tour ?? (breaks.scenario == nil && breaks.chaos == nil))
        }
    }
}
