import FaultLab
import TestSupport
import Testing

/// `weir ask --resume ask` on a terminal: the question, and each answer.
@Suite struct AskQuestionTests {
    private static let broken: [[FaultStep]] = [[.at(40, .resetPeer(midWord: true, beforeHeaders: false))]]

    /// Everything on a terminal, as in a shell; lines end there in CR LF.
    private func asking(_ lab: Lab, _ home: Home, _ prompt: String) throws -> Pty {
        let pty = try Pty(columns: 120, rows: 40)
        let environment = home.environment.merging(["TERM": "xterm-256color"]) { $1 }
        try pty.spawn(Weir.path, lab.ask("lab-claude", "--resume", "ask", prompt), environment: environment)
        let isAsked = pty.read(within: Weir.patience, untilText: "[n]o")
        try #require(isAsked, "\(pty.output.visible)")
        return pty
    }

    private func answer(_ pty: Pty, _ word: String, then text: String) throws {
        let start = pty.output.count
        pty.send(word + "\n")
        let isSaid = pty.read(within: Weir.patience, untilText: text, after: start)
        try #require(isSaid, "\(pty.output.visible)")
    }

    /// The words of the model alone: without what Weir says and what was typed.
    private func holdsReply(_ pty: Pty, _ prompt: String) -> Bool {
        let last = CanonicalReply.text(prompt: prompt).split(separator: "\n").last ?? ""
        return pty.output.holds(String(last))
    }

    @Test func `yes goes on`() throws {
        let lab = try Lab(Self.broken)
        let prompt = "Ask on a terminal"
        let pty = try asking(lab, try Home(), prompt)
        #expect(pty.output.holds("Go on? by prefill, ~"), "\(pty.output.visible)")
        #expect(pty.output.holds("[y]es, [n]o, [o]ther way (1 of "), "\(pty.output.visible)")
        #expect(lab.requests == 1)
        pty.send("yes\n")
        #expect(pty.waitForEnd(within: Weir.patience) == 0, "\(pty.output.visible)")
        #expect(holdsReply(pty, prompt), "\(pty.output.visible)")
        #expect(lab.requests == 2)
    }

    @Test func `another way is looked at, and taken`() throws {
        let lab = try Lab(Self.broken)
        let prompt = "Another way"
        let pty = try asking(lab, try Home(), prompt)
        try answer(pty, "o", then: "[o]ther way (2 of ")
        #expect(pty.output.holds("Go on? by continue, ~"), "\(pty.output.visible)")
        #expect(lab.requests == 1)
        pty.send("y\n")
        #expect(pty.waitForEnd(within: Weir.patience) == 0, "\(pty.output.visible)")
        #expect(holdsReply(pty, prompt), "\(pty.output.visible)")
        #expect(lab.journal.contains("continue after "), "\(lab.journal)")
    }

    @Test func `no keeps what came`() throws {
        let lab = try Lab(Self.broken)
        let prompt = "No more"
        let pty = try asking(lab, try Home(), prompt)
        pty.send("n\n")
        #expect(pty.waitForEnd(within: Weir.patience) == 5, "\(pty.output.visible)")
        #expect(!holdsReply(pty, prompt) && lab.requests == 1)
        #expect(pty.output.holds("were printed"), "\(pty.output.visible)")
    }

    @Test func `what is no answer is asked again`() throws {
        let lab = try Lab(Self.broken)
        let pty = try asking(lab, try Home(), "Perhaps")
        try answer(pty, "perhaps", then: "y, n or o: ")
        #expect(lab.requests == 1)
        pty.send("y\n")
        #expect(pty.waitForEnd(within: Weir.patience) == 0, "\(pty.output.visible)")
    }

    /// Ctrl-D is no yes, and Ctrl-C ends as it always does.
    @Test func `the end of input keeps what came`() throws {
        let lab = try Lab(Self.broken)
        let pty = try asking(lab, try Home(), "The end of input")
        pty.send(Key.control("d"))
        #expect(pty.waitForEnd(within: Weir.patience) == 5, "\(pty.output.visible)")
        #expect(lab.requests == 1)
    }

    @Test func `Ctrl-C at the question`() throws {
        let lab = try Lab(Self.broken)
        let pty = try asking(lab, try Home(), "Interrupted at the question")
        pty.send(Key.control("c"))
        #expect(pty.waitForEnd(within: Weir.patience) == 130, "\(pty.output.visible)")
        #expect(lab.requests == 1)
        #expect(pty.isCooked)
    }
}
