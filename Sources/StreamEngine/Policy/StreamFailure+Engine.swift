extension StreamFailure {
    /// No headers within ``Timeouts/firstByte``.
    public static func firstByteTimeout(after limit: Duration) -> StreamFailure {
        timeout(.firstByte, .firstByteTimeout, "no answer within \(DurationText.format(limit))")
    }

    /// Not one byte for ``Timeouts/idle``.
    public static func idleTimeout(after limit: Duration) -> StreamFailure {
        timeout(.idle, .idleTimeout, "the stream stalled: nothing came for \(DurationText.format(limit))")
    }

    /// Keep-alives at most for ``Timeouts/contentIdle``.
    public static func contentTimeout(after limit: Duration) -> StreamFailure {
        timeout(
            .content, .contentTimeout,
            "the stream stalled: no text and no thinking came for \(DurationText.format(limit))")
    }

    /// Nothing for ``Timeouts/wake`` after the machine slept.
    public static func wakeTimeout(after limit: Duration, slept: Duration) -> StreamFailure {
        timeout(
            .wake, .wakeTimeout,
            "the machine slept for \(DurationText.format(slept)), and nothing came for "
                + "\(DurationText.format(limit)) since")
    }

    /// ``Timeouts/total`` is used up: the user's own limit, so nothing is tried again.
    public static func totalTimeout(after limit: Duration) -> StreamFailure {
        var failure = timeout(.total, .totalTimeout, "the time limit of \(DurationText.format(limit)) is used up")
        failure.isRetryable = false
        return failure
    }

    /// Says which option is meant, where one line is all there is, and in the hint what it can be set to.
    private static func timeout(_ clock: RunningClock.Kind, _ kind: Kind, _ message: String) -> StreamFailure {
        let (option, key) = clock.setting
        return StreamFailure(
            kind: kind, message: "\(message) (\(option))", isRetryable: true,
            hint: "\(option) TIME, or \(key) in [timeouts], gives it more time; 0 is no limit.")
    }

    /// The body ended in good order, but no stop reason or finish reason came: the reply is cut.
    public static var endedEarly: StreamFailure {
        StreamFailure(
            kind: .endedEarly, message: "the stream ended without a stop reason: the reply is cut", isRetryable: true)
    }

    /// Status 200 and not one event.
    public static var empty: StreamFailure {
        StreamFailure(kind: .empty, message: "the server answered with nothing", isRetryable: true)
    }

    /// A body that is neither a stream of events nor a reply.
    /// - Parameters:
    ///   - contentType: as the server named it.
    ///   - excerpt: the beginning of what came, as text.
    public static func notAReply(contentType: String?, excerpt: String) -> StreamFailure {
        // `Providers` puts its excerpt of a page so.
        let page = excerpt.hasPrefix("HTML: ") ? String(excerpt.dropFirst(6)) : nil
        let isHTML =
            page != nil || contentType?.containsIgnoringCase("html") == true
            || excerpt.containsIgnoringCase("<html") || excerpt.containsIgnoringCase("<!doctype")
        let type = contentType.map { Words.oneLine($0) } ?? ""
        return StreamFailure(
            kind: .notAReply,
            message: Words.sentence(
                isHTML
                    ? "a web page came where a stream was asked for"
                    : "no stream came" + (type.isEmpty ? "" : ", but \(type)"), nil, page ?? excerpt),
            isRetryable: false,
            hint: isHTML
                ? "Check the base URL. " + portalHint
                : "Check the base URL: it does not lead to the API.")
    }

    /// An event or a body over its limit, in bytes.
    public static func tooLarge(_ what: Limit, limit: Int) -> StreamFailure {
        let name = what == .event ? "an event" : what == .body ? "the body" : "the head"
        return StreamFailure(
            kind: .tooLarge, message: "\(name) of the response is larger than the limit of \(Words.bytes(limit))",
            isRetryable: false, hint: what.hint)
    }

    /// A second reply began inside the first: a gateway's own retry. Ours begins where the first one stopped.
    public static var spliced: StreamFailure {
        StreamFailure(
            kind: .spliced, message: "another reply was spliced into this one: a gateway retried by itself",
            isRetryable: true)
    }

    /// A restarted reply differs from what was already shown.
    public static func diverged(at offset: Int) -> StreamFailure {
        StreamFailure(
            kind: .diverged,
            message: "the restarted reply differs from the first one after \(Words.bytes(offset))",
            isRetryable: false)
    }

    /// By the user, while a transfer was under way.
    public static var cancelled: StreamFailure {
        StreamFailure(kind: .cancelled, message: "cancelled", isRetryable: false)
    }

    /// The request cannot be made: no key, no such model, a bad URL.
    public static func configuration(_ message: String, hint: String? = nil) -> StreamFailure {
        StreamFailure(kind: .configuration, message: Words.oneLine(message), isRetryable: false, hint: hint)
    }
}
