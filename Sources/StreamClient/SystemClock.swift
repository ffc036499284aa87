import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The system's two clocks, as the engine is told them.
public enum SystemClock {
    /// Both clocks at this moment.
    public static func now() -> Now {
        Now(instant: instant(), wall: wall())
    }

    /// Monotonic, not counting the time the machine slept.
    public static func instant() -> Instant {
        var time = timespec()
        #if canImport(Darwin)
            // CLOCK_MONOTONIC goes on there while the machine sleeps (clock_gettime(3)).
            clock_gettime(CLOCK_UPTIME_RAW, &time)
        #else
            clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// The time of day; it may be set forward and back while the program runs.
    public static func wall() -> WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(secondsSince1970: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9)
    }
}
