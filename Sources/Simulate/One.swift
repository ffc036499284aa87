import Foundation
import Simulation

/// One run with its trace; one that fails is made small, and written as a line for the list of regressions.
struct One {
    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    func run(_ choices: [UInt16], seed: UInt64?, isRaw: Bool = false) -> Int32 {
        let world =
            if let seed { simulator.run(seed: seed, keepsTrace: true) } else {
                simulator.run(replaying: choices, keepsTrace: true)
            }
        guard let failure = world.failure else {
            print(world.trace.lines.joined(separator: "\n"))
            print("every invariant held")
            return 0
        }
        print(failure)
        if isRaw {
            print(world.trace.lines.joined(separator: "\n"))
            return 1
        }
        let small = simulator.shrunk(world)
        print("made small, from \(world.choices.made.count) choices to \(small.choices.made.count):")
        print(small.trace.lines.map { "  " + $0 }.joined(separator: "\n"))
        print("for Tests/SimulationTests/Regressions/regressions.txt:")
        var made = small.choices.made
        while made.last == 0 { made.removeLast() }
        print(
            made.map { "\($0)" }.joined(separator: ",")
                + " # \(failure.invariant.rawValue): \(small.failure?.what ?? "")")
        return 1
    }
}

/// The exhaustive search.
struct All {
    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    func run() -> Int32 {
        let start = Date()
        var all = Exhaustive(simulator)
        all.run()
        print("\(all.runs) runs: \(String(format: "%.1f", Date().timeIntervalSince(start))) s")
        for failure in all.failures {
            print(failure.what)
            print(failure.trace.map { "  " + $0 }.joined(separator: "\n"))
        }
        print(all.failures.isEmpty ? "every invariant held" : "FAILED")
        return all.failures.isEmpty ? 0 : 1
    }
}
