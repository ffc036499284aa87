import FaultLab
import Foundation
import Testing

/// `weir ask --chunk`: a prompt in parts.
@Suite struct AskChunkTests {
    let home: Home
    let book = (1...300).map { "Sentence number \($0) of the book stands here.\n" }.joined()

    init() throws {
        home = try Home()
    }

    @Test(arguments: LabModels.both)
    func `each part is answered, and the answers stand one after another`(model: String) throws {
        let lab = try Lab()
        let run = try Run.toEnd(
            lab.ask(model, "--chunk", "--chunk-tokens", "1500", "Summarise"), home: home, input: book)
        #expect(run.status == 0, "\(run.summary)")
        let count = lab.requests
        #expect(count > 2)
        #expect(run.errorText.contains("too long for one request: \(count) parts of"), "\(run.errorText)")
        for part in 1...count { #expect(run.errorText.contains("part \(part) of \(count)")) }
        #expect(run.outputText.components(separatedBy: "\n\n").count > count)
        let json = try Run.toEnd(
            lab.ask(model, "--json", "--chunk", "--chunk-tokens", "1500", "Summarise"), home: home, input: book)
        let lines = try json.lines()
        #expect(lines.compactMap { $0.name == "text" ? $0.text("text") : nil }.joined() == run.outputText)
        #expect(lines.first?.name == "parts")
        #expect(lines.first?.integer("parts") == count)
        let ends = lines.filter { $0.name == "end" }
        #expect(ends.map { $0.integer("part") } == Array(1...count))
        #expect(ends.allSatisfy { $0.integer("parts") == count && $0.text("verdict") == "complete" })
    }

    @Test func `what fits goes as it is`() throws {
        let lab = try Lab()
        let run = try Run.toEnd(lab.ask("lab-claude", "--chunk", "--merge", "Why?"), home: home)
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: "Why?"))
        #expect(run.errorText.isEmpty)
        #expect(lab.requests == 1)
    }

    @Test func `a last request makes one answer of all`() throws {
        let lab = try Lab()
        let run = try Run.toEnd(
            lab.ask("lab-claude", "--json", "--chunk", "--merge", "--chunk-tokens", "2000", "Summarise"), home: home,
            input: book)
        #expect(run.status == 0, "\(run.summary)")
        let lines = try run.lines()
        let parts = lines.first?.integer("parts") ?? 0
        #expect(parts > 1)
        #expect(lab.requests == parts + 1)
        let answers = (1...max(1, parts)).map { part in
            lines.filter { $0.name == "part_text" && $0.integer("part") == part }.compactMap { $0.text("text") }
                .joined()
        }
        #expect(answers.allSatisfy { !$0.isEmpty })
        let answer = lines.compactMap { $0.name == "text" ? $0.text("text") : nil }.joined()
        var prompt = "Summarise\n\n"
        prompt +=
            "[The text was too long for one request and was asked about in \(parts) parts. Below are the answers "
            + "to the parts, in order. Make one answer of them, as if to the whole text, and do not speak of parts.]"
        for (index, text) in answers.enumerated() {
            prompt += "\n\n<answer part=\"\(index + 1)\">\n\(text)\n</answer>"
        }
        expectSame(answer, CanonicalReply.text(prompt: prompt))
        let plain = try Run.toEnd(
            lab.ask("lab-claude", "--chunk", "--merge", "--chunk-tokens", "2000", "Summarise"), home: home, input: book)
        #expect(plain.outputText == answer, "the parts' answers are not on standard output")
        #expect(plain.errorText.contains("one answer of \(parts)"))
    }

    @Test func `a part that fails ends it, and what came stays`() throws {
        // Each part is a conversation of its own for the lab: the second one's requests all fail.
        var scenario = Scenario(name: "test", description: "The second part fails")
        scenario.stories = [
            Scenario.Story(requests: [[]], repeats: true),
            Scenario.Story(requests: [[.status(500)]], repeats: true),
        ]
        let lab = try Lab(scenario: scenario, tokensPerSecond: 0)
        let run = try Run.toEnd(
            lab.ask("lab-claude", "--max-retries", "1", "--chunk", "--chunk-tokens", "1500", "Summarise"), home: home,
            input: book)
        #expect(run.status == 5, "\(run.summary)")
        #expect(!run.output.isEmpty)
        #expect(lab.requests == 3)
        let merged = try Run.toEnd(
            lab.ask(
                "lab-claude", "--max-retries", "1", "--chunk", "--merge", "--chunk-tokens", "1500", "Summarise!"),
            home: home, input: book)
        #expect(merged.status == 5, "\(merged.summary)")
        #expect(!merged.output.isEmpty, "the answer to the first part is not lost")
        #expect(lab.requests == 6)
    }

    @Test func `a truncated part is said, and the next goes on`() throws {
        let lab = try Lab()
        let run = try Run.toEnd(
            lab.ask("lab-claude", "--max-tokens", "20", "--chunk", "--chunk-tokens", "1500", "Summarise"), home: home,
            input: book)
        #expect(run.status == 6, "\(run.summary)")
        #expect(lab.requests > 2)
        #expect(run.errorText.contains("truncated"))
    }

    @Test func `options that go with --chunk say so, and no room is no room`() throws {
        #expect(try Run.toEnd(["ask", "--merge", "x"], home: home).status == 64)
        #expect(try Run.toEnd(["ask", "--chunk-tokens", "1000", "x"], home: home).status == 64)
        #expect(try Run.toEnd(["ask", "--chunk", "--chunk-tokens", "5", "x"], home: home).status == 64)
        let lab = try Lab()
        let long = String(repeating: "word ", count: 2000)
        let run = try Run.toEnd(
            lab.ask("lab-claude", "--chunk", "--chunk-tokens", "1000", long), home: home, input: book)
        #expect(run.status == 3, "\(run.summary)")
        #expect(run.errorText.contains("leaves no room"))
        #expect(lab.requests == 0)
    }
}
