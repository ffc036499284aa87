import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The one place where the program reads a clock.
enum SystemClock {
    static func now() -> Now {
        Now(instant: instant(), wall: wall())
    }

    /// Monotonic, not counting the time the machine slept.
    static func instant() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func wall() -> WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(secondsSince1970: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
    }

    /// Seconds east of UTC at this moment, by the user's time zone.
    static func secondsEastOfUTC() -> Int {
        var now = time(nil)
        var local = tm()
        localtime_r(&now, &local)
        return local.tm_gmtoff
    }

    /// `2026-11-20 14:02`, by the user's time zone.
    static func localTime(_ secondsSince1970: Double) -> String {
        var seconds = time_t(secondsSince1970)
        var local = tm()
        localtime_r(&seconds, &local)
        var text = [CChar](repeating: 0, count: 32)
        let count = strftime(&text, text.count, "%Y-%m-%d %H:%M", &local)
        return String(decoding: text[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
