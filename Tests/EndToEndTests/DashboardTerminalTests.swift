import FaultLab
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The dashboard and its terminal: sizes, kinds, the ways out.
@Suite struct DashboardTerminalTests {
    private static func demo(_ home: Home) throws -> [String] {
        let scenario = try home.write(
            """
            description = "Quick"
            tokens_per_second = 600
            """, to: "quick.toml")
        return ["demo", "--no-clock", "--scenario", scenario]
    }

    private func running(_ environment: [String: String] = [:], columns: Int = 100, rows: Int = 30) throws -> Chat {
        let home = try Home()
        let chat = try Chat(
            try Self.demo(home), home: home, environment: environment, columns: columns, rows: rows)
        try chat.opened()
        return chat
    }

    /// `make demo`, as it is.
    @Test func `the demo tells its story to the end`() throws {
        let chat = try Chat(["demo"], home: Home())
        try chat.opened()
        try chat.ask("Explain quantum computing in 3 sentences")
        chat.expect("● streaming", "attempt 1/6")
        chat.expect("◔ backing off", "retry", "lost")
        chat.expect("Retry-After 3 s", "attempt 2/6")
        chat.expect("● streaming", "attempt 3/6")
        chat.expect("stalled")
        chat.expect("◔ backing off", "attempt 3/6")
        chat.expect("falling back", "attempt 4/6")
        chat.expect("✓ complete", "attempt 4/6")
        #expect(chat.quit() == 0)
        chat.expectRestored()
    }

    @Test func `a size for every window, in mid-stream`() throws {
        let chat = try running(columns: 120, rows: 40)
        try chat.ask("Rivers in 2000 words")
        try chat.require("● streaming")
        for (columns, rows) in [(80, 24), (40, 10), (1, 1), (200, 60), (3, 50), (39, 9), (300, 2), (100, 30)] {
            chat.resize(columns: columns, rows: rows)
            // Where nothing fits there is nothing to wait for; the next size shows that it lives.
            if columns >= 40, rows >= 10 { try chat.require("weir", ">") }
            if (columns, rows) == (39, 9) { try chat.require("40x10") }
        }
        chat.expect("✓ complete")
        #expect(chat.quit() == 0)
        chat.expectRestored()
    }

    /// As a window manager does it whose user drags a corner, and the largest that a terminal may be.
    @Test func `a thousand sizes in a row, in mid-stream`() throws {
        let chat = try running(columns: 120, rows: 40)
        try chat.ask("Rivers in 5000 words")
        try chat.require("● streaming")
        for turn in 0..<1_000 {
            // Nobody waits for a screen; only what the program writes is taken, or it could not go on.
            chat.resize(columns: 1 + turn * 37 % 500, rows: 1 + turn * 53 % 200)
        }
        chat.resize(columns: 500, rows: 200)
        try chat.require(" weir ", "> ", "Streams")
        chat.resize(columns: 100, rows: 30)
        try chat.require(" weir ", "> ", "Streams")
        chat.expect("✓ complete")
        #expect(chat.quit() == 0)
        chat.expectRestored()
    }

    @Test(arguments: ["xterm", "xterm-256color", "vt100", "linux", "screen-256color", "tmux-256color", "vt220"])
    func `a kind of terminal`(type: String) throws {
        let chat = try running(["TERM": type])
        try chat.ask("Hello \(type)")
        chat.expect("complete")
        #expect(chat.quit() == 0)
        #expect(chat.pty.isCooked)
    }

    @Test(arguments: ["NO_COLOR", "--no-color"])
    func `without colours`(how: String) throws {
        let home = try Home()
        let isOption = how.hasPrefix("-")
        let chat = try Chat(
            try Self.demo(home) + (isOption ? [how] : []), home: home, environment: isOption ? [:] : [how: "1"])
        try chat.opened()
        try chat.ask("Grey")
        chat.expect("✓ complete")
        let colours = Set(chat.seen.cells.flatMap { [$0.look.foreground, $0.look.background] }).subtracting([""])
        #expect(colours.isEmpty, "\(colours)")
        #expect(chat.quit() == 0)
    }

    @Test func `only ASCII where the terminal has no more`() throws {
        let chat = try running(["LANG": "C"])
        chat.send("Plain")
        try chat.require("> Plain")
        #expect(chat.screen.utf8.allSatisfy { $0 < 0x80 }, "\(chat.screen)")
        chat.send(Key.enter)
        chat.expect("complete")
        #expect(chat.quit() == 0)
    }

    // MARK: No terminal to speak of

    @Test(arguments: [
        ("", "TERM"), ("dumb", "dumb"), ("nonesuch", "nonesuch"),
    ])
    func `a terminal that will not do`(type: String, says: String) throws {
        let chat = try Chat(["demo"], home: Home(), environment: ["TERM": type])
        let status = try #require(chat.pty.waitForEnd(within: Weir.patience))
        #expect(status != 0)
        #expect(chat.pty.output.holds(says), "\(chat.pty.output.visible)")
        #expect(chat.pty.output.holds("weir ask") || chat.pty.output.holds("TERM"), "\(chat.pty.output.visible)")
        #expect(!chat.pty.output.contains(0x1B))
        #expect(chat.pty.isCooked)
    }

    @Test(arguments: ["demo", "chat"])
    func `no terminal at all`(command: String) throws {
        let lab = try Lab()
        let run = try Run.toEnd(
            command == "demo" ? [command] : [command, "-p", "lab", "--base-url", lab.baseURL], home: Home(),
            environment: ["TERM": "xterm"])
        #expect(run.status != 0 && run.status != nil && (run.status ?? 128) < 128, "\(run.summary)")
        #expect(run.errorText.contains("terminal"), "\(run.errorText)")
        #expect(run.output.isEmpty)
    }

    @Test func `without a key there is a word about it, not a screen`() throws {
        let chat = try Chat([], home: Home())
        #expect(chat.pty.waitForEnd(within: Weir.patience) == 3)
        #expect(chat.pty.output.holds("weir demo") && !chat.pty.output.contains(0x1B), "\(chat.pty.output.visible)")
    }

    // MARK: Ways out

    @Test(arguments: [SIGTERM, SIGHUP])
    func `told to end, in mid-stream`(number: Int32) throws {
        let chat = try running()
        try chat.ask("Rivers in 2000 words")
        try chat.require("● streaming")
        chat.pty.signal(number)
        let status = try #require(chat.pty.waitForEnd(within: Weir.patience))
        #expect(status != 0)
        chat.expectRestored()
    }

    @Test func `q outside of the prompt`() throws {
        let chat = try running()
        chat.send("q")
        try chat.require("> q")
        chat.send("\u{7F}" + Key.tab)
        try chat.require("q quit")
        chat.send("q")
        #expect(chat.pty.waitForEnd(within: Weir.patience) == 0)
        chat.expectRestored()
    }

    @Test func `Ctrl-C cancels, then clears, then asks, then quits`() throws {
        let chat = try running()
        try chat.ask("Rivers in 5000 words")
        try chat.require("● streaming")
        chat.send(Key.control("c"))
        try chat.require("■ cancelled")
        chat.send("A draft")
        try chat.require("> A draft")
        chat.send(Key.control("c"))
        chat.expectGone("> A draft")
        // Again and again, since an answer that comes late has lapsed by then.
        chat.pty.read(within: Weir.patience) { _ in
            chat.send(Key.control("c"))
            return chat.pty.waitForEnd(within: 0.3) != nil
        }
        #expect(chat.pty.waitForEnd(within: Weir.patience) == 0)
        chat.expectRestored()
    }

    @Test func `a closed window ends it`() throws {
        let chat = try running()
        try chat.ask("Rivers in 2000 words")
        try chat.require("● streaming")
        chat.pty.hangUp()
        #expect(chat.pty.waitForEnd(within: Weir.patience) != nil)
    }

    @Test func `Ctrl-Z and fg`() throws {
        let home = try Home()
        let arguments = try Self.demo(home).map { "'\($0)'" }.joined(separator: " ")
        let chat = try Chat(
            ["-m", "-i"], home: home, environment: ["PS1": "shell> ", "ENV": ""], program: "/bin/sh")
        try chat.require("shell>")
        chat.send("'\(Weir.path)' \(arguments)\n")
        try chat.opened()
        try chat.ask("Rivers in 500 words")
        try chat.require("● streaming")
        chat.send(Key.control("z"))
        try chat.require("shell>")
        #expect(chat.pty.isCooked || chat.wait { _ in chat.pty.isCooked })
        chat.send("fg\n")
        try chat.require("Rivers in 500", "Streams")
        // What came meanwhile is there.
        chat.expect("✓ complete")
        chat.send(Key.control("d"))
        try chat.require("shell>")
        chat.send("exit\n")
        #expect(chat.pty.waitForEnd(within: Weir.patience) == 0)
    }

    // MARK: What is said on the screen

    @Test func `a broken file is told, and the rest is there`() throws {
        let home = try Home()
        let path = try home.configure("theme = 3\n")
        let chat = try Chat(try Self.demo(home), home: home)
        try chat.opened()
        chat.expect("config.toml:1", "theme")
        _ = path
        try chat.ask("Still here")
        chat.expect("✓ complete")
        #expect(chat.quit() == 0)
    }

    @Test func `help, and any key`() throws {
        let chat = try running()
        chat.send(Key.f1)
        chat.expect("Retry", "Cancel")
        chat.send(Key.escape)
        chat.send("\u{1B}[200~pasted\ntext\u{1B}[201~")
        chat.expect("pasted")
        // Bytes that mean nothing do nothing.
        chat.send("\u{1B}[999~\u{1B}]nonsense\u{07}\u{1B}[<0;5;5M\u{1B}[<0;5;5m")
        chat.pty.send([0xFF, 0xFE, 0x80])
        chat.send("!")
        chat.expect("!")
        #expect(chat.pty.status == nil)
    }
}
