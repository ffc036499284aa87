import FaultLab
import Testing

/// `weir ask --json` through everything that can break: the text is the lab's canonical reply to the byte, or the verdict
/// says that it is not.
@Suite struct AskFaultTests {
    /// Something that a provider does to a reply, and that costs no word.
    struct Trouble: CustomTestStringConvertible {
        var name: String
        var requests: [[FaultStep]] = []
        var always: [FaultStep] = []
        /// Attempts that it takes; `nil` where that is the dialect's business.
        var attempts: Int? = 2
        var arguments: [String] = []
        var models = LabModels.each
        var testDescription: String { name }
    }

    static let recovered: [Trouble] = [
        Trouble(name: "none", attempts: 1, models: LabModels.all),
        Trouble(name: "reset", requests: [[.at(20, .resetPeer(midWord: false, beforeHeaders: false))]]),
        Trouble(
            name: "reset in mid-word", requests: [[.at(20, .resetPeer(midWord: true, beforeHeaders: false))]],
            models: LabModels.all),
        Trouble(name: "reset before the headers", requests: [[.now(.resetPeer(midWord: false, beforeHeaders: true))]]),
        Trouble(name: "cut", requests: [[.at(30, .cut(midWord: true))]]),
        Trouble(name: "cut after so many bytes", requests: [[.now(.limitData(bytes: 2_000))]]),
        Trouble(name: "clean end", requests: [[.at(40, .cleanEnd(midWord: true))]]),
        Trouble(
            name: "clean end of a connection", requests: [[.now(.closeDelimited), .at(40, .cleanEnd(midWord: false))]]),
        Trouble(name: "closed after a silence", requests: [[.at(10, .timeout(0.05, beforeHeaders: false))]]),
        Trouble(
            name: "stall", requests: [[.at(25, .stall(30, .none, interval: 1))]],
            arguments: ["--idle-timeout", "200ms"]),
        Trouble(
            name: "stall with keep-alives", requests: [[.at(25, .stall(30, .ping, interval: 0.02))]],
            arguments: ["--idle-timeout", "20", "--content-timeout", "200ms"]),
        Trouble(
            name: "no first byte", requests: [[.now(.timeout(30, beforeHeaders: true))]],
            arguments: ["--first-byte-timeout", "200ms"]),
        Trouble(
            name: "keep-alives only", requests: [[.now(.keepAliveOnly(.comment, interval: 0.01, seconds: 0.1))]]),
        Trouble(name: "short stall", requests: [[.at(15, .stall(0.1, .none, interval: 1))]], attempts: 1),
        Trouble(name: "latency", always: [.now(.latency(0.05, jitter: 0))], attempts: 1),
        Trouble(
            name: "error in the stream", requests: [[.at(50, .errorEvent(type: "overloaded_error", message: nil))]]),
        // A word may have been in it: what follows cannot be trusted.
        Trouble(
            name: "malformed event",
            requests: [[.at(15, .malformedEvent(count: 3)), .at(16, .stall(600, .none, interval: 1))]]),
        Trouble(name: "unknown event", always: [.at(5, .unknownEvent)], attempts: 1),
        Trouble(name: "large event", always: [.at(5, .hugeEvent(bytes: 1 << 20))], attempts: 1),
        Trouble(name: "duplicate start", always: [.now(.duplicateStart)], attempts: 1),
        Trouble(name: "splice", requests: [[.at(30, .splice)]], attempts: nil, models: LabModels.all),
        Trouble(
            name: "split anywhere", always: [.now(.slicer(averageSize: 3, sizeVariation: 2, delay: 0))], attempts: 1),
        Trouble(name: "empty", requests: [[.now(.empty)]]),
        Trouble(name: "not streamed", always: [.now(.notStreamed)], attempts: 1),
        Trouble(name: "end mark without a stop reason", requests: [[.now(.doneWithoutFinish)]]),
        Trouble(name: "stop reason without an end mark", always: [.now(.finishWithoutDone)], attempts: 1),
        Trouble(name: "slow close", always: [.now(.slowClose(delay: 30))], attempts: 1),
        Trouble(name: "429 with seconds", requests: [[.now(.status(StatusFault(429, retryAfter: 0.05)))]]),
        Trouble(
            name: "429 with milliseconds",
            requests: [[.now(.status(StatusFault(429, retryAfter: 0.05, retryAfterForm: .milliseconds)))]]),
        Trouble(
            name: "429 with a date",
            requests: [[.now(.status(StatusFault(429, retryAfter: 1, retryAfterForm: .date)))]]),
        Trouble(name: "429 without a word", requests: [[.status(429)]]),
        Trouble(name: "529", requests: [[.status(529)], [.status(529)]], attempts: 3),
        Trouble(name: "500", requests: [[.status(500)]]),
        Trouble(name: "502 from a proxy", requests: [[.now(.status(StatusFault(502, html: true)))]]),
        Trouble(name: "400 that is to be retried", requests: [[.now(.status(StatusFault(400, shouldRetry: true)))]]),
        Trouble(
            name: "five breaks",
            requests: [
                [.at(150, .resetPeer(midWord: true, beforeHeaders: false))], [.status(503)],
                [.now(.repeatWords(3)), .at(30, .cleanEnd(midWord: true))], [.status(529)],
                [.now(.repeatWords(2)), .at(10, .cut(midWord: true))],
            ], attempts: 6, arguments: ["--fallback-after", "0"], models: LabModels.all),
    ]

    @Test(arguments: recovered)
    func `no word is lost`(trouble: Trouble) throws {
        let lab = try Lab(trouble.requests, always: trouble.always)
        let home = try Home()
        // All at once: they wait more than they work.
        let runs = try trouble.models.map { model in
            let prompt = "\(trouble.name), \(model)"
            return (model, prompt, try Run(lab.ask(model, "--json", prompt) + trouble.arguments, home: home))
        }
        for (model, prompt, run) in runs {
            let status = run.waitForEnd()
            #expect(status == 0, "\(model): \(run.summary)\n\(lab.journal)")
            let events = try run.events()
            expectSame(events.text, CanonicalReply.text(prompt: prompt))
            #expect(events.verdict == "complete", "\(model)")
            let attempts = events.named("attempt").count
            #expect(attempts == trouble.attempts ?? attempts, "\(model): \(lab.journal)")
            #expect(events.end?.integer("attempts") == attempts, "\(model)")
            #expect(events.end?.integer("text_bytes") == events.text.utf8.count, "\(model)")
            #expect(run.errors.isEmpty, "\(model): \(run.errorText)")
            if model.hasSuffix("thinking"), attempts == 1 {
                expectSame(events.thinking, CanonicalReply.thinking(prompt: prompt))
            }
        }
    }

    /// The built-in scenarios that need no waiting, as `weir lab` offers them.
    @Test(arguments: [
        "calm", "cut-mid-word", "truncating-proxy", "works-on-the-third-try", "not-streamed", "spliced", "overloaded",
    ])
    func `built-in scenarios end with every word`(scenario: String) throws {
        let lab = try Lab()
        let home = try Home()
        let runs = try LabModels.both.map { model in
            let prompt = "\(scenario), \(model)"
            var arguments = lab.ask(model, "--json", prompt)
            arguments[2] = lab.lab.baseURL(scenario: scenario)
            return (model, prompt, try Run(arguments, home: home))
        }
        for (model, prompt, run) in runs {
            #expect(run.waitForEnd() == 0, "\(model): \(run.summary)\n\(lab.journal)")
            expectSame(try run.events().text, CanonicalReply.text(prompt: prompt))
        }
    }

    /// Everything at once, by chance: the built-in storm, its waits made short. The lab's seed makes it the same chance
    /// each time.
    @Test func `a storm`() throws {
        var scenario = try #require(try Shelf.scenario(named: "storm"))
        for index in scenario.always.indices {
            switch scenario.always[index].fault {
            case .stall: scenario.always[index].fault = .stall(0.03, .none, interval: 1)
            case .latency: scenario.always[index].fault = .latency(0.005, jitter: 0.005)
            case .status(var status):
                status.retryAfter = status.retryAfter.map { _ in 0.02 }
                scenario.always[index].fault = .status(status)
            default: break
            }
        }
        let lab = try Lab(scenario: scenario)
        let home = try Home()
        let runs = try LabModels.both.flatMap { model in
            try (1...4).map { number in
                let prompt = "Storm \(number)"
                let arguments = lab.ask(model, "--json", "--max-retries", "60", "--max-delay", "50ms", prompt)
                return (prompt, try Run(arguments, home: home))
            }
        }
        for (prompt, run) in runs {
            #expect(run.waitForEnd() == 0, "\(run.summary)\n\(lab.journal)")
            expectSame(try run.events().text, CanonicalReply.text(prompt: prompt))
        }
    }

    @Test(arguments: LabModels.both)
    func `a long reply`(model: String) throws {
        let lab = try Lab([[.at(9_000, .resetPeer(midWord: true, beforeHeaders: false))]])
        let prompt = "A long one --tokens 20000"
        let run = try Run.toEnd(lab.ask(model, "--json", prompt), home: Home())
        #expect(run.status == 0, "\(run.errorText)")
        expectSame(try run.events().text, CanonicalReply.text(prompt: prompt))
    }
}
