import ArgumentParser
import FaultLab

/// Many replies through real sockets from a provider that breaks by seeded chance, round after round. Each must come out
/// exact, or be told to be incomplete and be a beginning of the reply; and nothing may be left over when a round is done:
/// no descriptor, no deadline, no memory.
@main
struct Soak: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Many replies from a provider that breaks: every text exact, or honestly incomplete; nothing left over.")

    @Option(help: "Replies in a round.")
    var streams = 500

    @Option(help: "Rounds; each with a client of its own.")
    var rounds = 4

    @Option(help: "Goes on for so many minutes instead.")
    var minutes: Double?

    @Option(help: "Replies under way at once.")
    var concurrent = 100

    @Option(help: "Decides what breaks.")
    var seed: UInt64 = 1

    @Option(help: "The share of requests that break, 0 to 1.")
    var rate = 0.3

    func validate() throws {
        guard streams > 0, rounds > 0, concurrent > 0, (0...1).contains(rate), minutes ?? 1 > 0 else {
            throw ValidationError("numbers above 0, and a rate from 0 to 1")
        }
    }

    func run() throws {
        var report = SoakReport()
        let began = Machine.seconds()
        // The first lab of a process leaves it with what the system's own queues need.
        try FaultLab.start().shutdown()
        Machine.openQueues()
        let descriptors = Machine.descriptors()
        do {
            var configuration = LabConfiguration(scenario: .chaos(seed: seed, rate: rate))
            configuration.tokensPerSecond = 0
            let lab = try FaultLab.start(configuration)
            let withLab = Machine.descriptors()
            var round = 0
            while minutes.map({ Machine.seconds() - began < $0 * 60 }) ?? (round < rounds) {
                round += 1
                try SoakRound(lab: lab, streams: streams, concurrent: concurrent, number: round).run(&report)
                // The lab hears of closed connections a moment later.
                let left = Machine.left(beside: withLab)
                if !left.isEmpty { report.complain("round \(round): descriptors are left over: \(left)") }
                report.memory.append(Machine.residentBytes())
                print(report.line(round: round, seconds: Machine.seconds() - began))
            }
            try lab.shutdown()
        }
        let left = Machine.left(beside: descriptors)
        if !left.isEmpty { report.complain("descriptors are left over: \(left)") }
        report.judgeMemory()
        for line in report.lines(seed: seed, rate: rate, seconds: Machine.seconds() - began) { print(line) }
        if !report.problems.isEmpty { throw ExitCode.failure }
    }
}
