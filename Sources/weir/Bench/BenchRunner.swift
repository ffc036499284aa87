import Bench
import FaultLab
import Pricing
import Providers
import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One run of `weir bench` against one target: keeps its streams busy until the plan is done, a budget is reached, or the
/// user has seen enough.
final class BenchRunner {
    private let driver: Driver
    private let plan: BenchPlan
    private let order: (String) throws -> StreamOrder
    private let display: BenchDisplay
    /// The right answer to a prompt; `nil` where nobody knows it.
    private let expected: [[UInt8]?]
    private(set) var tally: BenchTally
    private var ending = BenchResult.Ending.complete
    /// What each running stream was asked, by its number.
    private var asked: [StreamID: Int] = [:]
    private var next = 0

    /// How often costs of running replies are added up, and the screen drawn.
    private static let tick = Duration.milliseconds(250)

    /// - Parameters:
    ///   - order: what is sent for a prompt.
    ///   - canonical: the right answer to a prompt, where it is known.
    init(
        driver: Driver, plan: BenchPlan, target: String, display: BenchDisplay, canonical: ((String) -> [UInt8])?,
        order: @escaping (String) throws -> StreamOrder
    ) {
        self.driver = driver
        self.plan = plan
        self.order = order
        self.display = display
        // Worked out before the clock runs, once for each prompt.
        expected = plan.prompts.map { prompt in canonical.map { $0(prompt) } }
        tally = BenchTally(target: target, planned: plan.replies, startedAt: SystemClock.instant())
    }

    /// Until all is over. Throws where no request can be made at all.
    func run(conditions: String, date: WallTime) throws -> BenchResult {
        let meter = ProcessMeter()
        var drawAt = SystemClock.instant()
        tally = BenchTally(target: tally.target, planned: plan.replies, startedAt: drawAt)
        while !isOver {
            try startMore()
            let ready = driver.turn(waitingFor: display.descriptors, until: drawAt)
            hear()
            let now = SystemClock.instant()
            let wantsEnd = display.wantsEnd(ready)
            if wantsEnd { end(.interrupted) }
            guard now >= drawAt || wantsEnd else { continue }
            takeStock()
            display.show(tally, now: now, isEnding: ending != .complete)
            drawAt = now + Self.tick
        }
        return BenchResult(
            tally: tally, plan: plan, machine: meter.measure(), ending: ending, date: date, conditions: conditions)
    }

    private var isOver: Bool {
        asked.isEmpty && (tally.isOver || ending != .complete)
    }

    private func startMore() throws {
        while ending == .complete, asked.count < plan.streams, next < plan.replies {
            if let limit = plan.maximumRequests, tally.requests >= limit { return end(.requestBudget) }
            if let limit = plan.maximumCost, limit.picos <= 0 { return end(.costBudget) }
            let prompt = next
            let order = try order(plan.prompt(prompt))
            let (id, startedAt) = driver.act { engine, now, actions in
                (engine.start(order, at: now, into: &actions), now.instant)
            }
            // The engine's own time, which what it tells later is counted from.
            tally.started(id, at: startedAt)
            asked[id] = prompt
            next += 1
            // Its first event says that a request went out.
            hear()
        }
    }

    private func hear() {
        let events = driver.takeEvents()
        for event in events {
            tally.heard(event)
            switch event.kind {
            case .attemptStarted:
                if let limit = plan.maximumRequests, tally.requests > limit { end(.requestBudget) }
            case .backoff:
                // Another attempt would be one too many.
                if let limit = plan.maximumRequests, tally.requests >= limit {
                    driver.act { $0.giveUp(event.stream, at: $1, into: &$2) }
                }
            case .ended:
                ended(event.stream, at: event.at)
            default:
                break
            }
        }
        // What was given up has ended meanwhile.
        if !driver.events.isEmpty { hear() }
    }

    private func ended(_ id: StreamID, at now: Instant) {
        guard let prompt = asked.removeValue(forKey: id), let snapshot = driver.snapshot(id) else { return }
        let isExact = expected[prompt % expected.count].map { $0 == driver.text(of: id) }
        tally.ended(snapshot, isExact: isExact, at: now)
        driver.act { engine, _, _ in engine.discard(id) }
    }

    /// The first reason to end is the one that is told.
    private func end(_ reason: BenchResult.Ending) {
        guard ending == .complete else { return }
        ending = reason
        for id in asked.keys.sorted() { driver.act { $0.cancel(id, at: $1, into: &$2) } }
        hear()
    }

    private func takeStock() {
        tally.took(
            stock: asked.keys.lazy.compactMap { [driver] id in
                driver.snapshot(id).map { $0.cost + $0.lostCost }
            })
        guard let limit = plan.maximumCost else { return }
        for cost in tally.spent.costs {
            guard let money = cost.money, money.currency == limit.currency else { continue }
            if money >= limit { end(.costBudget) }
        }
    }
}

/// What a run takes of this machine.
private struct ProcessMeter {
    private let process = usage(RUSAGE_SELF)
    private let loop = loopUsage()
    private let began = SystemClock.instant()

    func measure() -> BenchResult.Machine {
        let now = Self.usage(RUSAGE_SELF)
        let wall = max(1e-6, (SystemClock.instant() - began).inSeconds)
        var loads = [0.0]
        getloadavg(&loads, 1)
        #if os(Linux)
            let peak = Int(now.ru_maxrss) << 10
        #else
            let peak = Int(now.ru_maxrss)
        #endif
        return BenchResult.Machine(
            processorSeconds: Self.seconds(now) - Self.seconds(process),
            loopShare: (Self.seconds(Self.loopUsage()) - Self.seconds(loop)) / wall, load: loads[0],
            cores: max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), peakBytes: peak)
    }

    /// Of the thread that runs the client's loop, where the system tells threads apart.
    private static func loopUsage() -> rusage {
        #if os(Linux)
            // RUSAGE_THREAD, a macro that is not imported: 1 on Linux (getrusage(2)).
            usage(__rusage_who(rawValue: 1))
        #else
            usage(RUSAGE_SELF)
        #endif
    }

    #if canImport(Glibc)
        private static func usage(_ who: __rusage_who) -> rusage {
            var result = rusage()
            getrusage(__rusage_who_t(who.rawValue), &result)
            return result
        }
    #else
        private static func usage(_ who: Int32) -> rusage {
            var result = rusage()
            getrusage(who, &result)
            return result
        }
    #endif

    private static func seconds(_ usage: rusage) -> Double {
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
            + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
    }
}
