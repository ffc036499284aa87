import CursesTerminal
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A program of its own on a pseudo-terminal (`TerminalProbe`): ends, crashes, signals, stops.
@Suite struct TerminalProcessTests {
    private static let reset = "\u{1B}[?1049l"
    /// The last thing that a reset sends, on any way out: the modes of the mouse, and the screen.
    private static let modesOff = [
        "\u{1B}[?1000l", "\u{1B}[?1002l", "\u{1B}[?1006l", "\u{1B}[?2004l", "\u{1B}[?25h", reset,
    ]

    private static let probe: String = {
        let own = CommandLine.arguments[0]
        var folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        // Beside the tests, or outside of their bundle.
        while !folder.isEmpty {
            let path = folder.joined(separator: "/") + "/TerminalProbe"
            if access(path, X_OK) == 0 { return path }
            folder = folder.dropLast()
        }
        return "TerminalProbe"
    }()

    private func start(
        _ arguments: [String], type: String? = "xterm-256color", columns: Int = 80, rows: Int = 24,
        errors: String? = nil
    ) throws -> Pty {
        let pty = try Pty(columns: columns, rows: rows)
        var environment = ["PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no", "LINES": "5", "COLUMNS": "5"]
        environment["TERM"] = type
        try pty.spawn(Self.probe, arguments, environment: environment, errors: errors)
        return pty
    }

    private func running() throws -> Pty {
        let pty = try start(["loop"])
        try #require(pty.read(untilText: "ready"))
        // The queries go out after the first frame; then it waits.
        try #require(pty.read(untilText: "\u{1B}[c"))
        #expect(!pty.isCooked)
        return pty
    }

    private func expectRestored(_ pty: Pty, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(pty.isCooked, sourceLocation: sourceLocation)
        for mode in Self.modesOff {
            let wasSent = pty.output.holds(mode)
            #expect(wasSent, "\(Array(mode.utf8).visible)", sourceLocation: sourceLocation)
        }
        let hasCursorKeys = pty.output.holds("\u{1B}[?1h")
        #expect(!hasCursorKeys, "no application cursor keys", sourceLocation: sourceLocation)
    }

    /// What came out after the screen was left.
    private func afterwards(_ pty: Pty) -> String {
        let text = String(decoding: pty.output, as: UTF8.self)
        return text.range(of: Self.reset).map { String(text[$0.upperBound...]) } ?? ""
    }

    // MARK: Ways out

    @Test func `a normal end`() throws {
        let pty = try start(["close"])
        #expect(pty.waitForEnd() == 0)
        expectRestored(pty)
        #expect(afterwards(pty).contains("closed"))
    }

    @Test func `exit without closing`() throws {
        let pty = try start(["exit"])
        #expect(pty.waitForEnd() == 7)
        expectRestored(pty)
    }

    @Test func `an error that is thrown`() throws {
        let pty = try start(["throw"])
        #expect(pty.waitForEnd() == 1)
        expectRestored(pty)
        #expect(afterwards(pty).contains("error: ProbeError()"))
    }

    @Test(arguments: [("fatal", "Fatal error: boom ?[31m"), ("trap", "Fatal error: Index out of range")])
    func `a crash of Swift, with its message`(mode: String, message: String) throws {
        let pty = try start([mode])
        let status = try #require(pty.waitForEnd())
        #expect([128 + SIGILL, 128 + SIGTRAP].contains(status))
        expectRestored(pty)
        #expect(afterwards(pty).contains(message))
    }

    @Test(arguments: [("abort", SIGABRT), ("segv", SIGSEGV), ("overflow", SIGSEGV)])
    func `other crashes`(mode: String, number: Int32) throws {
        let pty = try start([mode])
        #expect(pty.waitForEnd() == 128 + number)
        expectRestored(pty)
    }

    @Test(arguments: [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP])
    func `a crash signal from outside`(number: Int32) throws {
        let pty = try running()
        pty.signal(number)
        #expect(pty.waitForEnd() == 128 + number)
        expectRestored(pty)
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
    func `a signal that ends is told to the loop`(number: Int32) throws {
        let pty = try running()
        pty.signal(number)
        #expect(pty.waitForEnd() == 0)
        expectRestored(pty)
        #expect(afterwards(pty).contains("ended by"))
    }

    @Test func `a second SIGTERM ends a loop that hangs`() throws {
        let pty = try running()
        pty.send("!")
        // It writes the sign that it hangs past its own screen.
        try #require(pty.read(untilText: "hanging"))
        pty.signal(SIGTERM)
        var sent = 0
        // Two that come at once count as one: again until it ends.
        pty.read { _ in
            pty.signal(SIGTERM)
            sent += 1
            return pty.status != nil || sent > 500
        }
        #expect(pty.waitForEnd() == 128 + SIGTERM)
        expectRestored(pty)
    }

    @Test func `a window that is closed ends the program`() throws {
        let pty = try running()
        pty.hangUp()
        // By the hang-up signal, or by what reading says: whichever is first.
        #expect([0, 5].contains(pty.waitForEnd()))
    }

    @Test func `stderr is shown at the end, harmless`() throws {
        let pty = try start(["stderr"])
        #expect(pty.waitForEnd() == 0)
        let text = afterwards(pty)
        #expect(text.contains("a library says ?]0;x?this"))
        expectRestored(pty)
    }

    @Test func `much stderr is cut`() throws {
        let pty = try start(["noisy"])
        #expect(pty.waitForEnd(within: 60) == 0)
        let text = afterwards(pty)
        #expect(text.contains("[earlier messages left out]"))
        #expect(text.contains("line 99999"))
        #expect(text.utf8.count < 100_000)
    }

    @Test func `stderr that goes elsewhere is left alone`() throws {
        let path = "/tmp/weir-probe-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        defer { unlink(path) }
        let pty = try start(["stderr"], errors: path)
        #expect(pty.waitForEnd() == 0)
        #expect(!pty.output.holds("a library says"))
        let file = open(path, O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = read(file, &bytes, bytes.count)
        #expect(bytes.prefix(max(0, count)).holds("a library says \u{1B}]0;x"))
    }

    // MARK: No terminal to speak of

    @Test(arguments: [
        (nil, "TERM is not set"), ("dumb", "cannot place the cursor"), ("nonesuch", "unknown terminal type"),
    ])
    func `a clear error, and no byte of ours`(type: String?, message: String) throws {
        let pty = try start(["loop"], type: type)
        #expect(pty.waitForEnd() == 69)
        #expect(pty.output.holds(message))
        #expect(!pty.output.contains(0x1B))
        #expect(pty.isCooked)
    }

    // MARK: While it runs

    @Test func `keys, sizes, and an end by key`() throws {
        let pty = try running()
        pty.send("x")
        #expect(pty.read(untilText: "key x"))
        pty.resize(columns: 100, rows: 30)
        #expect(pty.read(untilText: "size 100x30"))
        pty.resize(columns: 1, rows: 1)
        pty.resize(columns: 20, rows: 5)
        #expect(pty.read(untilText: "size 20x5"))
        pty.send("q")
        #expect(pty.waitForEnd() == 0)
        expectRestored(pty)
    }

    @Test func `LINES and COLUMNS do not count`() throws {
        let pty = try running()
        pty.resize(columns: 90, rows: 30)
        #expect(pty.read(untilText: "size 90x30"))
    }

    @Test func `stop and go on, under a shell with job control`() throws {
        let pty = try Pty()
        try pty.spawn(
            "/bin/sh", ["-m", "-i"],
            environment: [
                "PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "PS1": "shell> ", "SWIFT_BACKTRACE": "enable=no",
            ])
        try #require(pty.read(untilText: "shell> "))
        pty.send("\(Self.probe) loop\n")
        try #require(pty.read(untilText: "\u{1B}[c"))
        for (index, key) in ["a", "b"].enumerated() {
            pty.forget()
            // Ctrl-Z.
            pty.send("\u{1A}")
            try #require(pty.read(untilText: "shell> "))
            for mode in Self.modesOff where mode != "\u{1B}[?25h" {
                let wasSent = pty.output.holds(mode)
                #expect(wasSent, "\(Array(mode.utf8).visible)")
            }
            pty.forget()
            pty.resize(columns: 60 + index, rows: 20)
            pty.send("fg\n")
            try #require(pty.read(untilText: "size \(60 + index)x20"))
            #expect(pty.output.holds("\u{1B}[?1049h") && pty.output.holds("\u{1B}[?1000h"))
            #expect(!pty.isCooked)
            pty.send(key)
            try #require(pty.read(untilText: "key \(key)"))
        }
        pty.forget()
        pty.send("q")
        try #require(pty.read(untilText: "shell> "))
        pty.send("exit\n")
        #expect(pty.waitForEnd() == 0)
    }

    @Test func `stopped by SIGSTOP, it draws anew when it goes on`() throws {
        let pty = try running()
        pty.signal(SIGSTOP)
        pty.forget()
        pty.signal(SIGCONT)
        #expect(pty.read(untilText: "ready"))
        #expect(pty.output.holds("\u{1B}[?1000h"))
        #expect(!pty.isCooked)
        pty.send("q")
        #expect(pty.waitForEnd() == 0)
    }

    @Test func `another program gets the terminal as the shell had it`() throws {
        let pty = try start(["editor"])
        try #require(pty.read(untilText: "external has it"))
        #expect(pty.isCooked)
        expectRestored(pty)
        // Ctrl-C meanwhile is not ours.
        pty.signal(SIGINT)
        pty.forget()
        pty.send("\n")
        #expect(pty.waitForEnd() == 0)
        #expect(pty.output.holds("back"))
        expectRestored(pty)
    }
}
