import FaultLab
import Foundation
import TestSupport
import Testing

/// Clocks, limits, hold-back and the retry budget with the real program over real sockets.
@Suite struct TrafficTests {
    private func run(_ arguments: [String], home: Home? = nil) throws -> Run {
        try Run.toEnd(arguments, home: try home ?? Home())
    }

    private func limited(_ requests: Int, _ stories: [[FaultStep]] = []) throws -> Lab {
        var scenario = Scenario(name: "limited", description: "few requests a minute")
        scenario.requestsPerMinute = requests
        scenario.stories = stories.isEmpty ? [] : [Scenario.Story(requests: stories, repeats: false)]
        return try Lab(scenario: scenario)
    }

    /// The reply breaks, its headers had said that it was the last request of the minute, and so nothing is sent.
    @Test(arguments: LabModels.both)
    func `a retry that the provider would refuse is not sent, and ask says so`(model: String) throws {
        let lab = try limited(1, [[.at(20, .resetPeer(midWord: false, beforeHeaders: false))]])
        let broken = try run(lab.ask(model, "--json", "--timeout", "1s", "--max-delay", "90s", "Rivers"))
        let events = try broken.events()
        let held = try #require(events.named("retry").last, "\(broken.summary)")
        #expect(held.text("source") == "hold-back")
        #expect(
            held.text("reason") == "held back: the provider's rate limit has 0 of 1 requests left until its reset")
        #expect((50...61).contains(held.number("delay") ?? 0))
        #expect(events.end?.text("error")?.contains("(--timeout)") == true)
        #expect(lab.requests == 1, "\(lab.journal)")

        let sent = try limited(1, [[.at(20, .resetPeer(midWord: false, beforeHeaders: false))]])
        let open = try run(sent.ask(model, "--no-hold-back", "--timeout", "1s", "Rivers"))
        #expect(sent.requests == 2, "\(open.summary)")

        let cut = try limited(1, [[.at(20, .cut(midWord: false))]])
        let plain = try run(cut.ask(model, "--timeout", "1s", "--max-delay", "90s", "Rivers"))
        #expect(plain.errorText.contains("0 of 1 requests left until its reset; next attempt in"), "\(plain.summary)")
    }

    @Test func `a second stream is held back in the dashboard, says why, and n sends it`() throws {
        let lab = try limited(1)
        let home = try Home()
        let chat = try Chat(
            ["chat", "-p", "lab", "--base-url", lab.baseURL, "--max-delay", "90s", "--no-clock"], home: home)
        try chat.opened()
        try chat.ask("One river")
        try chat.require("✓ complete")
        try chat.ask("Two rivers")
        try chat.require("backing off", "not sent yet", "held back", "^X n asks now, Alt-G gives up", "sent in ")
        #expect(lab.requests == 1)
        chat.send(Key.tab)
        chat.send(Key.tab)
        try chat.require("choose  n asks now, g gives up")
        chat.send("n")
        #expect(waitFor { lab.requests == 2 ? true : nil } == true)
        chat.quit()
    }

    @Test func `the clock that runs is on the screen, and the failure names its option`() throws {
        let lab = try Lab(always: [.at(10, .stall(600, .ping, interval: 0.1))])
        let home = try Home()
        let chat = try Chat(
            [
                "chat", "-p", "lab", "--base-url", lab.baseURL, "--no-clock", "--max-retries", "0",
                "--content-timeout", "6",
            ], home: home, columns: 170)
        try chat.opened()
        try chat.ask("One river")
        try chat.require("clock   content ", " s of 6 s", "idle 3 m 00 s")
        try chat.require("no text and no thinking came for 6s", "--content-timeout TIME")
        chat.quit()
    }

    /// Every option and key of the clocks and limits is taken, and what is exceeded names its option.
    @Test func `limits are set by option and by file`() throws {
        let lab = try Lab(always: [.at(5, .hugeEvent(bytes: 1 << 16))])
        let byOption = try run(lab.ask("lab-claude", "--event-limit", "32KiB", "Rivers"))
        #expect(byOption.status != 0)
        #expect(
            byOption.errorText.contains("an event of the response is larger than the limit of 32 KiB"),
            "\(byOption.summary)")
        #expect(byOption.errorText.contains("--event-limit SIZE"))

        let home = try Home()
        let file = home.path + "/limits.toml"
        let text = """
            [retry]
            budget = 5
            hold_back = false
            [timeouts]
            wake = "20s"
            [limits]
            event = "1 MiB"
            body = 20000
            headers = "64KiB"
            """
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let byFile = try run(lab.ask("lab-claude", "--config", file, "Rivers"), home: home)
        #expect(byFile.errorText.contains("sent more than the 20000 bytes"), "\(byFile.summary)")
        let both = try run(
            lab.ask("lab-claude", "--config", file, "--body-limit", "10 MiB", "Rivers"), home: home)
        #expect(both.status == 0, "\(both.summary)")

        let wrong = try run(lab.ask("lab-claude", "--header-limit", "1MiB", "Rivers"))
        #expect(wrong.status == 3)
        #expect(wrong.errorText.contains("header-limit must be from 1 KiB to 256 KiB"), "\(wrong.summary)")
        let budget = try run(lab.ask("lab-claude", "--retry-budget", "-1", "Rivers"))
        #expect(budget.status != 0)
    }
}
