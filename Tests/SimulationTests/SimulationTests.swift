import Foundation
import Providers
import Simulation
import TestSupport
import Testing

/// The whole engine against a model of servers and network under a virtual clock; `make simulate` runs more of it.
@Suite struct SimulationTests {
    private let simulator: Simulator

    init() throws {
        simulator = try Simulator()
    }

    @Test(arguments: 0..<4)
    func everyInvariantHolds(_ quarter: UInt64) {
        for seed in quarter * 400..<(quarter + 1) * 400 {
            let world = simulator.run(seed: seed)
            guard let failure = world.failure else { continue }
            let small = simulator.shrunk(world)
            Issue.record(
                "seed \(seed): \(failure)\n\(small.trace.lines.joined(separator: "\n"))\n\(small.choices.made)")
            return
        }
    }

    @Test func theSameSeedGivesTheSameTrace() {
        for seed in 0..<60 as Range<UInt64> {
            let world = simulator.run(seed: seed, keepsTrace: true)
            #expect(simulator.run(seed: seed, keepsTrace: true).trace.lines == world.trace.lines)
            // The list of choices is all there is to a run.
            #expect(simulator.run(replaying: world.choices.made).trace.digest == world.trace.digest)
        }
    }

    @Test func whatFailedOnceHolds() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Regressions")
        let text = try String(contentsOf: folder.appending(path: "regressions.txt"), encoding: .utf8)
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let list = line.prefix { $0 != " " }.split(separator: ",").compactMap { UInt16($0) }
            let world = simulator.run(replaying: list, keepsTrace: true)
            #expect(world.failure == nil, "\(line)\n\(world.trace.lines.joined(separator: "\n"))")
        }
    }

    /// Every fault at places all over a small reply, cancelled at every step of some; `make simulate` tries every byte.
    @Test func smallRepliesExhaustively() {
        var all = Exhaustive(simulator, words: 1, stride: 11, cancelStride: 24)
        all.run()
        #expect(all.runs > 1000)
        for failure in all.failures { Issue.record("\(failure.what)\n\(failure.trace.joined(separator: "\n"))") }
    }

    /// A connection that is reset after every byte, of the first request and of those that go on: the reply is whole in the
    /// end.
    @Test func aReplyThatIsCutAtEveryByteIsWholeInTheEnd() {
        var all = Exhaustive(simulator, words: 1, cancelStride: 0, faults: [.reset])
        all.run()
        #expect(all.runs > 3000)
        for failure in all.failures { Issue.record("\(failure.what)\n\(failure.trace.joined(separator: "\n"))") }
    }

    /// A run that is recorded and played again is the same run: every text, every request, every end.
    @Test func aRecordingPlaysToTheSame() {
        for seed in 0..<60 as Range<UInt64> {
            let violation = simulator.replayed(seed: seed)
            #expect(violation == nil, "seed \(seed)")
        }
    }

    @Test func everythingIsDrawn() {
        var tally = Tally()
        for seed in 0..<400 as Range<UInt64> { tally.add(simulator.run(seed: seed).tally) }
        for (fault, count) in zip(Fault.allCases, tally.faults) { #expect(count > 0, "\(fault)") }
        for (strategy, count) in zip(ResumeStrategy.allCases, tally.strategies) where strategy != .off {
            #expect(count > 0, "\(strategy)")
        }
        for count in [tally.pauses, tally.limits, tally.questions, tally.warnings, tally.notices] {
            #expect(count > 0, "\(tally.summary)")
        }
    }

    @Test(.enabled(if: Conformance.isPresent, "\(Conformance.missing)"))
    func everyFaultScenarioHasAPlace() throws {
        let rows = try Conformance.lines("fault_scenarios.jsonl").compactMap { $0["id"] as? String }
        #expect(rows.count >= 76)
        #expect(Set(rows) == Set(Fault.scenarios.keys))
        let simulated = Fault.scenarios.values.reduce(into: Set<Fault>()) { faults, place in
            if case .simulated(let some) = place { faults.formUnion(some) }
        }
        // Known from gateways (a whole JSON reply to a request for a stream) and from curl, and no rows of the file.
        #expect(
            Set(Fault.allCases).subtracting(simulated) == [.wholeJSON, .connectTimeout, .connectFailed, .tlsFailed])
    }
}
