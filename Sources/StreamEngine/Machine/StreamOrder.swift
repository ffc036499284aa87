import Pricing
import Providers

/// What to fetch, from whom, and by which rules: everything a stream needs to know when it starts.
///
/// `Codable`, so that a recording holds all of it: what is added here is recorded without further ado. The key is not
/// encoded, see ``Providers/Endpoint``.
public struct StreamOrder: Sendable, Equatable, Codable {
    /// Where the request goes, and with which key.
    public var endpoint: Endpoint
    /// Who is asked, with what is known of it.
    public var model: Model
    /// What is asked.
    public var request: ChatRequest
    /// When a failure is tried again.
    public var retryPolicy: RetryPolicy
    /// How long each silence may last.
    public var timeouts: Timeouts
    /// How a broken reply is taken up.
    public var resume: ResumeSetting
    /// How often a reply that reached its limit of tokens goes on by itself: 0 = never, it ends truncated and can be
    /// taken up by hand.
    public var truncationsContinued: Int
    /// What to do when a server asks for a wait over `max_delay`.
    public var longWaits: LongWaits
    /// Whether a restarted reply that differs from what was shown may begin a new take. `weir ask` cannot take back
    /// what it printed and says no.
    public var allowsNewTake: Bool
    /// Names that a failure's hint may use.
    public var failureContext: FailureContext
    /// Decoded body bytes of one attempt, at most.
    public var maximumBodyBytes: Int
    /// Bytes of one event, at most.
    public var maximumEventBytes: Int
    /// Bytes of one response's header lines, at most.
    public var maximumHeaderBytes = 128 << 10
    /// What may be spent on the reply and on its conversation.
    public var budget: Budget
    /// Streams of one conversation share its account; `nil` = this reply is all of it.
    public var conversation: String?
    /// What the conversation cost before its first stream of this engine; later orders' words on it are not looked at.
    public var spentBefore: Spending
    /// What is known of servers that refuse a way to resume; the engine adds what its streams learn.
    public var knownRefusals: ResumeMemory

    /// See ``StreamOrder/longWaits``.
    public enum LongWaits: String, Sendable, Codable {
        /// Wait as long as the server says, and show it; the user may choose otherwise.
        case wait
        /// End the stream: nobody is there to choose.
        case giveUp
    }

    /// An order; what is left out is as the program has it by itself.
    public init(
        endpoint: Endpoint, model: Model, request: ChatRequest, retryPolicy: RetryPolicy = RetryPolicy(),
        timeouts: Timeouts = Timeouts(), resume: ResumeSetting = .auto, truncationsContinued: Int = 0,
        longWaits: LongWaits = .wait,
        allowsNewTake: Bool = true, failureContext: FailureContext = FailureContext(),
        maximumBodyBytes: Int = 256 << 20, maximumEventBytes: Int = 16 << 20, budget: Budget = Budget(),
        conversation: String? = nil, spentBefore: Spending = Spending(), knownRefusals: ResumeMemory = ResumeMemory()
    ) {
        self.endpoint = endpoint
        self.model = model
        self.request = request
        self.retryPolicy = retryPolicy
        self.timeouts = timeouts
        self.resume = resume
        self.truncationsContinued = truncationsContinued
        self.longWaits = longWaits
        self.allowsNewTake = allowsNewTake
        self.failureContext = failureContext
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumEventBytes = maximumEventBytes
        self.budget = budget
        self.conversation = conversation
        self.spentBefore = spentBefore
        self.knownRefusals = knownRefusals
    }
}

/// What the engine wants done: orthogonal lists, carried out by the driver in this order and never by the engine.
/// The timer is ``StreamEngine/nextDeadline``.
public struct EngineActions: Sendable, Equatable {
    /// Requests to start and to close.
    public var transport: [TransportAction] = []
    /// What there is to tell.
    public var events: [EngineEvent] = []

    /// Nothing to do.
    public init() {}

    /// Whether there is nothing to do.
    public var isEmpty: Bool { transport.isEmpty && events.isEmpty }

    /// Empties it; the buffers stay.
    public mutating func removeAll() {
        transport.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
    }

    /// New text. Where nothing happened since the last text of the same stream, that event grows instead: a turn that
    /// brings a thousand deltas tells of them once.
    mutating func appendText(_ range: Range<Int>, of stream: StreamID, at now: Now) {
        if let last = events.indices.last, case .text(let before) = events[last].kind, events[last].stream == stream,
            events[last].at == now.instant, before.upperBound == range.lowerBound
        {
            events[last].kind = .text(before.lowerBound..<range.upperBound)
        } else {
            events.append(EngineEvent(stream: stream, at: now.instant, kind: .text(range)))
        }
    }

    mutating func appendThinking(_ range: Range<Int>, of stream: StreamID, at now: Now) {
        if let last = events.indices.last, case .thinking(let before) = events[last].kind,
            events[last].stream == stream, events[last].at == now.instant, before.upperBound == range.lowerBound
        {
            events[last].kind = .thinking(before.lowerBound..<range.upperBound)
        } else {
            events.append(EngineEvent(stream: stream, at: now.instant, kind: .thinking(range)))
        }
    }
}
