import Pricing
import Providers
import Testing

@testable import StreamEngine

/// Going on by a cursor: the machine's side of it.
@Suite struct CursorTests {
    private func order(_ resume: ResumeSetting = .auto, fallbackAfter: Int = 2) throws -> StreamOrder {
        var order = StreamOrder.test(
            dialect: .responses, resume: resume, strategy: .continue,
            policy: RetryPolicy(jitter: .none, fallbackAfter: fallbackAfter))
        order.endpoint = try #require(order.endpoint.inBackground())
        return order
    }

    private func event(_ type: String, _ members: String, _ number: Int) -> String {
        "data: {\"type\":\"response.\(type)\",\(members),\"sequence_number\":\(number)}\n\n"
    }
    private func text(_ text: String, _ number: Int) -> String {
        event("output_text.delta", #""delta":"\#(text)""#, number)
    }
    private func thought(_ text: String, _ number: Int) -> String {
        event("reasoning_text.delta", #""delta":"\#(text)""#, number)
    }
    private var created: String { event("created", #""response":{"id":"resp_1","model":"m"}"#, 0) }
    private func completed(_ number: Int) -> String {
        event(
            "completed",
            #""response":{"id":"resp_1","status":"completed","usage":{"input_tokens":9,"output_tokens":4}}"#, number)
    }

    /// A stream that broke after `body`, and the next attempt's start.
    private func broken(after body: String, _ order: StreamOrder) throws -> (EngineHarness, StreamID) {
        var world = EngineHarness()
        let id = world.start(order)
        try world.connected()
        try world.headers()
        try world.body(body)
        try world.fail(.reset)
        world.advance(.seconds(2))
        return (world, id)
    }

    @Test func textGoesOnFromTheNextEvent() throws {
        var (world, id) = try broken(after: created + text("The quick", 1), order())
        let http = world.started[1].request.http
        #expect(http.method == "GET" && http.body.isEmpty)
        #expect(http.url == "http://127.0.0.1:1/responses/resp_1?stream=true&starting_after=1")
        try world.connected()
        try world.headers()
        // What looks like a repetition is none.
        try world.body(text("quick fox", 2) + completed(3))
        #expect(world.text(id) == "The quickquick fox")
        let snapshot = try world.snapshot(id)
        #expect(snapshot.verdict == .complete)
        #expect(snapshot.seams.map(\.strategy) == [.cursor])
        #expect(snapshot.seams.map(\.trimmedBytes) == [0])
        // One response, one bill.
        #expect(snapshot.usage.input == 9 && snapshot.usage.output == 4)
        #expect(!snapshot.inputIsEstimated && !snapshot.outputIsEstimated)
        #expect(snapshot.attempts[0].cost == .zero)
        #expect(world.mistakes.isEmpty, "\(world.mistakes)")
    }

    @Test func thoughtsAndPartsGoOnToo() throws {
        let call = event("output_item.added", #""output_index":0,"item":{"type":"web_search_call"}"#, 2)
        var (world, id) = try broken(after: created + thought("one ", 1) + call, order())
        #expect(world.started[1].request.http.url.hasSuffix("starting_after=2"))
        try world.connected()
        try world.headers()
        try world.body(thought("two", 3) + text("Done.", 4) + completed(5))
        #expect(String(decoding: world.engine.thinking(of: id), as: UTF8.self) == "one two")
        #expect(world.text(id) == "Done.")
        let parts = world.events.count { if case .part = $0 { true } else { false } }
        #expect(parts == 1)
    }

    @Test(arguments: [400, 404])
    func aRefusalGivesWayToTheNextStrategyAtOnce(status: Int) throws {
        var (world, id) = try broken(after: created + text("Half", 1), order())
        try world.answer(status)
        let requests = world.started.dropFirst(2).map(\.request.http)
        #expect(requests.map(\.method) == ["POST", "POST"])
        // The response is left behind, so it is stopped.
        #expect(requests.contains { $0.url == "http://127.0.0.1:1/responses/resp_1/cancel" })
        #expect(requests.contains { $0.url == "http://127.0.0.1:1/responses" })
        #expect(try world.snapshot(id).attempts.last?.resume?.strategy == .continue)
        world.advance(.seconds(3))
        #expect(world.mistakes.isEmpty, "\(world.mistakes)")
    }

    @Test func aWholeReplyInsteadOfTheRestIsHeldAgainstWhatIsShown() throws {
        var (world, id) = try broken(after: created + thought("Hm.", 1) + text("One two", 2), order())
        try world.connected()
        try world.headers(200, [HTTPHeader("content-type", "application/json")])
        try world.body(
            #"{"id":"resp_1","object":"response","status":"completed","output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}]},{"type":"message","content":[{"type":"output_text","text":"One two three"}]}]}"#
        )
        try world.finish()
        #expect(world.text(id) == "One two three")
        #expect(String(decoding: world.engine.thinking(of: id), as: UTF8.self) == "Hm.")
        #expect(try world.snapshot(id).verdict == .complete)
    }

    /// Of a response that began behind a seam, the words that it repeated and that were trimmed are no part of what is shown.
    @Test func aWholeReplyOfAResponseBehindASeamIsTrimmedAsItWas() throws {
        var world = EngineHarness()
        let id = world.start(try order())
        try world.connected()
        try world.headers()
        let incomplete = event(
            "incomplete",
            #""response":{"id":"resp_1","status":"incomplete","incomplete_details":{"reason":"max_output_tokens"}}"#, 2)
        try world.body(created + text("The quick brown fox jumps", 1) + incomplete)
        try world.finish()
        #expect(try world.snapshot(id).verdict == .truncated)
        world.retry(id)
        try world.connected()
        try world.headers()
        let second = created.replacing("resp_1", with: "resp_2")
        try world.body(second + text("quick brown fox jumps over the", 1))
        #expect(world.text(id) == "The quick brown fox jumps over the")
        try world.fail(.reset)
        world.advance(.seconds(2))
        let url = try #require(world.started.last?.request.http.url)
        #expect(url.hasSuffix("/responses/resp_2?stream=true&starting_after=1"))
        try world.connected()
        try world.headers(200, [HTTPHeader("content-type", "application/json")])
        try world.body(
            #"{"id":"resp_2","object":"response","status":"completed","output":[{"type":"message","content":[{"type":"#
                + #""output_text","text":"quick brown fox jumps over the lazy dog"}]}]}"#)
        try world.finish()
        #expect(world.text(id) == "The quick brown fox jumps over the lazy dog")
        #expect(try world.snapshot(id).verdict == .complete)
    }

    @Test func progressByTheCursorNeverAsksForAWhole() throws {
        var (world, id) = try broken(after: created + text("a", 1), order(fallbackAfter: 1))
        for number in 2..<5 {
            #expect(world.started[number - 1].request.http.method == "GET")
            try world.connected()
            try world.headers()
            try world.body(text("b", number))
            try world.fail(.cut)
            world.advance(.seconds(60))
        }
        #expect(world.text(id) == "abbb")
        // One that brings nothing counts.
        #expect(world.started[4].request.http.method == "GET")
        try world.connected()
        try world.headers()
        try world.fail(.cut)
        world.advance(.seconds(60))
        #expect(world.started.last?.request.http.method == "POST")
        #expect(world.started.last?.request.isStream == false)
    }

    /// Asked whether the words may be billed again, since streams broke too often, the user tries again: streams are tried
    /// anew, and with them the cursor. What is said before it is done is what is done.
    @Test func aRetryInsteadOfAYesGoesByTheCursorAndSaysSo() throws {
        var (world, id) = try broken(after: created + text("a", 1), order(.ask, fallbackAfter: 1))
        try world.connected()
        try world.headers()
        try world.fail(.reset)
        let question = try #require(try world.snapshot(id).question)
        #expect(question.plan.strategy == .continue && question.plan.rebill.tokens > 0)
        world.retry(id)
        let announced = try #require(try world.snapshot(id).backoff?.resume)
        #expect(announced.strategy == .cursor && announced.rebill.tokens == 0)
        world.advance(.seconds(60))
        #expect(world.started.count == 3)
        #expect(world.started[2].request.http.method == "GET")
        try world.connected()
        try world.headers()
        try world.body(text("b", 2) + completed(3))
        #expect(world.text(id) == "ab")
        #expect(world.mistakes.isEmpty, "\(world.mistakes)")
    }

    @Test func withoutABackgroundThereIsNoCursor() throws {
        let (world, _) = try broken(
            after: created + text("Half", 1), .test(dialect: .responses, strategy: .continue))
        #expect(world.started[1].request.http.method == "POST")
    }

    @Test func anotherWayThatIsToldIsTaken() throws {
        let (world, id) = try broken(after: created + text("Half", 1), order(.fixed(.continue)))
        var known = world
        #expect(try known.snapshot(id).attempts.last?.resume?.strategy == .continue)
    }

    @Test func cancellingTellsTheProvider() throws {
        var world = EngineHarness()
        let id = world.start(try order())
        try world.connected()
        try world.headers()
        try world.body(created + text("Half", 1))
        let attempt = try world.current
        world.cancel(id)
        #expect(world.cancelled == [attempt])
        #expect(try world.snapshot(id).verdict == .cancelled)
        let notice = try #require(world.started.last)
        #expect(notice.request.http.method == "POST")
        #expect(notice.request.http.url == "http://127.0.0.1:1/responses/resp_1/cancel")
        #expect(world.engine.isTellingProviders)
        try world.headers(200)
        try world.body("{}")
        try world.finish()
        #expect(!world.engine.isTellingProviders)
        #expect(world.text(id) == "Half")
        #expect(world.engine.nextDeadline == nil)
    }

    @Test func theProviderHasTwoSecondsToHearOfIt() throws {
        var world = EngineHarness()
        let id = world.start(try order())
        try world.connected()
        try world.headers()
        try world.body(created + text("Half", 1))
        world.cancel(id)
        world.advance(.seconds(2))
        #expect(!world.engine.isTellingProviders)
        #expect(world.running.isEmpty)
        #expect(world.mistakes.isEmpty, "\(world.mistakes)")
    }
}
