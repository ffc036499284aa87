import FaultLab
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// What `weir ask` takes for a prompt, and what it puts where.
@Suite struct AskOutputTests {
    @Test(arguments: LabModels.all)
    func `standard output is the text, and nothing else`(model: String) throws {
        let lab = try Lab([[.at(30, .resetPeer(midWord: true, beforeHeaders: false))]])
        let run = try Run.toEnd(lab.ask(model, "Plain text"), home: Home())
        #expect(run.status == 0, "\(run.summary)")
        // No line end is added: a file is exactly what the model wrote.
        expectSame(run.outputText, CanonicalReply.text(prompt: "Plain text"))
        #expect(run.errorText.contains("was reset"), "\(run.errorText)")
        #expect(run.errorText.split(separator: "\n").allSatisfy { $0.hasPrefix("weir: ") }, "\(run.errorText)")
        #expect(!run.errors.contains(0x1B), "no colours where there is no terminal")
    }

    @Test func `quiet says nothing that went well`() throws {
        let lab = try Lab([[.at(30, .cut(midWord: false))], [.status(529)]])
        let run = try Run.toEnd(lab.ask("lab-gpt", "-q", "Quiet"), home: Home())
        #expect(run.status == 0)
        #expect(run.errors.isEmpty, "\(run.errorText)")
        expectSame(run.outputText, CanonicalReply.text(prompt: "Quiet"))
    }

    @Test func `quiet says why it failed`() throws {
        let lab = try Lab(always: [.status(401)])
        let run = try Run.toEnd(lab.ask("lab-gpt", "--quiet", "Quiet"), home: Home())
        #expect(run.status == 3)
        #expect(run.errorText.contains("401"))
    }

    // MARK: The prompt

    @Test(arguments: [
        (["Several", "words"], "", "Several words"), ([], "From a pipe", "From a pipe"), (["-"], "A dash", "A dash"),
        (["Translate:"], "Guten Tag", "Translate:\n\nGuten Tag"), (["Only me"], "  \n", "Only me"),
        (["日本語", "👩‍👩‍👧"], "", "日本語 👩‍👩‍👧"), (["--", "--not-an-option"], "", "--not-an-option"),
    ])
    func `arguments, then standard input`(arguments: [String], input: String, prompt: String) throws {
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask() + arguments, home: Home(), input: input)
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: prompt))
    }

    @Test func `no prompt is an error of usage`() throws {
        let run = try Run.toEnd(["ask", "-p", "lab"], home: Home())
        #expect(run.status == 64)
        #expect(run.errorText.contains("no prompt"))
        #expect(run.output.isEmpty)
    }

    @Test func `a prompt that is no text is an error of usage`() throws {
        let home = try Home()
        let run = try Run.toEnd(
            ["-c", "printf 'a\\377b' | \(Weir.path) ask -p lab"], home: home, program: "/bin/sh")
        #expect(run.status == 64, "\(run.summary)")
        #expect(run.errorText.contains("UTF-8"))
    }

    // MARK: Who reads

    @Test(arguments: ["", "--json"])
    func `a reader that has enough ends it quietly`(flag: String) throws {
        let lab = try Lab(tokensPerSecond: 200)
        let home = try Home()
        let command = (lab.ask() + [flag, "Much --tokens 100000"]).filter { !$0.isEmpty }
            .map { "'\($0)'" }.joined(separator: " ")
        let run = try Run.toEnd(["-c", "\(Weir.path) \(command) | head -n 1"], home: home, program: "/bin/sh")
        #expect(run.status == 0)
        #expect(run.output.count { $0 == 0x0A } == 1)
        #expect(run.errors.isEmpty, "\(run.errorText)")
        // It did not read on to the end by itself.
        let ended = try #require(waitFor { lab.lab.journal().first { $0.kind == .ended } })
        #expect((ended.tokens ?? 0) < 100_000, "\(lab.journal)")
    }

    @Test func `a full disk is a failure`() throws {
        guard access("/dev/full", W_OK) == 0 else { return }
        let lab = try Lab()
        let command = (lab.ask() + ["Full"]).map { "'\($0)'" }.joined(separator: " ")
        let run = try Run.toEnd(["-c", "\(Weir.path) \(command) >/dev/full"], home: Home(), program: "/bin/sh")
        #expect(run.status == 1, "\(run.summary)")
        #expect(run.errorText.contains("No space left"), "\(run.errorText)")
    }

    // MARK: Lines of JSON

    /// Each event has the fields that the contract names, and no others.
    @Test func `events have the fields of the contract`() throws {
        let lab = try Lab([
            [.at(120, .resetPeer(midWord: true, beforeHeaders: false))], [.status(429, retryAfter: 0.01)],
            [.at(120, .cleanEnd(midWord: true))],
        ])
        let plan: Set = ["strategy", "kept", "rebilled_input", "rebilled_output", "rebilled_cost", "currency"]
        let fields: [String: Set<String>] = [
            "attempt": plan.union(["attempt", "of"]), "state": ["state"], "headers": ["status", "request_id"],
            "thinking": ["text"], "text": ["text"], "retry": plan.union(["reason", "delay", "source"]),
            "resume": ["strategy", "kept", "trimmed"], "fallback": [],
            "usage": ["input", "output", "cache_read", "cache_write", "estimated"],
            "end": [
                "verdict", "stop_reason", "attempts", "text_bytes", "usage", "cost", "currency", "lost_cost", "error",
            ],
        ]
        let words: Set = [
            "idle", "connecting", "waiting", "thinking", "streaming", "stalled", "backing-off", "falling-back",
            "asking",
            "complete", "truncated", "refused", "cancelled", "failed",
        ]
        var seen: Set<String> = []
        for model in ["lab-claude-thinking", "lab-gpt-thinking"] {
            let run = try Run.toEnd(lab.ask(model, "--json", "The contract"), home: Home())
            #expect(run.status == 0, "\(run.summary)")
            let events = try run.events()
            for event in events {
                seen.insert(event.name)
                #expect(Set(event.fields.keys).subtracting(["event", "t"]) == fields[event.name], "\(event)")
            }
            #expect(events.states.allSatisfy { words.contains($0) }, "\(events.states)")
            #expect(events.states.last == "complete")
            #expect(events.named("attempt").map { $0.integer("attempt") } == Array(1...events.named("attempt").count))
            #expect(events.named("retry").contains { $0.text("source") == "retry-after" }, "\(run.outputText)")
            let usage = events.end?.fields["usage"] as? [String: Any]
            #expect(Set((usage ?? [:]).keys) == fields["usage"])
            #expect(events.end?.isNull("error") == true)
            // Nobody has said what this model costs.
            #expect(events.end?.isNull("cost") == true && events.end?.isNull("lost_cost") == true)
            #expect(events.end?.text("stop_reason") == "end_turn")
        }
        #expect(seen == Set(fields.keys))
    }

    @Test func `what it cost, and what was lost`() throws {
        let lab = try Lab([[.at(120, .resetPeer(midWord: true, beforeHeaders: false))]])
        let run = try Run.toEnd(lab.ask("lab-claude", "--json", "Money"), home: Home())
        let end = try #require(try run.events().end)
        #expect((end.number("cost") ?? 0) > 0 && (end.number("lost_cost") ?? 0) > 0, "\(end)")
        #expect(end.text("currency") == "USD")
    }

    /// The first words are there long before the last ones.
    @Test(arguments: ["", "--json"])
    func `text comes as it arrives`(flag: String) throws {
        let lab = try Lab(always: [.at(40, .stall(600, .none, interval: 1))])
        let run = try Run((lab.ask() + [flag, "Soon"]).filter { !$0.isEmpty }, home: Home())
        let word = CanonicalReply.tokens(CanonicalReply.text(prompt: "Soon"))[0]
        #expect(run.read { $0.outputText.contains(word) }, "\(run.summary)")
        #expect(run.status == nil)
        lab.lab.steer(.heal)
        #expect(run.waitForEnd() == 0)
    }

    /// What a terminal gets cannot steer it, though a file gets it as it came.
    @Test func `a terminal gets the text harmless`() throws {
        let hostile = "one \u{1B}]0;owned\u{07}two \u{1B}[2J\u{9B}31mthree\u{202E}\n"
        let server = try Self.server(saying: hostile)
        let arguments = ["ask", "-p", "lab", "-m", "lab-gpt", "--base-url", server.url("/v1"), "Attack"]
        let home = try Home()
        let file = try Run.toEnd(arguments, home: home)
        expectSame(file.outputText, hostile)

        let pty = try Pty()
        try pty.spawn(Weir.path, arguments, environment: home.environment.merging(["TERM": "xterm"]) { $1 })
        #expect(pty.waitForEnd(within: Weir.patience) == 0, "\(pty.output.visible)")
        #expect(pty.output.holds("one") && pty.output.holds("two") && pty.output.holds("three"))
        #expect(!pty.output.contains(0x1B) && !pty.output.contains(0x07), "\(pty.output.visible)")
        #expect(!pty.output.holds("\u{9B}") && !pty.output.holds("\u{202E}"))
    }

    private static func server(saying text: String) throws -> RawServer {
        try RawServer { connection in
            connection.readRequest()
            var escaped = ""
            for scalar in text.unicodeScalars {
                let hex = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
            let body =
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(escaped)\"}}]}\n\n"
                + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"
            connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
        }
    }
}
