import Providers
import StreamEngine

/// What is true of one attempt, as far as the network has told it: kept beside the engine, not taken from it.
struct AttemptTruth: Sendable {
    let id: AttemptID
    let isStream: Bool
    let strategy: ResumeStrategy?
    let script: Script
    let startedAt: Instant
    let pricing: Int
    /// Bytes that were committed when it began.
    let base: Int
    /// Where a restarted reply stops being the same as what was shown; past its end where it never does.
    let common: Int

    var isConnected = false
    var headersAt: Instant?
    /// The machine slept since the last byte: something has to come within so long.
    var wake: (at: Instant, limit: Duration)?
    var status: Int?
    var lastByteAt: Instant?
    var lastContentAt: Instant?
    var said = 0
    var hasThought = false
    var hasPart = false
    var stop: StopReason?
    var input: Int?
    var output: Int?
    var hasLastUsage = false
    var charge: Int64?
    /// An event came after which nothing of it counts.
    var dead: Fault.Meaning?
    var isTerminated = false
    /// The transport said that it is over, and how.
    var finished = false
    var failure: TransportFailure.Kind?
    /// The engine has put it away.
    var isClosed = false

    /// It is over, with nothing more to come that counts.
    var hasVerdict: Bool { dead != nil || isTerminated || finished || failure != nil }

    /// The text up to which a client that trims nothing too much must have come.
    var reaches: Int { strategy == nil || strategy == .restartSkip ? said : max(base, said) }
}

/// One stream, as its user sees it: everything told, stored as it was told.
struct Client: Sendable {
    let id: StreamID
    let policy: RetryPolicy
    let timeouts: Timeouts
    let givesUpLongWaits: Bool
    let allowsNewTake: Bool
    let hasTool: Bool
    let thoughts: [UInt8]
    let refuses: Set<ResumeStrategy>
    let isFickle: Bool
    let setting: ResumeSetting
    var dialect: Dialect
    /// Which of the world's models is asked.
    var pricing: Int

    /// The reply that the server has in mind.
    var canonical: [UInt8]
    /// What a listener wrote down from the events, who never looks back.
    var stored: [UInt8] = []
    var storedThinking: [UInt8] = []
    var expectedThinking: [UInt8] = []
    var parts = 0
    /// A server that goes on from the text goes on before the tool call that ended it, and makes it again.
    var mayRepeatPart = false
    var attempts: [AttemptTruth] = []
    /// Attempts of the present run that count: not those that only ask in another way.
    var inRun = 0
    var runStartedAt = Instant(nanoseconds: 0)
    var verdict: Verdict?
    var waitsUntil: Instant?
    /// It waits for its turn or for a quota, and may be let go sooner.
    var isWithheld = false
    /// What may be spent, in picos.
    var budget: Int64?
    /// The budget stopped it, in the present call or for good.
    var isOutOfMoney = false
    var cancelledByUser = false
    var mayAskOtherwise = false
    var requests = 0
    var acts = 0
    var heals = 0
    var toldState = StreamState.idle

    var current: AttemptTruth? { attempts.last }
}

/// A request under way in the network.
struct Transfer: Sendable {
    enum Phase: Sendable {
        case connecting, waiting, body, ending, over
    }

    let id: AttemptID
    let client: Int
    /// Of the client's attempts.
    let attempt: Int
    var phase = Phase.connecting
    /// When something happens next; `nil` = never.
    var at: Instant?
    var offset = 0
    var mark = 0
    /// Told to close: what is still heard of it must have no effect.
    var isCancelled = false
    /// Events since then.
    var echoes = 0
}
