import Dispatch

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

    /// The system's queues, which end the lab's threads, open a timer of their own a moment after they were first used, and
    /// keep it. They have it once one of ours has fired.
    static func openQueues() {
        let fired = DispatchSemaphore(value: 0)
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(1)) { fired.signal() }
        fired.wait()
    }

    /// Open descriptors; the one that counts them is not counted. As words, where the system has them: a number that is
    /// used again is another one. `7 (socket:[40112])`, `3 (anon_inode:[eventpoll])`.
    static func descriptors() -> Set<String> {
        guard let folder = opendir("/dev/fd") else { return [] }
        defer { closedir(folder) }
        var found: Set<String> = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { name in
                String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
            }
            // "." and ".." are no numbers.
            guard let number = Int32(name), number != dirfd(folder) else { continue }
            var target = [CChar](repeating: 0, count: 256)
            let count = readlink("/proc/self/fd/\(name)", &target, target.count)
            let words = target.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
            found.insert(count > 0 ? "\(name) (\(String(decoding: words, as: UTF8.self)))" : name)
        }
        return found
    }

    /// Descriptors beside those, after up to ten seconds in which they may yet be closed. As words; empty for none.
    static func left(beside known: Set<String>) -> String {
        let deadline = seconds() + 10
        while !more(than: known).isEmpty, seconds() < deadline { usleep(10_000) }
        return more(than: known).sorted().joined(separator: ", ")
    }

    /// The system's queues may open a timer for each of two clocks whenever they first need it, and keep it. A loop of ours that
    /// is left over leaves its epoll set and its wake-up beside its timer.
    private static func more(than known: Set<String>) -> Set<String> {
        let found = descriptors().subtracting(known)
        return found.count <= 2 && found.allSatisfy { $0.hasSuffix("[timerfd])") } ? [] : found
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
