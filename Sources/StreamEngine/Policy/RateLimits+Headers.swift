import Providers

extension RateLimits {
    /// Reads a response's rate-limit headers; `nil` when it has none that say anything.
    ///
    /// Two families, and the generic form of relays, which fills `requests` where the families left it empty:
    /// - `anthropic-ratelimit-{requests,tokens,input-tokens,output-tokens}-{limit,remaining,reset}`, the reset in RFC 3339;
    /// - `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`, the reset as a duration (`12ms`, `6m0s`), in seconds, or
    ///   as a Unix time;
    /// - `x-ratelimit-{limit,remaining,reset}`, also `ratelimit-…`, the reset like the second family's.
    ///
    /// Values that are no numbers are left out. Azure sends −1 or 0 where it does not know: a limit that is not positive
    /// is unknown, and takes its `remaining` with it; a negative `remaining` and a reset of zero are unknown too.
    ///
    /// Points in time are read by the response's own `Date` where it has one, so that a wrong clock here does no harm.
    public init?(headers: [HTTPHeader], now: WallTime) {
        self.init()
        let serversNow = headers.field("date").flatMap { HTTPDate.parse($0, now: now) } ?? now
        let now = Clocks(here: now, there: serversNow)
        func window(_ names: WindowHeaders) -> Window? { Self.window(headers, now, names) }
        requests =
            window(.anthropicRequests) ?? window(.requests) ?? window(.generic) ?? window(.genericDraft)
        tokens = window(.anthropicTokens) ?? window(.tokens)
        inputTokens = window(.anthropicInputTokens)
        outputTokens = window(.anthropicOutputTokens)
        if isEmpty { return nil }
    }

    /// Takes over every window that `newer` tells of; windows that it does not mention stay.
    public mutating func merge(_ newer: RateLimits) {
        requests = newer.requests ?? requests
        tokens = newer.tokens ?? tokens
        inputTokens = newer.inputTokens ?? inputTokens
        outputTokens = newer.outputTokens ?? outputTokens
    }

    /// How long a request has to wait because a window has nothing left: until the last such window resets, or
    /// ``unknownReset`` where no reset is given. `nil` when every window has something left or has been reset by `now`.
    public func quotaReset(now: WallTime) -> Duration? {
        quotaReset { window in
            window.resetsAt.map { .clamping(seconds: $0.secondsSince1970 - now.secondsSince1970) }
        }
    }

    /// The same for limits that were told earlier, however the wall clock was set since; see ``anchor(at:)``.
    func quotaReset(now: Now) -> Duration? {
        quotaReset { $0.wait(at: now) }
    }

    /// When a response has told these limits: their resets are moments of the engine's own clock from here on, so that a
    /// wall clock that is set, an hour forward or a day back, neither forgets a quota nor waits a day for it.
    mutating func anchor(at now: Now) {
        change { window in
            guard let resetsAt = window.resetsAt else { return }
            let seconds = resetsAt.secondsSince1970 - now.wall.secondsSince1970
            window.resetsAtInstant = now.instant + .clamping(seconds: seconds)
        }
    }

    /// The machine slept, and the engine's clock did not count it: all resets are nearer by as much.
    mutating func slept(_ slept: Duration) {
        change { window in
            if let at = window.resetsAtInstant { window.resetsAtInstant = at + (.zero - slept) }
        }
    }

    private mutating func change(_ body: (inout Window) -> Void) {
        for path in [\RateLimits.requests, \.tokens, \.inputTokens, \.outputTokens] {
            guard var window = self[keyPath: path] else { continue }
            body(&window)
            self[keyPath: path] = window
        }
    }

    private func quotaReset(_ untilReset: (Window) -> Duration?) -> Duration? {
        var longest: Duration?
        for window in [requests, tokens, inputTokens, outputTokens] {
            guard let window, let remaining = window.remaining, remaining <= 0 else { continue }
            let wait: Duration
            if let reset = untilReset(window) {
                guard reset > .zero else { continue }
                wait = reset
            } else {
                wait = Self.unknownReset
            }
            longest = max(longest ?? .zero, wait)
        }
        return longest
    }

    /// The wait when nothing is left and no reset is given.
    public static let unknownReset = Duration.seconds(60)

    private struct Clocks {
        var here: WallTime
        var there: WallTime

        /// A moment of the server's clock by ours. `Date` has whole seconds: less than two say nothing.
        func byOurs(_ moment: WallTime) -> WallTime {
            let skew = there.secondsSince1970 - here.secondsSince1970
            return abs(skew) < 2 ? moment : WallTime(secondsSince1970: moment.secondsSince1970 - skew)
        }
    }

    private static func window(_ headers: [HTTPHeader], _ now: Clocks, _ names: WindowHeaders) -> Window? {
        let limit = headers.field(names.limit).flatMap(count)
        let remaining = headers.field(names.remaining).flatMap(count)
        let reset = headers.field(names.reset).flatMap { moment($0, now: now) }
        var window = Window(limit: limit, remaining: remaining, resetsAt: reset)
        if let limit, limit <= 0 {
            window.limit = nil
            window.remaining = nil
        }
        if let remaining, remaining < 0 { window.remaining = nil }
        return window.limit == nil && window.remaining == nil ? nil : window
    }

    /// A whole number, perhaps negative; decimals are cut off, and more than 10¹⁵ is no count.
    private static func count(_ bytes: ArraySlice<UInt8>) -> Int? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        var rest = isNegative ? bytes.dropFirst() : bytes
        var value = 0
        guard rest.first?.digit != nil else { return nil }
        while let digit = rest.first?.digit {
            value = value * 10 + digit
            guard value <= 1_000_000_000_000_000 else { return nil }
            rest = rest.dropFirst()
        }
        if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop { $0.digit != nil } }
        return rest.isEmpty ? (isNegative ? -value : value) : nil
    }

    /// When a window resets: a timestamp, a duration from now, seconds from now, or (beyond ten years of seconds) a Unix
    /// time in seconds or milliseconds.
    private static func moment(_ bytes: ArraySlice<UInt8>, now: Clocks) -> WallTime? {
        if let time = RFC3339.parse(bytes) { return now.byOurs(time) }
        if let number = count(bytes), number > 315_360_000 {
            let seconds = number > 100_000_000_000 ? Double(number) / 1000 : Double(number)
            return now.byOurs(WallTime(secondsSince1970: seconds))
        }
        guard let duration = DurationText.parse(bytes), duration > .zero else { return nil }
        return WallTime(secondsSince1970: now.here.secondsSince1970 + duration.inSeconds)
    }
}

/// The names of the header fields that tell of one window; made once, and not for every response.
private struct WindowHeaders {
    let limit: String
    let remaining: String
    let reset: String

    private init(_ name: (String) -> String) {
        limit = name("limit")
        remaining = name("remaining")
        reset = name("reset")
    }

    static let anthropicRequests = WindowHeaders { "anthropic-ratelimit-requests-\($0)" }
    static let anthropicTokens = WindowHeaders { "anthropic-ratelimit-tokens-\($0)" }
    static let anthropicInputTokens = WindowHeaders { "anthropic-ratelimit-input-tokens-\($0)" }
    static let anthropicOutputTokens = WindowHeaders { "anthropic-ratelimit-output-tokens-\($0)" }
    static let requests = WindowHeaders { "x-ratelimit-\($0)-requests" }
    static let tokens = WindowHeaders { "x-ratelimit-\($0)-tokens" }
    /// Of relays.
    static let generic = WindowHeaders { "x-ratelimit-\($0)" }
    /// The same, by an early draft's name (draft-ietf-httpapi-ratelimit-headers-00).
    static let genericDraft = WindowHeaders { "ratelimit-\($0)" }
}

extension RateLimits.Window {
    /// Until its reset; `nil` where none is given.
    func wait(at now: Now) -> Duration? {
        if let resetsAtInstant { return max(.zero, resetsAtInstant - now.instant) }
        return resetsAt.map { .clamping(seconds: $0.secondsSince1970 - now.wall.secondsSince1970) }
    }
}
