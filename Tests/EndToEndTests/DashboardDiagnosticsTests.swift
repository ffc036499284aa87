import FaultLab
import TestSupport
import Testing

/// The wire under the eyes, a report of it in a file, and keys that a file changes: through the real program.
@Suite struct DashboardDiagnosticsTests {
    private static let key = "sk-weir-test-0123456789abcdef"

    private func chat(_ lab: Lab, home: Home, environment: [String: String] = [:]) throws -> Chat {
        let chat = try Chat(
            [
                "chat", "-p", "lab", "-m", "lab-claude", "--base-url", lab.baseURL, "--jitter", "none", "--no-clock",
                "--base-delay", "10ms",
            ], home: home, environment: environment)
        try chat.opened()
        return chat
    }

    @Test func `the inspector shows every event, and a report holds no key`() throws {
        let lab = try Lab([[.at(30, .resetPeer(midWord: true, beforeHeaders: false))]], tokensPerSecond: 2_000)
        let home = try Home()
        let chat = try chat(lab, home: home, environment: ["WEIR_API_KEY": Self.key])
        try chat.ask("Rivers on the wire")
        try chat.require("✓ complete", "attempt 2/")
        chat.send(Key.control("x"))
        try chat.require("i inspect")
        chat.send("i")
        try chat.require("Wire of stream 1", "message_stop", "content_block_delta")
        chat.send("post")
        try chat.require("2 of", "POST http://127.0.0.1")
        chat.send(Key.control("u"))
        chat.send("reset -delta")
        try chat.require("3 of", "▪ reset", "attempt 2")
        chat.send("\u{1B}[A")
        try chat.require("attempt 1")
        #expect(!chat.screen.contains(Self.key))
        chat.send(Key.escape)
        chat.expectGone("Wire of stream 1")
        chat.send(Key.control("x"))
        chat.send("b")
        try chat.require("the report is in")
        #expect(chat.quit() == 0)
        let report = try home.read(onlyFileIn: "state/weir/reports")
        #expect(!report.contains(Self.key))
        for part in ["## Attempt 2", "x-api-key: '\"$API_KEY\"", "curl --no-buffer", "Rivers on the wire", "weir-1-1-"]
        {
            #expect(report.contains(part), "\(part)\n\(report)")
        }
        #expect(lab.requests == 2)
    }

    @Test func `an edited prompt takes the place of the old one, and the store knows`() throws {
        let lab = try Lab(tokensPerSecond: 5_000)
        let home = try Home()
        var chat = try chat(lab, home: home)
        try chat.ask("First question")
        try chat.require("✓ complete")
        try chat.ask("Second question")
        try chat.require("2 ✓", "✓ complete")
        chat.send(Key.control("x"))
        chat.send("E")
        try chat.require("> Second question", "in the place of")
        chat.send(", edited")
        try chat.require("> Second question, edited", "tokens")
        chat.send(Key.enter)
        try chat.require("3 ✓")
        #expect(chat.quit() == 0)
        let list = try Run.toEnd(["sessions"], home: home).outputText
        let id = try #require(list.split(separator: "\n").dropFirst().first?.split(separator: " ").first)
        let export = try Run.toEnd(["sessions", "export", String(id)], home: home)
        #expect(export.outputText.contains("## you · replaced by a later prompt"), "\(export.outputText)")
        // And so it is when the conversation is opened again.
        chat = try Chat(
            ["chat", "-p", "lab", "-m", "lab-claude", "--base-url", lab.baseURL, "--continue", "--no-clock"], home: home
        )
        try chat.opened()
        chat.send("\u{10}")
        try chat.require("Actions")
        chat.send("to the beginning\r")
        chat.expect("you · ", "First question")
        #expect(chat.quit() == 0)
    }

    @Test func `keys are read again while it runs, and the last good ones stay`() throws {
        let home = try Home()
        try home.write("retry = \"f9\"\n[streams]\ncancel = \"x\"\n", to: "config/weir/keys.toml")
        let lab = try Lab(tokensPerSecond: 2_000)
        let chat = try chat(lab, home: home)
        try chat.ask("Keys")
        try chat.require("✓ complete", "F9 ask again")
        try home.write("retry = \"f9\"\nhelp = \"f9\"\n", to: "config/weir/keys.toml")
        // The window's focus comes back.
        chat.send("\u{1B}[O\u{1B}[I")
        try chat.require("The keys from before stay.", "F9 ask again")
        try home.write("retry = \"f10\"\n", to: "config/weir/keys.toml")
        chat.send("\u{1B}[O\u{1B}[I")
        try chat.require("F10 ask again")
        #expect(chat.quit() == 0)
    }
}
