import Pricing
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
    /// How the answer's text joins what was there: as ``strategy``, but for a cursor as the request that began its
    /// response.
    var seam: ResumeStrategy?
    /// The text that stood when it began; ``base`` is that of the response.
    var stood = 0
    /// It goes on with thoughts, without a break before them.
    var joinsThoughts = false
    /// A later request by a cursor bears what the response costs.
    var isSuperseded = false
    /// Deltas that were received, and parts of the provider's own tools.
    var deltas = 0
    var searches = 0

    var isConnected = false
    var headersAt: Instant?
    /// The machine slept since the last byte: something has to come within so long.
    var wake: (at: Instant, limit: Duration)?
    var status: Int?
    var lastByteAt: Instant?
    /// Of the body.
    var bytes = 0
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
    /// It asks for all of the reply, and nothing of a turn is sent back: what came before comes again.
    var isAnew = false
    /// It was another reply than the one that is shown, and no new take is allowed.
    var isDiverged = false
    /// The transport said that it is over, and how.
    var finished = false
    var failure: TransportFailure.Kind?
    /// The engine has put it away.
    var isClosed = false

    /// A request by a cursor that says that there is nothing to go on from.
    var refusesCursor: Bool {
        guard strategy == .cursor else { return false }
        if dead != nil {
            return script.refusesCursor || (seam == .restartSkip && dead == .final && (said < common || isDiverged))
        }
        return finished && (script.fault == .errorAsReply || script.fault == .webPage)
    }

    /// It is over, with nothing more to come that counts.
    var hasVerdict: Bool { dead != nil || isTerminated || finished || failure != nil }

    /// A stop that is no end: a pause, or a limit of tokens.
    var mayGoOn: Bool { dead == nil && (stop == .pauseTurn || stop == .maxTokens) }
}

/// A turn that its model paused, as far as it was sent back.
struct Turn: Sendable {
    /// Where the text that comes after it begins.
    var start: Int
    /// Where white space may have been left out of what was sent back.
    var joints: Set<Int>
    /// Attempts that thought before they paused, and pairs of a search and its result.
    var thoughts = 0
    var searches = 0
    /// Ways to resume that are part of what is asked now.
    var notes = 0
    var continues = 0
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
    /// The way to resume that its model prefers.
    var preferred: ResumeStrategy
    let conversation: String?
    /// How often it goes on by itself after a limit of tokens.
    let limitsAllowed: Int
    let mayBeCut: Bool
    let isBackground: Bool
    /// Where the model pauses.
    var pauses: [Int]
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
    /// What may be spent.
    var budget = Budget()
    /// Limits that were warned of.
    var hasWarned: Set<BudgetScope> = []
    /// The budget stopped it, in the present call or for good.
    var isOutOfMoney = false
    var cancelledByUser = false
    var mayAskOtherwise = false
    var requests = 0
    var acts = 0
    var heals = 0
    var toldState = StreamState.idle

    // Responses in the background.
    var responses: [BackgroundResponse] = []
    /// The one that can be gone on with, and its last event that was received.
    var known: (response: Int, event: Int)?

    // Turns that are paused, and limits of tokens.
    var turn: Turn?
    /// How often it went on by itself in this run.
    var pausesInRun = 0
    var limitsInRun = 0
    /// Parts of the provider's own tools that were told.
    var searches = 0

    // What is asked before it is billed again.
    var question: ResumeQuestion?
    /// The question came because a way was refused: the answer begins no retry.
    var isOtherWay = false
    var hasLeave = false
    /// What the user said to the question.
    var wish: ResumeStrategy?
    /// The way that was agreed to, until it is taken.
    var agreed: ResumeStrategy?
    /// The attempt that begins is nobody's wish, but the engine's own.
    var isUnasked = false
    var isOnByItself = false
    /// It begins because the way before it was refused.
    var isInsteadOfRefused = false
    /// What a gauge of this reply must show, by currency, when nothing runs.
    var spent: [Int64] = [0, 0]

    var current: AttemptTruth? { attempts.last }
}

/// A request under way in the network.
struct Transfer: Sendable {
    enum Phase: Sendable {
        case connecting, waiting, body, ending, over
    }

    let id: AttemptID
    let client: Int
    /// Of the client's attempts; of a notice none.
    let attempt: Int
    /// A request that tells a server that its response is wanted no more: which one, and what becomes of it.
    var notice: (response: Int, fate: Int)?
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
