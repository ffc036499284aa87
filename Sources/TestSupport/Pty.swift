#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A pseudo-terminal for tests, with a program on it or with its slave end opened in this process.
///
/// Nothing here sleeps: ``read(within:until:)`` waits for output until a condition holds.
public final class Pty {
    public struct Failure: Error, CustomStringConvertible {
        public var description: String
    }

    public let slavePath: String
    /// Everything that came out so far.
    public private(set) var output: [UInt8] = []
    /// What the program's end was; `nil` while it runs. As a shell says it: 128 + the signal's number if it was killed.
    public private(set) var status: Int32?
    public private(set) var process: pid_t = 0

    private var master: Int32
    /// Held open, so that the modes outlive the program and can be looked at.
    private let slave: Int32

    public init(columns: Int = 80, rows: Int = 24) throws {
        var ends: (master: Int32, slave: Int32) = (-1, -1)
        var name = [CChar](repeating: 0, count: 256)
        guard openpty(&ends.master, &ends.slave, &name, nil, nil) == 0 else {
            throw Failure(description: "no pseudo-terminal: errno \(errno)")
        }
        (master, slave) = ends
        slavePath = String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        _ = fcntl(master, F_SETFD, FD_CLOEXEC)
        _ = fcntl(slave, F_SETFD, FD_CLOEXEC)
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        resize(columns: columns, rows: rows)
    }

    deinit {
        if process > 0, status == nil {
            kill(process, SIGKILL)
            var ignored: Int32 = 0
            waitpid(process, &ignored, 0)
        }
        hangUp()
        close(slave)
    }

    /// The slave's descriptor, for a terminal in this process.
    public var slaveDescriptor: Int32 { slave }

    /// The modes of the slave: whether lines are edited and keys echoed, as a shell wants it.
    public var isCooked: Bool {
        var modes = termios()
        return tcgetattr(slave, &modes) == 0
            && modes.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == tcflag_t(ICANON | ECHO | ISIG)
            && modes.c_oflag & tcflag_t(OPOST) != 0
    }

    /// Starts a program as the leader of a session on this terminal, its three standard descriptors there.
    ///
    /// - Parameters:
    ///   - environment: all of it; nothing is inherited.
    ///   - errors: a path that standard error goes to instead.
    public func spawn(
        _ path: String, _ arguments: [String] = [], environment: [String: String], errors: String? = nil
    ) throws {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // The first terminal that a session leader opens becomes its controlling one.
        // Nor may it begin with the signals blocked that this thread blocks (a worker of the test runner blocks most).
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Self.newSession | Int16(POSIX_SPAWN_SETSIGMASK))
        posix_spawn_file_actions_addopen(&actions, 0, slavePath, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        if let errors {
            posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, 0, 2)
        }
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        let code = posix_spawn(&process, path, &actions, &attributes, argv, envp)
        guard code == 0 else { throw Failure(description: "cannot start \(path): errno \(code)") }
    }

    public func send(_ text: String) { send(Array(text.utf8)) }

    public func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                var entry = pollfd(fd: master, events: Int16(POLLOUT), revents: 0)
                guard poll(&entry, 1, 1000) > 0 else { return }
                collect()
            }
        }
    }

    /// Changes the size; the program in the foreground gets SIGWINCH.
    public func resize(columns: Int, rows: Int) {
        var size = winsize()
        size.ws_col = UInt16(columns)
        size.ws_row = UInt16(rows)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Reads until the condition holds for all output so far.
    /// - Returns: false where it did not come to hold within so many seconds, or by the program's end.
    @discardableResult
    public func read(within seconds: Double = 20, until condition: ([UInt8]) -> Bool) -> Bool {
        let end = Self.now() + seconds
        while true {
            collect()
            if condition(output) { return true }
            let left = end - Self.now()
            guard left > 0 else { return false }
            if hasEnded() {
                // What it wrote last.
                collect()
                return condition(output)
            }
            var entry = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            // Short, since the end of a program makes no noise here.
            _ = poll(&entry, 1, Int32(min(left * 1000, 20)))
        }
    }

    /// Reads until this text came, after what was already seen.
    @discardableResult
    public func read(within seconds: Double = 20, untilText text: String, after start: Int = 0) -> Bool {
        let wanted = Array(text.utf8)
        return read(within: seconds) { $0[min(start, $0.count)...].holds(wanted) }
    }

    /// Reads until the program has ended, and returns its status; `nil` where it goes on.
    public func waitForEnd(within seconds: Double = 20) -> Int32? {
        read(within: seconds) { _ in hasEnded() }
        collect()
        return status
    }

    /// Takes what is there now.
    public func collect() {
        guard master >= 0 else { return }
        while true {
            var count = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, used in
                count = readBytes(master, buffer.baseAddress, buffer.count)
                used = max(0, count)
            }
            guard count > 0 else { return }
            output += piece
        }
    }

    /// Forgets the output so far.
    public func forget() {
        collect()
        output = []
    }

    /// Sends a signal to the program.
    public func signal(_ number: Int32) {
        if process > 0, status == nil { kill(process, number) }
    }

    /// Takes the terminal away, as a closed window does.
    public func hangUp() {
        if master >= 0 { close(master) }
        master = -1
    }

    /// POSIX_SPAWN_SETSID, which Glibc's module leaves out.
    #if canImport(Darwin)
        private static let newSession: Int16 = 0x400
    #else
        private static let newSession: Int16 = 0x80
    #endif

    private func hasEnded() -> Bool {
        guard process > 0, status == nil else { return status != nil }
        var raw: Int32 = 0
        guard waitpid(process, &raw, WNOHANG) == process else { return false }
        status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
        return true
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The system's `read`, which the methods of that name hide.
private func readBytes(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

extension Collection<UInt8> {
    /// Whether these bytes occur in it.
    public func holds(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        var rest = self[...]
        while let start = rest.firstIndex(of: first) {
            rest = rest[start...]
            if rest.starts(with: bytes) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    public func holds(_ text: String) -> Bool { holds(Array(text.utf8)) }

    /// Printable, for messages: ESC as `␛`, other controls likewise.
    public var visible: String {
        var text = String.UnicodeScalarView()
        for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
            text.append(scalar.value < 0x20 ? Unicode.Scalar(0x2400 + scalar.value) ?? scalar : scalar)
        }
        return String(text)
    }
}
