import ArgumentParser
import Recording
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "A recording again, through the same engine: no key, no network.",
        discussion: """
            On a terminal in the dashboard, at the pace at which it was; space pauses. Else, or with --plain or \
            --json, on standard output, at once: the same text, and the same exit status as then. \
            Where this version would do something else than was recorded, it says so, and the status is 1.
            """)

    @Argument(help: ArgumentHelp("What --record or F6 wrote; - is standard input.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("0.1 to 10 times as fast, or max.", valueName: "speed"))
    var speed: ReplaySpeed?

    @Flag(help: "The text on standard output.")
    var plain = false

    @Flag(help: "One JSON object a line on standard output: everything that happened.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "The one stream that goes to standard output, counted from 1; else all, one after the other.",
            valueName: "n"))
    var stream: Int?

    @Flag(name: .shortAndLong, help: "Say nothing on standard error but the reason of a failure.")
    var quiet = false

    @OptionGroup(title: "The screen")
    var screen: DashboardOptions

    @Option(help: ArgumentHelp("A configuration file in place of the usual one.", valueName: "file"))
    var config: String?

    func validate() throws {
        if plain, json { throw ValidationError("--plain or --json, not both") }
        if let stream, stream < 1 { throw ValidationError("--stream: streams are counted from 1") }
    }

    func run() throws {
        try finish {
            let recording = try RecordingReader.read(file)
            var options = try CommonOptions.parse([])
            options.config = config
            var settings = try Settings(options)
            let prices = try settings.loadPrices()
            if !plain, !json, isatty(1) == 1, file != "-" {
                let driver = ReplayDriver(recording, prices: prices, speed: speed ?? .times(1))
                let status = try ChatSession.replay(driver, of: file, settings: settings, screen: screen)
                return tellDivergences(driver.playback) ?? status
            }
            for problem in settings.problems { Messages.complain(problem) }
            return try print(recording, ReplayDriver(recording, prices: prices, speed: speed ?? .max))
        }
    }

    private func print(_ recording: Recording, _ driver: ReplayDriver) throws -> ExitStatus {
        if let shortfall = recording.shortfall { Messages.complain("the recording \(file): \(shortfall)") }
        var streams = recording.streams
        guard !streams.isEmpty else { throw SettingsError(message: "the recording \(file) has no streams") }
        if let stream {
            guard streams.indices.contains(stream - 1) else {
                throw SettingsError(
                    message: "the recording \(file) has no stream \(stream): there are \(streams.count)")
            }
            streams = [streams[stream - 1]]
        }
        let status: ExitStatus
        if json {
            var runner = ReplayRunner(
                driver: driver, printer: JSONLinePrinter(start: recording.header.start.instant))
            status = runner.run(streams)
        } else {
            var runner = ReplayRunner(
                driver: driver,
                printer: PlainPrinter(isQuiet: quiet, noColour: screen.noColor || environment("NO_COLOR") != nil))
            status = runner.run(streams)
        }
        return tellDivergences(driver.playback) ?? status
    }

    /// What this version did otherwise than was recorded.
    private func tellDivergences(_ playback: Playback) -> ExitStatus? {
        guard playback.divergenceCount > 0 else { return nil }
        for divergence in playback.divergences {
            Messages.complain("\(file), line \(divergence.line): \(divergence.problem)")
        }
        let rest = playback.divergenceCount - playback.divergences.count
        Messages.complain(
            "this version does something else than was recorded" + (rest > 0 ? " (\(rest) more places)" : ""),
            hint: "\(playback.recording.header.program) wrote the recording; this is weir \(Weir.version).")
        return .other
    }
}
