import CursesTerminal
import Dashboard
import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Takes text out of the program: to the clipboard by whatever way there is, or to a file.
enum ClipboardWriter {
    /// tmux ignores OSC 52 of the programs in it unless it is told otherwise (`set-clipboard external` is its default), so
    /// it is asked itself; where that fails (before tmux 3.2), and everywhere else, the terminal is.
    static func copy(_ text: String, by terminal: CursesTerminal) throws -> CopyOutcome {
        let isInTmux = environment("TMUX") != nil
        if isInTmux, feed(text, to: ["tmux", "load-buffer", "-w", "-"]) { return .multiplexer("tmux") }
        switch try terminal.copyToClipboard(text) {
        case .sent: return .sent(through: isInTmux ? "tmux" : environment("STY") != nil ? "screen" : nil)
        case .tooLong(let limit): return .tooLong(limit: limit)
        case .unsupported: return .unsupported
        }
    }

    /// The screen stands still meanwhile: a program that takes longer is ended.
    private static let patience = Duration.seconds(1)

    /// Whether the program took all of the text and ended well.
    private static func feed(_ text: String, to command: [String]) -> Bool {
        let deadline = SystemClock.instant() + patience
        func milliseconds() -> Int32 {
            Int32(clamping: max(0, (deadline - SystemClock.instant()).nanoseconds / 1_000_000))
        }
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return false }
        defer { for end in ends where end >= 0 { close(end) } }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        guard let child = spawn(command, input: ends[0]) else { return false }
        close(ends[0])
        ends[0] = -1

        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(ends[1], $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
                continue
            }
            guard errno == EAGAIN || errno == EINTR, milliseconds() > 0 else { break }
            var entry = pollfd(fd: ends[1], events: Int16(POLLOUT), revents: 0)
            _ = poll(&entry, 1, milliseconds())
        }
        close(ends[1])
        ends[1] = -1
        return wait(for: child, milliseconds) == 0 && rest.isEmpty
    }

    private static func spawn(_ command: [String], input: Int32) -> pid_t? {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        // Nothing of it may come onto the screen.
        for output: Int32 in [1, 2] { posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0) }
        let arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        return posix_spawnp(&child, command[0], &actions, nil, arguments, environ) == 0 ? child : nil
    }

    /// The program's status; it is killed where none is to be had in time.
    private static func wait(for child: pid_t, _ milliseconds: () -> Int32) -> Int32 {
        var status: Int32 = -1
        while milliseconds() > 0 {
            if waitpid(child, &status, WNOHANG) == child { return status }
            // The end of a child makes no noise that a poll hears.
            _ = poll(nil, 0, min(5, milliseconds()))
        }
        kill(child, SIGKILL)
        waitpid(child, &status, 0)
        return -1
    }

    /// A new file: what is there already is not touched.
    static func save(_ text: String, to typed: String) -> CopyOutcome {
        let path = AttachmentReader().absolute(typed)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason =
                errno == EEXIST ? "there is a file already; choose another name" : String(cString: strerror(errno))
            return .failed("\(path): \(reason)")
        }
        var output = OutputBuffer(descriptor: descriptor)
        output.append(text.hasSuffix("\n") ? text.utf8 : (text + "\n").utf8)
        output.flush()
        let problem = close(descriptor) == 0 ? output.failure : errno
        if let problem { return .failed("\(path): \(String(cString: strerror(problem)))") }
        return .saved(path: path)
    }
}
