import FaultLab
import Foundation
import Screen
import TestSupport
import Testing

/// What a presenter does with the demo: its tour, its fault console, and a film of both.
@Suite struct DemoTests {
    private static let f7 = "\u{1B}[18~"
    private static let f8 = "\u{1B}[19~"

    @Test func `the tour breaks what it says, and points at it`() throws {
        // Waits that a slow machine does not miss.
        let chat = try Chat(["demo", "--no-clock", "--base-delay", "5s"], home: Home(), columns: 140)
        try chat.require("Tour 1/7", "Enter begin")
        chat.send(Key.enter)
        try chat.require("Tour 2/7", "A connection is reset", "Enter break it")
        #expect(pointed(chat) == nil)
        chat.send(Key.enter)
        try chat.require("How do rivers shape the land?", "Gone, and what had come is kept", "backing off")
        expectPointed(chat, "►wait    ", "+ 10 s")
        chat.send(Key.enter)
        try chat.require("Tour 3/7", "attempt 2/6")
        expectPointed(chat, "connection reset", "continued")

        chat.send(Key.enter)
        try chat.require("Tour 4/7", "Enter break it")
        chat.send(Key.enter)
        try chat.require("Why is the sea salt?", "The wait is the server's own", "backing off")
        expectPointed(chat, "►wait    ", "Retry-After 8 s")

        chat.send(Key.enter)
        try chat.require("Tour 5/7", "Enter break it")
        chat.send(Key.enter)
        try chat.require("What is a weir for?", "The lamp tells text")
        expectPointed(chat, "►alive   ", "silent for")

        chat.send(Key.enter)
        try chat.require("Tour 6/7", "Enter break it")
        chat.send(Key.enter)
        try chat.require("Why do clouds not fall?", "The first line counts the attempts")
        expectPointed(chat, "►", "backing off", "attempt 2/6")

        chat.send(Key.enter)
        try chat.require("Tour 7/7", "Enter end of the tour")
        chat.send(Key.enter)
        try chat.require("The tour is over")
        chat.expectGone("Tour 7/7")
        #expect(chat.quit() == 0)
        chat.expectRestored()
    }

    @Test func `the tour can be skipped and played again`() throws {
        let chat = try Chat(["demo", "--no-clock", "--base-delay", "5s"], home: Home())
        try chat.require("Tour 1/7", "Enter begin", "Esc skip the tour")
        chat.send(Key.escape)
        chat.expectGone("Tour 1/7")
        chat.send(Self.f8)
        try chat.require("Tour 1/7")
        // A question of one's own ends it, and the demo's own story begins.
        try chat.ask("How do rivers shape the land?")
        chat.expectGone("Tour 1/7")
        try chat.require("connection reset", "backing off")
        #expect(chat.quit() == 0)
        chat.expectRestored()
    }

    /// The line that the tour's arrow stands in.
    private func pointed(_ chat: Chat) -> String? { chat.lines.first { $0.contains("►") } }

    /// Waits until the tour's arrow stands in a line with all of these words.
    private func expectPointed(_ chat: Chat, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        let isThere = chat.wait { _ in
            guard let line = pointed(chat) else { return false }
            return words.allSatisfy { line.contains($0) }
        }
        #expect(isThere, "\(words) on:\n\(chat.screen)", sourceLocation: sourceLocation)
    }

    @Test func `the fault console breaks one stream or all`() throws {
        let chat = try Chat(["demo", "--no-clock", "--scenario", "calm", "--model", "lab-gpt"], home: Home())
        try chat.opened()
        try chat.ask("/ask lab-claude,lab-gpt Rivers in 4000 words")
        try chat.require("2 live", "1 ● lab-claude", "2 ● lab-gpt")
        chat.send("\u{1B}1")
        try chat.require("Stream 1")
        chat.send(Self.f7)
        try chat.require("Break something", "target: all streams")
        chat.send("t")
        try chat.require("target: stream 1 (lab-claude)")
        chat.send("r")
        try chat.require("stream 1 (lab-claude): connection reset", "2 ● lab-gpt")
        chat.send("t")
        try chat.require("target: all streams")
        chat.send("w")
        try chat.require("all streams: slowed down to 3 tokens/s")
        chat.send(Key.escape)
        chat.expectGone("Break something")
        chat.send(Key.control("p") + "break: drop")
        try chat.require("Break: Drop the connection")
        chat.send(Key.enter)
        try chat.require("all streams: connection dropped")
        #expect(chat.quit() == 0)
        chat.expectRestored()
    }

    /// Played into another terminal, the film shows what was on the screen.
    @Test func `a film of the screen`() throws {
        let home = try Home()
        let file = home.path + "/out.cast"
        let chat = try Chat(
            ["demo", "--no-clock", "--no-tour", "--scenario", "calm", "--record", file], home: home, columns: 90,
            rows: 24)
        try chat.opened()
        try chat.ask("Flüsse und 水")
        try chat.require("✓ complete")
        chat.resize(columns: 100, rows: 30)
        try chat.require("✓ complete", "> ")
        #expect(chat.quit() == 0)
        chat.expectRestored()

        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        let header = try #require(JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
        #expect(header["version"] as? Int == 2 && header["width"] as? Int == 90 && header["height"] as? Int == 24)
        var seen = VirtualTerminal(columns: 90, rows: 24) { Width.columns(of: $0) ?? 1 }
        var last = 0.0
        var sizes: [String] = []
        var best = ""
        for line in lines.dropFirst() {
            let event = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [Any])
            let (time, kind, text) = (event[0] as? Double ?? -1, event[1] as? String, event[2] as? String ?? "")
            #expect(time >= last)
            last = time
            if kind == "r" {
                sizes.append(text)
                seen = VirtualTerminal(columns: 100, rows: 30) { Width.columns(of: $0) ?? 1 }
                continue
            }
            #expect(kind == "o")
            // Questions to the terminal would be answered by the player's.
            #expect(!text.contains("\u{1B}[c") && !text.contains("]11;?"))
            seen.feed(Array(text.utf8)[...])
            if seen.lines.joined().contains("✓ complete") { best = seen.lines.joined(separator: "\n") }
        }
        #expect(sizes == ["100x30"])
        #expect(best.contains("Flüsse und 水"), "\(best)")
        #expect(seen.unknown.isEmpty && !seen.modes.contains(1049))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        // Not over another one, unless that is said; and not where there is no screen.
        let again = try Chat(["demo", "--record", file], home: home)
        #expect(again.pty.waitForEnd(within: Weir.patience) == 3)
        again.pty.collect()
        #expect(again.pty.output.holds("is there already"))
        let ask = try Run.toEnd(["ask", "--record", home.path + "/other.cast", "Hello"], home: home)
        #expect(ask.status == 64 && ask.errorText.contains("ask has none"))
    }
}
