import Archive
import Testing

@Suite struct ArchiveTests {
    let store: TemporaryStore
    let archive: Archive

    init() throws {
        store = try TemporaryStore()
        archive = try store.open()
    }

    private func prompt(_ text: String, in conversation: String = "c", at time: Double = 100) throws -> PromptID {
        let id = PromptID.random()
        try archive.appendPrompt(text, as: id, to: conversation, at: time)
        return id
    }

    @Test func aPromptAndItsReplyComeBack() throws {
        let prompt = try prompt("What is a weir?")
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: prompt, provider: "lab", model: "lab-claude", at: 101)
        archive.appendText(Array("A low ".utf8), to: reply)
        archive.appendText(Array("dam.".utf8), to: reply)
        archive.finishReply(reply, verdict: "complete", stopReason: "end_turn", at: 102)
        try archive.close()

        let turns = try store.open().turns(of: "c")
        #expect(turns.map(\.text) == ["What is a weir?", "A low dam."])
        #expect(turns.map(\.role) == [.user, .assistant])
        #expect(turns[0].promptID == prompt)
        #expect(turns[1].replyID == reply)
        #expect(turns[1].prompt == prompt)
        #expect(turns[1].provider == "lab")
        #expect(turns[1].model == "lab-claude")
        #expect(turns[1].verdict == "complete")
        #expect(turns[1].stopReason == "end_turn")
        #expect(turns[1].startedAt == 101)
        #expect(turns[1].endedAt == 102)
    }

    @Test func readsSeeWritesThatWait() throws {
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: try prompt("p"), provider: "p", model: "m", at: 1)
        for number in 0..<50 {
            archive.appendText(Array("\(number) ".utf8), to: reply)
            #expect(try archive.turns(of: "c")[1].text == (0...number).map { "\($0) " }.joined())
        }
        #expect(try archive.turns(of: "c")[1].verdict == nil)
    }

    @Test func textsMayHoldAnything() throws {
        let text = "null \u{0} after it, 日本語, 👩🏽‍🚀, \u{FEFF}\u{2028}'\"\\; DROP TABLE turns; --\r\n\t\u{1B}[31m"
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: try prompt(text), provider: "p", model: "m", at: 1)
        // Cut within characters too.
        for byte in text.utf8 { archive.appendText([byte], to: reply) }
        archive.saveDraft(text, of: "c", at: 2)
        #expect(try archive.turns(of: "c").map(\.text) == [text, text])
        archive.finishReply(reply, verdict: "complete", at: 3)
        #expect(try archive.turns(of: "c").map(\.text) == [text, text])
        #expect(try archive.draft(of: "c") == text)
        #expect(try archive.recentPrompts() == [text])
    }

    @Test func severalRepliesToOnePrompt() throws {
        let prompt = try prompt("p")
        let replies = [ReplyID.random(), .random(), .random()]
        for (number, reply) in replies.enumerated() {
            archive.beginReply(reply, in: "c", to: prompt, provider: "p", model: "m\(number)", at: 1)
        }
        for word in ["a", "b", "c"] {
            for reply in replies.reversed() { archive.appendText(Array(word.utf8), to: reply) }
        }
        for reply in replies { archive.finishReply(reply, verdict: "complete", at: 2) }
        let turns = try archive.turns(of: "c").dropFirst()
        #expect(turns.map(\.model) == ["m0", "m1", "m2"])
        #expect(turns.map(\.text) == ["abc", "abc", "abc"])
        #expect(turns.allSatisfy { $0.prompt == prompt })
    }

    @Test func whatWasGivenUpIsKept() throws {
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: try prompt("p"), provider: "p", model: "m", at: 1)
        archive.appendText(Array("one two three".utf8), to: reply)
        archive.abandonText(of: reply, keeping: 4)
        archive.appendText(Array("TWO".utf8), to: reply)
        archive.abandonText(of: reply, keeping: 0)
        archive.appendText(Array("1 2 3".utf8), to: reply)
        archive.finishReply(reply, verdict: "complete", at: 2)
        let turn = try archive.turns(of: "c")[1]
        #expect(turn.text == "1 2 3")
        #expect(turn.abandoned == ["one two three", "one TWO"])
    }

    @Test func aReplyIsTakenUpAgain() throws {
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: try prompt("p"), provider: "p", model: "m", at: 1)
        archive.appendText(Array("one ".utf8), to: reply)
        archive.finishReply(reply, verdict: "incomplete", at: 2)
        archive.reopenReply(reply)
        archive.appendText(Array("two".utf8), to: reply)
        var turn = try archive.turns(of: "c")[1]
        #expect(turn.text == "one two")
        #expect(turn.verdict == nil)
        #expect(turn.endedAt == nil)
        archive.finishReply(reply, verdict: "complete", at: 3)
        turn = try archive.turns(of: "c")[1]
        #expect(turn.text == "one two")
        #expect(turn.verdict == "complete")
    }

    @Test func everyAttemptHasARow() throws {
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: try prompt("p"), provider: "p", model: "m", at: 1)
        var first = ArchivedAttempt(reply: reply, number: 1, provider: "p", model: "m", startedAt: 1)
        archive.record(first)
        first.outcome = "failed"
        first.failure = "connection reset"
        first.status = 200
        first.requestID = "req_1"
        first.headersAt = 1.25
        first.firstTokenAt = 1.5
        first.endedAt = 2.75
        first.usage = ArchivedUsage(input: 10, output: 20, cacheRead: 1, cacheWrite: 2, cacheWriteHour: 3, thinking: 4)
        first.usage.isEstimated = true
        first.cost = ArchivedCost(picos: 900_000_000, currency: "USD", certainty: .estimated)
        first.priceDate = "2026-10-24"
        first.isLost = true
        first.textBytes = 41
        first.thinkingBytes = 7
        archive.record(first)
        var second = ArchivedAttempt(
            reply: reply, number: 2, provider: "q", model: "n", outcome: "completed", startedAt: 3)
        second.resume = "prefill"
        second.isStream = false
        archive.record(second)
        #expect(try archive.turns(of: "c")[1].attempts == [first, second])
    }

    @Test func keysAreStruckOutOfFailures() throws {
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: try prompt("p"), provider: "p", model: "m", at: 1)
        for (number, message) in [
            "Incorrect API key provided: sk-proj-abcdefgh12345678. See the docs.",
            "invalid x-api-key sk-ant-api03-AbC_dEf-123456, sent as Bearer 0123456789abcdef",
            "AIzaSyA-1234567890abcdefg", "a risk-free task: ask sk-8 for key-words",
        ].enumerated() {
            var attempt = ArchivedAttempt(reply: reply, number: number, provider: "p", model: "m", startedAt: 1)
            attempt.failure = message
            archive.record(attempt)
        }
        #expect(
            try archive.turns(of: "c")[1].attempts.map(\.failure) == [
                "Incorrect API key provided: [key] See the docs.",
                "invalid x-api-key [key], sent as Bearer [key]", "[key]", "a risk-free task: ask sk-8 for key-words",
            ])
    }

    @Test func conversationsAreListedNewestFirst() throws {
        _ = try prompt("first of a", in: "a", at: 1)
        _ = try prompt("first of b", in: "b", at: 2)
        _ = try prompt("first of c", in: "c", at: 3)
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "a", to: nil, provider: "p", model: "m", at: 4)
        archive.finishReply(reply, verdict: "complete", at: 5)
        archive.rename("b", to: "Bridges")
        #expect(
            try archive.conversations() == [
                ConversationSummary(
                    id: "a", title: "first of a", createdAt: 1, updatedAt: 5, prompts: 1, replies: 1),
                ConversationSummary(
                    id: "c", title: "first of c", createdAt: 3, updatedAt: 3, prompts: 1, replies: 0),
                ConversationSummary(id: "b", title: "Bridges", createdAt: 2, updatedAt: 2, prompts: 1, replies: 0),
            ])
        #expect(try archive.conversations(limit: 1).map(\.id) == ["a"])
    }

    @Test(arguments: [
        ("One line", "One line"), ("\n\n   \n  second  \nthird", "second"), ("", "untitled"), (" \n ", "untitled"),
        (String(repeating: "é", count: 80), String(repeating: "é", count: 59) + "…"), ("a\u{0}b\u{1B}[1m", "ab[1m"),
    ])
    func conversationsAreCalledByTheirFirstLine(text: String, title: String) throws {
        _ = try prompt(text)
        _ = try prompt("another")
        #expect(try archive.title(of: "c") == title)
    }

    @Test func deletingLeavesNothing() throws {
        let reply = ReplyID.random()
        archive.beginReply(reply, in: "c", to: try prompt("secret plan"), provider: "p", model: "m", at: 1)
        archive.appendText(Array("secret reply".utf8), to: reply)
        archive.record(ArchivedAttempt(reply: reply, number: 1, provider: "p", model: "m", startedAt: 1))
        archive.saveDraft("secret draft", of: "c", at: 1)
        #expect(try archive.turns(of: "c").count == 2)
        archive.delete("c")
        // What still comes of the reply has no place any more.
        archive.appendText(Array("more".utf8), to: reply)
        archive.record(ArchivedAttempt(reply: reply, number: 2, provider: "p", model: "m", startedAt: 1))
        archive.abandonText(of: reply, keeping: 3)
        archive.finishReply(reply, verdict: "cancelled", at: 2)
        #expect(try archive.conversations() == [])
        #expect(try archive.turns(of: "c") == [])
        #expect(try archive.drafts() == [])
        try archive.close()
        let bytes = try Array(store.contents())
        for word in ["secret plan", "secret reply", "secret draft"] {
            #expect(!bytes.contains(Array(word.utf8)))
        }
    }

    @Test func draftsAreKeptUntilTheyAreSent() throws {
        archive.saveDraft("half a tho", of: "new", at: 1)
        archive.saveDraft("other", of: "old", at: 2)
        #expect(try archive.draft(of: "new") == "half a tho")
        #expect(try archive.drafts().map(\.conversation) == ["old", "new"])
        archive.saveDraft("", of: "old", at: 3)
        #expect(try archive.draft(of: "old") == nil)
        _ = try prompt("half a thought", in: "new")
        #expect(try archive.drafts() == [])
    }

    @Test func historyIsNewestFirstAndEachTextOnce() throws {
        for (time, text) in ["a", "b", "a", "c"].enumerated() { _ = try prompt(text, at: Double(time)) }
        #expect(try archive.recentPrompts() == ["c", "a", "b"])
        #expect(try archive.recentPrompts(limit: 1) == ["c"])
    }

    @Test func fetchesAwayFromTheCaller() async throws {
        _ = try prompt("p")
        let archive = archive
        let result = await withCheckedContinuation { continuation in
            archive.fetch { archive throws(ArchiveError) in
                try archive.conversations()
            } then: {
                continuation.resume(returning: $0)
            }
        }
        #expect(try result.get().map(\.id) == ["c"])
    }

    @Test func worksInMemory() throws {
        let archive = try Archive(inMemory: Archive.Settings())
        try archive.appendPrompt("p", as: .random(), to: "c", at: 1)
        #expect(try archive.conversations().map(\.title) == ["p"])
    }
}
