import FaultLab
import Foundation
import TestSupport
import Testing

/// What the dashboard keeps through a crash.
@Suite struct DashboardStoreTests {
    private func arguments(_ lab: Lab, _ more: String...) -> [String] {
        ["chat", "-p", "lab", "--base-url", lab.baseURL, "--no-clock", "--base-delay", "10ms"] + more
    }

    /// Whether the store's files hold these words.
    private func isStored(_ words: String, in home: Home) -> Bool {
        let folder = home.path + "/data/weir/"
        let store = FileManager.default.contents(atPath: folder + "weir.sqlite") ?? Data()
        guard Array(store).holds(words) else { return false }
        // A page may be in the file before its transaction is: while there is a journal, a kill takes it back.
        return FileManager.default.contents(atPath: folder + "weir.sqlite-journal")?.isEmpty ?? true
    }

    private func kill(_ chat: Chat) {
        chat.pty.signal(SIGKILL)
        #expect(chat.pty.waitForEnd(within: Weir.patience) == 128 + SIGKILL)
    }

    private func conversation(_ home: Home) throws -> String {
        let list = try Run.toEnd(["sessions"], home: home)
        #expect(list.status == 0, "\(list.summary)")
        let id = list.outputText.split(separator: "\n").dropFirst().first?.split(separator: " ").first
        return String(try #require(id, "\(list.summary)"))
    }

    @Test func `a draft survives SIGKILL`() throws {
        let lab = try Lab()
        let home = try Home()
        let chat = try Chat(arguments(lab), home: home)
        try chat.opened()
        chat.send("A question half typ")
        try chat.require("> A question half typ")
        // Before it is stored it cannot survive.
        #expect(chat.pty.read(within: Weir.patience) { _ in isStored("A question half typ", in: home) })
        kill(chat)

        let again = try Chat(arguments(lab), home: home)
        try again.require("> A question half typ")
        again.send("ed")
        try again.require("> A question half typed")
        again.send(Key.enter)
        again.expect("✓ complete")
        #expect(again.quit() == 0)
        // Sent, it is no draft any more.
        let third = try Chat(arguments(lab), home: home)
        try third.opened()
        #expect(!third.screen.contains("half typed"))
    }

    @Test func `what was received survives SIGKILL, and says that it is not all`() throws {
        let lab = try Lab([[.at(60, .stall(600, .none, interval: 1))]])
        let home = try Home()
        let chat = try Chat(arguments(lab), home: home)
        try chat.opened()
        try chat.ask("Killed in the middle")
        let whole = CanonicalReply.text(prompt: "Killed in the middle")
        let partial = CanonicalReply.tokens(whole).prefix(60).joined()
        let last = String(partial.suffix(12))
        try chat.require("● streaming")
        #expect(chat.pty.read(within: Weir.patience) { _ in isStored(last, in: home) })
        kill(chat)
        lab.lab.use(Scenario(name: "calm", description: "Nothing more breaks"))

        let id = try conversation(home)
        let markdown = try Run.toEnd(["sessions", "export", id], home: home)
        #expect(markdown.status == 0, "\(markdown.summary)")
        #expect(markdown.outputText.contains("Killed in the middle"))
        #expect(
            markdown.outputText.contains(partial.trimmingCharacters(in: .whitespacesAndNewlines)),
            "\(markdown.outputText)")
        #expect(markdown.outputText.contains("incomplete"), "\(markdown.outputText)")
        let json = try Run.toEnd(["sessions", "export", "--json", id], home: home)
        let object = try JSONSerialization.jsonObject(with: Data(json.output))
        #expect(object is [String: Any] || object is [Any])
        #expect(json.outputText.contains("incomplete"), "\(json.outputText)")

        let again = try Chat(arguments(lab, "--continue"), home: home)
        try again.require("Killed in the middle", "incomplete")
        // What it cost was not learnt.
        #expect(!again.screen.contains("$0"), "\(again.screen)")
        #expect(again.screen.contains(String(partial.split(separator: "\n")[0].prefix(40))), "\(again.screen)")
        // And the conversation goes on.
        try again.ask("And another question")
        again.expect("✓ complete")
        #expect(again.quit() == 0)
        #expect(try Run.toEnd(["sessions", "export", id], home: home).outputText.contains("And another question"))
    }

    @Test func `the last conversation goes on where it was`() throws {
        let lab = try Lab()
        let home = try Home()
        for question in ["First question", "Second question"] {
            let chat = try Chat(arguments(lab, "--continue"), home: home)
            try chat.opened()
            try chat.ask(question)
            chat.expect("✓ complete")
            #expect(chat.quit() == 0)
        }
        let id = try conversation(home)
        let export = try Run.toEnd(["sessions", "export", id], home: home).outputText
        #expect(export.contains("First question") && export.contains("Second question"), "\(export)")
        // The second one was asked with the first and its answer before it.
        #expect(lab.requests == 2)
        let gone = try Run.toEnd(["sessions", "delete", id], home: home)
        #expect(gone.status == 0, "\(gone.summary)")
        #expect(try Run.toEnd(["sessions", "export", id], home: home).status == 3)
        #expect(try Run.toEnd(["chat", "-p", "lab", "--session", id], home: home).status != 0)
    }

    @Test func `an earlier conversation is opened from the list and goes on`() throws {
        let lab = try Lab()
        let home = try Home()
        for question in ["About the Danube", "About the Rhine"] {
            let chat = try Chat(arguments(lab), home: home)
            try chat.opened()
            try chat.ask(question)
            chat.expect("✓ complete")
            #expect(chat.quit() == 0)
        }
        let chat = try Chat(arguments(lab), home: home)
        try chat.opened()
        chat.send(Key.f5)
        try chat.require("About the Rhine", "About the Danube")
        chat.send("danube" + Key.enter)
        try chat.require("╭─ About the Danube")
        #expect(!chat.screen.contains("About the Rhine"))
        try chat.ask("And its length")
        chat.expect("✓ complete")
        #expect(chat.quit() == 0)
        let list = try Run.toEnd(["sessions"], home: home).outputText.split(separator: "\n")
        let line = try #require(list.first { $0.contains("Danube") })
        let id = String(try #require(line.split(separator: " ").first))
        let export = try Run.toEnd(["sessions", "export", id], home: home).outputText
        #expect(export.contains("About the Danube") && export.contains("And its length"), "\(export)")
        // No third conversation: it is the one that was opened.
        #expect(list.count == 3)
    }

    @Test func `a store that cannot be written is told, and the chat works`() throws {
        let lab = try Lab()
        let home = try Home()
        // A file where the folder should be.
        try home.write("", to: "data/weir")
        let chat = try Chat(arguments(lab), home: home)
        try chat.opened()
        chat.expect("not stored")
        try chat.ask("Unstored")
        chat.expect("✓ complete")
        #expect(chat.quit() == 0)
    }

    @Test func `the demo leaves nothing behind`() throws {
        let home = try Home()
        let chat = try Chat(["demo", "--no-clock", "--scenario", "calm"], home: home)
        try chat.opened()
        chat.send("Nothing of this")
        try chat.require("> Nothing of this")
        #expect(chat.pty.status == nil)
        chat.send(Key.control("c"))
        #expect(chat.quit() == 0)
        #expect(!FileManager.default.fileExists(atPath: home.path + "/data"))
    }
}
