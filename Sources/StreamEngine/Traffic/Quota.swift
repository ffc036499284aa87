import Providers

/// What a provider told of its limits: one quota for each provider, host, key and model (providers count by model), shared
/// by the streams that spend it.
///
/// The next request would be refused, and is held back, where
/// - a response said not to come back before a moment (`Retry-After` in any form) and nothing was answered since, or
/// - a window (requests, tokens) has nothing left, or clearly fewer tokens than the prompt has, and says when it will be
///   reset. Without a reset nobody knows, and the request is sent.
///
/// What is left of the requests is counted down by what is sent, until a newer response tells.
struct Quota: Sendable {
    private(set) var limits = RateLimits()
    /// Not before: a server's word. Lifted by an answer.
    private(set) var notBefore: Instant?
    /// A response said when to come back after it had told of the windows: its word is the better one, for a window's reset
    /// is often the moment when it is full again, and not when it has room.
    private(set) var windowsAreOutdated = false
    /// Who told it, for the words.
    private(set) var toldBy: StreamID?
    /// Streams that are held back.
    var held: [StreamID] = []

    struct Refusal: Sendable, Equatable {
        var until: Instant
        var why: StreamFailure
    }

    mutating func told(_ newer: RateLimits) {
        limits.merge(newer)
        windowsAreOutdated = false
    }

    /// A response said not to come back earlier.
    mutating func refused(until moment: Instant, by stream: StreamID) {
        windowsAreOutdated = true
        guard notBefore.map({ $0 < moment }) ?? true else { return }
        notBefore = moment
        toldBy = stream
    }

    /// The machine slept, which the monotonic clock did not count.
    mutating func wokeUp(after slept: Duration) {
        limits.slept(slept)
        notBefore = notBefore.map { $0 + (.zero - slept) }
    }

    /// A request was accepted.
    mutating func accepted() {
        notBefore = nil
        toldBy = nil
    }

    mutating func started() {
        if let left = limits.requests?.remaining, left > 0 { limits.requests?.remaining = left - 1 }
    }

    /// Why a request would be refused now, and until when; `nil` = as far as anyone knows it would not.
    /// - Parameter promptTokens: an estimate; asked for only where it matters.
    func refusal(promptTokens: () -> Int, at now: Now) -> Refusal? {
        var refusal: Refusal?
        func consider(_ until: Instant, _ why: @autoclosure () -> StreamFailure) {
            guard until > now.instant, refusal.map({ $0.until < until }) ?? true else { return }
            refusal = Refusal(until: until, why: why())
        }
        if let notBefore {
            consider(
                notBefore, .heldBack("\(toldBy.map { "stream \($0)" } ?? "another stream") was told to come back later")
            )
        }
        guard !windowsAreOutdated else { return refusal }
        for (name, window, isPrompt) in [
            ("requests", limits.requests, false), ("tokens", limits.tokens, true),
            ("input tokens", limits.inputTokens, true), ("output tokens", limits.outputTokens, false),
        ] {
            guard let window, let left = window.remaining, let wait = window.wait(at: now), wait > .zero else {
                continue
            }
            var lacks = left <= 0
            if !lacks, isPrompt {
                let prompt = promptTokens()
                // The estimate may be a third too high; and what the window never holds, waiting does not help.
                lacks = left < prompt / 4 * 3 && (window.limit ?? .max) >= prompt
            }
            guard lacks else { continue }
            let whole = window.limit.map { " of \($0)" } ?? ""
            consider(
                now.instant + wait,
                .heldBack("the provider's rate limit has \(max(0, left))\(whole) \(name) left until its reset"))
        }
        return refusal
    }
}

extension StreamFailure {
    /// Nothing failed: why an attempt was not made yet.
    static func heldBack(_ why: String) -> StreamFailure {
        StreamFailure(
            kind: .heldBack, message: "held back: \(why)", isRetryable: true,
            hint: "Retry now sends it all the same.")
    }
}
