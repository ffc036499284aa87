import ArgumentParser
import FaultLab

/// Faults at random, for the commands that start a lab.
struct ChaosOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How the lab breaks. See `weir lab --list`.", valueName: "name or file"))
    var scenario: String?

    @Option(help: ArgumentHelp("Every fault at random, the same ones for the same seed.", valueName: "seed"))
    var chaos: UInt64?

    @Option(help: ArgumentHelp("The share of requests that chaos breaks, 0 to 1 (0.2 unless given).", valueName: "r"))
    var rate: Double?

    func validate() throws {
        if let rate, !(0...1).contains(rate) {
            throw ValidationError("--rate: expected 0 to 1, found \(rate)")
        }
        if rate != nil, chaos == nil { throw ValidationError("--rate belongs to --chaos SEED") }
        if chaos != nil, scenario != nil {
            throw ValidationError("--chaos and --scenario both say how the lab breaks: choose one")
        }
    }

    /// - Parameter fallback: where neither is named.
    func scenario(otherwise fallback: String = "calm") throws -> Scenario {
        if let chaos { return .chaos(seed: chaos, rate: rate ?? 0.2) }
        return try LabScenarios(Paths(environment: environment)).scenario(named: scenario ?? fallback)
    }
}
