import Archive
import Foundation
import TestSupport
import Testing

@Suite struct ExportTests {
    private func archive() throws -> Archive {
        let archive = try Archive(inMemory: Archive.Settings())
        let prompt = PromptID.random()
        try archive.appendPrompt("Explain\nweirs \"simply\"", as: prompt, to: "c", at: 1_795_183_200)
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: prompt, provider: "lab", model: "lab-claude", at: 1_795_183_201.5)
        archive.appendText(Array("A wall".utf8), to: reply)
        archive.abandonText(of: reply, keeping: 2)
        archive.appendText(Array("**low** dam: 日本\n```\ncode \\ \u{1}\n```".utf8), to: reply)
        var first = ArchivedAttempt(
            reply: reply, number: 1, provider: "lab", model: "lab-claude", outcome: "failed",
            startedAt: 1_795_183_201.5)
        first.failure = "connection reset"
        first.cost = ArchivedCost(picos: 900_000_000, currency: "USD", certainty: .estimated)
        first.isLost = true
        archive.record(first)
        var second = ArchivedAttempt(
            reply: reply, number: 2, provider: "lab", model: "lab-claude", outcome: "completed",
            startedAt: 1_795_183_203)
        second.usage = ArchivedUsage(input: 12, output: 34)
        second.cost = ArchivedCost(picos: 42_100_000_000, currency: "USD", certainty: .reported)
        second.priceDate = "2026-11-20"
        archive.record(second)
        archive.finishReply(reply, verdict: "truncated", stopReason: "max_tokens", at: 1_795_183_210)
        return archive
    }

    @Test func markdown() throws {
        try expectSnapshot(#require(try archive().markdown(of: "c")), named: "conversation.md")
    }

    @Test func json() throws {
        let text = try #require(try archive().json(of: "c"))
        try expectSnapshot(text, named: "conversation.json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let turns = try #require(object["turns"] as? [[String: Any]])
        #expect(turns[1]["text"] as? String == "A **low** dam: 日本\n```\ncode \\ \u{1}\n```")
    }

    @Test func whatIsNotThereIsNil() throws {
        let archive = try archive()
        #expect(try archive.markdown(of: "x") == nil)
        #expect(try archive.json(of: "x") == nil)
    }
}
