import Pricing
import Providers

/// Why an attempt ended, or a stream failed: what happened, in words for a person, and what it means.
public struct StreamFailure: Error, Sendable, Equatable {
    /// What happened.
    public enum Kind: Sendable, Equatable {
        case transport(TransportFailure.Kind)
        case status(Int)
        /// An error inside the stream, by the provider's type.
        case stream(type: String?)
        case firstByteTimeout, idleTimeout, contentTimeout, totalTimeout
        /// The machine slept while the attempt ran, and nothing came after it woke up.
        case wakeTimeout
        /// No failure of an attempt: why one was not made yet. The provider would refuse it, by its own word.
        case heldBack
        /// The body ended in order without a stop or finish reason.
        case endedEarly
        /// Status 200 and not one event.
        case empty
        /// HTML, or a JSON error, where a stream was asked for.
        case notAReply
        case tooLarge
        /// Another reply was spliced into this one.
        case spliced
        /// A restarted reply did not match what was already shown.
        case diverged
        /// The model reached the limit of tokens; the reply goes on after it.
        case tokenLimit
        /// The model paused its turn (`pause_turn`): it goes on where its content is sent back.
        case paused
        /// The user ended the attempt: cancelled, retried, or another model.
        case cancelled
        /// The request could not be made (no key, bad URL).
        case configuration
        /// The user's budget is spent, or does not allow the next request.
        case budget
    }

    /// What happened.
    public var kind: Kind
    /// One line, unsanitised where it quotes the provider.
    public var message: String
    /// Whether another attempt can help; also shown to the user.
    public var isRetryable: Bool
    /// What the user can do about it; one line, `nil` when there is nothing to say.
    public var hint: String?
    /// The provider says that the money or the quota is spent: no other request helps either.
    var isSpent = false
    /// What it says of the way in which the request took a reply up again; means nothing after any other request.
    public internal(set) var resumeRefusal: ResumeRefusal?

    /// From its parts.
    public init(kind: Kind, message: String, isRetryable: Bool, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.isRetryable = isRetryable
        self.hint = hint
    }
}

/// A wait before the next attempt, and where its length comes from.
public struct Backoff: Sendable, Equatable {
    /// Where its length comes from.
    public enum Source: String, Sendable {
        /// base · 2ⁿ and jitter.
        case schedule
        /// `Retry-After`, `retry-after-ms`, or the body's retry delay.
        case retryAfter = "retry-after"
        /// The rate-limit headers say that nothing is left until the reset.
        case quotaReset = "quota-reset"
        /// The provider fails so often that its streams ask it in turn, see ``RetryBudget``: the attempt is made when it
        /// is this stream's turn, and at ``deadline`` at the latest.
        case retryBudget = "retry-budget"
        /// Nothing was sent: what the provider told of its limits, to this stream or to another one, says that it would
        /// refuse the next request, see ``Quota``.
        case holdBack = "hold-back"
    }

    /// Why another attempt is needed.
    public var reason: StreamFailure
    /// Where its length comes from.
    public var source: Source
    /// base · 2ⁿ (twice that after a 429) before cap and jitter; `nil` unless `schedule`.
    public var exponential: Duration?
    /// What chance added; `nil` unless `schedule`.
    public var jitter: Duration?
    /// When the wait began.
    public var startedAt: Instant
    /// The engine's own deadline: the next attempt starts then.
    public var deadline: Instant
    /// Not before this (the server's word); `nil` = no such word.
    public var notBefore: Instant?
    /// The server asks for more than `max_delay`. The stream waits as long as it was told, unless the user chooses
    /// otherwise (now, later, never, another model); where nobody is there to choose it ends.
    public var exceedsMaximum: Bool
    /// What the next attempt will send again, as tokens (an estimate), and how it resumes.
    public var resume: ResumePlan?

    /// From its parts.
    public init(
        reason: StreamFailure, source: Source, exponential: Duration? = nil, jitter: Duration? = nil,
        startedAt: Instant, deadline: Instant, notBefore: Instant? = nil, exceedsMaximum: Bool = false,
        resume: ResumePlan? = nil
    ) {
        self.reason = reason
        self.source = source
        self.exponential = exponential
        self.jitter = jitter
        self.startedAt = startedAt
        self.deadline = deadline
        self.notBefore = notBefore
        self.exceedsMaximum = exceedsMaximum
        self.resume = resume
    }
}

/// How a next attempt takes up what was received.
public struct ResumePlan: Sendable, Equatable {
    /// How the reply goes on.
    public var strategy: ResumeStrategy
    /// Bytes of partial text that are sent along or skipped; 0 where there is nothing but thinking, which starts again.
    public var keptBytes: Int
    /// What the server is asked for, and paid for, once more.
    public var rebill: Rebill

    /// From its parts.
    public init(strategy: ResumeStrategy, keptBytes: Int, rebill: Rebill) {
        self.strategy = strategy
        self.keptBytes = keptBytes
        self.rebill = rebill
    }

    /// A plan that bills so many prompt tokens again, and nothing else.
    public init(strategy: ResumeStrategy, keptBytes: Int, rebilledTokens: Int) {
        self.init(strategy: strategy, keptBytes: keptBytes, rebill: Rebill(input: rebilledTokens))
    }

    /// Prompt tokens that are billed again, estimated.
    public var rebilledTokens: Int { rebill.input }
}

/// A place in the text where one attempt took over from another.
public struct Seam: Sendable, Equatable {
    /// Byte offset into the take's text where the new attempt's first byte stands.
    public var offset: Int
    /// The attempt that continued.
    public var attempt: Int
    /// Why the attempt before it ended.
    public var reason: StreamFailure
    /// How the reply went on.
    public var strategy: ResumeStrategy
    /// Tokens that the broken attempt had produced, estimated.
    public var tokensBefore: Int
    /// Bytes that the new attempt repeated and that were trimmed (or skipped by `restart-skip`).
    public var trimmedBytes: Int
    /// From the break to the first new byte.
    public var gap: Duration

    /// From its parts.
    public init(
        offset: Int, attempt: Int, reason: StreamFailure, strategy: ResumeStrategy, tokensBefore: Int,
        trimmedBytes: Int, gap: Duration
    ) {
        self.offset = offset
        self.attempt = attempt
        self.reason = reason
        self.strategy = strategy
        self.tokensBefore = tokensBefore
        self.trimmedBytes = trimmedBytes
        self.gap = gap
    }
}

/// One attempt, running or over, for the timeline and the ledger.
public struct AttemptRecord: Sendable, Equatable {
    /// How it stands, or how it ended.
    public enum Outcome: Sendable, Equatable {
        case running
        case completed(StopReason)
        case failed(StreamFailure)
        case cancelled
    }

    /// 1-based, over the stream's whole life.
    public var number: Int
    /// Who was asked: a stream may go on with another model.
    public var provider: String
    /// As the provider calls it.
    public var model: String
    /// Of the price in use, `YYYY-MM-DD`; `nil` when unpriced.
    public var priceDate: String?
    /// When the request was made.
    public var startedAt: Instant
    /// The same by the wall clock: prices go by it.
    public var startedAtWall: WallTime
    /// When the status came; `nil` = it has not.
    public var headersAt: Instant?
    /// When the first text or thinking came.
    public var firstTokenAt: Instant?
    /// When the latest text or thinking came.
    public var lastTokenAt: Instant?
    /// `nil` while it runs.
    public var endedAt: Instant?
    /// How it stands, or how it ended.
    public var outcome: Outcome
    /// HTTP; `nil` = none came.
    public var status: Int?
    /// The provider's name for it; unsanitised.
    public var requestID: String?
    /// When each part of it was done.
    public var phases: Phases
    /// `nil` for a first attempt or one without a partial.
    public var resume: ResumePlan?
    /// `false` = the reply was asked for as a whole.
    public var isStream: Bool
    /// Bytes of text that this attempt added.
    public var textBytes: Int
    /// Bytes of thinking that it brought.
    public var thinkingBytes: Int
    /// Deltas of text and thinking received.
    public var deltas: Int
    /// Tokens, the provider's count or ours.
    public var usage: Usage
    /// Whether `usage.input` is the provider's word and not our estimate.
    public var inputIsReported: Bool
    /// Whether `usage.output` is the provider's word for the whole attempt.
    public var outputIsReported: Bool
    /// With how sure it is.
    public var cost: Cost

    /// One that has just begun.
    public init(
        number: Int, provider: String = "", model: String = "", priceDate: String? = nil, startedAt: Instant,
        startedAtWall: WallTime, resume: ResumePlan?, isStream: Bool
    ) {
        self.number = number
        self.provider = provider
        self.model = model
        self.priceDate = priceDate
        self.startedAt = startedAt
        self.startedAtWall = startedAtWall
        outcome = .running
        phases = Phases()
        self.resume = resume
        self.isStream = isStream
        textBytes = 0
        thinkingBytes = 0
        deltas = 0
        usage = Usage()
        inputIsReported = false
        outputIsReported = false
        cost = .unknown
    }
}

extension AttemptRecord {
    /// Whether what it cost was spent on nothing that stands: it failed, or another attempt took the reply up after it (a
    /// truncated reply that was continued, one that was stopped by hand). The text of one that the budget stopped stands.
    public func isLost(isLast: Bool) -> Bool {
        switch outcome {
        // What came before the model paused its turn stands, too.
        case .running, .completed(.pauseTurn): false
        case .completed, .cancelled: !isLast
        case .failed(let failure): !isLast || failure.kind != .budget
        }
    }
}

/// Rate limits as the last response's headers told them.
public struct RateLimits: Sendable, Equatable {
    /// What may be asked until a moment.
    public struct Window: Sendable, Equatable {
        /// In all.
        public var limit: Int?
        /// What is left of it.
        public var remaining: Int?
        /// When it is full again.
        public var resetsAt: WallTime?
        /// The same by the engine's own clock, which nobody sets; see ``RateLimits/anchor(at:)``.
        var resetsAtInstant: Instant?

        /// What is known of it.
        public init(limit: Int? = nil, remaining: Int? = nil, resetsAt: WallTime? = nil) {
            self.limit = limit
            self.remaining = remaining
            self.resetsAt = resetsAt
        }
    }

    /// Counted in requests.
    public var requests: Window?
    /// Counted in tokens, both ways.
    public var tokens: Window?
    /// Counted in tokens of prompts.
    public var inputTokens: Window?
    /// Counted in tokens of replies.
    public var outputTokens: Window?

    /// Nothing is known.
    public init() {}
    /// Whether nothing is known.
    public var isEmpty: Bool { requests == nil && tokens == nil && inputTokens == nil && outputTokens == nil }
}

/// A line of the event log.
public struct LoggedEvent: Sendable, Equatable {
    /// When it happened; of several alike, the latest.
    public var at: Instant
    /// The wire event's name, or the engine's word for what it did (`→ POST /v1/messages`, `backoff 2.4 s`); unsanitised.
    public var name: String
    /// Of all of them.
    public var bytes: Int
    /// Engine's own entries are told apart from the wire's.
    public var isWire: Bool
    /// Alike events in a row are counted instead of repeated.
    public var count: Int

    /// From its parts.
    public init(at: Instant, name: String, bytes: Int, isWire: Bool, count: Int = 1) {
        self.at = at
        self.name = name
        self.bytes = bytes
        self.isWire = isWire
        self.count = count
    }
}

/// What keeps a stream alive, and since when.
public struct Liveness: Sendable, Equatable {
    /// Anything at all.
    public var lastByteAt: Instant?
    /// A ping or a comment.
    public var lastKeepAliveAt: Instant?
    /// A thought.
    public var lastThinkingAt: Instant?
    /// A word.
    public var lastTextAt: Instant?
    /// How long nothing was heard.
    public var tier: StallTier = .none

    /// Nothing was heard yet.
    public init() {}
}

/// What can be done to a stream now; a key whose act is missing says why.
public struct StreamControls: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt8
    /// From the bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It can be ended.
    public static let cancel = StreamControls(rawValue: 1)
    /// It can be taken up again, or begun anew.
    public static let retry = StreamControls(rawValue: 2)
    /// Its wait can be ended.
    public static let retryNow = StreamControls(rawValue: 4)
    /// Its wait can be made longer.
    public static let waitLonger = StreamControls(rawValue: 8)
    /// It can be left as it is.
    public static let giveUp = StreamControls(rawValue: 16)
    /// Another model can take it over.
    public static let switchModel = StreamControls(rawValue: 32)
    /// There is a ``StreamSnapshot/question`` to answer.
    public static let answer = StreamControls(rawValue: 64)
}

/// Everything that a view shows of one stream, as a value. Its arrays are bounded (``attempts`` by the retries made,
/// the others by constants), so that taking one costs nothing that grows with the reply.
public struct StreamSnapshot: Sendable, Equatable, Identifiable {
    /// Which stream.
    public var id: StreamID
    /// Who is asked now.
    public var provider: String
    /// As the provider calls it.
    public var model: String
    /// What it is doing.
    public var state: StreamState
    /// How it ended; `nil` while it runs.
    public var verdict: Verdict?
    /// Why the model stopped; `nil` = it was cut, or runs.
    public var stopReason: StopReason?
    /// Why it failed, or why the attempt before this one did.
    public var failure: StreamFailure?
    /// When it was asked for.
    public var startedAt: Instant
    /// When it came to its end; `nil` while it runs.
    public var endedAt: Instant?
    /// When the present state began.
    public var stateSince: Instant
    /// One for each request, oldest first.
    public var attempts: [AttemptRecord]
    /// Attempts allowed in all, the first included.
    public var maximumAttempts: Int
    /// Attempts of the present run (since the last retry by hand), 1-based: the n of "attempt n/m".
    public var attemptInRun: Int
    /// The wait that is under way.
    public var backoff: Backoff?
    /// What the stream waits for the user to say; set while its state is ``StreamState/asking``.
    public var question: ResumeQuestion?
    /// How ``StreamEngine/retry(_:at:into:)`` would take an ended reply up again, and what that bills; `nil` where it
    /// would not, or would start anew.
    public var continuation: ResumePlan?
    /// Where attempts took over, in the present take.
    public var seams: [Seam]
    /// What was heard last.
    public var liveness: Liveness
    /// Tokens per second over the last two seconds, estimated; after the end, over all the time in which text came. `nil`
    /// before there is enough to say.
    public var tokensPerSecond: Double?
    /// One sample a second, newest last, at most 60.
    public var rateHistory: [Double]
    /// Times between arrivals of text in ms, newest last, at most 64.
    public var recentGaps: [Double]
    /// Of ``recentGaps``, in ms.
    public var gapP50: Double?
    /// Of ``recentGaps``, in ms.
    public var gapP95: Double?
    /// Tokens of all attempts, as they are billed.
    public var usage: Usage
    /// Whether the numbers in `usage` are our estimate.
    public var inputIsEstimated: Bool
    /// See ``inputIsEstimated``.
    public var outputIsEstimated: Bool
    /// Of the attempt that made (or makes) the reply.
    public var cost: Cost
    /// Of attempts that failed.
    public var lostCost: Cost
    /// The date of the price in use (`2026-09-26`); `nil` when unpriced.
    public var priceDate: String?
    /// As the last answer's headers told them.
    public var rateLimits: RateLimits
    /// Newest last, at most ``StreamSnapshot/loggedEvents``.
    public var events: [LoggedEvent]
    /// Events that no dialect knows.
    public var unknownEvents: Int
    /// Events that could not be read.
    public var malformedEvents: Int
    /// The provider answered a streaming request with one whole JSON reply, or a batch was asked for.
    public var isNotStreamed: Bool
    /// Of the present take.
    public var textBytes: Int
    /// Of all attempts.
    public var thinkingBytes: Int
    /// Which take the text belongs to: grows when a restart diverged from what was shown.
    public var take: Int
    /// What can be done to it now.
    public var controls: StreamControls
    /// What can end the running attempt, the nearest first; empty where none runs.
    public var clocks: [RunningClock] = []
    /// After a cancel by hand: how long until the transfer was closed, and tokens that came after the key.
    public var cancelReceipt: CancelReceipt?
    /// `nil` without a budget.
    public var budget: BudgetStatus? = nil

    /// How many events a snapshot carries at most.
    public static let loggedEvents = 128
}

/// What a cancel by hand came to.
public struct CancelReceipt: Sendable, Equatable {
    /// From the key to the closed connection.
    public var closedAfter: Duration
    /// That were taken after the key.
    public var tokensAfter: Int

    /// From its parts.
    public init(closedAfter: Duration, tokensAfter: Int) {
        self.closedAfter = closedAfter
        self.tokensAfter = tokensAfter
    }
}
