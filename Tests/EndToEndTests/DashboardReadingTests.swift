import FaultLab
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Reading, taking text along, and how it looks: with the terminal's own answers and the user's own files.
@Suite struct DashboardReadingTests {
    private func running(
        _ home: Home, _ more: [String] = [], environment: [String: String] = [:]
    ) throws -> Chat {
        let scenario = try home.write("description = \"Quick\"\ntokens_per_second = 600\n", to: "quick.toml")
        let environment = ["COLORTERM": "truecolor"].merging(environment) { $1 }
        let chat = try Chat(
            ["demo", "--no-clock", "--scenario", scenario] + more, home: home, environment: environment, columns: 110,
            rows: 32)
        try chat.opened()
        return chat
    }

    @Test func `search, copy, and write to a file`() throws {
        let home = try Home()
        let chat = try running(home)
        try chat.ask("Rivers in 200 words")
        try chat.require("✓ complete")
        chat.send(Key.tab)
        chat.send("/rivers")
        chat.expect("/rivers  ")
        chat.send(Key.enter)
        chat.expect("Esc end search")
        chat.send(Key.escape)
        chat.expectGone("Esc end search")
        chat.send("[[y")
        chat.expect("Sent your message, 19 B, to the terminal's clipboard (OSC 52)")
        let wanted = Data("Rivers in 200 words".utf8).base64EncodedString()
        #expect(chat.wait { _ in chat.seen.clipboard == [wanted] }, "\(chat.seen.clipboard)")
        chat.send(Key.shiftTab)
        chat.send("/copy all > ~/talk.md" + Key.enter)
        chat.expect("Wrote the conversation (2 messages)")
        let text = try String(contentsOfFile: home.path + "/talk.md", encoding: .utf8)
        #expect(text.hasPrefix("## you\n\nRivers in 200 words\n"), "\(text)")
        // What is there is not written over.
        chat.send("/copy all > ~/talk.md" + Key.enter)
        chat.expect("is not copied")
        #expect(try String(contentsOfFile: home.path + "/talk.md", encoding: .utf8) == text)
        #expect(chat.quit() == 0)
        chat.expectRestored()
    }

    /// Where nothing takes it: the words say so, and what to do.
    @Test func `a terminal without a clipboard`() throws {
        let chat = try running(try Home(), environment: ["TERM": "linux"])
        try chat.ask("Rivers")
        try chat.require("complete")
        chat.send(Key.tab)
        chat.send("y")
        chat.expect("no clipboard for programs", "/copy > FILE")
        // Ctrl-D is half a page down in the transcript.
        chat.send(Key.shiftTab)
        #expect(chat.quit() == 0)
    }

    /// tmux that never reads is not waited for: the terminal is asked instead.
    @Test func `a clipboard program that hangs`() throws {
        let home = try Home()
        try home.write("#!/bin/sh\nexec sleep 1000\n", to: "bin/tmux", mode: 0o755)
        let chat = try running(
            home, environment: ["TMUX": "/tmp/none,1,0", "PATH": home.path + "/bin:/usr/bin:/bin"])
        // More than a pipe holds.
        let prompt = "Rivers " + String(repeating: "and more rivers ", count: 4400)
        chat.send("\u{1B}[200~" + prompt + "\u{1B}[201~")
        try chat.require("pasted")
        chat.send(Key.enter)
        try chat.require("complete")
        chat.send(Key.tab)
        chat.send("[[y")
        let wanted = Data(prompt.utf8).base64EncodedString()
        let isThere = chat.wait { _ in chat.seen.clipboard == [wanted] }
        #expect(isThere, "\(chat.seen.clipboard.map(\.utf8.count))")
        chat.send(Key.shiftTab)
        #expect(chat.quit() == 0)
    }

    /// A pipe among the themes, and one in the place of the keys, would be waited for without an end.
    @Test func `what is no file is not read`() throws {
        let home = try Home()
        try home.write("inherits = \"dark\"\n", to: "config/weir/themes/own.toml")
        #expect(mkfifo(home.configuration + "/themes/pipe.toml", 0o600) == 0)
        #expect(mkfifo(home.configuration + "/keys.toml", 0o600) == 0)
        let chat = try running(home)
        chat.expect("keys.toml:", "is no file", "device")
        try chat.ask("Rivers")
        try chat.require("complete")
        #expect(chat.quit() == 0)
        let listed = try Run.toEnd(["themes", "--list"], home: home)
        #expect(listed.errorText.contains("pipe.toml: is no file"), "\(listed.summary)")
    }

    // MARK: Themes

    private func colours(_ chat: Chat) -> Set<String> {
        _ = chat.screen
        return Set(chat.seen.cells.flatMap { [$0.look.foreground, $0.look.background] })
    }

    @Test func `a theme's file is drawn anew when it is saved, and a broken one stops nothing`() throws {
        let home = try Home()
        try home.configure("theme = \"own\"\n")
        func write(_ color: String) throws {
            try home.write(
                "inherits = \"dark\"\n[palette]\nink = \"\(color)\"\n", to: "config/weir/themes/own.toml")
        }
        try write("#112233")
        let chat = try running(home)
        #expect(chat.wait { _ in colours(chat).contains { $0.hasSuffix("17;34;51") } }, "\(colours(chat))")
        try write("#445566")
        // Both at once: the notice does not stay.
        let isTold = chat.wait { screen in
            screen.contains("theme own: as its file is now") && colours(chat).contains { $0.hasSuffix("68;85;102") }
        }
        #expect(isTold, "\(colours(chat)) on:\n\(chat.screen)")
        try write("#44556")
        // The notice may break between its words.
        chat.expect("own.toml:3:", "palette.ink", "The theme stays as it was.")
        #expect(colours(chat).contains { $0.hasSuffix("68;85;102") })
        try write("#778899")
        #expect(chat.wait { _ in colours(chat).contains { $0.hasSuffix("119;136;153") } }, "\(colours(chat))")
        #expect(chat.quit() == 0)
        chat.expectRestored()
    }

    /// Ink of the light theme: #22303d.
    @Test(arguments: ["demo", "bench"])
    func `a light terminal gets the light theme when it answers`(command: String) throws {
        let home = try Home()
        let chat =
            command == "demo"
            ? try running(home)
            : try Chat(
                ["bench", "-n", "2", "--pace", "20"], home: home, environment: ["COLORTERM": "truecolor"], columns: 110,
                rows: 32)
        // Something is to be seen before the terminal is asked.
        try chat.require("weir")
        #expect(chat.wait { _ in chat.seen.queries.contains("OSC 11;?") })
        #expect(!colours(chat).contains { $0.hasSuffix("34;48;61") })
        chat.send("\u{1B}]11;rgb:fafa/fafa/fafa\u{1B}\\")
        #expect(chat.wait { _ in colours(chat).contains { $0.hasSuffix("34;48;61") } }, "\(colours(chat))")
        if command == "demo" { #expect(chat.quit() == 0) } else { chat.send("q") }
    }

    /// nord's ground: #2e3440.
    @Test func `bench takes the theme of config.toml`() throws {
        let home = try Home()
        try home.configure("theme = \"nord\"\n")
        let chat = try Chat(
            ["bench", "-n", "2", "--pace", "20"], home: home, environment: ["COLORTERM": "truecolor"], columns: 110,
            rows: 32)
        try chat.require("weir bench")
        #expect(chat.wait { _ in colours(chat).contains { $0.hasSuffix("46;52;64") } }, "\(colours(chat))")
        chat.send("q")
    }

    @Test func `weir themes shows them at work`() throws {
        let home = try Home()
        try home.write("inherits = \"nord\"\n", to: "config/weir/themes/own.toml")
        let chat = try Chat(
            ["themes"], home: home, environment: ["COLORTERM": "truecolor"], columns: 110, rows: 32)
        try chat.require("▸ dark", "own", "yours", "✗ failed")
        try home.write("inherits = \"norf\"\n", to: "config/weir/themes/own.toml")
        chat.send("G")
        chat.expect("own.toml:1", "there is no theme \"norf\"")
        try home.write("inherits = \"gruvbox\"\n", to: "config/weir/themes/own.toml")
        chat.expectGone("norf")
        #expect(chat.wait { _ in colours(chat).contains { $0.hasSuffix("40;40;40") } }, "\(colours(chat))")
        chat.send(Key.enter)
        #expect(chat.pty.waitForEnd(within: Weir.patience) == 0)
        chat.expect("theme = \"own\"")
        chat.expectRestored()
    }

    @Test func `weir themes without colours, in a small window, and left`() throws {
        let chat = try Chat(
            ["themes", "nord", "--ascii"], home: try Home(), environment: ["NO_COLOR": "1"], columns: 40, rows: 10)
        try chat.require("nord - for dark terminals")
        let colours = colours(chat).subtracting([""])
        #expect(colours.isEmpty, "\(colours)")
        chat.send("j")
        chat.expect("solarized-light")
        chat.send("q")
        #expect(chat.pty.waitForEnd(within: Weir.patience) == 0)
        chat.expectRestored()
    }
}
