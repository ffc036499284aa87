import FaultLab
import StreamEngine
import TestSupport
import Testing

/// Every fault of the lab through libcurl and the engine: how the reply ends, what is kept of it, in how many attempts.
@Suite struct FaultOutcomeTests {
    @Test(.timeLimit(.minutes(15)), arguments: FaultTable.rows)
    func outcome(_ row: FaultRow) throws {
        for model in row.models {
            let result = try row.run(model)
            let attempts = result.snapshot.attempts.count
            let words: Comment =
                "\(model): \(result.snapshot.state) after \(attempts), \(result.verdict), \(result.snapshot.failure?.message ?? "")"
            let told = "\(result.snapshot.failure?.message ?? "") \(result.snapshot.failure?.hint ?? "")"
            for word in row.words { #expect(told.contains(word), "\(told)") }
            switch row.outcome {
            case .whole(let expected):
                #expect(result.snapshot.state == .complete && result.verdict.isExact, words)
                #expect(attempts == expected, words)
            case .wholeAtLast:
                #expect(result.snapshot.state == .complete && result.verdict.isExact && attempts > 1, words)
            case .failed(let expected, let isEmpty):
                #expect(result.snapshot.state == .failed && result.verdict.kind == .prefix, words)
                #expect(result.text.isEmpty == isEmpty && attempts == expected, words)
            }
        }
    }

    /// The half that came alone is shown as U+FFFD, and nothing else is lost.
    @Test(arguments: FaultRow.dialects)
    func aSurrogateThatStaysAlone(_ model: String) throws {
        let row = FaultRow("lone-surrogate", #"fault = "lone_surrogate", after_tokens = 3"#, to: .whole(1))
        let result = try row.run(model)
        #expect(result.snapshot.state == .complete && result.snapshot.attempts.count == 1)
        let text = String(decoding: result.text, as: UTF8.self)
        let canonical = CanonicalReply.text(prompt: "Why do rivers bend?")
        #expect(text.replacing("\u{FFFD}", with: "") == canonical && text.utf8.count == canonical.utf8.count + 3)
        #expect(result.verdict.kind == .wrong && result.verdict.extra == 3 && result.verdict.missing == 0)
    }

    /// A body that is cut after any of its bytes is taken up again, and the text is whole. (At every byte of the recorded
    /// streams: ProvidersTests and StreamEngineTests, without sockets.)
    @Test(.timeLimit(.minutes(15)), arguments: [("lab-claude", 29), ("lab-gpt", 31), ("lab-responses", 83)])
    func aBodyCutAfterAnyByte(_ model: String, _ stride: Int) throws {
        let bench = try FaultBench()
        var bytes = 0
        while true {
            let row = FaultRow("tx-limit-data", "fault = \"limit_data\", bytes = \(bytes)", to: .wholeAtLast)
            bench.lab.use(try row.scenario())
            let result = try bench.run(row, model, prompt: "Cut at \(bytes) --tokens 3")
            guard result.snapshot.state == .complete, result.verdict.isExact else {
                Issue.record("\(bytes) bytes: \(result.snapshot.failure?.message ?? ""), \(result.verdict)")
                return
            }
            // Once the stop reason is there, nothing is missing.
            if result.snapshot.attempts.count == 1 { break }
            bytes += stride
        }
        #expect(bytes > 300)
    }

    @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func everyRowIsHereOrSaysWhyNot() throws {
        let rows = try Conformance.lines("fault_scenarios.jsonl").compactMap { $0["id"] as? String }
        let here = Set(FaultTable.rows.map(\.id))
        #expect(rows.count > 70)
        for id in rows { #expect(here.contains(id) != (FaultTable.others[id] != nil), "\(id)") }
        #expect(here.union(FaultTable.others.keys).subtracting(rows).isEmpty)
    }

    /// A fault that no row names is one that nobody has tried.
    @Test func everyFaultOfTheLabIsTried() {
        let tried = Set(
            FaultTable.rows.flatMap(\.steps).compactMap { $0.split(separator: "\"").dropFirst().first.map(String.init) }
        )
        let elsewhere: Set = [
            // What they do to a reply is not that it breaks: FaultLabTests.
            "pace", "stall", "wait", "clean_end", "refusal", "repeat_words", "reject_prefill", "reject_cursor",
            "pause_turn",
        ]
        #expect(Set(Fault.names).subtracting(tried).subtracting(elsewhere) == [])
    }
}
