import Pricing
import Providers
import StreamEngine

/// What many streams did, counted as it happens: told the engine's events and each stream's end, it holds the numbers that
/// the screen shows and the reports print. Constant memory but for the streams that run and the distinct failures.
public struct BenchTally: Sendable {
    /// A stream that runs.
    struct Running: Sendable {
        var startedAt: Instant
        /// Of the reply's first text or thinking.
        var firstTokenAt: Instant?
        /// Of the last text or thinking in the present attempt.
        var lastArrivalAt: Instant?
        var attempts = 0
        /// An attempt of this reply failed.
        var isBroken = false
        var state = StreamState.idle
    }

    /// Who was asked, as people name it: `anthropic/claude-opus-4-5`.
    public let target: String
    /// Replies in all.
    public let planned: Int
    public let startedAt: Instant
    /// When the last reply ended; `nil` while some run.
    public private(set) var endedAt: Instant?

    // How replies ended.
    public private(set) var verdicts: [Verdict: Int] = [:]
    public private(set) var ended = 0
    /// Replies whose text was held against what should have come, and those of them that were it to the byte.
    public private(set) var checked = 0
    public private(set) var exact = 0
    /// Replies that were held against it and ended whole, but are not it: words were lost or doubled in silence.
    public private(set) var silentlyWrong = 0

    // What happened on the way.
    public private(set) var requests = 0
    /// Attempts after the first of their reply.
    public private(set) var reconnections = 0
    /// Replies of which an attempt failed, and those of them that ended whole all the same.
    public private(set) var broken = 0
    public private(set) var recovered = 0
    public private(set) var failures = FailureList()

    // How fast it was.
    /// From a reply's start to its first text or thinking, waits and failed attempts included.
    public private(set) var firstToken = Distribution()
    /// Between two arrivals of text or thinking within an attempt.
    public private(set) var gaps = Distribution()
    /// From a reply's start to its end.
    public private(set) var durations = Distribution()
    /// From a break in the text to the first new word after it.
    public private(set) var seams = Distribution()
    /// Tokens a second of a reply while it came, in thousandths.
    var speeds = SpeedList()

    // What it took.
    public private(set) var usage = Usage()
    public private(set) var usageIsEstimated = false
    public private(set) var textBytes = 0
    public private(set) var costs = CostSum()
    public private(set) var lostCosts = CostSum()
    /// What the running replies have cost so far, as of the last ``took(stock:)``.
    private var runningCosts = CostSum()

    private(set) var running: [StreamID: Running] = [:]
    /// Times at which text or thinking arrived, over all streams.
    public private(set) var arrivals = 0
    private var rate = ArrivalRate()

    public init(target: String, planned: Int, startedAt: Instant) {
        self.target = target
        self.planned = planned
        self.startedAt = startedAt
    }

    public var live: Int { running.count }

    /// Whether every planned reply has ended.
    public var isOver: Bool { ended >= planned }

    public func elapsed(at now: Instant) -> Duration { (endedAt ?? now) - startedAt }

    /// How many streams are in which state now.
    public var states: [StreamState: Int] {
        running.values.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    }

    /// The share of broken replies that ended whole, 0 to 1; `nil` where none broke.
    public var reconnectionSuccess: Double? {
        broken == 0 ? nil : Double(recovered) / Double(broken)
    }

    /// Everything spent: replies, broken attempts, and what runs.
    public var spent: CostSum {
        var sum = costs
        sum.add(lostCosts)
        sum.add(runningCosts)
        return sum
    }

    /// Bytes of text a second over the last two seconds.
    public mutating func bytesPerSecond(at now: Instant) -> Double { rate.perSecond(at: now) }

    // MARK: What happens

    public mutating func started(_ stream: StreamID, at now: Instant) {
        running[stream] = Running(startedAt: now)
        endedAt = nil
    }

    /// Takes an event of the engine, in the order in which they come.
    public mutating func heard(_ event: EngineEvent) {
        guard var stream = running[event.stream] else { return }
        switch event.kind {
        case .text(let range):
            textBytes += range.count
            rate.add(range.count, at: event.at)
            arrived(in: &stream, at: event.at)
        case .thinking:
            arrived(in: &stream, at: event.at)
        case .attemptStarted:
            requests += 1
            stream.attempts += 1
            stream.lastArrivalAt = nil
            if stream.attempts > 1 { reconnections += 1 }
        case .backoff(let backoff):
            failed(backoff.reason, in: &stream, at: event.at)
        case .resumed(let seam):
            seams.record(seam.gap)
        case .stateChanged(let state):
            stream.state = state
        default:
            return
        }
        running[event.stream] = stream
    }

    private mutating func arrived(in stream: inout Running, at now: Instant) {
        // What one turn of the loop brought came together, in however many pieces it is told.
        guard stream.lastArrivalAt != now else { return }
        arrivals += 1
        if stream.firstTokenAt == nil {
            stream.firstTokenAt = now
            firstToken.record(now - stream.startedAt)
        }
        if let last = stream.lastArrivalAt { gaps.record(now - last) }
        stream.lastArrivalAt = now
    }

    private mutating func failed(_ failure: StreamFailure, in stream: inout Running, at now: Instant) {
        failures.add(failure, after: now - startedAt)
        if !stream.isBroken { broken += 1 }
        stream.isBroken = true
    }

    /// A stream came to its end.
    ///
    /// - Parameter isExact: whether its text is what should have come, to the byte; `nil` where nobody knows that.
    public mutating func ended(_ snapshot: StreamSnapshot, isExact: Bool?, at now: Instant) {
        guard var stream = running.removeValue(forKey: snapshot.id) else { return }
        let verdict = snapshot.verdict ?? .failed
        ended += 1
        verdicts[verdict, default: 0] += 1
        if let failure = snapshot.failure, verdict == .failed || verdict == .incomplete {
            failed(failure, in: &stream, at: now)
        }
        if stream.isBroken, verdict == .complete { recovered += 1 }
        if let isExact {
            checked += 1
            if isExact { exact += 1 }
            if !isExact, verdict == .complete { silentlyWrong += 1 }
        }
        if verdict == .complete { durations.record(now - stream.startedAt) }
        if let speed = snapshot.tokensPerSecond, snapshot.textBytes > 0 { speeds.record(speed) }
        usage.add(snapshot.usage)
        usageIsEstimated = usageIsEstimated || snapshot.inputIsEstimated || snapshot.outputIsEstimated
        costs.add(snapshot.cost)
        lostCosts.add(snapshot.lostCost)
        endedAt = now
    }

    /// Replaces what is known of the running replies' costs.
    public mutating func took(stock costs: some Sequence<Cost>) {
        runningCosts = CostSum(costs)
    }
}
