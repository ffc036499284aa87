#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Times single-threaded work by the processor time of the thread that does it, so that other programs on the machine
/// take no part in the result (their use of the caches apart).
enum Stopwatch {
    /// Nanoseconds of processor time per unit: the best of up to `rounds` rounds, fewer when `budget` nanoseconds are
    /// used up. The best is the one that was disturbed least.
    static func best(rounds: Int = 7, budget: Int = 3_000_000_000, units: Int, _ body: () -> Void) -> Double {
        var best = Int.max
        var spent = 0
        for _ in 0..<rounds {
            let start = threadTime()
            body()
            let time = threadTime() - start
            best = min(best, time)
            spent += time
            if spent > budget { break }
        }
        return Double(best) / Double(units)
    }

    private static func threadTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
