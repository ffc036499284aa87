import StreamClient

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The wall clock as the user reads it.
extension SystemClock {
    /// Seconds east of UTC at this moment, by the user's time zone.
    static func secondsEastOfUTC() -> Int {
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        return local.tm_gmtoff
    }

    /// `2026-11-20 14:02`, by the user's time zone.
    static func localTime(_ secondsSince1970: Double) -> String { format(secondsSince1970, "%Y-%m-%d %H:%M") }

    /// `2026-11-20-140233`, by the user's time zone: for the name of a file.
    static func fileTime(_ secondsSince1970: Double) -> String { format(secondsSince1970, "%Y-%m-%d-%H%M%S") }

    private static func format(_ secondsSince1970: Double, _ format: String) -> String {
        var seconds = time_t(secondsSince1970)
        var local = tm()
        localtime_r(&seconds, &local)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, format, &local)
        return String(decoding: text[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
