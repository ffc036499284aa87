/// One step of a response. A response is a list of them, made before it begins, so that steering can change what is
/// still to come.
enum Act: Sendable, Equatable {
    /// Stay silent for some seconds, but for keep-alives; without seconds, for ever.
    case wait(Double?, Fault.KeepAliveKind, interval: Double)
    /// The same until somebody orders to go on, but no longer.
    case hold(Double?, Fault.KeepAliveKind, interval: Double)
    /// Status line and headers.
    case head(ResponseHead)
    /// The same byte by byte, one in so many seconds.
    case slowHead(ResponseHead, interval: Double)
    /// Bytes that stand outside of any response.
    case raw(String)
    /// Bytes of the body.
    case body(String)
    /// Deltas until so many were sent in this response.
    case tokens(upTo: Int)
    /// Deltas until a word can be cut, then its first half.
    case halfToken
    /// The first half of the next delta's event.
    case halfEvent
    /// From here on.
    case pace(tokensPerSecond: Double, jitter: Double)
    /// So many bytes of padding, not kept in memory.
    case filler(Int)
    /// Headers without end; 0 bytes is no limit.
    case flood(bytes: Int, Fault.HeaderFlood)
    /// A body that is compressed and unpacks to so many bytes.
    case bomb(bytes: Int)
    /// Half a surrogate pair, or a pair in two deltas.
    case surrogate(isPair: Bool)
    /// A second reply begins inside the first.
    case splice
    /// What follows the last delta.
    case ending(StopReason, finish: Bool, done: Bool)
    /// The turn is paused with what was sent so far.
    case pause
    /// The client was sent everything: the next request for the same is a new conversation.
    case delivered
    /// The body ends as its framing says.
    case end
    /// The connection closes in good order, the body unfinished.
    case close
    /// The connection is reset.
    case reset
    /// The stream of HTTP/2 is reset; of HTTP/1.1 the connection.
    case resetStream(HTTP2Error)
    /// HTTP/2's connection takes no more streams; whether this one counts as heard.
    case goAway(HTTP2Error, isProcessed: Bool)
    /// The connection is reset, and for so many seconds nobody listens.
    case down(Double)
    /// A line for the journal.
    case note(fault: String, String)
}

/// How the end of a body is told.
enum Framing: Sendable, Equatable {
    case chunked
    case length(Int)
    case closeDelimited
}

struct ResponseHead: Sendable, Equatable {
    var status: Int
    var headers: [(name: String, value: String)]
    var framing: Framing

    static func == (one: ResponseHead, other: ResponseHead) -> Bool {
        one.status == other.status && one.framing == other.framing
            && one.headers.elementsEqual(other.headers) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// Cutting and slowing of body bytes.
struct Shape: Sendable, Equatable {
    var averageSize: Int?
    var sizeVariation = 0
    /// Seconds between pieces.
    var delay = 0.0
    var bytesPerSecond: Double?

    var isPlain: Bool { averageSize == nil && bytesPerSecond == nil }
}

/// A response, ready to be sent.
struct Program: Sendable {
    var acts: [Act]
    /// Head and opening of the stream, and the rest of it without faults: what healing leaves. `nil` where the
    /// response is no stream.
    var calm: (opening: [Act], rest: [Act])?
    var wire: Wire?
    var thinking: [UInt8] = []
    /// The canonical reply, and where in it this response begins.
    var text: [UInt8] = []
    var textStart = 0
    /// Deltas of it that the client has.
    var skip = (thinking: 0, text: 0)
    var tokensPerSecond = 0.0
    var jitter = 0.0
    var seed: UInt64 = 0
    var shape = Shape()
    /// After so many bytes of the body the connection closes.
    var bodyLimit: Int?
    var lineEnding = Fault.LineEnding.lf
    var ticket: Ticket?
    /// A reply is being made: not an error, nor anything else instead.
    var isReply = false
    /// What of the turn the client has sent back, where it was paused before.
    var paused: PausedContent?

    init(_ acts: [Act]) {
        self.acts = acts
    }

    /// A whole response of known length.
    static func whole(_ status: Int, _ contentType: String, headers: [(String, String)] = [], _ body: String) -> Program
    {
        Program([
            .head(
                ResponseHead(
                    status: status, headers: [("Content-Type", contentType)] + headers,
                    framing: .length(body.utf8.count))),
            .body(body), .end,
        ])
    }
}

/// The lab's record of one request for a reply.
struct Ticket: Sendable {
    /// Unique in the lab's life.
    var id: Int
    /// Of Responses: the response that is sent.
    var responseID: String
    var recordKey: UInt64
    /// Both count from 1.
    var conversation: Int
    var request: Int
    var scenario: String
    var connection: Int
    /// What the response asks for with Retry-After, in seconds.
    var retryAfter: Double?
}
