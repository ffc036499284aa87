import Providers

/// An attempt under way: one request, from its start until it is over.
struct Attempt: Sendable {
    enum Phase: Sendable {
        /// → sent, receiving, collectingError
        case connecting
        /// The request is on its way; nothing came back yet. → receiving, collectingError
        case sent
        /// Status 200: the body is a reply.
        case receiving
        /// Another status: the body says why. At most ``ReplyMachine/errorBodyLimit`` bytes of it are kept.
        case collectingError(ErrorResponse)
    }

    struct ErrorResponse: Sendable {
        var status: Int
        var headers: [HTTPHeader]
        var body: [UInt8] = []
    }

    /// What stands between the decoder and the committed text at the start of a resumed attempt.
    enum SeamFilter: Sendable {
        case none
        /// Follows on exactly: nothing but the seam itself is to be told.
        case joining
        /// Holds back what may repeat the end of the partial.
        case trimming(SeamTrimmer)
        /// Compares a reply that began anew with what was shown.
        case matching(RestartMatcher)
    }

    /// The machine slept while the attempt ran, and nothing came since.
    struct Wake: Sendable {
        var at: Instant
        var slept: Duration
        /// Within which something must come.
        var limit: Duration
    }

    let id: AttemptID
    let isStream: Bool
    let plan: ResumePlan?
    /// What was asked, before any dialect.
    let request: ChatRequest
    let startedAt: Instant
    var phase = Phase.connecting
    var decoder: ReplyDecoder?
    var filter = SeamFilter.none
    var stop: StopReason?
    /// What must be sent back where the stop is a pause.
    var pausedTurn: PausedTurn?
    /// When the stop reason came; trailing usage is waited for briefly.
    var stoppedAt: Instant?
    var headersAt: Instant?
    var lastByteAt: Instant?
    var wake: Wake?
    /// Text or thinking.
    var lastContentAt: Instant?
    var hasText = false
    /// What came, for the attempt's record: it gets them when they are asked for, and not with every piece, since each
    /// place in memory that a piece of one stream in a thousand touches costs as much as reading the piece.
    var deltas = 0
    /// Of these, when the provider last counted the output.
    var deltasCounted = 0
    var textBytes = 0
    var thinkingBytes = 0
    /// Whether any event at all was seen: tells an empty stream from one that broke off.
    var hasEvents = false
    /// Parts that a restarted reply repeats, and that were told before.
    var partsToSkip = 0
    /// Parts that were told at the end of the text, and come again where the server goes on from it.
    var partsAwaited = 0
    /// Bytes of thoughts that it repeats, likewise.
    var thinkingToSkip = 0
    /// Whether the body is one JSON reply and not a stream, whatever its Content-Type says.
    var isWholeReply: Bool { decoder?.isWholeReply ?? false }
    /// Whether the request may have reached the server.
    var wasConnected = false
    var output = TokenEstimator()

    init(id: AttemptID, request: ChatRequest, plan: ResumePlan?, startedAt: Instant) {
        self.id = id
        isStream = request.stream
        self.request = request
        self.plan = plan
        self.startedAt = startedAt
    }
}
