import Pricing
import Screen
import StreamEngine

/// What the rules make of the next prompt where everything goes wrong: each wait, how long it can take, what it can cost.
enum PolicyPreview {
    static func lines(for model: Model) -> [PanelLine] {
        let policy = model.options.policy
        let glyphs = model.glyphs
        let waits = policy.waits()
        var lines: [PanelLine] = [
            PanelLine([
                .init("The next prompt", .heading), .init(", to \(Model.shortName(model.currentModel.model))", .muted),
            ])
        ]
        func entry(_ label: String, _ text: String, _ role: Role = .text) {
            for (index, line) in text.wrapped(toColumns: columns(model) - 20).enumerated() {
                lines.append(
                    PanelLine([
                        .init((index == 0 ? "  " + label : "").padded(toColumns: 20), .label), .init(line, role),
                    ]))
            }
        }
        entry(
            "attempts", "\(waits.count + 1) at most: one, and \(Format.plural(waits.count, "retry", "retries"))", .value
        )
        schedule(policy, waits, glyphs, &lines)
        entry("after a 429", after429(policy))
        entry(
            "server's word",
            "Retry-After, or a quota's reset, beats the schedule; over \(Format.duration(policy.maximumDelay)) it is yours to "
                + "choose")
        if policy.fallbackAfter > 0 {
            entry(
                "whole reply",
                "after \(Format.plural(policy.fallbackAfter, "broken stream", "broken streams")) it is asked for at once"
                    + wholeReply(model.options.timeouts))
        }
        time(model, policy, waits, entry)
        cost(model, attempts: waits.count + 1, entry)
        lines.append(PanelLine())
        lines.append(
            .text("What sets this: [retry], [timeouts] and [budget] of config.toml, and the options of", .faint))
        lines.append(.text("the same names.", .faint))
        return lines
    }

    private static func columns(_ model: Model) -> Int { max(30, min(model.size.columns - 2, 100) - 4) }

    /// One line a wait; the middle of many is left out.
    private static func schedule(
        _ policy: RetryPolicy, _ waits: [ClosedRange<Duration>], _ glyphs: Glyphs, _ lines: inout [PanelLine]
    ) {
        guard !waits.isEmpty else { return }
        let longest = max(waits.map(\.upperBound).max() ?? .zero, .milliseconds(1))
        var sum = Duration.zero
        for (index, wait) in waits.enumerated() {
            sum += wait.upperBound
            let isShown = waits.count <= 12 || index < 8 || index >= waits.count - 3
            if waits.count > 12, index == 8 {
                lines.append(.text("    \(glyphs.ellipsis)  \(waits.count - 11) more", .faint))
            }
            guard isShown else { continue }
            let share = wait.upperBound.inSeconds / longest.inSeconds
            var line = PanelLine([
                .init("  wait \(index + 1)".padded(toColumns: 20), .label),
                .init(words(wait).padded(toColumns: 16), .value),
            ])
            line.left += BackoffGauge.meter(share: share, columns: 16, glyphs: glyphs, role: .backingOff).map {
                PanelLine.Piece($0.text, $0.role, isOptional: true)
            }
            line.right = [.init("in all \(BackoffGauge.seconds(sum))", .muted, isOptional: true)]
            lines.append(line)
        }
    }

    private static func words(_ wait: ClosedRange<Duration>) -> String {
        let low = BackoffGauge.seconds(wait.lowerBound)
        let high = BackoffGauge.seconds(wait.upperBound)
        if low == high { return high }
        return low.dropLast(2) + " to " + high
    }

    /// Nothing of it comes before all of it.
    private static func wholeReply(_ clocks: Timeouts) -> String {
        guard clocks.firstByte > .zero else { return "" }
        return ", and may take \(Format.duration(max(clocks.firstByte, clocks.contentIdle)))"
    }

    private static func after429(_ policy: RetryPolicy) -> String {
        let waits = policy.waits(throttled: true)
        guard !waits.isEmpty else { return "no retry" }
        return "each wait is twice as long, \(together(waits)) together at most"
    }

    private static func together(_ waits: [ClosedRange<Duration>]) -> String {
        Format.duration(waits.reduce(.zero) { $0 + $1.upperBound })
    }

    /// How long nothing may come, all in all.
    private static func time(
        _ model: Model, _ policy: RetryPolicy, _ waits: [ClosedRange<Duration>],
        _ entry: (String, String, Role) -> Void
    ) {
        let clocks = model.options.timeouts
        let attempts = waits.count + 1
        let waiting = waits.reduce(Duration.zero) { $0 + $1.upperBound }
        entry("waits together", Format.duration(waiting) + " at most, by the schedule", .value)
        var parts: [String] = []
        var silence: Duration?
        if clocks.firstByte > .zero {
            // What a server may ask for before it is the user's to choose, where that is longer.
            let longest = zip(waits, policy.waits(throttled: true)).reduce(Duration.zero) {
                $0 + max($1.0.upperBound, $1.1.upperBound, policy.maximumDelay)
            }
            // Streams that break at their end, and whole replies after them.
            let streams = policy.fallbackAfter > 0 ? min(attempts, policy.fallbackAfter) : attempts
            let whole = max(clocks.firstByte, clocks.contentIdle)
            silence = longest + clocks.firstByte * streams + whole * (attempts - streams)
            func words(_ count: Int, _ clock: Duration) -> String {
                "\(count) \(model.glyphs.times) \(Format.duration(clock))"
            }
            let answers =
                [words(streams, clocks.firstByte)] + (attempts > streams ? [words(attempts - streams, whole)] : [])
            parts.append(answers.joined(separator: " and ") + " without an answer")
            if !waits.isEmpty { parts.append("and \(Format.duration(longest)) of waits, if the server asks for them") }
        }
        if let silence {
            let whole = clocks.total > .zero ? min(silence, clocks.total) : silence
            let limit = clocks.total > .zero && clocks.total < silence ? " (--timeout)" : ""
            entry(
                "worst wait", "\(Format.duration(whole))\(limit): \(parts.joined(separator: ", "))",
                .warning)
        } else if clocks.total > .zero {
            entry("worst wait", Format.duration(clocks.total) + " (--timeout)", .warning)
        } else {
            entry("worst wait", "without end: no clock runs before the first byte (timeouts.first_byte = 0)", .critical)
        }
        if clocks.idle > .zero {
            entry("a silence", "ends an attempt that answered after \(Format.duration(clocks.idle))", .text)
        }
    }

    /// What it can cost: a guess at the prompt, and the longest reply that may come.
    private static func cost(_ model: Model, attempts: Int, _ entry: (String, String, Role) -> Void) {
        let ref = model.currentModel
        let tokens = model.estimator.estimate?.tokens ?? model.options.systemTokens + model.estimator.history + 7
        let most = model.options.maxTokens ?? model.models.first { $0.ref == ref }?.maxOutput
        let what = model.estimator.estimate == nil ? "without a draft" : "with the draft"
        entry("prompt", "~\(Format.count(tokens)) tokens, \(what)", .value)
        guard let prices = model.options.prices else { return entry("cost", "no prices", .muted) }
        func cost(input: Int, output: Int) -> Cost {
            prices.cost(
                of: TokenCounts(input: input, output: output), isEstimated: true, provider: ref.provider,
                model: ref.model, at: model.now.wall.secondsSince1970)
        }
        let prompt = cost(input: tokens, output: 0)
        guard prompt != .unknown else { return entry("cost", "? (no price is known for this model)", .warning) }
        entry("the prompt alone", "\(prompt), each time it is asked: \(attempts) times at worst", .money)
        if let most {
            let one = cost(input: tokens, output: most)
            let all = CostSum([Cost](repeating: one, count: attempts)).cost
            entry("one attempt", "\(one) with \(Format.whole(most)) tokens of reply, the most that may come", .money)
            entry("worst cost", "\(all): every attempt breaks at its end, and is asked anew", .warning)
        } else {
            entry("worst cost", "not known: nothing limits the reply (--max-tokens)", .warning)
        }
        if let limit = model.budget.reply {
            entry("budget", "\(limit) a reply: no request is sent that would pass it", .good)
        }
    }
}
