import FaultLab
import Foundation
import TestSupport
import Testing

/// `--record` and `weir replay`: the same bytes again, without a provider.
@Suite struct ReplayTests {
    private static let broken: [[FaultStep]] = [
        [.at(40, .resetPeer(midWord: true, beforeHeaders: false))], [.status(429, retryAfter: 0.01)],
        [.at(60, .cleanEnd(midWord: true))],
    ]

    @Test(arguments: LabModels.all)
    func `a broken stream is replayed to the same bytes`(model: String) throws {
        let home = try Home()
        let lab = try Lab(Self.broken)
        let file = home.path + "/flight.jsonl"
        let prompt = "Record \(model)"
        let run = try Run.toEnd(lab.ask(model, "--json", "--record", file, prompt), home: home)
        #expect(run.status == 0, "\(run.summary)\n\(lab.journal)")
        expectSame(try run.events().text, CanonicalReply.text(prompt: prompt))
        let asked = lab.requests

        let json = try Run.toEnd(["replay", "--json", file], home: home)
        #expect(json.status == 0, "\(json.summary)")
        #expect(json.outputText == run.outputText)
        #expect(json.errorText == "")
        let plain = try Run.toEnd(["replay", file], home: home)
        #expect(plain.status == 0)
        expectSame(plain.outputText, CanonicalReply.text(prompt: prompt))
        // From a pipe, and at a pace.
        let paced = try Run.toEnd(
            ["replay", "--plain", "--speed", "10", "--quiet", "-"], home: home,
            input: try String(contentsOfFile: file, encoding: .utf8))
        #expect(paced.output == plain.output)
        #expect(paced.errorText == "")
        #expect(lab.requests == asked, "a replay asked the provider")
    }

    /// However it ended, the shell is told the same.
    @Test(
        arguments: [
            ([[FaultStep.status(401)]], [], Int32(3)), ([[.at(30, .cleanEnd(midWord: true))]], ["--resume", "off"], 5),
            ([[.status(500)], [.status(500)]], ["--max-retries", "1"], 4),
        ] as [([[FaultStep]], [String], Int32)])
    func `verdict and status are the same`(requests: [[FaultStep]], options: [String], status: Int32) throws {
        let home = try Home()
        let lab = try Lab(requests)
        let file = home.path + "/flight.jsonl"
        let run = try Run.toEnd(lab.ask("lab-gpt") + options + ["--record", file, "Hello"], home: home)
        #expect(run.status == status, "\(run.summary)")
        let replay = try Run.toEnd(["replay", file], home: home)
        #expect(replay.status == status, "\(replay.summary)")
        #expect(replay.output == run.output)
        #expect(replay.errorText == run.errorText)
    }

    @Test func `the key is not in the file`() throws {
        let home = try Home()
        let lab = try Lab(Self.broken)
        let file = home.path + "/flight.jsonl"
        let key = "sk-live-1a2b3c4d5e6f7a8b9c"
        let run = try Run.toEnd(
            lab.ask("lab-claude", "--record", file, "My key is \(key)"), home: home, environment: ["WEIR_API_KEY": key])
        #expect(run.status == 0, "\(run.summary)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.contains("REDACTED") && !text.contains(key))
        let replay = try Run.toEnd(["replay", file], home: home)
        #expect(replay.status == 0, "\(replay.summary)")
        #expect(replay.output.count == run.output.count)
    }

    @Test func `a file that is there stays, unless told`() throws {
        let home = try Home()
        let lab = try Lab()
        let file = home.path + "/flight.jsonl"
        try Data("mine\n".utf8).write(to: URL(filePath: file))
        chmod(file, 0o644)
        let refused = try Run.toEnd(lab.ask("lab-gpt", "--record", file, "Hello"), home: home)
        #expect(refused.status == 3)
        #expect(refused.errorText.contains("is there already") && refused.errorText.contains("--overwrite"))
        #expect(lab.requests == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine\n")
        let run = try Run.toEnd(lab.ask("lab-gpt", "--record", file, "--overwrite", "Hello"), home: home)
        #expect(run.status == 0, "\(run.summary)")
        #expect(try Run.toEnd(["replay", file], home: home).output == run.output)
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    /// A disk that takes no more ends the recording, and never the reply.
    @Test func `a full disk`() throws {
        let home = try Home()
        let lab = try Lab()
        let file = home.path + "/flight.jsonl"
        let prompt = "A long reply in 600 words"
        let words = lab.ask("lab-claude", "--record", file, prompt).map { "'\($0)'" }.joined(separator: " ")
        let run = try Run.toEnd(["-c", "ulimit -f 16; exec '\(Weir.path)' \(words)"], home: home, program: "/bin/sh")
        #expect(run.status == 0, "\(run.summary)")
        expectSame(run.outputText, CanonicalReply.text(prompt: prompt))
        // Said at once, or at the end where the disk's word came only then: the writer has a thread of its own.
        let isSaid = ["the recording has ended", "is not whole"].contains { run.errorText.contains($0) }
        #expect(isSaid, "\(run.errorText)")
        let replay = try Run.toEnd(["replay", file], home: home)
        #expect(run.outputText.hasPrefix(replay.outputText))
        #expect(replay.errorText.contains("was not ended in order"), "\(replay.errorText)")
    }

    @Test func `a killed program leaves what it had`() throws {
        let home = try Home()
        let lab = try Lab([[.at(30, .stall(60, .none, interval: 1))]])
        let file = home.path + "/flight.jsonl"
        let run = try Run(lab.ask("lab-gpt", "--record", file, "Hello there"), home: home)
        // Ten deltas in whole lines: some of the text is in the file, however the pieces came.
        let isWritten = run.read { _ in
            let recorded = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            let lines = recorded.prefix(upTo: recorded.lastIndex(of: "\n") ?? recorded.startIndex)
            return lines.ranges(of: "chat.completion.chunk").count >= 10
        }
        #expect(isWritten)
        run.signal(SIGKILL)
        #expect(run.waitForEnd() == 137)
        let replay = try Run.toEnd(["replay", file], home: home)
        #expect(replay.status == 5, "\(replay.summary)")
        #expect(!replay.output.isEmpty && CanonicalReply.text(prompt: "Hello there").hasPrefix(replay.outputText))
        #expect(replay.errorText.contains("the recording ends while the stream is"))
    }

    @Test func `what is no recording is said with its place`() throws {
        let home = try Home()
        let file = home.path + "/notes.txt"
        try Data("hello\n".utf8).write(to: URL(filePath: file))
        let run = try Run.toEnd(["replay", file], home: home)
        #expect(run.status == 3)
        #expect(run.errorText.contains("\(file): line 1, byte 0: it is no recording"), "\(run.errorText)")
        #expect(try Run.toEnd(["replay", file + "x"], home: home).errorText.contains("No such file"))
        #expect(try Run.toEnd(["replay", "--speed", "11", file], home: home).status == 64)
    }

    @Test func `on the screen: recorded by key, replayed with its panel`() throws {
        let home = try Home()
        let lab = try Lab(Self.broken)
        let chat = try Chat(
            ["--base-url", lab.baseURL, "-p", "lab", "-m", "lab-claude", "--base-delay", "5ms", "--jitter", "none"],
            home: home)
        try chat.opened()
        chat.send("\u{1B}[17~")
        try chat.require("rec", "recording to", "F6 ends it")
        try chat.ask("Fly")
        try chat.require("complete")
        chat.send("\u{1B}[17~")
        try chat.require("recorded 1 stream")
        chat.expectGone(" rec ")
        // Nothing happens in this one, and nobody is sent to watch it.
        chat.send("\u{1B}[17~")
        try chat.require("rec", "recording to", "F6 ends it")
        chat.send("\u{1B}[17~")
        try chat.require("recorded nothing")
        chat.quit()
        let folder =
            home.environment["XDG_STATE_HOME"].map { $0 + "/weir/recordings" } ?? home.path
            + "/.local/state/weir/recordings"
        let all = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(all.count == 2)
        let names = try all.filter { try String(contentsOfFile: folder + "/" + $0, encoding: .utf8).contains("Fly") }
        try #require(names.count == 1)
        let replay = try Chat(["replay", folder + "/" + names[0]], home: home)
        try replay.require("Fly", "complete", "attempt", "replay: the end")
        replay.send("Again?")
        try replay.require("> Again?")
        replay.send(Key.enter)
        replay.expect("This is a replay")
        replay.send(Key.control("u"))
        replay.expectGone("> Again?")
        #expect(replay.quit() == 0)
        replay.expectRestored()
    }

    @Test func `a replay can be paused`() throws {
        let home = try Home()
        let lab = try Lab(tokensPerSecond: 40)
        let file = home.path + "/flight.jsonl"
        let run = try Run.toEnd(lab.ask("lab-gpt", "--record", file, "Pause in 100 words"), home: home)
        #expect(run.status == 0, "\(run.summary)")
        let replay = try Chat(["replay", file], home: home)
        try replay.require("streaming", "Space pause")
        replay.send(" ")
        try replay.require("replay: paused", "Space go on")
        replay.send(".")
        replay.send(Key.escape)
        replay.expect("This is a replay")
        replay.send(" ")
        try replay.require("replay: the end", "complete")
        #expect(replay.quit() == 0)
    }
}
