import Pricing
import Providers
import StreamEngine
import Testing

/// What an attempt inherits from the ones before it, and what not.
@Suite struct AnotherAttemptTests {
    private let tool = Wire.event(
        "content_block_start",
        #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"look","input":{}}}"#
    )

    private func other(_ strategy: ResumeStrategy = .continue) -> Model {
        var model = Model(id: "other-model")
        model.resume = strategy
        return model
    }

    @Test func anotherProvidersLimitsAreNotOurs() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.answer(
            429,
            headers: [
                HTTPHeader("x-ratelimit-limit-requests", "10"), HTTPHeader("x-ratelimit-remaining-requests", "0"),
                HTTPHeader("x-ratelimit-reset-requests", "1h0m0s"),
            ])
        let endpoint = StreamOrder.test().endpoint
        let model = other()
        world.act { $0.switchModel(id, to: model, of: endpoint, at: $1, into: &$2) }
        try world.answer(429)
        #expect(try world.snapshot(id).backoff?.source == .schedule)
    }

    @Test func hintsSpeakOfTheProviderThatWasAsked() throws {
        var world = EngineHarness()
        var order = StreamOrder.test()
        order.failureContext = FailureContext(provider: "anthropic", keyVariable: "ANTHROPIC_API_KEY")
        let id = world.start(order)
        try world.answer(500)
        let endpoint = StreamOrder.test().endpoint
        let model = other()
        let context = FailureContext(provider: "groq", keyVariable: "GROQ_API_KEY")
        world.act { $0.switchModel(id, to: model, of: endpoint, context: context, at: $1, into: &$2) }
        try world.answer(401)
        #expect(try world.snapshot(id).failure?.hint?.contains("GROQ_API_KEY") == true)
    }

    @Test func eachAttemptSaysWhoWasAsked() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("half "))
        let endpoint = StreamOrder.test().endpoint
        let model = other()
        world.act { $0.switchModel(id, to: model, of: endpoint, at: $1, into: &$2) }
        #expect(try world.snapshot(id).attempts.map(\.model) == ["test-model", "other-model"])
    }

    /// A restart tells no part again, but another model need not have had the same ones: what is its own is told.
    @Test func anotherModelsPartsAreItsOwn() throws {
        let search = Wire.event(
            "content_block_start",
            #"{"type":"content_block_start","index":1,"content_block":{"type":"server_tool_use","id":"s","#
                + #""name":"web_search","input":{}}}"#)
        for (first, then, told) in [
            (search, tool, ["server_tool_use", "tool_use"]),
            (search + tool, tool, ["server_tool_use", "tool_use"]),
            (tool, search + tool, ["tool_use", "server_tool_use"]),
            (tool, tool, ["tool_use"]),
            (tool, tool.replacing("look", with: "find"), ["tool_use", "tool_use"]),
        ] {
            var world = EngineHarness()
            let id = world.start()
            try world.headers()
            try world.body(Wire.start + Wire.blockStart + Wire.text("half ") + first)
            let endpoint = StreamOrder.test().endpoint
            let model = other(.restartSkip)
            world.act { $0.switchModel(id, to: model, of: endpoint, at: $1, into: &$2) }
            try world.headers()
            try world.body(
                Wire.start + Wire.blockStart + Wire.text("half ") + then + Wire.stop("tool_use") + Wire.messageStop)
            let parts = world.events.compactMap { event -> String? in
                if case .part(let kind, _) = event { kind } else { nil }
            }
            #expect(parts == told)
            #expect(try world.snapshot(id).verdict == .complete)
        }
    }

    /// A continuation that breaks before it brings a tool call again takes nothing back: who restarts after it, or goes on
    /// once more, does not tell it anew.
    @Test func partsThatDidNotComeAgainStayTold() throws {
        func parts(_ begun: String, _ gone: String, _ restarted: String) throws -> [String] {
            var world = EngineHarness()
            let id = world.start(.test(strategy: .prefill))
            try world.headers()
            try world.body(Wire.start + Wire.blockStart + Wire.text("half ") + begun)
            try world.fail(.reset)
            world.retry(id)
            try world.headers()
            try world.body(Wire.start + Wire.blockStart + gone)
            let endpoint = StreamOrder.test().endpoint
            let model = other(.restartSkip)
            world.act { $0.switchModel(id, to: model, of: endpoint, at: $1, into: &$2) }
            try world.headers()
            try world.body(
                Wire.start + Wire.blockStart + Wire.text("half and half ") + restarted + Wire.stop("tool_use")
                    + Wire.messageStop)
            #expect(try world.snapshot(id).verdict == .complete)
            return world.events.compactMap { event -> String? in
                if case .part(let kind, _) = event { kind } else { nil }
            }
        }
        let find = tool.replacing("look", with: "find")
        #expect(try parts(tool, Wire.text("and "), tool) == ["tool_use"])
        #expect(try parts(tool, "", tool) == ["tool_use"])
        // The first of two came once more, as it does where a server goes on before it.
        #expect(try parts(tool + find, tool, tool + find).count == 3)
        #expect(try parts(tool + find, Wire.text("and ") + tool, tool + find).count == 3)
    }

    @Test func theMoneyOfATruncatedReplyIsNotForgotten() throws {
        var world = EngineHarness()
        let id = world.start(.test(dialect: .openai, strategy: .continue))
        func reply(_ text: String, _ reason: String, _ cost: String) -> String {
            """
            data: {"id":"1","choices":[{"index":0,"delta":{"role":"assistant","content":"\(text)"}}]}

            data: {"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"\(reason)"}],"usage":{"prompt_tokens":5,"completion_tokens":3,"cost":\(cost)}}

            data: [DONE]


            """
        }
        try world.headers()
        try world.body(reply("abc", "length", "0.5"))
        try world.finish()
        #expect(try world.snapshot(id).verdict == .truncated)
        world.retry(id)
        try world.headers()
        try world.body(reply("def", "stop", "0.25"))
        let snapshot = try world.snapshot(id)
        #expect(snapshot.cost.money == Money(0.25))
        #expect(snapshot.lostCost.money == Money(0.5))
    }

    @Test func aDelayInAnErrorOfTheStreamIsHeeded() throws {
        var world = EngineHarness()
        let id = world.start(.test(dialect: .openai))
        try world.headers()
        try world.body(
            "data: "
                + #"{"error":{"code":429,"message":"quota","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"37s"}]}}"#
                + "\n\n")
        let backoff = try #require(world.snapshot(id).backoff)
        #expect(backoff.source == .retryAfter)
        #expect(backoff.deadline - backoff.startedAt == .seconds(37))
    }

    /// The headers of a whole reply come when all of it is made.
    @Test func aBatchMayTakeLongerThanAStreamsFirstByte() throws {
        var world = EngineHarness()
        let id = world.start()
        for _ in 0..<2 {
            try world.headers()
            try world.body(Wire.start)
            try world.fail(.reset)
            world.advance(.seconds(2))
        }
        #expect(world.engine.state(of: id) == .fallingBack)
        world.advance(.seconds(300))
        #expect(world.engine.state(of: id) == .fallingBack)
        world.advance(.seconds(300))
        #expect(world.engine.state(of: id) == .backingOff)
    }

    /// Text after a part cannot be gone on with, for the part would be missing from what is sent back.
    @Test func aPartThatARestartRepeatsIsToldOnce() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("Let me look. ") + tool + Wire.text("It says"))
        try world.fail(.reset)
        #expect(try world.snapshot(id).backoff?.resume?.strategy == .restartSkip)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(
            Wire.start + Wire.text("Let me look. ") + tool + Wire.text("It says so.") + Wire.stop() + Wire.messageStop)
        #expect(world.events.filter { if case .part = $0 { true } else { false } }.count == 1)
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.text(id) == "Let me look. It says so.")
    }

    /// A tool call that broke off is dropped: the reply goes on from the last text, and the model calls again.
    @Test func aReplyThatBrokeInAToolCallGoesOnFromItsLastText() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("Let me look. ") + tool)
        try world.fail(.reset)
        #expect(try world.snapshot(id).backoff?.resume?.strategy == .prefill)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.start + tool + Wire.stop("tool_use") + Wire.messageStop)
        #expect(world.engine.state(of: id) == .complete)
        #expect(world.text(id) == "Let me look. ")
        #expect(world.mistakes.isEmpty)
    }

    @Test func aToolCallThatCameToNothingDoesNotHinderTheNextReply() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + tool)
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.headers()
        try world.body(Wire.start + Wire.text("no tool this time, but words "))
        try world.fail(.reset)
        #expect(try world.snapshot(id).backoff?.resume?.strategy == .prefill)
    }

    /// No way to resume helps who has no money.
    @Test func aRefusalThatIsAboutMoneyIsNotAskedAgainInAnotherWay() throws {
        var world = EngineHarness()
        let id = world.start()
        try world.headers()
        try world.body(Wire.start + Wire.text("half of it "))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.answer(
            400,
            body:
                #"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API"}}"#
        )
        #expect(try world.snapshot(id).verdict == .incomplete)
        #expect(world.started.count == 2)
    }

    @Test func aRefusedStrategyCostsNoRetry() throws {
        var world = EngineHarness()
        let id = world.start(.test(policy: RetryPolicy(maximumRetries: 1, jitter: .none)))
        try world.headers()
        try world.body(Wire.start + Wire.text("half of it "))
        try world.fail(.reset)
        world.advance(.seconds(1))
        try world.answer(400)
        #expect(world.running.count == 1)
        #expect(try world.snapshot(id).attemptInRun == 2)
        try world.headers()
        try world.body(Wire.reply("and the rest"))
        #expect(world.text(id) == "half of it and the rest")
    }

    @Test func retryByHandDuringAWaitRenewsTheAllowance() throws {
        var world = EngineHarness()
        let id = world.start(.test(policy: RetryPolicy(maximumRetries: 1, jitter: .none)))
        try world.answer(500)
        world.retry(id)
        try world.answer(500)
        #expect(world.engine.state(of: id) == .backingOff)
        #expect(try world.snapshot(id).attemptInRun == 1)
    }
}
