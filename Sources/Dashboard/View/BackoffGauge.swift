import Screen
import StreamEngine

/// The wait before the next attempt: how much of it is left, by the engine's own deadline, and where its length is from.
enum BackoffGauge {
    /// The bar and the seconds: `██████▍─────  3.2 s`.
    static func line(
        _ backoff: Backoff, now: Instant, columns: Int, glyphs: Glyphs, coarse: Bool
    ) -> PanelLine {
        let rest = backoff.deadline - now
        let whole = backoff.deadline - backoff.startedAt
        let seconds = backoff.rest(at: now, coarse: coarse).time
        // The bar's length must not depend on how many digits are left to say.
        let room = columns - 9
        let share = whole > .zero ? 1 - rest.inSeconds / whole.inSeconds : 1
        return PanelLine(
            bar(share: share, columns: room, glyphs: glyphs), right: [.init(seconds, .backingOff)])
    }

    /// A bar filled to a share of its length, to the eighth of a cell where the signs allow it.
    static func bar(share: Double, columns: Int, glyphs: Glyphs) -> [PanelLine.Piece] {
        guard columns > 0 else { return [] }
        let eighths = Int((bounded(share) * Double(columns) * 8).rounded(.down))
        let full = min(columns, eighths / 8)
        var pieces = [PanelLine.Piece(String(repeating: glyphs.gaugeFull, count: full), .gauge)]
        var rest = columns - full
        if rest > 0, !glyphs.isASCII, eighths % 8 > 0 {
            let parts = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
            pieces.append(.init(parts[eighths % 8 - 1], .gauge))
            rest -= 1
        }
        pieces.append(.init(String(repeating: glyphs.gaugeEmpty, count: rest), .gaugeEmpty))
        return pieces.filter { !$0.text.isEmpty }
    }

    /// A quieter bar, for what is only glanced at: a line, heavy as far as it is filled, to the half cell. What is not
    /// quite empty does not look empty.
    static func meter(share: Double, columns: Int, glyphs: Glyphs, role: Role) -> [PanelLine.Piece] {
        guard columns > 0 else { return [] }
        let perCell = glyphs.isASCII ? 1 : 2
        let filled = min(columns * perCell, Int((bounded(share) * Double(columns * perCell)).rounded(.up)))
        let full = filled / perCell
        let head = filled % perCell == 0 ? "" : glyphs.meterHead
        let rest = columns - full - (head.isEmpty ? 0 : 1)
        return [
            PanelLine.Piece(String(repeating: glyphs.meterFull, count: full) + head, role),
            .init(String(repeating: glyphs.gaugeEmpty, count: rest), .gaugeEmpty),
        ].filter { !$0.text.isEmpty }
    }

    private static func bounded(_ share: Double) -> Double { share.isFinite ? min(1, max(0, share)) : 0 }

    /// Where the delay comes from: `1 s·2² + 0.31 s jitter`, `Retry-After 3 s`, `quota reset in 12 s`.
    static func arithmetic(_ backoff: Backoff, retry: Int, glyphs: Glyphs) -> [PanelLine.Piece] {
        let whole = backoff.deadline - backoff.startedAt
        let asked = (backoff.notBefore ?? backoff.deadline) - backoff.startedAt
        switch backoff.source {
        case .retryAfter:
            return [.init("Retry-After " + seconds(asked), .value)] + byHand(whole - asked)
        case .retryBudget:
            return [.init("its turn, " + Format.countdown(asked, coarse: true) + " at most", .value)]
        case .holdBack:
            let jitter = backoff.jitter ?? .zero
            let more: [PanelLine.Piece] =
                jitter > .zero ? [.init(" + " + seconds(jitter) + " jitter", .muted, isOptional: true)] : []
            return [.init("held back " + seconds(asked), .value)] + more + byHand(whole - asked - jitter)
        case .quotaReset:
            return [.init("quota reset " + seconds(asked), .value)] + byHand(whole - asked)
        case .schedule:
            guard let exponential = backoff.exponential else { return [.init(seconds(whole), .value)] }
            let jitter = backoff.jitter ?? .zero
            let isThrottled = backoff.reason.kind == .status(429)
            var pieces = [
                PanelLine.Piece(power(of: exponential, retry: retry, isThrottled: isThrottled, glyphs), .value)
            ]
            if jitter.nanoseconds != 0 {
                let sign = jitter.nanoseconds < 0 ? " - " : " + "
                pieces.append(.init(sign + seconds(.nanoseconds(Int64(jitter.nanoseconds.magnitude))), .value))
                pieces.append(.init(" jitter", .muted, isOptional: true))
            }
            let rest = whole.nanoseconds - exponential.nanoseconds - jitter.nanoseconds
            if rest < -50_000_000 { return pieces + [.init(", capped", .muted, isOptional: true)] }
            return pieces + byHand(.nanoseconds(rest))
        }
    }

    /// What the user has added to a wait.
    private static func byHand(_ extra: Duration) -> [PanelLine.Piece] {
        guard extra > .milliseconds(50) else { return [] }
        return [.init(" + " + seconds(extra), .info), .init(" by hand", .muted, isOptional: true)]
    }

    /// base·2ⁿ with n = 0 for the first retry; doubled once more after a 429.
    private static func power(of product: Duration, retry: Int, isThrottled: Bool, _ glyphs: Glyphs) -> String {
        let doublings = max(0, retry) + (isThrottled ? 1 : 0)
        guard doublings < 40, (product.nanoseconds >> Int64(doublings)) << Int64(doublings) == product.nanoseconds
        else {
            return seconds(product)
        }
        let base = seconds(.nanoseconds(product.nanoseconds >> Int64(doublings)))
        let exponent = glyphs.isASCII ? "*2^\(max(0, retry))" : "·2" + superscript(max(0, retry))
        return base + exponent + (isThrottled ? (glyphs.isASCII ? "*2 (429)" : "·2 (429)") : "")
    }

    /// Seconds with as many decimals as they need, two at most: `1 s`, `0.31 s`, `60 s`.
    static func seconds(_ duration: Duration) -> String {
        let hundredths = (max(0, duration.nanoseconds) + 5_000_000) / 10_000_000
        let whole = "\(hundredths / 100)"
        let rest = hundredths % 100
        if rest == 0 { return whole + " s" }
        if rest % 10 == 0 { return whole + ".\(rest / 10) s" }
        return whole + "." + Format.two(rest) + " s"
    }

    private static func superscript(_ number: Int) -> String {
        let digits = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
        return String(number).utf8.map { digits[Int($0) - 48] }.joined()
    }
}
