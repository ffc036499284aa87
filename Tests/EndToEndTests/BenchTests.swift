import FaultLab
import Foundation
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// `weir bench` as its user has it.
@Suite struct BenchTests {
    private func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Run {
        try Run.toEnd(["bench"] + arguments, home: Home(), environment: environment)
    }

    private func runs(_ run: Run) throws -> [[String: Any]] {
        let object = try JSONSerialization.jsonObject(with: Data(run.output)) as? [String: Any]
        return try #require(object?["runs"] as? [[String: Any]], "\(run.summary)")
    }

    @Test func manyRepliesUnderChaosAreExactOrSaidToBeIncomplete() throws {
        let run = try run(
            "-n", "20", "--prompts", "2", "--chaos", "5", "--rate", "0.4", "--pace", "0", "--json", "--base-delay",
            "5ms", "--max-delay", "20ms", "--jitter", "none", "--quiet")
        #expect(run.status == 0, "\(run.summary)")
        let numbers = try #require(try runs(run).first)
        let text = try #require(numbers["text"] as? [String: Any])
        #expect(text["checked"] as? Int == 40)
        #expect(text["wrong_though_complete"] as? Int == 0)
        #expect((numbers["reconnections"] as? Int ?? 0) > 0)
        let verdicts = try #require(numbers["verdicts"] as? [String: Int])
        #expect(verdicts.values.reduce(0, +) == 40)
        #expect(text["exact"] as? Int ?? 0 >= verdicts["complete"] ?? 0)
    }

    @Test func aSummaryAndAPage() throws {
        let home = try Home()
        let page = home.path + "/bench.html"
        let run = try Run.toEnd(["bench", "-n", "3", "--pace", "0", "--html", page], home: home)
        #expect(run.status == 0, "\(run.summary)")
        #expect(run.outputText.contains("3 of 3 complete"), "\(run.summary)")
        #expect(run.outputText.contains("3 of 3\n"), "\(run.summary)")
        let html = try String(contentsOfFile: page, encoding: .utf8)
        #expect(html.hasSuffix("</html>\n"))
    }

    @Test func aPageThatCannotBeWrittenIsSaidBeforeTheRun() throws {
        let run = try run("--html", "/nonexistent/bench.html")
        #expect(run.status == 1)
        #expect(run.output.isEmpty)
        #expect(run.errorText.contains("/nonexistent/bench.html: No such file or directory"), "\(run.summary)")
    }

    @Test func twoTargetsSideBySide() throws {
        let run = try run("--compare", "lab/lab-claude,lab/lab-gpt", "-n", "2", "--pace", "0", "--csv")
        #expect(run.status == 0, "\(run.summary)")
        let lines = run.outputText.split(whereSeparator: \.isNewline)
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix("lab/lab-claude,calm,complete,") && lines[2].hasPrefix("lab/lab-gpt,calm,complete,"))
    }

    @Test func theRequestBudgetHolds() throws {
        let run = try run("-n", "4", "--prompts", "5", "--max-requests", "6", "--pace", "0", "--json")
        let numbers = try #require(try runs(run).first)
        #expect(numbers["ending"] as? String == "request budget")
        #expect(numbers["requests"] as? Int == 6)
    }

    @Test func budgetsAreForAllTargetsTogether() throws {
        let run = try run(
            "--compare", "lab/lab-claude,lab/lab-gpt,lab/lab-claude", "-n", "2", "--prompts", "2", "--max-requests",
            "6",
            "--pace", "0", "--json")
        let requests = try runs(run).compactMap { $0["requests"] as? Int }
        #expect(requests == [4, 2, 0], "\(run.summary)")
    }

    @Test func theCostBudgetEndsTheRun() throws {
        let run = try run(
            "-n", "2", "--prompts", "1000", "--max-cost", "0.05", "--pace", "2000", "--json",
            "--prompt", "Write 500 words about rivers")
        let numbers = try #require(try runs(run).first)
        #expect(numbers["ending"] as? String == "cost budget", "\(run.summary)")
    }

    @Test func aProviderThatBillsAsksForBudgets() throws {
        let run = try run("-p", "anthropic", environment: ["ANTHROPIC_API_KEY": "sk-test"])
        #expect(run.status == 3)
        #expect(run.errorText.contains("--max-requests n") && run.errorText.contains("--max-cost"), "\(run.summary)")
        let mixed = try self.run(
            "-p", "anthropic", "--max-requests", "1", "--max-cost", "1EUR",
            environment: ["ANTHROPIC_API_KEY": "sk-test"])
        #expect(mixed.status == 3)
        #expect(mixed.errorText.contains("bills in USD"), "\(mixed.summary)")
    }

    @Test(arguments: [
        ["--streams", "0"], ["--prompts", "0"], ["--rate", "0.5"], ["--chaos", "1", "--rate", "2"],
        ["--max-cost", "much"], ["--json", "--csv"], ["--compare", "lab", "-p", "lab"],
        ["--chaos", "1", "-p", "openai"],
    ])
    func wrongOptionsAreNamed(_ options: [String]) throws {
        let run = try Run.toEnd(["bench"] + options, home: Home())
        #expect(run.status == 64, "\(run.summary)")
        #expect(run.errorText.contains(options[options.count > 2 ? 2 : 0].prefix(6)), "\(run.summary)")
    }

    @Test func anInterruptEndsItWithWhatThereIs() throws {
        let lab = try Lab(tokensPerSecond: 300)
        let run = try Run(
            ["bench", "-p", "lab", "--base-url", lab.baseURL, "-n", "3", "--prompts", "1000", "--json"], home: Home())
        let isStreaming = run.read { _ in lab.requests >= 3 }
        #expect(isStreaming)
        run.signal(SIGINT)
        #expect(run.waitForEnd() == 130, "\(run.summary)")
        let numbers = try #require(try runs(run).first)
        #expect(numbers["ending"] as? String == "interrupted")
    }
}
