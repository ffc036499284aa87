import FaultLab
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The exit statuses of `weir ask`, and what it says to a person.
@Suite struct AskEndTests {
    /// What cannot be recovered: each with its status, and words that say what happened.
    struct End: CustomTestStringConvertible {
        var name: String
        var always: [FaultStep] = []
        var status: Int32
        var says: [String]
        var arguments: [String] = []
        /// Requests that it may make.
        var requests = 1
        var testDescription: String { name }
    }

    static let ends: [End] = [
        End(name: "500 for ever", always: [.status(500)], status: 4, says: ["500", "6 attempts"], requests: 6),
        End(
            name: "529, two retries", always: [.status(529)], status: 4, says: ["overloaded", "3 attempts"],
            arguments: ["--max-retries", "2"], requests: 3),
        End(
            name: "429, no retries", always: [.status(429)], status: 4, says: ["429"],
            arguments: ["--max-retries", "0"]),
        End(
            name: "429 with a wait over the limit", always: [.status(429, retryAfter: 3600)], status: 4, says: ["429"]),
        End(
            name: "no money", always: [.now(.status(StatusFault(429, kind: "insufficient_quota")))], status: 4,
            says: ["credit"]),
        End(name: "401", always: [.status(401)], status: 3, says: ["401", "key"]),
        End(name: "403", always: [.status(403)], status: 3, says: ["403"]),
        End(name: "404", always: [.status(404)], status: 3, says: ["404", "weir models"]),
        End(name: "400", always: [.status(400)], status: 1, says: ["400"]),
        End(
            name: "too long", always: [.now(.status(StatusFault(400, kind: "context_too_long")))], status: 1,
            says: ["Shorten"]),
        End(
            name: "500 that is not to be retried", always: [.now(.status(StatusFault(500, shouldRetry: false)))],
            status: 1, says: ["500"]),
        End(
            name: "redirect", always: [.now(.redirect(status: 307, location: nil))], status: 1,
            says: ["307", "127.0.0.1:9/elsewhere", "never followed"]),
        End(
            name: "web page", always: [.now(.html(status: 200))], status: 1,
            says: ["web page", "Harbour Hotel", "base URL", "log in"]),
        End(
            name: "JSON error", always: [.now(.jsonError(type: "api_error"))], status: 1,
            says: ["Something went wrong"]),
        End(
            name: "headers without end", always: [.now(.headerFlood(bytes: 0, .lines))], status: 1,
            says: ["headers"]),
        End(
            name: "a header without end", always: [.now(.headerFlood(bytes: 0, .oneLine))], status: 1,
            says: ["header"]),
        End(
            name: "an event over the limit", always: [.at(20, .hugeEvent(bytes: 17 << 20))], status: 5,
            says: ["larger than the limit"]),
        End(name: "refused", always: [.at(20, .refusal)], status: 6, says: ["refused"]),
        End(name: "truncated", status: 6, says: ["truncated", "max_tokens"], arguments: ["--max-tokens", "30"]),
        End(
            name: "empty for ever", always: [.now(.empty)], status: 4, says: ["nothing"],
            arguments: ["--max-retries", "1", "--fallback-after", "0"], requests: 2),
        End(
            name: "the time is used up", always: [.at(10, .stall(30, .ping, interval: 0.05))], status: 5,
            says: ["time limit"], arguments: ["--timeout", "300ms"]),
    ]

    @Test(arguments: ends)
    func `the status tells, and so do the words`(end: End) throws {
        let lab = try Lab(always: end.always)
        let home = try Home()
        let runs = try LabModels.both.map { model in
            let plain = try Run(lab.ask(model, "Plain") + end.arguments, home: home)
            return (plain, try Run(lab.ask(model, "--json", "Told") + end.arguments, home: home))
        }
        for (plain, json) in runs {
            #expect(plain.waitForEnd() == end.status, "\(plain.summary)\n\(lab.journal)")
            for words in end.says {
                #expect(plain.errorText.contains(words), "\(words): \(plain.summary)")
            }
            #expect(plain.errors.allSatisfy { $0 == 0x0A || $0 >= 0x20 }, "\(plain.errorText)")
            #expect(CanonicalReply.text(prompt: "Plain").hasPrefix(plain.outputText), "\(plain.summary)")

            #expect(json.waitForEnd() == end.status, "\(json.summary)")
            let events = try json.events()
            #expect(CanonicalReply.text(prompt: "Told").hasPrefix(events.text), "\(json.summary)")
            let verdicts: [Int32: [String]] = [
                1: ["failed"], 3: ["failed"], 4: ["failed"], 5: ["incomplete"], 6: ["truncated", "refused"],
            ]
            #expect(verdicts[end.status]?.contains(events.verdict ?? "") == true, "\(json.summary)")
            #expect(events.named("attempt").count == end.requests, "\(json.summary)")
            if end.status < 6 { #expect(events.end?.text("error")?.isEmpty == false) }
        }
        #expect(lab.requests <= end.requests * 4)
    }

    @Test func `nobody listens`() throws {
        let closed = try ClosedPort()
        let port = closed.number
        let arguments = [
            "ask", "-p", "lab", "--base-url", "http://127.0.0.1:\(port)", "--base-delay", "1ms", "--jitter", "none",
            "--max-retries", "2", "Hello",
        ]
        let run = try Run.toEnd(arguments, home: Home())
        #expect(run.status == 4)
        #expect(run.errorText.contains("refuses the connection"), "\(run.errorText)")
        #expect(run.errorText.contains("\(port)"), "\(run.errorText)")
        #expect(run.errorText.contains("3 attempts"), "\(run.errorText)")
    }

    /// A server that speaks anything but HTTP.
    @Test func `something else listens`() throws {
        let server = try RawServer { connection in connection.send("SSH-2.0-OpenSSH_9.2\r\n") }
        let run = try Run.toEnd(
            ["ask", "-p", "lab", "--base-url", "http://127.0.0.1:\(server.port)", "--base-delay", "1ms", "Hello"],
            home: Home())
        #expect(run.status == 1, "\(run.summary)")
        #expect(run.errorText.contains("HTTP"), "\(run.errorText)")
    }

    @Test(arguments: LabModels.both)
    func `Ctrl-C prints what came, and says 130`(model: String) throws {
        let lab = try Lab(always: [.at(30, .stall(600, .none, interval: 1))])
        let home = try Home()
        let plain = try Run(lab.ask(model, "Interrupt me"), home: home)
        let json = try Run(lab.ask(model, "--json", "Interrupt me"), home: home)
        // As far as it goes before the silence.
        let whole = CanonicalReply.text(prompt: "Interrupt me")
        let partial = CanonicalReply.tokens(whole).prefix(30).joined()
        #expect(plain.read { $0.outputText == partial }, "\(plain.summary)")
        plain.signal(SIGINT)
        #expect(plain.waitForEnd() == 130)
        #expect(plain.outputText == partial)
        #expect(plain.errorText.contains("cancelled"), "\(plain.errorText)")

        #expect(json.read { $0.outputText.contains("\"event\":\"text\"") }, "\(json.summary)")
        json.signal(SIGINT)
        #expect(json.waitForEnd() == 130)
        let events = try json.events()
        #expect(events.verdict == "cancelled")
        #expect(whole.hasPrefix(events.text) && !events.text.isEmpty)
    }

    @Test func `Ctrl-C during a wait`() throws {
        let lab = try Lab(always: [.status(503)])
        let run = try Run(lab.ask("lab-claude", "--json", "--base-delay", "60", "Wait"), home: Home())
        #expect(run.read { $0.outputText.contains("\"event\":\"retry\"") }, "\(run.summary)")
        run.signal(SIGINT)
        #expect(run.waitForEnd() == 130)
        #expect(try run.events().verdict == "cancelled")
    }

    @Test func `Ctrl-C before the first byte`() throws {
        let lab = try Lab(always: [.now(.timeout(600, beforeHeaders: true))])
        let run = try Run(lab.ask("lab-gpt", "--json", "Wait"), home: Home())
        #expect(run.read { $0.outputText.contains("waiting") }, "\(run.summary)")
        run.signal(SIGINT)
        #expect(run.waitForEnd() == 130)
        let events = try run.events()
        #expect(events.verdict == "cancelled")
        #expect(events.text.isEmpty)
    }
}
