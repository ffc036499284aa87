import FaultLab
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The commands beside `ask` and the dashboard.
@Suite struct CommandTests {
    // MARK: check

    @Test(arguments: LabModels.both)
    func `a provider that is there`(model: String) throws {
        let lab = try Lab()
        let arguments = ["check", "lab", "-m", model, "--base-url", lab.baseURL]
        let run = try Run.toEnd(arguments, home: Home())
        #expect(run.status == 0, "\(run.summary)")
        #expect(run.outputText.contains("reachable") && run.errors.isEmpty, "\(run.summary)")
        let keyed = try Run.toEnd(arguments, home: Home(), environment: ["WEIR_API_KEY": "sk-good"])
        #expect(keyed.status == 0)
        #expect(keyed.outputText.contains("key accepted"), "\(keyed.summary)")
        let refused = try Run.toEnd(arguments, home: Home(), environment: ["WEIR_API_KEY": "sk-bad"])
        #expect(refused.status == 3)
        #expect(refused.errorText.contains("key refused") && refused.errorText.contains("401"), "\(refused.summary)")
        #expect(refused.output.isEmpty)
    }

    @Test(
        arguments: [
            (FaultStep.status(403), 3, "key refused"), (.status(500), 1, "unexpected status: HTTP 500"),
            (.status(429), 4, "unexpected status: HTTP 429"),
            (.now(.redirect(status: 307, location: nil)), 1, "redirects"),
            (.now(.html(status: 200)), 1, "Harbour Hotel"), (.now(.html(status: 511)), 1, "511"),
            (.now(.resetPeer(midWord: false, beforeHeaders: true)), 1, "unreachable"),
            (.now(.headerFlood(bytes: 0, .lines)), 1, "headers"),
            (.now(.timeout(600, beforeHeaders: true)), 1, "no answer within 300ms"),
        ] as [(FaultStep, Int32, String)])
    func `a provider that is not as it should be`(step: FaultStep, status: Int32, says: String) throws {
        let lab = try Lab(always: [step])
        let run = try Run.toEnd(
            ["check", "lab", "--base-url", lab.baseURL, "--first-byte-timeout", "300ms"], home: Home())
        #expect(run.status == status, "\(run.summary)")
        #expect(run.errorText.contains(says), "\(run.summary)")
        #expect(run.output.isEmpty)
    }

    @Test func `a provider that is not there`() throws {
        let closed = try ClosedPort()
        let run = try Run.toEnd(
            ["check", "lab", "--base-url", "http://127.0.0.1:\(closed.number)"], home: Home())
        #expect(run.status == 1)
        #expect(run.errorText.contains("unreachable") && run.errorText.contains("refuses"), "\(run.errorText)")
    }

    // MARK: Lists

    @Test(arguments: [
        (["models"], ["lab-claude", "claude-sonnet-4-5", "gpt-", "prefill"]),
        (["providers"], ["anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY", "ollama"]),
        (["prices"], ["claude-opus-4-5", "$5 / $25", "deepseek"]),
        (["themes"], ["dark", "light", "mono", "built in"]),
        (["keys"], ["retry = \"ctrl-r\"", "[streams]", "# Retry now, without waiting"]),
        (["config"], ["configuration", "retries", "5, first after 1s", "clocks"]),
        (["lab", "--list"], ["default", "calm", "storm", "cut-mid-word"]),
        (["sessions"], ["no conversations"]),
        (["--help"], ["demo", "ask", "check", "lab"]), (["help", "ask"], ["--json", "--resume", "Exit status"]),
        (["--version"], ["0."]),
    ])
    func `a list`(arguments: [String], holds: [String]) throws {
        let run = try Run.toEnd(arguments, home: Home())
        #expect(run.status == 0, "\(run.summary)")
        #expect(run.errors.isEmpty, "\(run.errorText)")
        for text in holds { #expect(run.outputText.contains(text), "\(text): \(run.outputText)") }
        let lines = run.outputText.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        #expect(lines.first?.allSatisfy(\.isWhitespace) == false, "the first line is empty")
        #expect(!run.output.contains(0x1B))
    }

    @Test func `keys are listed by name, never by value`() throws {
        let run = try Run.toEnd(
            ["providers"], home: Home(), environment: ["OPENAI_API_KEY": "sk-secret-123"])
        #expect(run.outputText.contains("OPENAI_API_KEY is set"))
        #expect(!run.output.holds("sk-secret"))
        let config = try Run.toEnd(["config"], home: Home(), environment: ["OPENAI_API_KEY": "sk-secret-123"])
        #expect(config.outputText.contains("openai") && !config.output.holds("sk-secret"))
    }

    @Test func `a reader of a list that has enough`() throws {
        let run = try Run.toEnd(["-c", "\(Weir.path) prices | head -n 1"], home: Home(), program: "/bin/sh")
        #expect(run.status == 0)
        #expect(run.outputText.hasPrefix("provider"))
        #expect(run.errors.isEmpty, "\(run.errorText)")
    }

    // MARK: lab

    @Test func `a scenario is checked`() throws {
        let home = try Home()
        let right = try home.write(
            "description = \"Slow\"\nalways = [{ fault = \"latency\", latency = \"2s\" }]\n", to: "slow.toml")
        let wrong = try home.write("description = \"Odd\"\nalways = [{ fault = \"latncy\" }]\n", to: "odd.toml")
        let yes = try Run.toEnd(["lab", "--check", right], home: home)
        #expect(yes.status == 0 && yes.outputText.contains("right"), "\(yes.summary)")
        let no = try Run.toEnd(["lab", "--check", wrong], home: home)
        #expect(no.status == 3, "\(no.summary)")
        #expect(no.errorText.contains("\(wrong):2") && no.errorText.contains("latency"), "\(no.errorText)")
    }

    /// The lab as a program of its own, asked by the program.
    @Test func `the lab serves until it is interrupted`() throws {
        let home = try Home()
        let server = try Run(["lab", "--port", "0", "--pace", "0", "--scenario", "cut-mid-word"], home: home)
        #expect(
            server.read { $0.outputText.contains("Ctrl-C ends it") && $0.outputText.contains("ANTHROPIC_BASE_URL=") })
        let port = try #require(
            server.outputText.split(separator: "http://127.0.0.1:").dropFirst().first?.prefix { $0.isNumber })
        for model in LabModels.both {
            let run = try Run.toEnd(
                [
                    "ask", "-p", "lab", "-m", model, "--base-url", "http://127.0.0.1:\(port)", "--base-delay", "1ms",
                    "--jitter", "none", "Served \(model)",
                ], home: home)
            #expect(run.status == 0, "\(run.summary)")
            expectSame(run.outputText, CanonicalReply.text(prompt: "Served \(model)"))
        }
        // Its journal tells.
        #expect(server.read { $0.outputText.contains("reset") }, "\(server.summary)")
        let second = try Run.toEnd(["lab", "--port", "\(port)"], home: home)
        #expect(second.status == 1 && second.errorText.contains("in use"), "\(second.summary)")
        server.signal(SIGINT)
        #expect(server.waitForEnd() == 0, "\(server.summary)")
    }
}
