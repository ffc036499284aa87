import Foundation
import Simulation

/// Many seeds over some processes, and the report of them. A process of its own each, so that an engine that stops the
/// program is a failure among others, with a seed.
final class Seeds {
    private let options: Options
    private var tally = Tally()
    private var failures: [Worker.Failure] = []
    private var digests: [UInt64: UInt64] = [:]

    init(_ options: Options) {
        self.options = options
    }

    func run() -> Int32 {
        let start = Date()
        let jobs = UInt64(options.isBrief ? 1 : options.jobs)
        let share = (options.seeds + jobs - 1) / jobs
        var children: [(child: Child, from: UInt64, end: UInt64)] = []
        for job in 0..<jobs where job * share < options.seeds {
            let from = options.from + job * share
            let end = min(options.from + options.seeds, from + share)
            guard let child = Child(from, end - from, isBrief: options.isBrief) else {
                print("simulate: cannot start a process of its own")
                return 70
            }
            children.append((child, from, end))
        }
        for (child, from, end) in children { take(child.finish(), from, end) }
        checkAcrossProcesses()
        return options.isBrief ? brief() : report(Date().timeIntervalSince(start))
    }

    private func take(_ result: Child.Result, _ from: UInt64, _ end: UInt64) {
        var next = from
        for report in result.reports {
            tally.add(report.tally)
            failures += report.failures
            digests[report.from] = report.digest
            next = min(end, report.from + Worker.chunk)
        }
        if !result.isOrderly { findCrash(next..<min(end, next + Worker.chunk)) }
    }

    /// Which seed stops the program.
    private func findCrash(_ seeds: Range<UInt64>) {
        for seed in seeds {
            guard let child = Child(seed, 1, isBrief: options.isBrief) else { return }
            if !child.finish().isOrderly {
                failures.append(Worker.Failure(seed: seed, invariant: 0, what: "the engine stopped the program"))
                return
            }
        }
    }

    /// Another process, with other hash seeds, gives the same traces.
    private func checkAcrossProcesses() {
        guard failures.isEmpty, let from = digests.keys.min() else { return }
        let count = min(Worker.chunk, options.from + options.seeds - from)
        guard let child = Child(from, count, isBrief: options.isBrief) else { return }
        let digest = child.finish().reports.first?.digest
        if digest != digests[from] {
            let violation = Violation(.sameSeedSameTrace, "another process gave other traces for seeds from \(from)")
            failures.append(
                Worker.Failure(seed: from, invariant: violation.invariant.rawValue, what: violation.description))
        }
    }

    // MARK: What is said

    private func brief() -> Int32 {
        guard let first = failures.min(by: { $0.seed < $1.seed }) else {
            print("none \(tally.seeds)")
            return 0
        }
        print("\(first.invariant) \(first.seed - options.from + 1) \(first.what)")
        return 1
    }

    private func report(_ elapsed: TimeInterval) -> Int32 {
        let cpu = Self.childrenSeconds()
        print(
            """
            seeds \(options.from)..<\(options.from + options.seeds), \(options.jobs) processes: \
            \(String(format: "%.1f", elapsed)) s, \(String(format: "%.1f", cpu)) s of CPU \
            (\(String(format: "%.0f", cpu * 1e6 / Double(max(1, tally.seeds)))) µs a seed)
            """)
        print(tally.summary)
        guard !failures.isEmpty else {
            print("every invariant held")
            return 0
        }
        print("\(failures.count) FAILED")
        for failure in failures.sorted(by: { $0.seed < $1.seed }).prefix(10) {
            print("  seed \(failure.seed): \(failure.what)")
        }
        if let first = failures.first(where: {
            $0.invariant > 0 && $0.invariant != Invariant.sameSeedSameTrace.rawValue
        }) {
            _ = One(simulator).run([], seed: first.seed)
        }
        return 1
    }

    private static func childrenSeconds() -> Double {
        var usage = rusage()
        #if os(Linux)
            getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        #else
            getrusage(RUSAGE_CHILDREN, &usage)
        #endif
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
