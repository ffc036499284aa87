import Archive
import Foundation
import Testing

/// Several processes on one store, and processes that are killed.
@Suite struct ProcessTests {
    let store: TemporaryStore

    init() throws {
        store = try TemporaryStore()
    }

    private static func open(_ path: String) throws -> Archive {
        var settings = Archive.Settings()
        settings.flushInterval = 5
        settings.busyTimeout = 20_000
        return try Archive(path: path, settings: settings)
    }

    @Test func whatWasStoredSurvivesAKill() async throws {
        let path = store.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let archive = try Self.open(path)
            let prompt = PromptID.random()
            try archive.appendPrompt("Tell me", as: prompt, to: "c", at: 1)
            let reply = ReplyID(rawValue: 7)
            archive.beginReply(reply, in: "c", to: prompt, provider: "p", model: "m", at: 2)
            archive.record(ArchivedAttempt(reply: reply, number: 1, provider: "p", model: "m", startedAt: 2))
            archive.appendText(Array("Once upon".utf8), to: reply)
            // Written behind, without a further call: seen by another connection.
            let other = try Self.open(path)
            while try other.turns(of: "c").last?.text != "Once upon" { try await Task.sleep(for: .milliseconds(2)) }
            archive.saveDraft("and the", of: "c", at: 3)
            while try other.draft(of: "c") == nil { try await Task.sleep(for: .milliseconds(2)) }
            kill(getpid(), SIGKILL)
        }
        let archive = try store.open()
        let turns = try archive.turns(of: "c")
        #expect(turns.map(\.text) == ["Tell me", "Once upon"])
        #expect(turns.map(\.verdict) == [nil, "incomplete"])
        #expect(turns[1].attempts.map(\.outcome) == ["failed"])
        #expect(turns[1].attempts.map(\.failure) == ["the program ended"])
        #expect(try archive.draft(of: "c") == "and the")
        // It can be taken up again.
        archive.reopenReply(ReplyID(rawValue: 7))
        archive.appendText(Array(" a time".utf8), to: ReplyID(rawValue: 7))
        archive.finishReply(ReplyID(rawValue: 7), verdict: "complete", at: 9)
        #expect(try archive.turns(of: "c").last?.text == "Once upon a time")
        let files = try FileManager.default.contentsOfDirectory(atPath: store.folder.appending(path: "data").path)
        #expect(files.count { $0.contains("-session-") } == 1, "only ours: \(files)")
    }

    @Test func aKillInTheMiddleOfWritesLosesNoPrompt() async throws {
        let path = store.path
        let marks = store.folder.appending(path: "marks").path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, marks = marks as String] in
            let archive = try Self.open(path)
            let file = fopen(marks, "w")
            let writer = Task.detached {
                for number in 0... {
                    try archive.appendPrompt("\(number)", as: .random(), to: "c", at: Double(number))
                    // The prompt is said to be stored: from here on it must be found.
                    fputs("\(number)\n", file)
                    fflush(file)
                }
            }
            while try archive.recentPrompts(limit: 1000).count < 30 { try await Task.sleep(for: .milliseconds(1)) }
            _ = writer
            kill(getpid(), SIGKILL)
        }
        let said = try String(contentsOfFile: marks, encoding: .utf8).split(separator: "\n")
        let found = try store.open().turns(of: "c").map(\.text)
        #expect(said.count >= 29)
        #expect(found.starts(with: said.map(String.init)))
        #expect(found.count <= said.count + 1)
    }

    @Test func aRunningProcessKeepsItsReplies() throws {
        let one = try store.open()
        try one.appendPrompt("p", as: .random(), to: "c", at: 1)
        let reply = ReplyID.random()
        one.beginReply(reply, in: "c", to: nil, provider: "p", model: "m", at: 2)
        one.appendText(Array("half".utf8), to: reply)
        #expect(try one.turns(of: "c").count == 2)
        // Another opens the store while the first still writes.
        let two = try store.open()
        #expect(try two.turns(of: "c").last?.verdict == nil)
        #expect(try two.turns(of: "c").last?.text == "half")
        one.appendText(Array(" whole".utf8), to: reply)
        one.finishReply(reply, verdict: "complete", at: 3)
        #expect(try one.turns(of: "c").count == 2)
        #expect(try two.turns(of: "c").last?.text == "half whole")
        #expect(try two.turns(of: "c").last?.verdict == "complete")
    }

    @Test func twoProcessesWriteAtOnce() async throws {
        let path = store.path
        let count = 25
        async let child = #expect(processExitsWith: .success) { [path = path as String, count = count as Int] in
            let archive = try Self.open(path)
            for number in 0..<count {
                try archive.appendPrompt("child \(number)", as: .random(), to: "both", at: 1)
            }
            try archive.close()
        }
        let archive = try Self.open(path)
        for number in 0..<count {
            try archive.appendPrompt("parent \(number)", as: .random(), to: "both", at: 1)
        }
        _ = await child
        let texts = try archive.turns(of: "both").map(\.text)
        #expect(texts.filter { $0.hasPrefix("child") } == (0..<count).map { "child \($0)" })
        #expect(texts.filter { $0.hasPrefix("parent") } == (0..<count).map { "parent \($0)" })
    }
}
