import Pricing
import Providers

/// One thing that the engine was told: its public methods as values. The same calls at the same times, with the same
/// ``EngineOrigin``, give the same actions: that is what a recording is made of.
public enum EngineCall: Sendable, Equatable {
    /// A stream began, with this id.
    case start(StreamID, StreamOrder)
    /// ``StreamEngine/StreamEngine/cancel(_:at:into:)``.
    case cancel(StreamID)
    /// ``StreamEngine/StreamEngine/retry(_:at:into:)``.
    case retry(StreamID)
    /// ``StreamEngine/StreamEngine/retryNow(_:at:into:)``.
    case retryNow(StreamID)
    /// ``StreamEngine/StreamEngine/waitLonger(_:by:at:into:)``.
    case waitLonger(StreamID, Duration)
    /// ``StreamEngine/StreamEngine/giveUp(_:at:into:)``.
    case giveUp(StreamID)
    /// ``StreamEngine/StreamEngine/goOn(_:by:at:into:)``.
    case goOn(StreamID, ResumeStrategy?)
    /// ``StreamEngine/StreamEngine/lookAtOtherWay(_:at:into:)``.
    case lookAtOtherWay(StreamID)
    /// What another stream's server has refused.
    case learnt(StreamID, ResumeMemory)
    /// ``StreamEngine/StreamEngine/switchModel(_:to:of:context:at:into:)``.
    case switchModel(StreamID, Model, Endpoint, FailureContext)
    /// ``StreamEngine/StreamEngine/setBudget(_:of:at:into:)``.
    case setBudget(StreamID, Budget)
    /// ``StreamEngine/StreamEngine/transportReported(_:of:at:into:)``.
    case transport(AttemptID, TransportEvent)
    /// ``StreamEngine/StreamEngine/bodyReceived(_:of:at:into:)``, with a copy of the bytes.
    case body(AttemptID, [UInt8])
    /// ``StreamEngine/StreamEngine/transferClosed(_:at:)``.
    case closed(AttemptID)
    /// ``StreamEngine/StreamEngine/timeReached(_:into:)``.
    case time
    /// ``StreamEngine/StreamEngine/wokeUp(after:at:into:)``.
    case wokeUp(Duration)

    /// Whose it is; `nil` for what is nobody's.
    public var stream: StreamID? {
        switch self {
        case .start(let id, _), .cancel(let id), .retry(let id), .retryNow(let id), .waitLonger(let id, _),
            .giveUp(let id), .goOn(let id, _), .lookAtOtherWay(let id), .learnt(let id, _),
            .switchModel(let id, _, _, _), .setBudget(let id, _):
            id
        case .transport(let attempt, _), .body(let attempt, _), .closed(let attempt): attempt.stream
        case .time, .wokeUp: nil
        }
    }
}

/// A call, when it was, and what it led to.
public struct CallRecord: Sendable {
    /// Both clocks, as the engine was told them.
    public var at: Now
    /// What it was told.
    public var call: EngineCall
    /// What the engine then asked of the transport.
    public var asked: [TransportAction]
    /// Streams that ended with it.
    public var ended: [(stream: StreamID, verdict: Verdict)]

    /// From its parts.
    public init(
        at: Now, call: EngineCall, asked: [TransportAction] = [], ended: [(stream: StreamID, verdict: Verdict)] = []
    ) {
        self.at = at
        self.call = call
        self.asked = asked
        self.ended = ended
    }
}

/// What an engine's next streams depend on besides calls and times.
public struct EngineOrigin: Sendable, Equatable {
    /// Of the random numbers of the streams to come.
    public var seed: UInt64
    /// The id of the next one.
    public var firstStream: Int

    /// From its parts.
    public init(seed: UInt64, firstStream: Int) {
        self.seed = seed
        self.firstStream = firstStream
    }
}

extension StreamEngine {
    /// Makes a call that was written down. A `start` gets the next id, whatever stands in it.
    public mutating func perform(_ call: EngineCall, at now: Now, into actions: inout EngineActions) {
        switch call {
        case .start(_, let order): _ = start(order, at: now, into: &actions)
        case .cancel(let id): cancel(id, at: now, into: &actions)
        case .retry(let id): retry(id, at: now, into: &actions)
        case .retryNow(let id): retryNow(id, at: now, into: &actions)
        case .waitLonger(let id, let extra): waitLonger(id, by: extra, at: now, into: &actions)
        case .giveUp(let id): giveUp(id, at: now, into: &actions)
        case .goOn(let id, let strategy): goOn(id, by: strategy, at: now, into: &actions)
        case .lookAtOtherWay(let id): lookAtOtherWay(id, at: now, into: &actions)
        case .learnt(let id, let memory): learn(memory, by: id, at: now)
        case .switchModel(let id, let model, let endpoint, let context):
            switchModel(id, to: model, of: endpoint, context: context, at: now, into: &actions)
        case .setBudget(let id, let budget): setBudget(budget, of: id, at: now, into: &actions)
        case .transport(let attempt, let event): transportReported(event, of: attempt, at: now, into: &actions)
        case .body(let attempt, let bytes):
            bytes.withUnsafeBytes { bodyReceived($0, of: attempt, at: now, into: &actions) }
        case .closed(let attempt): transferClosed(attempt, at: now)
        case .time: timeReached(now, into: &actions)
        case .wokeUp(let slept): wokeUp(after: slept, at: now, into: &actions)
        }
    }
}
