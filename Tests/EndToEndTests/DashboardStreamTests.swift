import FaultLab
import Synchronization
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Streams under the hand: cancel, retry, and a backoff that is steered.
@Suite struct DashboardStreamTests {
    private func chat(_ lab: Lab, home: Home? = nil, _ more: String...) throws -> Chat {
        let chat = try Chat(
            ["chat", "-p", "lab", "--base-url", lab.baseURL, "--jitter", "none", "--no-clock"] + more,
            home: home ?? Home())
        try chat.opened()
        return chat
    }

    /// The replies of the only conversation, as the store has them.
    private func stored(_ home: Home) throws -> String {
        let list = try Run.toEnd(["sessions"], home: home).outputText
        let id = try #require(list.split(separator: "\n").dropFirst().first?.split(separator: " ").first)
        let export = try Run.toEnd(["sessions", "export", String(id)], home: home)
        #expect(export.status == 0, "\(export.summary)")
        return export.outputText
    }

    @Test(arguments: LabModels.both)
    func `a question is answered, and the store has every word`(model: String) throws {
        let lab = try Lab(
            [[.at(60, .resetPeer(midWord: true, beforeHeaders: false))], [.now(.repeatWords(3))]],
            tokensPerSecond: 2_000)
        let home = try Home()
        let chat = try chat(lab, home: home, "-m", model, "--base-delay", "10ms")
        try chat.ask("Rivers and \(model)")
        chat.expect("✓ complete", "attempt 2/")
        #expect(chat.quit() == 0)
        chat.expectRestored()
        let reply = CanonicalReply.text(prompt: "Rivers and \(model)")
        let text = try stored(home)
        #expect(text.contains(reply), "\(text)")
    }

    @Test func `a broken reply asks before it goes on`() throws {
        let lab = try Lab([[.at(60, .resetPeer(midWord: true, beforeHeaders: false))]], tokensPerSecond: 2_000)
        let chat = try chat(lab, home: Home(), "-m", "lab-claude", "--base-delay", "10ms", "--resume", "ask")
        try chat.ask("Ask first")
        try chat.require("? asking", "go on (prefill)")
        #expect(lab.requests == 1)
        chat.send("\u{1B}s")
        try chat.require("go on (ask to continue)")
        chat.send(Key.control("r"))
        chat.expect("✓ complete")
        #expect(lab.requests == 2)
        #expect(chat.quit() == 0)
    }

    @Test(arguments: [(Key.escape, "Esc"), (Key.control("c"), "Ctrl-C")])
    func `a key cancels one stream while another runs, and Ctrl-R takes it up again`(key: String, name: String) throws {
        let closed = Mutex<Double?>(nil)
        let lab = try Lab(always: [.at(40, .stall(600, .ping, interval: 0.05))], tokensPerSecond: 0) {
            $0.onEntry = { entry in
                if entry.kind == .ended { closed.withLock { $0 = $0 ?? monotonicSeconds() } }
            }
        }
        let home = try Home()
        let chat = try chat(lab, home: home)
        try chat.ask("/ask lab-claude,lab-gpt Two rivers")
        try chat.require("2 live", "1 ● lab-claude", "2 ● lab-gpt")
        // The newest is not the selected one: say which.
        chat.send("\u{1B}1")
        try chat.require("Stream 1")
        let pressed = monotonicSeconds()
        chat.send(key)
        try chat.require("■ lab-claude", "cancelled", "1 live", "● lab-gpt")
        let gone = try #require(waitFor { closed.withLock { $0 } })
        print("From the \(name) key to the socket closed, as the lab sees it: \(Int((gone - pressed) * 1000)) ms")
        #expect(lab.lab.journal().count { $0.kind == .ended } == 1, "\(lab.journal)")

        // Nothing more stalls, for the other one too.
        lab.lab.steer(.heal)
        try chat.require("✓ lab-gpt")
        chat.send(Key.control("r"))
        try chat.require("● lab-claude")
        lab.lab.steer(.heal)
        try chat.require("✓ lab-claude", "✓ lab-gpt")
        #expect(chat.quit() == 0)
        chat.expectRestored()
        #expect(try stored(home).components(separatedBy: CanonicalReply.text(prompt: "Two rivers")).count == 3)
    }

    @Test func `retry now, in the middle of a wait`() throws {
        let lab = try Lab([[.at(30, .cut(midWord: true))]])
        let chat = try chat(lab, "--base-delay", "50")
        try chat.ask("Do not wait")
        try chat.require("◔ backing off", "retry 4")
        chat.send(Key.tab + Key.tab)
        try chat.require("n retry now", "g give up")
        chat.send("n")
        try chat.require("✓ complete", "attempt 2/6")
        #expect(chat.quit() == 0)
    }

    @Test func `Ctrl-R in a wait does not wait either`() throws {
        let lab = try Lab([[.status(503)]])
        let chat = try chat(lab, "--base-delay", "50")
        try chat.ask("Do not wait")
        try chat.require("◔ backing off", "^R retry now")
        chat.send(Key.control("r"))
        try chat.require("✓ complete", "attempt 2/6")
    }

    @Test func `a wait is counted down, made longer, and given up`() throws {
        let lab = try Lab(always: [.status(529)])
        let chat = try chat(lab, "--base-delay", "30")
        try chat.ask("Wait")
        try chat.require("◔ backing off", "retry 2")
        // The engine's own deadline counts down.
        func seconds() -> Double? {
            chat.screen.split(separator: "retry ").dropFirst().first.flatMap {
                Double($0.prefix { $0.isNumber || $0 == "." })
            }
        }
        let first = try #require(seconds())
        #expect(chat.wait { _ in seconds().map { $0 < first } ?? false }, "\(chat.screen)")
        chat.send(Key.tab + Key.tab + "+")
        #expect(chat.wait { _ in seconds().map { $0 > first } ?? false }, "\(chat.screen)")
        chat.send("g")
        try chat.require("✗ ", "failed")
        chat.expect("r retry")
        #expect(lab.requests == 1)
        #expect(chat.quit() == 0)
    }

    @Test func `another model takes over`() throws {
        let lab = try Lab([[.at(30, .cut(midWord: false))]])
        let chat = try chat(lab, "--base-delay", "50")
        try chat.ask("Take over")
        try chat.require("◔ backing off")
        lab.lab.use(Scenario(name: "calm", description: "For the other model"))
        chat.send(Key.tab + Key.tab + "m")
        try chat.require("Go on with another model")
        chat.send("lab-gpt")
        try chat.require("> lab-gpt", "▸ lab-gpt")
        chat.send(Key.enter)
        try chat.require("✓ lab-gpt")
        #expect(
            lab.lab.journal().contains { $0.text.contains("lab-gpt") && $0.text.contains("continue") }, "\(lab.journal)"
        )
    }

    @Test func `the states pass as they come`() throws {
        // Thoughts come first, 60 of them and more; then text.
        let lab = try Lab(
            [
                [.now(.latency(0.5, jitter: 0)), .at(150, .stall(600, .none, interval: 1))],
                [.at(60, .resetPeer(midWord: true, beforeHeaders: false))],
                [.now(.latency(0.5, jitter: 0))],
            ], tokensPerSecond: 80)
        let chat = try chat(
            lab, "-m", "lab-claude-thinking", "--idle-timeout", "6", "--base-delay", "500ms", "--fallback-after", "2")
        try chat.ask("Every state")
        for words in ["waiting", "thinking", "● streaming", "stalled", "backing off", "● streaming", "falling back"] {
            try chat.require(words)
        }
        chat.expect("✓ complete", "attempt 3/6")
        #expect(chat.quit() == 0)
        chat.expectRestored()
    }

    @Test func `a key goes to its own provider when the model is changed`() throws {
        let lab = try Lab()
        let elsewhere = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        }
        let home = try Home()
        let chat = try Chat(
            ["chat", "-p", "anthropic", "-m", "claude-sonnet-4-5", "--base-url", elsewhere.url("")], home: home,
            environment: [
                "ANTHROPIC_API_KEY": "sk-for-anthropic", "OPENAI_API_KEY": "sk-for-openai",
                "OPENAI_BASE_URL": lab.lab.openAIBaseURL,
            ])
        try chat.opened()
        try chat.ask("/ask openai/gpt-4.1 Hello there")
        try chat.require("✓ ")
        #expect(elsewhere.connections.isEmpty)
        #expect(lab.requests == 1, "\(lab.journal)")
        chat.send("/model claude-sonnet-4-5" + Key.enter)
        try chat.ask("Hello again")
        try chat.require("401")
        let received = elsewhere.connections.first?.received ?? []
        #expect(received.holds("sk-for-anthropic") && !received.holds("sk-for-openai"))
        #expect(!chat.pty.output.holds("sk-for-"))
        #expect(chat.quit() == 0)
    }
}

func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
