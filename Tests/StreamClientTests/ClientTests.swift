import FaultLab
import Pricing
import Providers
import StreamClient
import StreamEngine
import Testing

/// The library's faces against the fault lab: a reply that breaks twice and goes on is its canonical text, once.
@Suite struct ClientTests {
    private let lab: TestLab

    init() throws {
        var scenario = Scenario(name: "test", description: "Breaks twice")
        scenario.stories = [
            Scenario.Story(
                requests: [
                    [FaultStep(.resetPeer(midWord: true, beforeHeaders: false), afterTokens: 20)],
                    [FaultStep(.status(StatusFault(529)))],
                ], repeats: false)
        ]
        lab = try TestLab(scenario)
    }

    private static func client(of lab: TestLab) throws -> Client {
        let url = lab.baseURL
        return try Client { $0 == "WEIR_LAB_URL" ? url : nil }
    }

    /// Waits short and without chance.
    private static func order(_ client: Client, _ prompt: String) throws -> StreamOrder {
        var order = try client.order(for: [ChatMessage(role: .user, text: prompt)], from: "lab/lab-claude")
        order.retryPolicy = RetryPolicy(baseDelay: .milliseconds(2), jitter: .none)
        return order
    }

    private func text(_ prompt: String) throws -> String {
        // Asked of a lab that breaks nothing.
        let calm = try TestLab(Scenario(name: "calm", description: ""))
        let reply = try Self.client(of: calm).reply(to: prompt, from: "lab/lab-claude")
        let text = reply.joined()
        #expect(reply.result().verdict == .complete)
        return text
    }

    @Test func aLoopOverAReplyIsItsText() throws {
        let client = try Self.client(of: lab)
        let reply = client.reply(to: try Self.order(client, "tell me of rivers"))
        let text = reply.joined()
        let end = reply.result()
        #expect(end.verdict == .complete)
        #expect(end.attempts.count == 3)
        #expect(!end.cost.isZero && !end.lostCost.isZero)
        #expect(try text == self.text("tell me of rivers"))
    }

    @Test func theResultNeedsNoReading() throws {
        let client = try Self.client(of: lab)
        let reply = client.reply(to: try Self.order(client, "tell me of rivers"))
        #expect(reply.result().verdict == .complete)
        #expect(try reply.joined() == text("tell me of rivers"))
        #expect(reply.next() == nil)
    }

    @Test func repliesGoOnWhileOthersAreRead() throws {
        let client = try Self.client(of: lab)
        let replies = try (1...20).map { client.reply(to: try Self.order(client, "story \($0)")) }
        #expect(replies.allSatisfy { $0.result().verdict == .complete })
        for (number, reply) in replies.enumerated() {
            #expect(try reply.joined() == text("story \(number + 1)"))
        }
    }

    @Test func aReplyThatNobodyHoldsIsCancelled() throws {
        let client = try Self.client(of: lab)
        var reply: Reply? = client.reply(to: try Self.order(client, "tell me of rivers"))
        let id = try #require(reply?.id)
        _ = reply?.next()
        reply = nil
        #expect(client.driver.engine.state(of: id) == .cancelled)
    }

    @Test func aBudgetStopsIt() throws {
        let client = try Self.client(of: lab)
        let reply = try client.reply(
            to: "tell me of rivers", from: "lab/lab-claude", budget: Budget(reply: Budget.Limit("0.000001")))
        #expect(reply.joined().isEmpty)
        #expect(reply.result().failure?.kind == .budget)
    }

    @Test func whoCannotBeAskedIsSaid() throws {
        let client = try Client { _ in nil }
        #expect(throws: ClientError.unknownModel("no-such-model")) {
            try client.reply(to: "?", from: "no-such-model")
        }
        let missing = #expect(throws: ClientError.self) {
            try client.reply(to: "?", from: "anthropic/claude-haiku-4-5")
        }
        #expect(missing?.description.contains("ANTHROPIC_API_KEY") == true)
    }

    // MARK: Asynchronous

    @Test func anAsynchronousLoopIsItsText() async throws {
        let client = try ClientThread(try Self.client(of: lab))
        let reply = client.reply { try Self.order($0, "tell me of rivers") }
        var text = ""
        for await piece in reply { text += piece }
        let end = try await reply.result()
        #expect(end.verdict == .complete)
        #expect(end.attempts.count == 3)
        #expect(try text == self.text("tell me of rivers"))
    }

    @Test func manyTasksShareOneLoop() async throws {
        let client = try ClientThread(try Self.client(of: lab))
        let texts = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for number in 1...50 {
                group.addTask {
                    let reply = client.reply { try Self.order($0, "story \(number)") }
                    var text = ""
                    for await piece in reply { text += piece }
                    return (number, text)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for number in [1, 17, 50] { #expect(try texts[number] == text("story \(number)")) }
        #expect(texts.count == 50)
    }

    @Test func aCancelledTaskCancelsItsReply() async throws {
        var scenario = Scenario(name: "silent", description: "")
        scenario.always = [FaultStep(.stall(600, .none, interval: 1), afterTokens: 5)]
        let silent = try TestLab(scenario)
        let client = try ClientThread(try Self.client(of: silent))
        let reply = client.reply(to: "tell me of rivers", from: "lab/lab-claude")
        let reader = Task {
            var pieces = 0
            for await _ in reply { pieces += 1 }
            return pieces
        }
        reader.cancel()
        _ = await reader.value
        #expect(try await reply.result().verdict == .cancelled)
    }

    @Test func whatCannotBeAskedEndsWithItsError() async throws {
        let client = try ClientThread(try Self.client(of: lab))
        let reply = client.reply(to: "?", from: "no-such-model")
        for await _ in reply { Issue.record("there is no text") }
        await #expect(throws: ClientError.unknownModel("no-such-model")) { try await reply.result() }
    }
}
