import FaultLab
import Foundation
import TestSupport
import Testing

/// Files in the dashboard: attached, shown, kept, and refused with the prompt left where it is.
@Suite struct DashboardAttachTests {
    private func arguments(_ lab: Lab, _ more: String...) -> [String] {
        ["chat", "-p", "lab", "--base-url", lab.baseURL, "--no-clock", "--base-delay", "10ms"] + more
    }

    @Test func `an image is completed, sent, shown, stored, and sent again with the next prompt`() throws {
        let lab = try Lab()
        let home = try Home()
        let path = try home.write("", to: "pictures/grey cat.png")
        try Data(AskAttachTests.png).write(to: URL(filePath: path))
        let chat = try Chat(arguments(lab), home: home)
        try chat.opened()
        chat.send("What is @~/pict")
        try chat.require("@~/pict")
        chat.send(Key.tab)
        try chat.require("@~/pictures/")
        chat.send(Key.tab)
        try chat.require("@\"~/pictures/grey cat.png\"")
        chat.send(Key.enter)
        chat.expect("✓ complete")
        // In an empty prompt: to the beginning of the transcript.
        chat.send("\u{1B}[H")
        chat.expect("~/pictures/grey cat.png · image/png · 800 × 600 · 29 B")
        #expect(chat.quit() == 0)
        #expect(lab.journal.contains("image/png of 29 bytes"), "\(lab.journal)")

        // The file may go: what was sent is kept.
        try FileManager.default.removeItem(atPath: path)
        let again = try Chat(arguments(lab, "--continue"), home: home)
        try again.opened()
        again.send("\u{1B}[H")
        again.expect("~/pictures/grey cat.png · image/png · 800 × 600 · 29 B")
        try again.ask("And now?")
        again.expect("✓ complete")
        #expect(again.quit() == 0)
        let asked = lab.lab.journal().filter { $0.kind == .asked }
        #expect(asked.count == 2)
        #expect(asked.allSatisfy { $0.text.contains("image/png of 29 bytes") }, "\(lab.journal)")
    }

    @Test func `the files of a draft are counted in its estimate, after a restart, too`() throws {
        let lab = try Lab()
        let home = try Home()
        try home.write(String(repeating: "word ", count: 3000), to: "notes.txt")
        try home.write(String(repeating: "word ", count: 300_000), to: "long.txt")
        let image = try home.write("", to: "large.png")
        try Data(AskAttachTests.png + [UInt8](repeating: 0, count: 2 << 20)).write(to: URL(filePath: image))
        let chat = try Chat(arguments(lab), home: home)
        try chat.opened()
        try chat.ask("Hello?")
        chat.expect("✓ complete")
        chat.send("See @~/notes.txt and @~/notes.txt and @someone")
        chat.expect("k tokens with 1 file · ~$")
        chat.send(" and @~/large.png")
        chat.expect("k tokens with 2 files · ~$")
        chat.send(" and @~/long.txt, @~/missing.txt")
        chat.expect("tokens with 2 files + 2 files · ≥$")
        // Told to end, it keeps the draft.
        chat.pty.signal(SIGTERM)
        #expect(chat.pty.waitForEnd(within: Weir.patience) != nil)
        let again = try Chat(arguments(lab, "--continue"), home: home)
        again.expect("tokens with 2 files + 2 files · ≥$")
        again.send(Key.control("c"))
        again.expectGone("@~/long.txt")
        #expect(again.quit() == 0)
    }

    @Test func `a file that is not there is told, and the prompt stays`() throws {
        let lab = try Lab()
        let chat = try Chat(arguments(lab), home: try Home())
        try chat.opened()
        try chat.ask("What is @missing.png?")
        chat.expect("@missing.png: there is no such file", "> What is @missing.png?")
        #expect(lab.requests == 0)
        chat.send(Key.control("c"))
        chat.expectGone("> What")
        #expect(chat.quit() == 0)
    }

    @Test func `a prompt that is too long is refused with the count, and goes in parts with a command`() throws {
        let lab = try Lab()
        let home = try Home()
        try home.configure(
            "[[providers.lab.models]]\nid = \"lab-claude\"\ncontext_window = 3000\nmax_output = 1000\n")
        try home.write((1...300).map { "Sentence \($0) of the book.\n" }.joined(), to: "book.txt")
        let chat = try Chat(arguments(lab), home: home, rows: 50)
        try chat.opened()
        try chat.ask("Summarise @~/book.txt")
        chat.expect("the prompt is ~", "> Summarise")
        #expect(lab.requests == 0)
        chat.send(Key.control("a"))
        chat.send("/chunk ")
        try chat.require("> /chunk Summarise")
        chat.send(Key.enter)
        #expect(
            waitFor { lab.lab.journal().count { $0.kind == .ended } == lab.requests && lab.requests > 1 ? true : nil }
                != nil)
        #expect(chat.quit() == 0)
    }
}
