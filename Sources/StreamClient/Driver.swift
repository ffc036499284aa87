import CurlTransport
import StreamEngine

/// The engine at work: carries out its actions and tells it what happened. One loop, no locks.
///
/// The loop is the caller's: ``act(_:)`` starts streams and steers them, ``turn(waitingFor:until:gatheringUntil:)`` waits
/// for what comes next, ``takeEvents()`` says what came of it, and again. A driver belongs to the thread that runs its loop;
/// only its ``waker`` may be used from others.
public final class Driver {
    /// The engine as it stands: texts, states, ids.
    public private(set) var engine: StreamEngine
    private let transport: CurlTransport
    private var actions = EngineActions()
    /// What the engine told and nobody has taken yet.
    public private(set) var events: [EngineEvent] = []
    private let clocks: () -> Now
    private var sleep: SleepDetector
    /// Empty between turns.
    private var gathered = GatheredBodies()

    /// Hears every call of the engine with what came of it, in order, once a turn: for a recording. `nil`, the default,
    /// costs nothing.
    public var listener: (([CallRecord]) -> Void)? {
        didSet { engine.isJournaled = listener != nil }
    }

    /// - Parameters:
    ///   - engine: with its prices and its seed; from now on only the driver changes it.
    ///   - transport: the driver's own from now on.
    ///   - clocks: what the engine is told of the time, and what a sleep of the machine is found by. How long a wait lasts is
    ///     the system's to say, so the monotonic one must run as fast as the system's.
    public init(
        engine: StreamEngine, transport: CurlTransport, clocks: @escaping () -> Now = { SystemClock.now() }
    ) {
        self.engine = engine
        self.transport = transport
        self.clocks = clocks
        sleep = SleepDetector(at: clocks())
    }

    /// Ends ``turn(waitingFor:until:gatheringUntil:)`` from any thread.
    public var waker: Waker { transport.waker }

    /// Lets the user's acts reach the engine; their transport actions are carried out before this returns.
    public func act<Result>(_ body: (inout StreamEngine, Now, inout EngineActions) -> Result) -> Result {
        let now = clocks()
        // What is started now must not take a connection that died in a sleep.
        if let slept = sleep.clocksRead(now) { takeIn(at: now, after: slept) }
        let result = body(&engine, now, &actions)
        carryOut()
        return result
    }

    /// One turn: waits for a socket, a descriptor or a deadline, whichever is first, and lets the engine know. What an act
    /// told (a cancel tells the end at once) does not shorten the wait: take it first.
    ///
    /// A loop that shows what came only now and then can let it be gathered until then: each piece of a body is read when it
    /// comes, and keeps the time when it came, but the engine has all of them at the end of the turn, and does at that time
    /// what it does about them. Everything else ends the turn at once, as ever: an attempt's beginning, its headers and its
    /// end, a descriptor, the waker, a deadline, and more than a few kilobytes. (A signal does not by itself: its handler uses a
    /// descriptor or the waker.)
    ///
    /// - Parameters:
    ///   - descriptors: what else to wait for; see ``CurlTransport/wait(for:timeout:)``.
    ///   - deadline: when the caller wants the turn back at the latest; `nil` = it has nothing to do by itself.
    ///   - gathering: until when pieces of bodies may be gathered; `nil`, or in the past, for none: the turn ends with the
    ///     first.
    /// - Returns: the descriptors that can be read.
    public func turn(
        waitingFor descriptors: [Int32], until deadline: Instant?, gatheringUntil gathering: Instant? = nil
    ) -> [Int32] {
        let engineDeadline = engine.nextDeadline
        let due = [deadline, engineDeadline].compactMap { $0 }.min()
        while true {
            let end = gathered.isEmpty ? due : [due, gathering].compactMap { $0 }.min()
            var timeout = end.map { max(.zero, $0 - clocks().instant) }
            // Nothing wakes a wait when the machine wakes up, and while something is under way that must not go unnoticed.
            if engineDeadline != nil { timeout = timeout.map { min($0, SleepDetector.interval) } }
            let readable = transport.wait(for: descriptors, timeout: timeout)
            // One reading of the clocks for all that came in this wait: it came while we waited.
            let now = clocks()
            let slept = sleep.clocksRead(now)
            let isDue = due.map { $0 <= now.instant } ?? false
            if slept == nil, !isDue, readable.isEmpty, !transport.wasWoken, let gathering, now.instant < gathering {
                guard !gather(at: now) else { continue }
            } else {
                takeIn(at: now, after: slept)
            }
            gathered.handOver(to: &engine, into: &actions)
            if let deadline = engine.nextDeadline, deadline <= now.instant {
                engine.timeReached(now, into: &actions)
            }
            carryOut()
            return readable
        }
    }

    /// Reads what came, and keeps pieces of bodies for the end of the turn.
    /// - Returns: whether more may be gathered: the engine has heard of nothing.
    private func gather(at now: Now) -> Bool {
        Self.gather(transport, in: &gathered, or: &engine, at: now, into: &actions)
    }

    private static func gather(
        _ transport: CurlTransport, in gathered: inout GatheredBodies, or engine: inout StreamEngine, at now: Now,
        into actions: inout EngineActions
    ) -> Bool {
        var isQuiet = true
        transport.perform { attempt, delivery in
            switch delivery {
            case .event(let event):
                isQuiet = false
                gathered.handOver(to: &engine, into: &actions)
                engine.transportReported(event, of: attempt, at: now, into: &actions)
            case .body(let bytes) where gathered.takes(bytes):
                gathered.append(bytes, of: attempt, at: now)
            case .body(let bytes):
                isQuiet = false
                gathered.handOver(to: &engine, into: &actions)
                engine.bodyReceived(bytes, of: attempt, at: now, into: &actions)
            }
        }
        return isQuiet
    }

    /// What the network brought, and what a sleep means for the rest.
    private func takeIn(at now: Now, after slept: Duration?) {
        // Connections that were idle during a sleep are dead, though no one has said so: a request on one would hang.
        if slept != nil { transport.dropConnections() }
        gathered.handOver(to: &engine, into: &actions)
        Self.handOver(transport, to: &engine, at: now, into: &actions)
        // After what had arrived before the sleep: that is no life.
        if let slept { engine.wokeUp(after: slept, at: now, into: &actions) }
    }

    /// Takes engine and actions for all of it, and not with every piece: each time it would be looked up whether somebody
    /// else has them.
    private static func handOver(
        _ transport: CurlTransport, to engine: inout StreamEngine, at now: Now, into actions: inout EngineActions
    ) {
        transport.perform { attempt, delivery in
            switch delivery {
            case .event(let event): engine.transportReported(event, of: attempt, at: now, into: &actions)
            case .body(let bytes): engine.bodyReceived(bytes, of: attempt, at: now, into: &actions)
            }
        }
    }

    /// Hands over what the engine told since the last call.
    public func takeEvents() -> [EngineEvent] {
        var taken: [EngineEvent] = []
        swap(&taken, &events)
        return taken
    }

    /// The text of a stream's present take, UTF-8; empty for a stream that is not known. Costs less than to ask ``engine``
    /// for it, which is a value and copied for that.
    public func text(of id: StreamID) -> [UInt8] { engine.textInPlace(of: id) }

    /// Lets what providers are being told of replies that nobody wants any more reach them: two seconds at most.
    public func finishTelling() {
        while engine.isTellingProviders { _ = turn(waitingFor: [], until: nil) }
    }

    /// The stream as a value, at this moment; `nil` for one that was never started.
    public func snapshot(_ id: StreamID) -> StreamSnapshot? {
        engine.snapshot(id, at: clocks())
    }

    /// The one place where actions become acts.
    private func carryOut() {
        for action in actions.transport {
            switch action {
            case .start(let id, let request):
                transport.start(id, request)
            case .cancel(let id):
                transport.cancel(id)
                engine.transferClosed(id, at: clocks())
            }
        }
        if events.isEmpty { swap(&events, &actions.events) } else { events.append(contentsOf: actions.events) }
        actions.removeAll()
        guard let listener else { return }
        let records = engine.takeJournal()
        if !records.isEmpty { listener(records) }
    }
}
