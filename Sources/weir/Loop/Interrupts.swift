import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SIGINT, SIGTERM and SIGHUP for the commands without a screen: counted, and told to the loop through a pipe. (The
/// dashboard's signals are the terminal backend's.)
struct Interrupts: ~Copyable {
    /// Can be read once a signal came.
    let descriptor: Int32

    private static let writeEnd = Atomic<Int32>(-1)
    private static let latest = Atomic<Int32>(0)

    /// `nil` when the process has no descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        descriptor = ends[0]
        Self.latest.store(0, ordering: .relaxed)
        Self.writeEnd.store(ends[1], ordering: .relaxed)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            // Both statics exist by now, so the handler does nothing but atomic accesses and a write.
            signal(number) { number in
                // One that nobody took: the program is stuck, for example because nobody reads what it prints.
                if Interrupts.latest.exchange(number, ordering: .relaxed) != 0 {
                    signal(number, SIG_DFL)
                    raise(number)
                }
                var byte: UInt8 = 1
                _ = write(Interrupts.writeEnd.load(ordering: .relaxed), &byte, 1)
            }
        }
    }

    deinit {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
        close(Self.writeEnd.exchange(-1, ordering: .relaxed))
        close(descriptor)
    }

    /// Until one comes.
    func wait() {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&ready, 1, -1) < 0, errno == EINTR {}
    }

    /// The last signal since the last call; `nil` = none came.
    func take() -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        while read(descriptor, &bytes, bytes.count) > 0 {}
        let number = Self.latest.exchange(0, ordering: .relaxed)
        return number == 0 ? nil : number
    }
}
