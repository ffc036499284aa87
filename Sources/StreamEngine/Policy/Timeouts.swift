/// The clocks of an attempt. Each can be seen in the panel and set; each names where its default comes from. Zero turns a
/// clock off, except ``connect``.
public struct Timeouts: Sendable, Equatable, Codable {
    /// Name lookup, TCP and TLS together. 10 s: a lost SYN is sent again after 1, 3 and 7 s (RFC 6298), so this survives
    /// three lost in a row. Running out is retried.
    public var connect: Duration
    /// From the start of the attempt to the response's headers. 120 s: the response time-out of the programs that Weir
    /// descends from. A budget, not a pause between bytes: headers that drip in are cut off too.
    public var firstByte: Duration
    /// No byte of the body, of whatever kind (pings and comments count as life). 180 s: models that think are silent for
    /// 60 to 120 s and are healthy; a watchdog at 60 s kills them.
    public var idle: Duration
    /// No text and no thinking, whatever keep-alives come. 600 s: the time-out that the Anthropic and OpenAI SDKs give a
    /// whole request. Without it, a server that only sends pings would hold a stream for ever.
    public var contentIdle: Duration
    /// The whole stream, waits and retries included; zero = no limit, which is the default.
    public var total: Duration
    /// Not one byte after the machine woke up from a sleep that fell into the attempt: what came of the connection while it
    /// slept nobody says. 15 s: long enough for a network to come back and for TCP to send again what was lost. An
    /// attempt that had been silent for longer than this before the sleep is given as long again.
    public var wake = Duration.seconds(15)

    /// The usual clocks, but for those that are named.
    public init(
        connect: Duration = .seconds(10), firstByte: Duration = .seconds(120), idle: Duration = .seconds(180),
        contentIdle: Duration = .seconds(600), total: Duration = .zero
    ) {
        self.connect = connect
        self.firstByte = firstByte
        self.idle = idle
        self.contentIdle = contentIdle
        self.total = total
    }

    /// When a stream that began at `start` runs out of time altogether; `nil` = never.
    public func totalDeadline(from start: Instant) -> Instant? {
        total > .zero ? start + total : nil
    }
}
