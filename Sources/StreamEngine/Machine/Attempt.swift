import Providers

/// A part that was told: two of the same kind and detail are the same to whoever hears of them.
struct ToldPart: Sendable, Equatable {
    var kind: String
    var detail: String

    /// A source that is named takes nothing away from the text around it.
    var isCitation: Bool { kind == "citation" }
}

/// The attempt under way, in a place of its own: with every piece of a body it is taken out of the machine's state, changed,
/// and put back, which moves a pointer and not the attempt.
///
/// A value all the same, as an array is: whoever changes it in place makes sure that nobody else holds it, see
/// `ReplyMachine.takeAttempt(_:)`. That is also why it may cross threads.
final class HeldAttempt: @unchecked Sendable {
    // Unchecked: only the one machine that took it out changes it.
    @exclusivity(unchecked) var attempt: Attempt

    init(_ attempt: Attempt) {
        self.attempt = attempt
    }
}

/// An attempt under way: one request, from its start until it is over. The decoder of its response stands beside it, see
/// ``ReplyMachine/decoder``.
struct Attempt: Sendable {
    /// What was asked.
    final class Question: Sendable {
        /// Before any dialect.
        let request: ChatRequest
        let plan: ResumePlan?

        init(_ request: ChatRequest, plan: ResumePlan?) {
            self.request = request
            self.plan = plan
        }
    }

    indirect enum Phase: Sendable {
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
    indirect enum SeamFilter: Sendable {
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

    /// Where the reply's text and thoughts stood when the response that this attempt receives began to add to them: a
    /// whole response in place of the rest of one repeats what came since.
    struct Origin: Sendable {
        var text = 0
        var thinking = 0
        /// Bytes that it repeated at the seam, and parts that it brought.
        var trimmed = 0
        var parts = 0
        /// Bytes of text at its beginning that are still to be left out.
        var skip = 0
    }

    let id: AttemptID
    // What a piece of a body touches comes first and lies together: of a thousand streams each piece finds its own cold.
    var phase = Phase.connecting
    var filter = SeamFilter.none
    var lastByteAt: Instant?
    /// Text or thinking.
    var lastContentAt: Instant?
    // What came, for the attempt's record: it gets them when they are asked for, and not with every piece.
    var deltas = 0
    var textBytes = 0
    var output = TokenEstimator()
    var stop: StopReason?
    var hasText = false
    /// Whether any event at all was seen: tells an empty stream from one that broke off.
    var hasEvents = false
    let isStream: Bool
    /// Whether the request may have reached the server.
    var wasConnected = false
    var wake: Wake?
    var origin = Origin()

    let question: Question
    let startedAt: Instant
    var headersAt: Instant?
    /// When the stop reason came; trailing usage is waited for briefly.
    var stoppedAt: Instant?
    /// What must be sent back where the stop is a pause.
    var pausedTurn: PausedTurn?
    /// Of ``deltas``, when the provider last counted the output.
    var deltasCounted = 0
    var thinkingBytes = 0
    /// Parts that a restarted reply repeats, and that were told before. Another model may have had others, so whatever is
    /// none of them is new.
    var partsToSkip: [ToldPart] = []
    /// The first parts of the same response, which were told before.
    var partsToPass = 0
    /// Parts that were told at the end of the text, and come again where the server goes on from it.
    var partsAwaited: [ToldPart] = []
    /// Bytes of thoughts that it repeats, likewise.
    var thinkingToSkip = 0

    init(id: AttemptID, request: ChatRequest, plan: ResumePlan?, startedAt: Instant) {
        self.id = id
        isStream = request.stream
        question = Question(request, plan: plan)
        self.startedAt = startedAt
    }

    var plan: ResumePlan? { question.plan }
    var request: ChatRequest { question.request }
}
