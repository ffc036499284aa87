import Foundation
import TestSupport

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The program under test, as it was built with these tests.
enum Weir {
    /// How long a condition may take to come about on a slow machine, in seconds. No working test waits so long.
    static let patience = 60.0

    static let path: String = {
        var folder = CommandLine.arguments[0].split(separator: "/", omittingEmptySubsequences: false).dropLast()
        // Beside the tests, or outside of their bundle.
        while !folder.isEmpty {
            let path = folder.joined(separator: "/") + "/weir"
            var status = stat()
            if access(path, X_OK) == 0, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return path }
            folder = folder.dropLast()
        }
        return "weir"
    }()
}

/// A run of the program on pipes. Its three descriptors are no terminals.
final class Run {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// What came out on standard output so far.
    private(set) var output: [UInt8] = []
    private(set) var errors: [UInt8] = []
    /// As a shell says it: 128 + the signal's number if one killed it. `nil` while it runs.
    private(set) var status: Int32?
    private(set) var process: pid_t = 0

    /// Kept for as long as the program may need it.
    private let home: Home
    private var outputEnd: Int32
    private var errorsEnd: Int32

    /// - Parameters:
    ///   - environment: beside or instead of the home's.
    ///   - input: of standard input, to its end.
    ///   - program: something other than the program under test, `/bin/sh` say.
    init(
        _ arguments: [String], home: Home, environment: [String: String] = [:], input: String = "",
        program: String = Weir.path
    ) throws {
        self.home = home
        let inputPath = home.path + "/input-\(UUID().uuidString)"
        try Data(input.utf8).write(to: URL(filePath: inputPath))
        let output = try Self.pipe()
        let errors = try Self.pipe()
        (outputEnd, errorsEnd) = (output.read, errors.read)
        process = try Self.spawn(
            program, arguments, environment: home.environment.merging(environment) { $1 }, inputPath: inputPath,
            output: output.write, errors: errors.write)
        close(output.write)
        close(errors.write)
    }

    deinit {
        if process > 0, status == nil {
            kill(process, SIGKILL)
            var ignored: Int32 = 0
            waitpid(process, &ignored, 0)
        }
        if outputEnd >= 0 { close(outputEnd) }
        if errorsEnd >= 0 { close(errorsEnd) }
    }

    /// Runs it to its end.
    static func toEnd(
        _ arguments: [String], home: Home, environment: [String: String] = [:], input: String = "",
        program: String = Weir.path
    ) throws -> Run {
        let run = try Run(arguments, home: home, environment: environment, input: input, program: program)
        guard run.waitForEnd() != nil else { throw Failure(description: "it does not end: \(run.summary)") }
        return run
    }

    var outputText: String { String(decoding: output, as: UTF8.self) }
    var errorText: String { String(decoding: errors, as: UTF8.self) }
    var summary: String {
        "weir ended with \(status.map(String.init) ?? "nothing")\nstdout: \(outputText.suffix(2000))\nstderr: \(errorText)"
    }

    func signal(_ number: Int32) {
        if status == nil { kill(process, number) }
    }

    /// Reads until the condition holds.
    /// - Returns: false where it did not come to hold in time, or by the program's end.
    @discardableResult
    func read(within seconds: Double = Weir.patience, until condition: (Run) -> Bool) -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while true {
            collect()
            if condition(self) { return true }
            if status != nil || end.timeIntervalSinceNow < 0 { return false }
            // Before the last collecting, so that nothing that was written is missed.
            if hasEnded() { continue }
            var entries = [outputEnd, errorsEnd].filter { $0 >= 0 }.map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            // Short, since the end of a program makes no noise on closed pipes.
            _ = poll(&entries, nfds_t(entries.count), 10)
        }
    }

    /// Reads until it has ended; `nil` where it goes on.
    @discardableResult
    func waitForEnd(within seconds: Double = Weir.patience) -> Int32? {
        read(within: seconds) { $0.status != nil }
        return status
    }

    private func collect() {
        Self.collect(&outputEnd, into: &output)
        Self.collect(&errorsEnd, into: &errors)
    }

    private static func collect(_ descriptor: inout Int32, into bytes: inout [UInt8]) {
        while descriptor >= 0 {
            var count = 0
            let end = descriptor
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, used in
                count = readBytes(end, buffer.baseAddress, buffer.count)
                used = max(0, count)
            }
            if count == 0 {
                close(descriptor)
                descriptor = -1
            }
            guard count > 0 else { return }
            bytes += piece
        }
    }

    private func hasEnded() -> Bool {
        guard status == nil else { return true }
        var raw: Int32 = 0
        guard waitpid(process, &raw, WNOHANG) == process else { return false }
        status = raw & 0x7F == 0 ? raw >> 8 & 0xFF : 128 + (raw & 0x7F)
        return true
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        // A program that another test starts between these calls may keep an end: so nothing here waits for the pipe's end.
        let isOpen = openPipe(&ends) == 0 && ends.allSatisfy { fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }
        guard isOpen, fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 else {
            throw Failure(description: "no pipe: errno \(errno)")
        }
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ path: String, _ arguments: [String], environment: [String: String], inputPath: String, output: Int32,
        errors: Int32
    ) throws -> pid_t {
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
        // A worker of the test runner blocks most signals, and a library in this process may ignore SIGPIPE.
        var none = sigset_t()
        var defaults = sigset_t()
        sigemptyset(&none)
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        sigaddset(&defaults, SIGINT)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        let argv = ([path] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, &attributes, argv, envp)
        guard code == 0 else { throw Failure(description: "cannot start \(path): errno \(code)") }
        return process
    }
}

/// The system's `read`, which the methods of that name hide.
private func readBytes(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

/// The system's `pipe`.
private func openPipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }
