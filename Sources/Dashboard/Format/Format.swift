import StreamEngine

/// Numbers as a person reads them: honest, short, and of a width that does not jump while they count.
public enum Format {
    /// `<1 ms`, `412 ms`, `3.2 s`, `1 m 04 s`, `2 h 05 m`, `3 d 04 h`. Negative is shown as zero.
    public static func duration(_ duration: Duration) -> String {
        let nanoseconds = max(0, duration.nanoseconds)
        if nanoseconds == 0 { return "0 ms" }
        if nanoseconds < 1_000_000 { return "<1 ms" }
        if nanoseconds < 999_500_000 { return "\((nanoseconds + 500_000) / 1_000_000) ms" }
        let tenths = (nanoseconds + 50_000_000) / 100_000_000
        if tenths < 600 { return "\(tenths / 10).\(tenths % 10) s" }
        return long(seconds: (nanoseconds + 500_000_000) / 1_000_000_000)
    }

    /// A duration that counts down, rounded up so that it never says zero while there is a rest: tenths below ten
    /// seconds (whole seconds with `coarse`), then whole seconds, minutes, hours.
    public static func countdown(_ rest: Duration, coarse: Bool = false) -> String {
        let nanoseconds = max(0, rest.nanoseconds)
        let tenths = nanoseconds / 100_000_000 + (nanoseconds % 100_000_000 == 0 ? 0 : 1)
        if !coarse, tenths < 100 { return "\(tenths / 10).\(tenths % 10) s" }
        return long(seconds: nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 == 0 ? 0 : 1))
    }

    /// How long from `rest` on until ``countdown(_:coarse:)`` says something else; `nil` at zero.
    static func countdownStep(_ rest: Duration, coarse: Bool = false) -> Duration? {
        let nanoseconds = rest.nanoseconds
        guard nanoseconds > 0 else { return nil }
        let step: Int64 = !coarse && nanoseconds <= 10_000_000_000 ? 100_000_000 : 1_000_000_000
        let remainder = nanoseconds % step
        return .nanoseconds(remainder == 0 ? step : remainder)
    }

    /// An age in whole units, rounded down: `<1 s`, `7 s`, `1 m 04 s`. True until the next whole second.
    public static func age(_ duration: Duration) -> String {
        let seconds = max(0, duration.nanoseconds) / 1_000_000_000
        return seconds == 0 ? "<1 s" : long(seconds: seconds)
    }

    private static func long(seconds: Int64) -> String {
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) m \(two(seconds % 60)) s" }
        if seconds < 86_400 { return "\(seconds / 3600) h \(two(seconds / 60 % 60)) m" }
        return "\(seconds / 86_400) d \(two(seconds / 3600 % 24)) h"
    }

    /// `0`, `340`, `3.4k`, `12.3k`, `123k`, `1.2M`, `12.3M`, `123M`, `1.2G` …
    public static func count(_ number: Int) -> String {
        let magnitude = number.magnitude
        let sign = number < 0 ? "-" : ""
        if magnitude < 1000 { return sign + String(magnitude) }
        var unit: UInt = 1000
        for suffix in ["k", "M", "G", "T", "P"] {
            // Rounded to three digits, the number may belong to the next unit.
            let tenths = magnitude / (unit / 10) + (magnitude % (unit / 10) * 2 >= unit / 10 ? 1 : 0)
            if tenths < 1000 { return sign + "\(tenths / 10).\(tenths % 10)" + suffix }
            let whole = magnitude / unit + (magnitude % unit * 2 >= unit ? 1 : 0)
            if whole < 1000 || suffix == "P" { return sign + "\(whole)" + suffix }
            unit *= 1000
        }
        return sign + String(magnitude)
    }

    /// As ``count(_:)``, without a decimal that says nothing: `80k`, not `80.0k`.
    public static func whole(_ number: Int) -> String {
        let text = count(number)
        guard let dot = text.firstIndex(of: "."), text[text.index(after: dot)] == "0" else { return text }
        return String(text[..<dot]) + text[text.index(dot, offsetBy: 2)...]
    }

    /// Tokens a second: `0.4/s`, `7.4/s`, `82/s`, `1.2k/s`; no number is `–`.
    public static func rate(_ perSecond: Double?) -> String {
        guard let number = number(perSecond) else { return "–" }
        return number + "/s"
    }

    /// Milliseconds: `0.4 ms`, `31 ms`, `3.2 s`.
    public static func milliseconds(_ value: Double?) -> String {
        guard let value, value.isFinite, value >= 0 else { return "–" }
        if value < 9.95 { return tenths(value) + " ms" }
        return duration(.nanoseconds(Int64(min(value, 1e12) * 1e6)))
    }

    static func number(_ value: Double?) -> String? {
        guard let value, value.isFinite, value >= 0 else { return nil }
        if value < 9.95 { return tenths(value) }
        return count(Int(min(value, 1e15).rounded()))
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// `12 B`, `3.4 kB`, `1.2 MB`.
    public static func bytes(_ number: Int) -> String {
        let text = count(max(0, number))
        guard let last = text.last, last.isLetter else { return text + " B" }
        return text.dropLast() + " \(last)B"
    }

    /// One word for one thing, two for several: `1 line`, `3 lines`.
    static func plural(_ number: Int, _ one: String, _ many: String) -> String {
        "\(number) \(number == 1 ? one : many)"
    }

    static func two(_ number: some BinaryInteger) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}

/// Times of day by the user's clock, without a calendar: the loop says how far east of UTC it is.
struct TimeOfDay: Sendable, Equatable {
    /// Milliseconds since midnight, 0 ..< 86 400 000.
    var milliseconds: Int64

    init(_ wall: WallTime, secondsEastOfUTC: Int) {
        let day: Int64 = 86_400_000
        let seconds = wall.secondsSince1970
        guard seconds.isFinite, abs(seconds) < 1e12 else {
            milliseconds = 0
            return
        }
        let local = Int64((seconds * 1000).rounded(.down)) + Int64(secondsEastOfUTC) * 1000
        milliseconds = ((local % day) + day) % day
    }

    /// `14:02`
    var clock: String {
        Format.two(milliseconds / 3_600_000) + ":" + Format.two(milliseconds / 60_000 % 60)
    }

    /// `11.212`: seconds within the minute.
    var withinMinute: String {
        let rest = milliseconds % 1000
        let padding = rest < 10 ? "00" : rest < 100 ? "0" : ""
        return Format.two(milliseconds / 1000 % 60) + "." + padding + "\(rest)"
    }

    /// `02:11.212`: minute, seconds.
    var withinHour: String {
        Format.two(milliseconds / 60_000 % 60) + ":" + withinMinute
    }
}
