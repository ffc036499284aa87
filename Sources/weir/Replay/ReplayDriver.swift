import Pricing
import Recording
import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Plays a recording at the pace of its times. Its clock is the recording's: it stands while the replay is paused, and
/// never runs ahead of what is still to be played.
final class ReplayDriver: StreamDriver {
    private(set) var playback: Playback
    let speed: ReplaySpeed
    private(set) var isPaused = false
    /// Hears each call that is played, with what came of it.
    var played: ((CallRecord) -> Void)?
    private var actions = EngineActions()
    private var started: [(stream: StreamID, order: StreamOrder)] = []
    /// A moment of both clocks, from which on they run at their paces.
    private var anchor: (system: Instant, replay: Now)
    /// At full speed a turn plays so many calls, so that keys are heard in between.
    private static let callsPerTurn = 512

    init(_ recording: Recording, prices: PriceTable?, speed: ReplaySpeed) {
        playback = Playback(recording, prices: prices)
        self.speed = speed
        anchor = (SystemClock.instant(), recording.header.start)
    }

    var engine: StreamEngine { playback.engine }
    var isOver: Bool { playback.isOver }

    /// Replay seconds in a second; after the end both clocks run alike.
    private var rate: Double {
        if case .times(let times) = speed, !isOver { times } else { 1 }
    }

    func now() -> Now {
        var instant = anchor.replay.instant
        let waitsForNext = !isOver && speed == .max
        if !isPaused, !waitsForNext {
            instant += .clamping(seconds: (SystemClock.instant() - anchor.system).inSeconds * rate)
        }
        if let next = playback.next { instant = min(instant, next.record.at.instant) }
        return Now(instant: instant, wall: anchor.replay.wall(at: instant))
    }

    func systemInstant(_ instant: Instant) -> Instant? {
        guard !isPaused else { return nil }
        return anchor.system + .clamping(seconds: (instant - anchor.replay.instant).inSeconds / rate)
    }

    func pauseOrGoOn() {
        setAnchor(now())
        isPaused.toggle()
    }

    /// Plays the next call, whenever it was.
    func step() {
        if let entry = play() { setAnchor(entry.record.at) }
    }

    func act<Result>(_ body: (inout StreamEngine, Now, inout EngineActions) -> Result) -> Result {
        let now = now()
        var own = EngineActions()
        let result = playback.act { body(&$0, now, &own) }
        actions.events += own.events
        return result
    }

    func turn(
        waitingFor descriptors: [Int32], until deadline: Instant?, gatheringUntil _: Instant? = nil
    ) -> [Int32] {
        var due = deadline
        if let next = playback.next, !isPaused {
            let instant = speed == .max ? SystemClock.instant() : systemInstant(next.record.at.instant)
            due = [due, instant].compactMap { $0 }.min()
        }
        let readable = wait(for: descriptors, until: due)
        guard !isPaused else { return readable }
        if speed == .max {
            for _ in 0..<Self.callsPerTurn {
                guard let entry = play() else { break }
                setAnchor(entry.record.at)
            }
        } else {
            let now = now().instant
            while let next = playback.next, next.record.at.instant <= now, let entry = play() {
                // The wall clock may have been set.
                if isOver || entry.record.at.wall != anchor.replay.wall(at: now) { setAnchor(entry.record.at) }
            }
        }
        return readable
    }

    func takeEvents() -> [EngineEvent] {
        defer { actions.events.removeAll(keepingCapacity: true) }
        return actions.events
    }

    /// Streams that began since the last call.
    func takeStarted() -> [(stream: StreamID, order: StreamOrder)] {
        defer { started = [] }
        return started
    }

    /// In a recording there is nobody to tell.
    func finishTelling() {}

    func text(of id: StreamID) -> [UInt8] { engine.text(of: id) }

    func snapshot(_ id: StreamID) -> StreamSnapshot? { playback.snapshot(id, at: now()) }

    private func play() -> Recording.Entry? {
        guard let entry = playback.step(into: &actions) else { return nil }
        played?(entry.record)
        if case .start(let id, let order) = entry.record.call { started.append((id, order)) }
        return entry
    }

    private func setAnchor(_ now: Now) { anchor = (SystemClock.instant(), now) }

    private func wait(for descriptors: [Int32], until due: Instant?) -> [Int32] {
        var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var milliseconds: Int32 = -1
        if let due {
            let rest = max(0, (due - SystemClock.instant()).nanoseconds)
            milliseconds = Int32(min((rest + 999_999) / 1_000_000, 3_600_000))
        }
        guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return [] }
        return polled.filter { $0.revents != 0 }.map(\.fd)
    }
}
