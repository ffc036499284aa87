import FaultLab
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Replies made in the background: what broke goes on by its cursor, from the very event, and nothing is sent again.
@Suite struct AskCursorTests {
    /// What breaks a stream on its way.
    struct Break: CustomTestStringConvertible {
        var name: String
        var requests: [[FaultStep]]
        var arguments: [String] = []
        var testDescription: String { name }
    }

    static let breaks: [Break] = [
        Break(name: "reset", requests: [[.at(40, .resetPeer(midWord: false, beforeHeaders: false))]]),
        Break(name: "in mid-event", requests: [[.at(200, .resetPeer(midWord: true, beforeHeaders: false))]]),
        // Some of the model's thoughts only.
        Break(name: "early", requests: [[.at(5, .cut(midWord: true))]]),
        Break(name: "before the first delta", requests: [[.at(0, .cut(midWord: false))]]),
        Break(name: "clean end", requests: [[.at(100, .cleanEnd(midWord: true))]]),
        // The silence after it keeps the lab from having sent everything before it is heard.
        Break(
            name: "a damaged event",
            requests: [[.at(60, .malformedEvent(count: 2)), .at(61, .stall(600, .none, interval: 1))]]),
        Break(name: "a done without an end", requests: [[.now(.doneWithoutFinish)]]),
        Break(
            name: "silence", requests: [[.at(25, .stall(30, .ping, interval: 0.02))]],
            arguments: ["--content-timeout", "200ms"]),
        Break(
            name: "the cursor's request fails too",
            requests: [
                [.at(50, .cut(midWord: true))], [.status(503)], [.now(.resetPeer(midWord: false, beforeHeaders: true))],
            ]),
        // Far more breaks than streams that break before a whole reply is asked for: each got further.
        Break(
            name: "again and again", requests: Array(repeating: [.at(30, .cut(midWord: true))], count: 5)),
        Break(
            name: "after so many bytes", requests: Array(repeating: [.now(.limitData(bytes: 12_000))], count: 3)),
    ]

    @Test(arguments: breaks, LabModels.background)
    func `what broke goes on by the cursor`(trouble: Break, model: String) throws {
        let lab = try Lab(trouble.requests)
        let prompt = "\(trouble.name) in the background"
        let run = try Run.toEnd(lab.ask(model, "--json") + trouble.arguments + [prompt], home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        if model == "lab-background-thinking" {
            expectSame(events.thinking, CanonicalReply.thinking(prompt: prompt))
        }
        let seams = events.named("resume")
        #expect(seams.count >= 1)
        #expect(seams.allSatisfy { $0.text("strategy") == "cursor" && $0.integer("trimmed") == 0 })
        #expect(events.named("fallback").isEmpty)
        // The reply was asked for once; all other requests were for its rest.
        #expect(lab.lab.journal().count { $0.kind == .asked && !$0.text.contains("after event") } == 1)
        // The provider's numbers are those of the whole reply, and nothing else was used.
        // (libcurl repeats a GET by itself where a connection that was used before turns out to be dead.)
        #expect((events.end?.integer("attempts") ?? .max) <= lab.requests)
        let tokens = CanonicalReply.tokenCount(CanonicalReply.text(prompt: prompt))
        let usage = events.end?.fields["usage"] as? [String: Any]
        #expect(usage?["estimated"] as? Bool == false)
        let thoughts = events.thinking.isEmpty ? 0 : CanonicalReply.tokenCount(CanonicalReply.thinking(prompt: prompt))
        #expect(usage?["output"] as? Int == tokens + thoughts)
    }

    @Test(arguments: [404, 400])
    func `a cursor that is refused gives way to the next strategy`(status: Int) throws {
        let lab = try Lab(
            [[.at(80, .resetPeer(midWord: true, beforeHeaders: false))]], always: [.now(.rejectCursor(status: status))])
        let prompt = "Forgotten, \(status)"
        let run = try Run.toEnd(lab.ask("lab-background", "--json", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        #expect(events.named("resume").map { $0.text("strategy") } == ["continue"])
        // The response that nobody waits for any more is stopped.
        #expect(lab.journal.contains("cancelled by the client: resp_lab_1"))
    }

    @Test func `thoughts alone, and the cursor refused: it begins anew`() throws {
        let lab = try Lab([[.at(5, .cut(midWord: false))]], always: [.now(.rejectCursor(status: 404))])
        let prompt = "Thoughts only"
        let run = try Run.toEnd(lab.ask("lab-background-thinking", "--json", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        expectSame(try run.events().text, CanonicalReply.text(prompt: prompt))
    }

    @Test func `a response that failed at the provider is asked for anew`() throws {
        let lab = try Lab([[.at(50, .errorEvent(type: "server_error", message: nil))]])
        let prompt = "Failed there"
        let run = try Run.toEnd(lab.ask("lab-background", "--json", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        #expect(events.named("resume").last?.text("strategy") == "continue")
    }

    @Test func `told so, a model that is not in the background is put there`() throws {
        let lab = try Lab([[.at(60, .cut(midWord: true))]])
        let prompt = "By the cursor"
        let run = try Run.toEnd(lab.ask("lab-responses", "--json", "--resume", "cursor", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        #expect(events.named("resume").map { $0.text("strategy") } == ["cursor"])
    }

    @Test func `by the command line's dialect`() throws {
        let lab = try Lab([[.at(60, .cut(midWord: true))]])
        let prompt = "In another dialect"
        let run = try Run.toEnd(
            lab.ask("lab-gpt", "--json", "--dialect", "responses", "--resume", "cursor", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        expectSame(try run.events().text, CanonicalReply.text(prompt: prompt))
        #expect(lab.journal.contains("responses, lab-gpt"))
    }

    @Test func `no cursor without its dialect`() throws {
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask("lab-claude", "--resume", "cursor", "No"), home: Home())
        #expect(run.status == 3)
        #expect(run.errorText.contains("--dialect responses"), "\(run.errorText)")
        #expect(lab.requests == 0)
    }

    @Test func `what was made while nobody listened comes at once`() throws {
        // 100 tokens a second, and a wait of a second: 100 tokens more are there when the client is back.
        let lab = try Lab([[.at(20, .cut(midWord: false))]], tokensPerSecond: 100)
        let prompt = "Say it in --tokens 120"
        let run = try Run.toEnd(lab.ask("lab-background", "--json", "--base-delay", "1", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        let resumed = try #require(events.named("resume").first?.time)
        let end = try #require(events.end?.time)
        // Of 100 tokens, which take a second to make, 95 are there.
        #expect(end - resumed < 0.8, "\(end - resumed) s")
    }

    @Test func `Ctrl-C stops the reply at the provider, too`() throws {
        let lab = try Lab(always: [.at(30, .stall(600, .none, interval: 1))])
        let run = try Run(lab.ask("lab-background", "--json", "Stop"), home: Home())
        #expect(run.read { $0.outputText.contains("\"event\":\"text\"") }, "\(run.summary)")
        run.signal(SIGINT)
        #expect(run.waitForEnd() == 130)
        #expect(try run.events().verdict == "cancelled")
        #expect(lab.journal.contains("cancelled by the client: resp_lab_1"), "\(lab.journal)")
    }
}
