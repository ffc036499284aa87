import Pricing
import Providers
import StreamEngine

/// Plays a recording through an engine: the same calls at the same times. Where the engine asks for something else than
/// it did then, that is a ``Divergence``; what was recorded is played on all the same.
public struct Playback: Sendable {
    public struct Divergence: Sendable, Equatable {
        /// Of the recording.
        public var line: Int
        public var problem: String
    }

    public private(set) var engine: StreamEngine
    public let recording: Recording
    /// Calls that were played.
    public private(set) var position = 0
    /// The first ones; ``divergenceCount`` has them all.
    public private(set) var divergences: [Divergence] = []
    public private(set) var divergenceCount = 0
    private static let keptDivergences = 20
    /// Names only: the secrets themselves are marks already.
    private let redactor = Redactor()

    /// - Parameter prices: `nil` leaves every cost unknown.
    public init(_ recording: Recording, prices: PriceTable?) {
        self.recording = recording
        engine = StreamEngine(prices: prices, origin: recording.header.origin)
    }

    public var isOver: Bool { position >= recording.entries.count }

    /// What comes next; `nil` at the end.
    public var next: Recording.Entry? { isOver ? nil : recording.entries[position] }

    /// Plays the next call.
    ///
    /// - Parameter actions: gets the engine's events; its transport actions are compared and dropped.
    /// - Returns: the call; `nil` at the end.
    @discardableResult
    public mutating func step(into actions: inout EngineActions) -> Recording.Entry? {
        guard let entry = next else { return nil }
        position += 1
        let before = (actions.transport.count, actions.events.count)
        engine.perform(entry.record.call, at: entry.record.at, into: &actions)
        let asked = actions.transport[before.0...].map(redacted)
        actions.transport.removeSubrange(before.0...)
        let ended: [(stream: StreamID, verdict: Verdict)] = actions.events[before.1...].compactMap { event in
            if case .ended(let verdict) = event.kind { (event.stream, verdict) } else { nil }
        }
        compare(entry, asked, ended)
        return entry
    }

    /// Everything that is left. For tests, and for replays that are in a hurry.
    public mutating func run() -> [EngineEvent] {
        var actions = EngineActions()
        while step(into: &actions) != nil {}
        return actions.events
    }

    /// For views, see ``StreamEngine/StreamEngine/snapshot(_:at:)``.
    public mutating func snapshot(_ id: StreamID, at now: Now) -> StreamSnapshot? { engine.snapshot(id, at: now) }

    /// Lets somebody who knows what he does change the engine beside the recording: the end of the program.
    public mutating func act<Result>(_ body: (inout StreamEngine) -> Result) -> Result { body(&engine) }

    // MARK: Comparing

    private func redacted(_ action: TransportAction) -> TransportAction {
        guard case .start(let id, let request) = action else { return action }
        return .start(id, redactor.redacted(request))
    }

    private mutating func compare(
        _ entry: Recording.Entry, _ asked: [TransportAction], _ ended: [(stream: StreamID, verdict: Verdict)]
    ) {
        let recorded = entry.record
        for index in 0..<max(asked.count, recorded.asked.count) {
            let then = index < recorded.asked.count ? recorded.asked[index] : nil
            let now = index < asked.count ? asked[index] : nil
            guard then != now else { continue }
            note(entry, Self.difference(then, now))
        }
        for index in 0..<max(ended.count, recorded.ended.count) {
            let then = index < recorded.ended.count ? recorded.ended[index] : nil
            let now = index < ended.count ? ended[index] : nil
            guard then?.stream != now?.stream || then?.verdict != now?.verdict else { continue }
            func words(_ end: (stream: StreamID, verdict: Verdict)?) -> String {
                end.map { "stream \($0.stream) ended as \($0.verdict.rawValue)" } ?? "no stream ended"
            }
            note(entry, "then \(words(then)), now \(words(now))")
        }
    }

    private mutating func note(_ entry: Recording.Entry, _ problem: String) {
        divergenceCount += 1
        guard divergences.count < Self.keptDivergences else { return }
        divergences.append(Divergence(line: entry.line, problem: problem))
    }

    private static func difference(_ then: TransportAction?, _ now: TransportAction?) -> String {
        if case .start(let a, let old)? = then, case .start(let b, let new)? = now, a == b {
            return "the request \(a.stream).\(a.generation) differs: " + difference(old, new)
        }
        return "then \(words(then)), now \(words(now))"
    }

    private static func words(_ action: TransportAction?) -> String {
        switch action {
        case nil: "nothing was asked for"
        case .cancel(let id)?: "\(id.stream).\(id.generation) was closed"
        case .start(let id, let request)?:
            "\(id.stream).\(id.generation) was asked for with \(request.http.method) \(request.http.url), "
                + "\(request.http.body.count) bytes"
        }
    }

    private static func difference(_ old: TransportRequest, _ new: TransportRequest) -> String {
        if old.http.method != new.http.method || old.http.url != new.http.url {
            return "then \(old.http.method) \(old.http.url), now \(new.http.method) \(new.http.url)"
        }
        if old.http.headers != new.http.headers {
            let changed =
                new.http.headers.filter { !old.http.headers.contains($0) }
                + old.http.headers.filter { !new.http.headers.contains($0) }
            return "headers: \(Set(changed.map(\.name)).sorted().joined(separator: ", "))"
        }
        if old.http.body != new.http.body {
            let place = zip(old.http.body, new.http.body).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            return "bodies of \(old.http.body.count) and \(new.http.body.count) bytes, different from byte "
                + "\(place ?? min(old.http.body.count, new.http.body.count)) on"
        }
        return "time-outs or limits"
    }
}
