import Pricing
import Providers
import Screen

@testable import Dashboard
@testable import StreamEngine

/// Ours, not the catalogue's.
typealias Model = Dashboard.Model

/// Situations that the screen is tested in.
enum Scene {
    static let text = """
        Quantum computers use **qubits**, which can hold a superposition of two states \
        until they are measured.
        """
    static let reset = StreamFailure(
        kind: .transport(.reset), message: "connection reset", isRetryable: true)

    /// One prompt, and one stream in the state.
    static func state(_ state: StreamState) -> Model {
        var model = World.model()
        guard let turn = model.ask("Explain quantum computing in 3 sentences") else { return model }
        let waiting = StreamSnapshot.fixture(1, state: .connecting)
        _ = model.update(.streamStarted(waiting, conversation: World.home, prompt: turn))
        show(state, in: &model)
        model.toasts = []
        return model
    }

    private static func show(_ state: StreamState, in model: inout Model) {
        var snapshot = StreamSnapshot.fixture(1, state: state)
        snapshot.events = events(for: state)
        let id = StreamID(rawValue: 1)
        switch state {
        case .idle:
            snapshot.attempts = []
            snapshot.controls = .cancel
        case .connecting:
            snapshot.attempts[0].phases = Phases()
        case .waiting: break
        case .thinking:
            snapshot.thinkingBytes = 600
            snapshot.liveness.lastByteAt = World.at(-0.2)
            snapshot.liveness.lastThinkingAt = World.at(-0.2)
            let thought =
                "The user wants three sentences. I should say what a qubit is, what entanglement adds, and what it is "
                + "good for.\nNo formulas. Simple words.\nLet me draft the three sentences and count them."
            _ = model.update(.thinking(id, Array(thought.utf8)))
        default:
            _ = model.update(.thinking(id, Array("Three sentences: qubits, entanglement, uses.".utf8)))
            model.text(1, text)
            fill(&snapshot)
        }
        finish(&snapshot, state)
        _ = model.update(.stream(snapshot))
    }

    /// Numbers of a stream that has brought text.
    static func fill(_ snapshot: inout StreamSnapshot) {
        snapshot.attempts[0].phases.firstByte = .milliseconds(350)
        snapshot.attempts[0].phases.firstToken = .milliseconds(412)
        snapshot.attempts[0].headersAt = World.at(-3.65)
        snapshot.attempts[0].firstTokenAt = World.at(-3.588)
        snapshot.attempts[0].lastTokenAt = World.at(-0.1)
        snapshot.attempts[0].status = 200
        snapshot.attempts[0].requestID = "req_011CTnBgsMUfkyNc"
        snapshot.liveness.lastByteAt = World.at(-0.1)
        snapshot.liveness.lastTextAt = World.at(-0.1)
        snapshot.tokensPerSecond = 82
        snapshot.rateHistory = [22, 41, 66, 80, 71, 64, 82, 83]
        snapshot.recentGaps = [9, 11, 30, 12, 8, 61, 10, 11, 9, 14, 12, 31]
        snapshot.gapP50 = 11
        snapshot.gapP95 = 31
        snapshot.usage = Usage(input: 212, output: 340)
        snapshot.inputIsEstimated = false
        snapshot.cost = .estimated(Money(picos: 11_200_000_000))
        snapshot.priceDate = "2026-09-26"
        snapshot.rateLimits.requests = .init(
            limit: 50, remaining: 47, resetsAt: WallTime(secondsSince1970: World.wall + 60))
        snapshot.rateLimits.tokens = .init(
            limit: 80_000, remaining: 4_200, resetsAt: WallTime(secondsSince1970: World.wall + 60))
    }

    /// What runs by default in a state.
    private static func clocks(_ snapshot: StreamSnapshot) -> [RunningClock] {
        guard snapshot.state.isLive else { return [] }
        let began = snapshot.attempts.last?.startedAt ?? snapshot.startedAt
        let first = RunningClock(kind: .firstByte, since: began, limit: .seconds(120))
        guard snapshot.state != .connecting else {
            return [RunningClock(kind: .connect, since: began, limit: .seconds(10)), first]
        }
        guard let heard = snapshot.liveness.lastByteAt else { return [first] }
        let content = snapshot.liveness.lastTextAt ?? snapshot.liveness.lastThinkingAt ?? heard
        return [
            RunningClock(kind: .idle, since: heard, limit: .seconds(180)),
            RunningClock(kind: .content, since: content, limit: .seconds(600)),
        ]
    }

    private static func finish(_ snapshot: inout StreamSnapshot, _ state: StreamState) {
        defer { snapshot.clocks = clocks(snapshot) }
        func end(_ verdict: Verdict, _ outcome: AttemptRecord.Outcome) {
            snapshot.verdict = verdict
            snapshot.endedAt = World.at(-0.1)
            snapshot.attempts[snapshot.attempts.count - 1].endedAt = World.at(-0.1)
            snapshot.attempts[snapshot.attempts.count - 1].outcome = outcome
            snapshot.controls = verdict == .complete || verdict == .refused ? [] : [.retry, .switchModel]
            snapshot.outputIsEstimated = verdict != .complete
        }
        switch state {
        case .stalled:
            snapshot.liveness.lastByteAt = World.at(-12.4)
            snapshot.liveness.lastTextAt = World.at(-12.4)
            snapshot.liveness.tier = .quiet
            snapshot.startedAt = World.at(-20)
            snapshot.attempts[0].startedAt = World.at(-20)
            snapshot.attempts[0].firstTokenAt = World.at(-19)
            snapshot.stateSince = World.at(-7.4)
        case .backingOff:
            snapshot.backoff = Backoff(
                reason: reset, source: .schedule, exponential: .seconds(4), jitter: .milliseconds(310),
                startedAt: World.at(-1.1), deadline: World.at(3.21),
                resume: ResumePlan(strategy: .prefill, keptBytes: 160, rebilledTokens: 252))
            snapshot.attemptInRun = 3
            snapshot.attempts = attempts()
            snapshot.startedAt = World.at(-9)
            snapshot.lostCost = .estimated(Money(picos: 900_000_000))
            snapshot.cost = .zero
            snapshot.controls = [.cancel, .retry, .retryNow, .waitLonger, .giveUp, .switchModel]
        case .asking:
            func plan(_ strategy: ResumeStrategy, _ output: Int, _ picos: Int64) -> ResumePlan {
                ResumePlan(
                    strategy: strategy, keptBytes: 160,
                    rebill: Rebill(input: 252, output: output, cost: .estimated(Money(picos: picos))))
            }
            snapshot.question = ResumeQuestion(
                reason: reset, askedAt: World.at(-1.1),
                wait: Backoff(reason: reset, source: .schedule, startedAt: World.at(-1.1), deadline: World.at(3.21)),
                options: [plan(.prefill, 0, 1_260_000_000), plan(.restartSkip, 40, 2_260_000_000)])
            snapshot.lostCost = .estimated(Money(picos: 900_000_000))
            snapshot.cost = .zero
            snapshot.controls = [.cancel, .retry, .answer, .giveUp, .switchModel]
        case .fallingBack:
            snapshot.attempts = attempts()
            snapshot.startedAt = World.at(-9)
            snapshot.stateSince = World.at(-1.1)
            snapshot.attemptInRun = 3
            snapshot.isNotStreamed = true
            snapshot.lostCost = .estimated(Money(picos: 900_000_000))
        case .complete: end(.complete, .completed(.endTurn))
        case .truncated:
            snapshot.stopReason = .maxTokens
            snapshot.continuation = ResumePlan(
                strategy: .prefill, keptBytes: 160,
                rebill: Rebill(input: 252, cost: .estimated(Money(picos: 1_260_000_000))))
            end(.truncated, .completed(.maxTokens))
        case .refused: end(.refused, .completed(.refusal))
        case .cancelled:
            snapshot.cancelReceipt = CancelReceipt(closedAfter: .milliseconds(3), tokensAfter: 0)
            end(.cancelled, .cancelled)
        case .failed:
            let failure = StreamFailure(
                kind: .status(401), message: "the key was refused (401): invalid x-api-key", isRetryable: false,
                hint: "set ANTHROPIC_API_KEY, then weir check anthropic")
            snapshot.failure = failure
            end(.failed, .failed(failure))
        default: break
        }
    }

    /// Two that broke and one that did too.
    private static func attempts() -> [AttemptRecord] {
        func attempt(_ number: Int, _ from: Double, _ first: Double, _ to: Double) -> AttemptRecord {
            var record = AttemptRecord(
                number: number, startedAt: World.at(from),
                startedAtWall: WallTime(secondsSince1970: World.wall + from), resume: nil, isStream: true)
            record.firstTokenAt = World.at(first)
            record.endedAt = World.at(to)
            record.outcome = .failed(reset)
            return record
        }
        return [attempt(1, -9, -8.4, -6.8), attempt(2, -5.6, -5.2, -4.4), attempt(3, -2.1, -1.8, -1.1)]
    }

    static func events(for state: StreamState) -> [LoggedEvent] {
        var events = [
            LoggedEvent(at: World.at(-4), name: "→ POST /v1/messages", bytes: 412, isWire: false),
            LoggedEvent(at: World.at(-3.65), name: "200 OK", bytes: 0, isWire: false),
            LoggedEvent(at: World.at(-3.6), name: "message_start", bytes: 310, isWire: true),
            LoggedEvent(at: World.at(-3.55), name: "content_block_start", bytes: 92, isWire: true),
            LoggedEvent(at: World.at(-0.2), name: "content_block_delta", bytes: 6120, isWire: true, count: 57),
            LoggedEvent(at: World.at(-0.15), name: "ping", bytes: 16, isWire: true),
            LoggedEvent(at: World.at(-0.1), name: "content_block_delta", bytes: 105, isWire: true),
        ]
        switch state {
        case .idle: events = []
        case .connecting, .waiting: events = [events[0]]
        case .backingOff:
            events.append(LoggedEvent(at: World.at(-0.05), name: "backoff 4.3 s", bytes: 0, isWire: false))
        default: break
        }
        return events
    }

    /// The picture of the product page: a stream that was continued, one that backs off, one that is complete.
    static func reference() -> Model {
        var model = World.model()
        guard let turn = model.ask("Explain quantum computing in 3 sentences") else { return model }
        for (id, ref) in [(1, World.opus), (2, World.gpt), (3, World.deepseek)] {
            let snapshot = StreamSnapshot.fixture(id, ref)
            _ = model.update(.streamStarted(snapshot, conversation: id == 1 ? World.home : other, prompt: turn))
        }
        model.text(1, "Quantum computers use qubits, which ")
        let seam = Seam(
            offset: 36, attempt: 2, reason: reset, strategy: .prefill, tokensBefore: 41, trimmedBytes: 0,
            gap: .milliseconds(1400))
        _ = model.update(.seam(StreamID(rawValue: 1), seam))
        model.text(1, "can hold a superposition of two states")
        _ = model.update(.stream(continued(seam)))
        _ = model.update(
            .stream(
                StreamSnapshot.fixture(2, World.gpt, state: .backingOff).with {
                    $0.backoff = Backoff(
                        reason: reset, source: .retryAfter, startedAt: World.at(-1), deadline: World.at(3.2))
                    $0.controls = [.cancel, .retryNow, .waitLonger, .giveUp, .switchModel]
                }))
        _ = model.update(
            .stream(
                StreamSnapshot.fixture(3, World.deepseek, state: .complete).with {
                    fill(&$0)
                    $0.cost = .reported(Money(picos: 1_000_000_000))
                    $0.endedAt = World.at(-1)
                    $0.controls = []
                }))
        model.toasts = []
        return model
    }

    static let other = ConversationID(rawValue: "other")

    private static func continued(_ seam: Seam) -> StreamSnapshot {
        StreamSnapshot.fixture(1, state: .streaming, began: -9).with {
            fill(&$0)
            $0.attempts[0].firstTokenAt = World.at(-8.4)
            $0.attempts[0].endedAt = World.at(-5.6)
            $0.attempts[0].outcome = .failed(reset)
            var second = AttemptRecord(
                number: 2, startedAt: World.at(-4.4), startedAtWall: WallTime(secondsSince1970: World.wall - 4.4),
                resume: ResumePlan(strategy: .prefill, keptBytes: 36, rebilledTokens: 253), isStream: true)
            second.phases.firstToken = .milliseconds(412)
            second.phases.firstByte = .milliseconds(350)
            second.phases.connectionReused = true
            second.firstTokenAt = World.at(-4)
            $0.attempts.append(second)
            $0.attemptInRun = 2
            $0.seams = [seam]
            $0.events = events(for: .streaming)
            $0.lostCost = .estimated(Money(picos: 900_000_000))
        }
    }
}
