import Pricing
import Providers
import Screen
import StreamEngine
import TOML
import TestSupport
import Testing

@testable import Dashboard

/// What would be sent now, in tokens and money; and what the retries can come to.
struct EstimateTests {
    private func priced(_ size: Size = Size(columns: 140, rows: 40)) throws -> Model {
        var options = Options()
        var prices = PriceTable()
        let rows = """
            [providers.anthropic]
            currency = "USD"
            [providers.openai]
            currency = "USD"
            [[prices]]
            provider = "anthropic"
            model = "claude-opus-4-5"
            input = 5
            output = 25
            from = 2020-01-01
            [[prices]]
            provider = "openai"
            model = "gpt-4.1"
            input = 2
            output = 8
            from = 2020-01-01
            """
        try prices.merge(TOMLDocument(rows, source: "prices"))
        options.prices = prices
        options.maxTokens = 1000
        options.systemTokens = 11
        var model = World.model(size, options: options)
        model.models = [World.opus, World.gpt, World.deepseek].map {
            ModelChoice($0, contextWindow: 200, maxOutput: 64_000)
        }
        return model
    }

    @Test func itIsWhatTheRequestWouldBe() throws {
        var model = try priced()
        #expect(model.estimator.estimate == nil)
        model.type("Why is the sky blue?")
        let request = ChatRequest(model: "m", messages: [ChatMessage(role: .user, text: "Why is the sky blue?")])
        #expect(model.estimator.estimate?.tokens == TokenEstimator.estimate(request) + 11)
        #expect(model.screen().contains("tokens · ~$0.000"))
        // What was said goes along, once it was said.
        guard let turn = model.ask("") else {
            Issue.record("not sent")
            return
        }
        #expect(model.estimator.estimate == nil)
        _ = model.update(.streamStarted(.fixture(1, state: .streaming), conversation: World.home, prompt: turn))
        model.text(1, "Rayleigh scattering")
        model.type("And red?")
        let alone = try #require(model.estimator.estimate?.tokens)
        _ = model.update(.stream(.fixture(1, state: .complete).with { $0.endedAt = World.at(0) }))
        let whole = ChatRequest(
            model: "m", messages: model.transcript.history() + [ChatMessage(role: .user, text: "And red?")])
        #expect(model.estimator.estimate?.tokens == TokenEstimator.estimate(whole) + 11)
        #expect(model.estimator.estimate?.tokens ?? 0 > alone)
        // Another conversation has said nothing.
        _ = model.key(.function(4))
        #expect(model.estimator.estimate == nil)
        _ = model.key(.function(5))
        _ = model.key(.up)
        _ = model.key(.enter)
        #expect(model.estimator.estimate?.tokens == TokenEstimator.estimate(whole) + 11)
    }

    /// What is edited goes out with what was said before it, and so it is counted.
    @Test func anEditedPromptCountsWithoutWhatItReplaces() throws {
        var model = try priced()
        let asked = model.ask("Why is the sky blue?")
        let turn = try #require(asked)
        _ = model.update(.streamStarted(.fixture(1, state: .streaming), conversation: World.home, prompt: turn))
        model.text(1, String(repeating: "Rayleigh scattering. ", count: 100))
        _ = model.update(.stream(.fixture(1, state: .complete).with { $0.endedAt = World.at(0) }))
        model.type("Why is the sky blue?")
        let after = try #require(model.estimator.estimate?.tokens)
        _ = model.control("x")
        _ = model.press("d")
        _ = model.control("x")
        _ = model.press("E")
        #expect(model.editor.text == "Why is the sky blue?")
        let instead = try #require(model.estimator.estimate?.tokens)
        #expect(instead < 40 && after > instead + 200, "\(instead), \(after)")
    }

    @Test func commandsPastesFilesAndSeveralModels() throws {
        var model = try priced()
        model.type("/theme dark")
        #expect(model.estimator.estimate == nil)
        model.control("u")
        model.type("/ask opus-4-5,gpt-4.1 Why?")
        #expect(model.estimator.estimate?.models == [World.opus, World.gpt])
        #expect(model.screen().contains(" ×2 · ~$"))
        model.control("u")
        model.type("See @notes.txt")
        #expect(model.screen().contains("tokens + 1 file · ≥$"))
        let without = try #require(model.estimator.estimate?.tokens)
        // A moment after the last key, and once.
        let asked = FileMention.all(in: "See @notes.txt")
        #expect(model.at(0.2) == [] && model.nextChange(after: World.now(0.2)) ?? World.at(9) <= World.at(0.3))
        #expect(model.at(0.3) == [.weighFiles(asked)])
        #expect(model.at(0.4) == [.saveDraft(World.home, "See @notes.txt")])
        #expect(model.nextChange(after: World.now(0.4)) ?? World.at(999) > World.at(1))
        // Of a draft that was another one by then.
        _ = model.update(.filesWeighed(FilesWeight(counted: 1, tokens: 9), of: FileMention.all(in: "@notes.tx")))
        #expect(model.estimator.estimate?.tokens == without)
        _ = model.update(.filesWeighed(FilesWeight(counted: 1, tokens: 8000), of: asked))
        #expect(model.estimator.estimate?.tokens == without + 8000)
        #expect(model.screen().contains(" with 1 file · ~$"))
        // The same files as before.
        _ = model.press(" ")
        #expect(model.at(1.4).contains { if case .weighFiles = $0 { true } else { false } } == false)
        model.type("@big.png")
        #expect(model.screen().contains("tokens + 2 files · ≥$"))
        let two = FileMention.all(in: "See @notes.txt @big.png")
        #expect(model.at(2).contains(.weighFiles(two)))
        _ = model.update(.filesWeighed(FilesWeight(counted: 1, tokens: 8000, uncounted: 1), of: two))
        #expect(model.screen().contains(" with 1 file + 1 file · ≥$"))
        // What was sent or cleared is looked at anew: the file may be another one.
        model.control("u")
        model.type("@notes.txt")
        #expect(model.at(3).contains(.weighFiles(FileMention.all(in: "@notes.txt"))))
        model.control("u")
        model.type("See ")
        let before = try #require(model.estimator.estimate?.tokens)
        _ = model.update(.input(.paste(String(repeating: "word\n", count: 400))))
        let after = try #require(model.estimator.estimate?.tokens)
        #expect(after > before + 400)
        // It is more than the window has.
        #expect(model.estimator.estimate?.isTooLong == true)
        #expect(model.screen().contains("% of 200)"))
        // A model without a price says nothing of money.
        model.type("/")
        model.control("u")
        _ = model.update(.input(.paste("hello")))
        model.currentModel = World.deepseek
        _ = model.at(1)
        #expect(model.estimator.estimate?.cost == .unknown)
        #expect(model.screen().contains(" tokens ─╮"))
    }

    @Test func aKeyCostsWhatWasTypedAndNotWhatWasSaid() throws {
        var model = try priced()
        for number in 1...40 {
            guard let turn = model.ask("prompt \(number)") else { continue }
            _ = model.update(.streamStarted(.fixture(number, state: .complete), conversation: World.home, prompt: turn))
            model.text(number, String(repeating: "many words ", count: 2000))
        }
        let generation = model.transcript.saidGeneration
        model.type("x")
        // Every item was counted, and a key counts none again.
        #expect(model.transcript.items.allSatisfy { $0.tokens != nil })
        model.type("yz")
        #expect(model.transcript.saidGeneration == generation)
    }

    @Test func theScreens() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            var model = try priced(Size(columns: columns, rows: rows))
            model.type("Explain quantum computing in 3 sentences")
            try expectSnapshot(model.screen(), named: "estimate-\(columns)x\(rows)")
            _ = model.control("x")
            _ = model.press("p")
            try expectSnapshot(model.screen(), named: "policy-\(columns)x\(rows)")
        }
    }

    @Test func thePolicySaysWhatItCanComeTo() throws {
        var model = try priced()
        func lines() -> [String] { PolicyPreview.lines(for: model).map { ($0.left + $0.right).map(\.text).joined() } }
        func has(_ text: String) -> Bool { lines().contains { $0.contains(text) } }
        #expect(has("6 at most: one, and 5 retries"))
        #expect(has("1 to 1.5 s") && has("16 to 16.5 s"))
        #expect(has("33.5 s at most"))
        #expect(has("49 m 00 s: 2 × 2 m 00 s and 4 × 10 m 00 s without an answer"))
        #expect(has("with 1k tokens of reply"))
        model.options.policy = RetryPolicy(maximumRetries: 0, jitter: .none)
        #expect(has("1 at most") && has("no retry"))
        model.options.policy = RetryPolicy(maximumRetries: 1000)
        #expect(has("989 more"))
        model.options.timeouts.firstByte = .zero
        #expect(has("without end"))
        model.options.timeouts.total = .seconds(30)
        #expect(has("30.0 s (--timeout)"))
        model.currentModel = World.deepseek
        #expect(has("no price is known"))
        model.options.prices = nil
        #expect(has("no prices"))
        for columns in [40, 60, 200] {
            _ = model.update(.resized(Size(columns: columns, rows: 20)))
            model.overlay = .policy(scroll: 3)
            _ = model.screen()
        }
    }
}
