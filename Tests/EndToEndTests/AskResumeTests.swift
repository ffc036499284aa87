import FaultLab
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How `weir ask` takes up a reply that broke: each way by itself, and when it may not.
@Suite struct AskResumeTests {
    private static let broken: [[FaultStep]] = [[.at(40, .resetPeer(midWord: true, beforeHeaders: false))]]

    @Test(
        arguments: ["prefill", "continue", "system-note", "restart-skip"],
        ["lab-claude", "lab-gpt", "lab-claude-thinking", "lab-responses-thinking"])
    func `a strategy that is told`(strategy: String, model: String) throws {
        let lab = try Lab([
            [.at(150, .resetPeer(midWord: true, beforeHeaders: false))],
            // A restart says everything again anyway.
            [.now(.repeatWords(strategy == "restart-skip" ? 0 : 3)), .at(200, .cleanEnd(midWord: true))],
        ])
        let prompt = "\(strategy) with \(model) in 400 words"
        let run = try Run.toEnd(
            lab.ask(model, "--json", "--resume", strategy, "--fallback-after", "0", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        let seams = events.named("resume")
        #expect(!seams.isEmpty)
        #expect(seams.allSatisfy { $0.text("strategy") == strategy }, "\(run.outputText)")
        #expect(seams.allSatisfy { ($0.integer("kept") ?? 0) > 0 })
    }

    @Test func `a model that refuses prefill is asked to continue`() throws {
        let lab = try Lab(Self.broken, always: [.now(.rejectPrefill)])
        let prompt = "Refused prefill"
        let run = try Run.toEnd(lab.ask("lab-claude", "--json", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        #expect(events.named("resume").last?.text("strategy") == "continue")
    }

    @Test func `refused where it is told ends with what there is`() throws {
        let lab = try Lab(Self.broken, always: [.now(.rejectPrefill)])
        let prompt = "Refused prefill, and nothing else allowed"
        let run = try Run.toEnd(lab.ask("lab-claude", "--json", "--resume", "prefill", prompt), home: Home())
        #expect(run.status == 5, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        #expect(events.verdict == "incomplete")
        #expect(CanonicalReply.text(prompt: prompt).hasPrefix(events.text) && !events.text.isEmpty)
    }

    @Test(arguments: LabModels.both)
    func `off keeps what came and says so`(model: String) throws {
        let lab = try Lab(Self.broken)
        let prompt = "Do not resume"
        let run = try Run.toEnd(lab.ask(model, "--json", "--resume", "off", prompt), home: Home())
        #expect(run.status == 5)
        let events = try run.events()
        #expect(events.verdict == "incomplete")
        #expect(CanonicalReply.text(prompt: prompt).hasPrefix(events.text) && !events.text.isEmpty)
        #expect(events.end?.text("error")?.isEmpty == false)
        #expect(lab.requests == 1)
    }

    @Test func `a break before the first word is retried even then`() throws {
        let lab = try Lab([[.status(503)]])
        let prompt = "Nothing came yet"
        let run = try Run.toEnd(lab.ask("lab-gpt", "--json", "--resume", "off", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)")
        expectSame(try run.events().text, CanonicalReply.text(prompt: prompt))
    }

    @Test func `no retries`() throws {
        let lab = try Lab(Self.broken)
        let run = try Run.toEnd(lab.ask("lab-claude", "--json", "--max-retries", "0", "Once"), home: Home())
        #expect(run.status == 5, "\(run.summary)")
        #expect(try run.events().verdict == "incomplete")
        #expect(lab.requests == 1)
    }

    // MARK: What it bills, and who is asked

    @Test func `what a resume bills again is said before it happens`() throws {
        let lab = try Lab(Self.broken)
        let run = try Run.toEnd(lab.ask("lab-claude", "Say the price"), home: Home())
        #expect(run.status == 0, "\(run.summary)")
        #expect(run.errorText.contains(", goes on by prefill, ~"), "\(run.errorText)")
        #expect(run.errorText.contains(" tokens again ("), "\(run.errorText)")
        let json = try Run.toEnd(lab.ask("lab-claude", "--json", "Say the price"), home: Home())
        #expect(json.status == 0, "\(json.summary)")
    }

    /// A session of its own has no terminal, wherever the tests run.
    @Test(.enabled(if: access("/usr/bin/setsid", X_OK) == 0, "skipped: no setsid"))
    func `without a terminal nobody is asked, and what came stays`() throws {
        let lab = try Lab(Self.broken)
        let prompt = "Ask me"
        let run = try Run.toEnd(
            ["-w", Weir.path] + lab.ask("lab-claude", "--resume", "ask", prompt), home: Home(),
            program: "/usr/bin/setsid")
        #expect(run.status == 5, "\(run.summary)")
        #expect(run.errorText.contains("there is no terminal to ask on"), "\(run.errorText)")
        #expect(CanonicalReply.text(prompt: prompt).hasPrefix(run.outputText) && !run.outputText.isEmpty)
        #expect(lab.requests == 1)
    }

    @Test(arguments: LabModels.both)
    func `a reply at its token limit goes on as often as it is told`(model: String) throws {
        let lab = try Lab()
        let prompt = "A long answer in 300 words"
        let whole = CanonicalReply.text(prompt: prompt)
        let some = try Run.toEnd(
            lab.ask(model, "--max-tokens", "80", "--continue-truncated", "1", prompt), home: Home())
        #expect(some.status == 6, "\(some.summary)")
        #expect(whole.hasPrefix(some.outputText) && lab.requests == 2)
        let all = try Run.toEnd(
            lab.ask(model, "--json", "--max-tokens", "80", "--continue-truncated", "50", prompt), home: Home())
        #expect(all.status == 0, "\(all.summary)\n\(lab.journal)")
        expectSame(try all.events().text, whole)
    }

    // MARK: The whole reply instead of a stream

    @Test(arguments: 1...3, LabModels.both)
    func `after so many broken streams the reply is asked for as a whole`(limit: Int, model: String) throws {
        let lab = try Lab(Array(repeating: [.at(20, .cut(midWord: true))], count: limit))
        let prompt = "Whole after \(limit)"
        let run = try Run.toEnd(
            lab.ask(model, "--json", "--fallback-after", "\(limit)", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        #expect(events.named("fallback").count == 1)
        #expect(events.states.contains("falling-back"), "\(events.states)")
        #expect(events.end?.integer("attempts") == limit + 1)
    }

    @Test func `never, where it is told so`() throws {
        let lab = try Lab(Array(repeating: [.at(20, .cut(midWord: true))], count: 4))
        let prompt = "Never whole"
        let run = try Run.toEnd(lab.ask("lab-gpt", "--json", "--fallback-after", "0", prompt), home: Home())
        #expect(run.status == 0)
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        #expect(events.named("fallback").isEmpty)
        #expect(events.end?.integer("attempts") == 5)
    }
}
