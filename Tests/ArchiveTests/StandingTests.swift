import Testing

@testable import Archive

/// Which of several replies holds, and which prompts another one has replaced.
@Suite struct StandingTests {
    let store: TemporaryStore

    init() throws {
        store = try TemporaryStore()
    }

    @Test func whatWasChosenIsRemembered() throws {
        let archive = try store.open()
        let prompts = [PromptID.random(), .random(), .random()]
        let replies = [ReplyID.random(), .random(), .random()]
        for (index, prompt) in prompts.enumerated() {
            try archive.appendPrompt("prompt \(index)", as: prompt, to: "c", at: Double(index))
        }
        for (index, reply) in replies.enumerated() {
            archive.beginReply(reply, in: "c", to: prompts[0], provider: "p", model: "m\(index)", at: 5)
            archive.finishReply(reply, verdict: "complete", at: 6)
        }
        archive.keep(replies[1])
        archive.replace([prompts[1], prompts[2]])
        try archive.close()

        let again = try store.open()
        let turns = try again.turns(of: "c")
        #expect(turns.filter { $0.standing == .kept }.compactMap(\.replyID) == [replies[1]])
        #expect(turns.filter { $0.standing == .replaced }.compactMap(\.promptID) == [prompts[1], prompts[2]])
        let markdown = try #require(try again.markdown(of: "c"))
        #expect(markdown.contains("*kept*") && markdown.contains("## you · replaced by a later prompt"))
        let json = try #require(try again.json(of: "c"))
        #expect(json.contains(#""standing": "kept""#) && json.contains(#""standing": "replaced""#))
        // Only one reply to a prompt is kept.
        again.keep(replies[2])
        #expect(try again.turns(of: "c").filter { $0.standing == .kept }.compactMap(\.replyID) == [replies[2]])
    }
}
