/// One thing that can go wrong with a response. Toxiproxy's name where it has one. All times are in seconds.
///
/// In a scenario a fault is a table with `fault = "name"`, its own keys, and `after_tokens`, `spread`, `probability`
/// (see ``FaultStep``).
public enum Fault: Sendable, Equatable {
    // The response as a whole.

    /// `latency` (`latency`, `jitter`): the response begins that much later, give or take the jitter.
    case latency(Double, jitter: Double)
    /// `pace` (`tokens_per_second`, `jitter`): from here on; 0 is as fast as the client reads.
    case pace(tokensPerSecond: Double, jitter: Double)
    /// `bandwidth` (`rate`): body bytes per second.
    case bandwidth(bytesPerSecond: Double)
    /// `slicer` (`average_size`, `size_variation`, `delay`): the body goes out in pieces of about so many bytes, each a
    /// chunk of its own, cut anywhere, also within a character.
    case slicer(averageSize: Int, sizeVariation: Int, delay: Double)
    /// `repeat_words` (`words`): a continuation says the last words before it again, where that can be told.
    case repeatWords(Int)
    /// `reject_prefill`: a trailing assistant message is a 400, as it is with Claude from 4.6 on.
    case rejectPrefill
    /// `reject_cursor`: the rest of a response in the background is refused, as when the provider has forgotten it.
    case rejectCursor(status: Int)
    /// `close_delimited`: no length and no chunks; the end of the connection is the end of the body.
    case closeDelimited
    /// `slow_headers` (`interval`): status line and headers come byte by byte, one in so many seconds.
    case slowHeaders(interval: Double)
    /// `line_ending` (`kind`): the event stream's lines end in another way.
    case lineEnding(LineEnding)
    /// `empty_choices`: Chat Completions begin with a chunk without choices, as Azure's filter results do.
    case emptyChoices
    /// `content_array`: Chat Completions tell their text in arrays of parts, as Mistral does.
    case contentArray
    /// `huge_numbers`: usage in numbers that no integer holds: 1e999, -1, 2^64.
    case hugeNumbers

    // Instead of a response.

    /// `down` (`seconds`): this request's connection is reset, and for so long the lab listens nowhere.
    case down(Double)
    /// `upstream` (`kind`, `bytes`): after so many bytes of the request's body nothing more of it is read; the connection
    /// is reset, or stays open.
    case upstream(Upstream, bytes: Int)
    /// `http09`: a body without status line and headers.
    case http09
    /// `gzip_bomb` (`bytes`): a compressed body that is so large when it is unpacked.
    case gzipBomb(bytes: Int)
    /// `encoding_chain` (`count`): a body that claims to be compressed so many times.
    case encodingChain(count: Int)
    /// `status` (`status`, `retry_after`, `retry_after_form`, `should_retry`, `kind`, `html`, `message`).
    case status(StatusFault)
    /// `html` (`status`): a web page, as hotels and offices show it; 200 unless told otherwise.
    case html(status: Int)
    /// `json_error` (`type`): status 200, an error as JSON where a stream was asked for.
    case jsonError(type: String)
    /// `empty`: status 200, an event stream without events.
    case empty
    /// `not_streamed`: the whole reply as one JSON object, also where a stream was asked for.
    case notStreamed
    /// `redirect` (`status`, `location`, `missing`): to a port of this machine where nobody listens unless told
    /// otherwise; `missing` sends no such header.
    case redirect(status: Int, location: String?, isMissing: Bool = false)
    /// `header_flood` (`bytes`, `one_line`, `early_hints`): headers, one header, or interim responses without end;
    /// `bytes` 0 goes on until the client gives up.
    case headerFlood(bytes: Int, HeaderFlood)
    /// `keep_alive_only` (`kind`, `interval`, `seconds`): only comments or pings, then an orderly end; 0 seconds is
    /// for ever.
    case keepAliveOnly(KeepAliveKind, interval: Double, seconds: Double)

    // At a place in the stream.

    /// `reset_peer` (`mid_word`, `before_headers`): the connection is reset (RST).
    case resetPeer(midWord: Bool, beforeHeaders: Bool)
    /// `rst_stream` (`error`, `before_headers`): the stream of HTTP/2 is reset (RST_STREAM); over HTTP/1.1 the connection.
    case rstStream(HTTP2Error, beforeHeaders: Bool)
    /// `goaway` (`error`, `processed`): the connection of HTTP/2 takes no more requests (GOAWAY). This one goes on, unless
    /// there is an error, or it counts as never heard. HTTP/1.1 has no such thing: there the connection breaks where the
    /// request does.
    case goAway(HTTP2Error, isProcessed: Bool)
    /// `cut` (`mid_word`): the connection is closed in good order, but the body's last chunk is missing.
    case cut(midWord: Bool)
    /// `limit_data` (`bytes`): the same after so many bytes of the body.
    case limitData(bytes: Int)
    /// `clean_end` (`mid_word`): the body ends in good order, but no stop reason came.
    case cleanEnd(midWord: Bool)
    /// `timeout` (`timeout`, `before_headers`): nothing more, then the connection is closed; 0 never closes it.
    case timeout(Double, beforeHeaders: Bool)
    /// `stall` (`seconds`, `keep_alive`, `interval`): silence, or keep-alives only; then it goes on.
    case stall(Double, KeepAliveKind, interval: Double)
    /// `wait` (`seconds`, `keep_alive`, `interval`, `before_headers`): silence, or keep-alives only, until somebody orders
    /// to go on, or so many seconds; 0 is for ever.
    case wait(Double, KeepAliveKind, interval: Double, beforeHeaders: Bool)
    /// `error_event` (`type`, `message`): an error in the stream, then its orderly end.
    case errorEvent(type: String, message: String?)
    /// `error_and_end` (`type`, `message`): an error, and then the end that says all is well (Chat Completions: within a
    /// chunk with a finish reason, then `[DONE]`), or the same error once more (Responses: `response.failed`).
    case errorAndEnd(type: String, message: String?)
    /// `malformed_event` (`count`): events that are not JSON; no text is lost.
    case malformedEvent(count: Int)
    /// `unknown_event`: an event of a type that nobody knows.
    case unknownEvent
    /// `huge_event` (`bytes`): one event of that size, of a type that nobody knows.
    case hugeEvent(bytes: Int)
    /// `null_everything`: events in which everything that may be missing is `null`.
    case nullEverything
    /// `lone_surrogate` (`pair`): a delta of half a surrogate pair; with `pair` the other half begins the next one.
    case loneSurrogate(isPair: Bool)
    /// `deep_json` (`depth`): an event of so many arrays, one in the other.
    case deepJSON(depth: Int)
    /// `duplicate_start`: the first event of the reply comes twice.
    case duplicateStart
    /// `splice`: a second reply begins in the middle of the first, from its first word.
    case splice
    /// `refusal`: the model refuses to go on.
    case refusal
    /// `pause_turn`: the model pauses its turn after a search of its own (Anthropic's dialect only; see ``PausedContent``).
    case pauseTurn

    // At the end.

    /// `done_without_finish`: the end mark (`[DONE]`, `message_stop`) without a stop reason.
    case doneWithoutFinish
    /// `finish_without_done`: a stop reason without the end mark, then an orderly end.
    case finishWithoutDone
    /// `slow_close` (`delay`): all was said, but the response does not end for so long; 0 never ends it.
    case slowClose(delay: Double)

    /// What is sent in silence.
    public enum KeepAliveKind: String, Sendable, CaseIterable {
        case none, ping, comment
    }

    /// How the lines of an event stream end (WHATWG HTML, 9.2.5).
    public enum LineEnding: String, Sendable, CaseIterable {
        case lf, crlf, cr
    }

    /// What becomes of a connection whose request was not read to its end.
    public enum Upstream: String, Sendable, CaseIterable {
        case reset = "reset_peer"
        case timeout
    }

    /// What there is too much of.
    public enum HeaderFlood: Sendable, Equatable {
        case lines, oneLine, earlyHints
    }
}

/// A response with an error status.
public struct StatusFault: Sendable, Equatable {
    public enum RetryAfterForm: String, Sendable, CaseIterable {
        /// `Retry-After: 3`
        case seconds
        /// `Retry-After: Fri, 20 Nov 2026 14:02:03 GMT`
        case date
        /// `retry-after-ms: 3000`
        case milliseconds = "ms"
    }

    /// 400 to 599.
    public var status: Int
    /// Seconds, also below 0; `nil` sends no such header.
    public var retryAfter: Double?
    /// `Retry-After` in these words instead.
    public var retryAfterText: String?
    public var retryAfterForm: RetryAfterForm
    /// `x-should-retry`; `nil` sends no such header.
    public var shouldRetry: Bool?
    /// `insufficient_quota`, `spend_cap` or `context_too_long`.
    public var kind: String?
    /// A proxy's page instead of the provider's JSON.
    public var html: Bool
    /// Instead of the provider's words.
    public var message: String?

    public init(
        _ status: Int, retryAfter: Double? = nil, retryAfterForm: RetryAfterForm = .seconds, shouldRetry: Bool? = nil,
        kind: String? = nil, html: Bool = false, message: String? = nil, retryAfterText: String? = nil
    ) {
        self.status = status
        self.retryAfterText = retryAfterText
        self.retryAfter = retryAfter
        self.retryAfterForm = retryAfterForm
        self.shouldRetry = shouldRetry
        self.kind = kind
        self.html = html
        self.message = message
    }
}

/// A fault, when in a response it comes, and how likely.
public struct FaultStep: Sendable, Equatable {
    public var fault: Fault
    /// Deltas of this response sent before it, thoughts included. A place beyond the end is never reached.
    public var afterTokens: Int
    /// `after_tokens`, give or take so many, by the scenario's seed.
    public var spread: Int
    /// From 0 to 1, by the scenario's seed.
    public var probability: Double
    /// It comes again after so many tokens more; `nil` is once.
    public var every: Int?
    /// How often it comes where `every` says that it comes again; `nil` is to the end of the response.
    public var times: Int?
    /// Only for models that this matches; a pattern with `*`.
    public var model: String?

    public init(_ fault: Fault, afterTokens: Int = 0, spread: Int = 0, probability: Double = 1) {
        self.fault = fault
        self.afterTokens = afterTokens
        self.spread = spread
        self.probability = probability
    }
}

extension Fault {
    /// The status with which the rest of a response is refused.
    var cursorRefusal: Int? {
        if case .rejectCursor(let status) = self { status } else { nil }
    }
}
