import FaultLab
import TestSupport
import Testing

/// A turn that its model pauses: the lab refuses whatever does not send its content back as it came.
@Suite struct AskPauseTests {
    @Test(arguments: ["lab-claude", "lab-claude-thinking", "lab-claude-no-prefill"], [0, 1, 30, 200])
    func `a paused turn goes on by itself`(model: String, tokens: Int) throws {
        let lab = try Lab([[.at(tokens, .pauseTurn)]])
        let prompt = "Paused after \(tokens)"
        let run = try Run.toEnd(lab.ask(model, "--json", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        let events = try run.events()
        expectSame(events.text, CanonicalReply.text(prompt: prompt))
        #expect(lab.requests == 2 && events.end?.integer("attempts") == 2, "\(lab.journal)")
        #expect(!lab.journal.contains("400, "), "\(lab.journal)")
        // Where there was text before it, the seam is told.
        let isText = events.named("resume").last.map { ($0.integer("kept") ?? 0) > 0 }
        #expect(isText == true || tokens < 200, "\(run.outputText)")
    }

    @Test func `the seam and what it bills are said`() throws {
        let lab = try Lab([[.at(60, .pauseTurn)]])
        let prompt = "Paused, and said"
        let run = try Run.toEnd(lab.ask("lab-claude", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: prompt))
        #expect(run.errorText.contains("goes on by prefill, ~"), "\(run.errorText)")
        #expect(run.errorText.contains("continued by prefill, "), "\(run.errorText)")
        #expect(run.errorText.contains("web_search"), "\(run.errorText)")
    }

    /// Twice, and a broken line before, between and after, and words said again.
    @Test func `pauses and breaks in one reply`() throws {
        let lab = try Lab([
            [.at(40, .resetPeer(midWord: true, beforeHeaders: false))],
            [.now(.repeatWords(3)), .at(50, .pauseTurn)],
            [.at(40, .cut(midWord: true))],
            [.now(.repeatWords(3)), .at(30, .pauseTurn)],
            [.status(529)],
        ])
        let prompt = "Paused and broken in 400 words"
        let run = try Run.toEnd(
            lab.ask("lab-claude", "--json", "--fallback-after", "0", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        expectSame(try run.events().text, CanonicalReply.text(prompt: prompt))
        #expect(!lab.journal.contains("400, "), "\(lab.journal)")
        #expect(lab.requests == 6, "\(lab.journal)")
    }

    /// The other dialect has no such stop.
    @Test func `a model of the other dialect does not pause`() throws {
        let lab = try Lab([[.at(30, .pauseTurn)]])
        let prompt = "Not paused"
        let run = try Run.toEnd(lab.ask("lab-gpt", "--json", prompt), home: Home())
        #expect(run.status == 0, "\(run.summary)")
        expectSame(try run.events().text, CanonicalReply.text(prompt: prompt))
        #expect(lab.requests == 1)
    }
}
