import Providers
import StreamEngine

/// What one answer will be: decided when the request comes, played as time passes.
struct Script: Sendable {
    enum Opening: Sendable {
        /// Nothing comes; the transport says why, before or after a connection stood.
        case fails(TransportFailure.Kind, connects: Bool)
        /// Nothing comes, and nobody says so.
        case silent(connects: Bool)
        case answers(status: Int, headers: [HTTPHeader])
    }

    enum Ending: Sendable {
        case finish
        case fail(TransportFailure.Kind)
        /// The connection stays, and nothing comes.
        case open
        /// Signs of life for ever, and nothing else.
        case pings
        /// A byte of a comment now and then, for ever.
        case drip
    }

    /// The model's truth: what a client that has the first `offset` bytes knows.
    struct Mark: Sendable {
        enum Kind: Sendable, Equatable {
            /// The reply's text was said up to here (of the script's own ``Script/canonical``).
            case text(Int)
            case thinking(Range<Int>)
            case part
            /// A call of the provider's own tool, or its result.
            case search
            /// The event of this number was received.
            case event(Int)
            case usage(input: Int?, output: Int?, isLast: Bool)
            case charge(picos: Int64)
            case stop(StopReason)
            case terminator
            /// The attempt is over here.
            case dies(Fault.Meaning)
        }

        var offset: Int
        var kind: Kind
    }

    var fault: Fault?
    var opening = Opening.answers(status: 200, headers: [])
    var body: [UInt8] = []
    var marks: [Mark] = []
    /// Marks that count when the body has ended in order: a reply that comes whole.
    var marksAtEnd: [Mark.Kind] = []
    /// Bytes of the body that come.
    var length = 0
    var ending = Ending.finish
    /// What the attempt means where it ends by its opening or its ending, and no mark says otherwise.
    var meaning = Fault.Meaning.passing
    /// A status that refuses the way of resuming, on a request that resumes.
    var refusesStrategy = false
    /// The reply that this server has in mind, whole.
    var canonical: [UInt8] = []
    /// Where in it this answer begins.
    var from = 0
    /// Where it ends.
    var end: Int { stopsAt ?? canonical.count }
    /// How the reply ends when it is whole.
    var stop = StopReason.endTurn
    /// Where the answer stops short of the reply's end: a pause, or the limit of tokens.
    var stopsAt: Int?
    /// The content of a turn that is paused here can be sent back as it came.
    var canBeSentBack = false
    /// The response that this answer is of, where it is made in the background: its place among the client's.
    var response: Int?
    /// A request by a cursor came to nothing but this: the next one goes another way.
    var refusesCursor = false
    /// What the server counts in the end, whether it says so or not.
    var input = 0
    var output = 0
    /// What it charges by itself, in picos.
    var charge: Int64?
    /// The server's word on when to come back.
    var retryAfter: Duration?
    /// The answer says that nothing is left of a quota until then.
    var isThrottle = false

    // Pace.
    var connectDelay = Duration.milliseconds(20)
    var headerDelay = Duration.milliseconds(200)
    /// Between two pieces.
    var gap = Duration.milliseconds(10)
    /// Pieces have up to so many bytes; 0 = all at once.
    var pieces = 0
}
