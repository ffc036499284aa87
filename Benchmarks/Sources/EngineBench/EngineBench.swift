import ArgumentParser
import Foundation
import Providers

/// Measures what Weir promises and prints it as one table. See docs/benchmarks.md.
@main
struct EngineBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Speed and memory of Weir, as ratios to a floor or a peer in the same run.")

    @Option(help: "The program that is measured.")
    var weir = ".build/release/weir"

    @Option(help: "The folder of process_bench.py and streams_bench.py.")
    var scripts = "Benchmarks"

    @Flag(help: "Ends with 1 where a bound is not kept. Without it a slow machine is no failure.")
    var strict = false

    @Flag(help: "Fewer rounds and shorter windows: for a look, not for a record.")
    var quick = false

    @Option(help: ArgumentHelp("Only these lines.", valueName: "engine, processes, streams, lab or screen"))
    var only: Part?

    @Option(
        help: ArgumentHelp(
            "Runs this dialect's stream five times and nothing else: for a profiler.",
            valueName: "anthropic, openai or responses"))
    var profile: String?

    @Flag(help: "With --profile: one delta a piece.")
    var single = false

    enum Part: String, ExpressibleByArgument {
        case engine, processes, streams, lab, screen
    }

    func run() throws {
        if let profile {
            guard let dialect = Dialect(rawValue: profile) else { throw ValidationError("no dialect “\(profile)”") }
            return try run(dialect)
        }
        for line in Machine.describe() { print(line) }
        print()
        let processes = ProcessRows(scripts: scripts, weir: weir, isQuick: quick)
        var table = Table()
        if only == nil || only == .engine {
            let rows = EngineRows(rounds: quick ? 3 : 7, peer: processes)
            for dialect in Dialect.allCases { table.rows += try rows.measure(dialect) }
            for dialect in Dialect.allCases { table.rows += try rows.measureLines(dialect) }
        }
        if only == nil || only == .streams { table.rows += processes.measureStreams() }
        if only == nil || only == .lab { table.rows += processes.measureLab() }
        if only == nil || only == .processes { table.rows += processes.measure() }
        if only == nil || only == .screen { table.rows += processes.measureScreen() }
        for line in table.lines { print(line) }
        if strict, table.rows.contains(where: { $0.ok == false }) { throw ExitCode.failure }
    }

    private func run(_ dialect: Dialect) throws {
        let order = try EngineRun.order(dialect)
        let stream = SampleStream(dialect, deltas: 1_000_000)
        for _ in 0..<(quick ? 1 : 5) { _ = EngineRun.converse(stream, pieces: single ? nil : 16 << 10, order: order) }
    }
}
