import Foundation
import Simulation

/// One process of many: runs a range of seeds in chunks, and tells of each on a line.
struct Worker {
    static let chunk: UInt64 = 2000
    /// Every so many seeds, the same one is run again: it must give the same trace.
    static let repeats: UInt64 = 16
    /// And every so many are recorded, and the recording is played.
    static let recordings: UInt64 = 128

    struct Report: Codable {
        var from: UInt64
        var tally = Tally()
        /// Over the traces of all its seeds.
        var digest: UInt64 = 0
        var failures: [Failure] = []
    }

    struct Failure: Codable {
        var seed: UInt64
        var invariant: Int
        var what: String
    }

    private let simulator: Simulator
    private let options: Options

    init(_ simulator: Simulator, _ options: Options) {
        self.simulator = simulator
        self.options = options
    }

    func run() {
        var from = options.from
        let end = options.from + options.seeds
        while from < end {
            let next = min(end, from + Self.chunk)
            let report = report(from..<next)
            guard var line = try? JSONEncoder().encode(report) else { return }
            line.append(0x0A)
            FileHandle.standardOutput.write(line)
            if options.isBrief, !report.failures.isEmpty { return }
            from = next
        }
    }

    private func report(_ seeds: Range<UInt64>) -> Report {
        var report = Report(from: seeds.lowerBound)
        for seed in seeds {
            let world = simulator.run(seed: seed)
            report.tally.add(world.tally)
            report.digest = (report.digest ^ world.trace.digest) &* 0x9E37_79B9_7F4A_7C15
            if let failure = world.failure {
                report.failures.append(
                    Failure(seed: seed, invariant: failure.invariant.rawValue, what: failure.description))
            } else if seed % Self.repeats == 0, simulator.run(seed: seed).trace.digest != world.trace.digest {
                let violation = Violation(.sameSeedSameTrace, "seed \(seed) gave two traces")
                report.failures.append(
                    Failure(seed: seed, invariant: violation.invariant.rawValue, what: violation.description))
            }
            if seed % Self.recordings == 1, world.failure == nil, let violation = simulator.replayed(seed: seed) {
                report.failures.append(
                    Failure(seed: seed, invariant: violation.invariant.rawValue, what: violation.description))
            }
            if options.isBrief, !report.failures.isEmpty { break }
        }
        return report
    }
}
