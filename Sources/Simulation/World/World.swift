import Pricing
import Providers
import StreamEngine

/// A world for the engine: virtual clocks, a network, servers and users, all of whose decisions come from ``Choices``.
/// After every call of the engine the invariants are checked; the first that does not hold ends the run.
public struct World: Sendable {
    /// What a run is forced to, where it does not decide everything itself: for exhaustive searches.
    struct Forced: Sendable {
        enum Mode: String, Sendable {
            case plain
            /// A response that is made in the background.
            case background
            /// The model pauses its turn after the first word.
            case pausing
            /// The user is asked before anything is billed again, and says yes.
            case asking
        }

        var dialect: Dialect
        var fault: Fault?
        /// The byte of the body at which it breaks, or after how many deltas.
        var at: Int
        /// The user cancels after so many steps.
        var cancelAfter: Int?
        var words: Int
        var mode = Mode.plain
        /// The first request breaks at this byte, and the fault is the second one's.
        var firstAt: Int?

        func fault(of request: Int) -> Fault? {
            guard mode != .plain, firstAt != nil || mode == .pausing else { return request == 1 ? fault : nil }
            return request == 2 ? fault : request == 1 && mode != .pausing ? .reset : nil
        }

        func place(of request: Int) -> Int { request == 1 ? firstAt ?? at : at }
    }

    /// What is asked for where a run would not end.
    static let stepLimit = 30_000

    public internal(set) var choices: Choices
    public internal(set) var trace: Trace
    public internal(set) var tally = Tally()
    var engine: StreamEngine
    var now = Now(instant: Instant(nanoseconds: 1_000_000_000), wall: WallTime(secondsSince1970: 1_795_000_000))
    var actions = EngineActions()
    var clients: [Client] = []
    var transfers: [Transfer] = []
    var isHealthy = false
    /// Faults stop after so many requests of a stream.
    var faultyRequests = 0
    var steps = 0
    /// The user's act that the present call is, on which client.
    var act: (client: Int, kind: UserAct)?
    var violation: Violation?
    /// Until when servers said that they would refuse, by model.
    var quotaUntil: [Instant]
    /// The present call is of a transfer that was told to close.
    var heard = false
    let forced: Forced?
    let setting: Setting
    var ledger = Ledger()
    /// What the conversation had cost before.
    var spentBefore: Int64 = 0
    /// Everything that the engine is told, as the flight recorder writes it.
    var recording: Recorder?

    enum UserAct: Sendable {
        case start, cancel, retry, retryNow, waitLonger, giveUp, switchModel, setBudget, sleep, goOn, otherWay
        /// New attempts are allowed again, counted anew.
        var beginsRun: Bool { self == .start || self == .retry || self == .switchModel }
    }

    /// What all worlds share and need not make anew.
    public struct Setting: Sendable {
        let prices: PriceTable
        /// By dialect, and at the end the responses in the background; by provider.
        let endpoints: [[Endpoint]]
        let models: [Model]
    }

    init(
        choices: Choices, setting: Setting, keepsTrace: Bool, forced: Forced? = nil, isRecorded: Bool = false
    ) {
        self.choices = choices
        self.setting = setting
        self.forced = forced
        quotaUntil = Array(repeating: now.instant, count: setting.models.count)
        trace = Trace(keepsLines: keepsTrace)
        engine = StreamEngine(prices: setting.prices, seed: 1)
        if forced == nil {
            let seed = UInt64(self.choices.below(1 << 16))
            engine = StreamEngine(prices: setting.prices, seed: seed)
        }
        guard isRecorded else { return }
        engine.isJournaled = true
        recording = Recorder(of: engine, at: now)
    }

    // MARK: The run

    mutating func run() {
        begin()
        while violation == nil, steps < Self.stepLimit {
            steps += 1
            userMayAct()
            if violation != nil { return }
            guard step() else {
                guard answer() || heal() else { break }
                continue
            }
        }
        if violation == nil { checkTheEnd() }
    }

    private mutating func begin() {
        faultyRequests = forced != nil ? 1 : [0, 1, 2, 3, 6, 12, 1000][choices.below(7)]
        let streams = forced != nil ? 1 : [1, 1, 1, 1, 2, 4][choices.below(6)]
        for _ in 0..<streams {
            order()
            if violation != nil { return }
        }
    }

    /// The next thing that happens: a deadline of the engine or an event of the network. `false` when there is nothing.
    private mutating func step() -> Bool {
        var next: Int?
        for index in transfers.indices {
            guard let at = transfers[index].at else { continue }
            if let best = next, let bestAt = transfers[best].at, bestAt <= at { continue }
            next = index
        }
        let deadline = engine.nextDeadline
        let networkAt = next.flatMap { transfers[$0].at }
        guard deadline != nil || networkAt != nil else { return false }
        var isDeadline = deadline != nil
        if let deadline, let networkAt {
            // In one tick, either may come first.
            isDeadline = deadline < networkAt || (deadline == networkAt && choices.below(2) == 0)
        }
        if isDeadline, let deadline {
            move(to: max(deadline, now.instant))
            // A loop that was kept busy, or a machine that slept, comes late.
            if forced == nil, choices.once(in: 64) {
                move(to: now.instant + .milliseconds([1, 700, 30_000, 28_800_000][choices.below(4)]))
            }
            trace.note(now.instant.nanoseconds, "clock")
            call(nil) { $0.timeReached($1, into: &$2) }
            if violation == nil { checkClocks() }
        } else if let next {
            move(to: max(networkAt ?? now.instant, now.instant))
            play(next)
        }
        return true
    }

    mutating func move(to instant: Instant) {
        guard instant > now.instant else { return }
        now = Now(instant: instant, wall: now.wall(at: instant))
    }

    /// Everything is at rest. Faults stop, and who was left with less than a whole reply tries again: it must come.
    private mutating func heal() -> Bool {
        guard forced != nil || isHealthy || choices.below(4) < 3 else { return false }
        isHealthy = true
        for index in clients.indices {
            guard let verdict = clients[index].verdict, verdict != .complete, verdict != .refused else { continue }
            clients[index].heals += 1
            // One goes on after so many pauses by itself, and asks then: a reply of sixty takes six.
            guard clients[index].heals <= 8 + clients[index].pauses.count / Self.pausesAllowed else {
                fail(
                    .endsOnceAndInTime, "faults have stopped, and \(clients[index].heals) retries did not make it whole"
                )
                return true
            }
            if !clients[index].budget.isEmpty { perform(.setBudget, on: index) }
            perform(.retry, on: index)
            return true
        }
        return false
    }

    private mutating func checkTheEnd() {
        guard steps < Self.stepLimit else {
            return fail(.endsOnceAndInTime, "no end after \(steps) steps")
        }
        for client in clients where client.verdict == nil {
            return fail(.endsOnceAndInTime, "stream \(client.id) neither ended nor waits for anything")
        }
        if let deadline = engine.nextDeadline {
            return fail(.nothingIsLeft, "a timer is left, for \(deadline.nanoseconds)")
        }
        if let left = transfers.first(where: { !$0.isCancelled && $0.phase != .over }) {
            return fail(.nothingIsLeft, "the transfer of attempt \(left.id.generation) is left open")
        }
        checkBooks()
    }

    mutating func fail(_ invariant: Invariant, _ what: String) {
        guard violation == nil else { return }
        let found = Violation(invariant, what)
        violation = found
        trace.note(now.instant.nanoseconds, "‼ \(found)")
    }
}

/// What a run, or many, went through.
public struct Tally: Sendable, Codable {
    public var seeds = 0
    public var replies = 0
    public var attempts = 0
    public var steps = 0
    public var acts = 0
    public var faults = [Int](repeating: 0, count: Fault.allCases.count)
    public var verdicts = [Int](repeating: 0, count: Verdict.allCases.count)
    public var strategies = [Int](repeating: 0, count: ResumeStrategy.allCases.count)
    public var healed = 0
    /// Turns that went on after a pause, replies that did after a limit of tokens, questions, and words about budgets.
    public var pauses = 0
    public var limits = 0
    public var questions = 0
    public var warnings = 0
    /// Responses whose servers were told to stop them.
    public var notices = 0

    public init() {}

    public mutating func add(_ other: Tally) {
        seeds += other.seeds
        replies += other.replies
        attempts += other.attempts
        steps += other.steps
        acts += other.acts
        healed += other.healed
        pauses += other.pauses
        limits += other.limits
        questions += other.questions
        warnings += other.warnings
        notices += other.notices
        for index in faults.indices { faults[index] += other.faults[index] }
        for index in verdicts.indices { verdicts[index] += other.verdicts[index] }
        for index in strategies.indices { strategies[index] += other.strategies[index] }
    }
}
