import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Instant {
    /// The monotonic clock, for libcurl's own timers.
    static var monotonic: Instant {
        var time = timespec()
        #if canImport(Darwin)
            // CLOCK_MONOTONIC goes on there while the machine sleeps (clock_gettime(3)).
            clock_gettime(CLOCK_UPTIME_RAW, &time)
        #else
            clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
