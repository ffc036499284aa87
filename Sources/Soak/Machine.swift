#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What this process has of the machine.
enum Machine {
    static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Open descriptors; the one that counts them is not counted.
    static func descriptors() -> Int {
        guard let folder = opendir("/dev/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // ".", "..", and the folder's own.
        return count - 3
    }

    /// Asks again for up to ten seconds, until the answer is 0.
    static func settled(_ left: () -> Int) -> Int {
        let deadline = seconds() + 10
        while left() != 0, seconds() < deadline { usleep(10_000) }
        return left()
    }

    static func residentBytes() -> Int {
        #if canImport(Darwin)
            // Only the highest that it ever was: what grows shows there, too.
            var usage = rusage()
            getrusage(RUSAGE_SELF, &usage)
            return Int(usage.ru_maxrss)
        #else
            // The second number is the resident pages (proc(5)).
            guard let file = fopen("/proc/self/statm", "r") else { return 0 }
            defer { fclose(file) }
            var line = [CChar](repeating: 0, count: 256)
            guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        #endif
    }
}
