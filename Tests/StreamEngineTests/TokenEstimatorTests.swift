import Foundation
import Providers
import StreamEngine
import TestSupport
import Testing

@Suite struct TokenEstimatorTests {
    @Test func classesOfText() {
        #expect(TokenEstimator.estimate("") == 0)
        #expect(TokenEstimator.estimate("x") == 1)
        #expect(TokenEstimator.estimate(" ") == 0)
        #expect(TokenEstimator.estimate("The quick brown fox jumps over the lazy dog.") == 10)
        #expect(TokenEstimator.estimate("量子计算机") == 5)
        #expect(TokenEstimator.estimate("🎉") == 2)
        #expect(TokenEstimator.estimate("123456789") == 3)
        #expect(TokenEstimator.estimate("        return") == 2)
    }

    @Test func aPromptCountsItsFrame() {
        let request = ChatRequest(
            model: "m", system: "Be short.", messages: [ChatMessage(role: .user, text: "Explain qubits")])
        let texts = TokenEstimator.estimate("Be short.") + TokenEstimator.estimate("Explain qubits")
        #expect(TokenEstimator.estimate(request) == texts + 3 + 4 + 4)
    }

    @Test func anySplitCountsAlike() {
        var random = SeededRandom(seed: 6)
        let alphabet = ["word", " ", "  ", "12", "\n", "水", "é", "🎉", "}", "--"]
        for _ in 0..<1000 {
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }.joined()
            let bytes = Array(text.utf8)
            var whole = TokenEstimator()
            whole.add(bytes)
            for pieces in [DripFeed.bytes(bytes), DripFeed.random(bytes, longest: 7, using: &random)] {
                var estimator = TokenEstimator()
                var sum = 0.0
                for piece in pieces {
                    let added = estimator.add(piece)
                    #expect(added >= 0)
                    sum += added
                }
                #expect(estimator == whole)
                #expect(abs(sum - Double(whole.tokens)) <= 1)
            }
        }
    }

    /// Replies without hidden tokens, from eight vendors, with more than 250 bytes of text, against what they billed.
    @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func againstRecordedReplies() throws {
        var estimated = 0
        var reported = 0
        for file in [
            "groq/groq_model_thinking_part_iter", "alibaba/vercel-alibaba-text",
            "xai-responses/vercel-xai-text-with-reasoning-streaming-store-false.1", "deepseek/vercel-deepseek-text",
            "openai-responses/openai_responses_compact_stateful_mode_stream-1", "openai/vercel-openai-text",
            "lmstudio-responses/vercel-lmstudio-basic.1", "anthropic/vercel-anthropic-json-output-format.1",
            "openai-responses/openai_responses_thinking_part_iter", "openai/sdk-long-text",
            "anthropic/vercel-anthropic-clear-tool-uses.1", "openrouter/openrouter_stream_with_native_options",
        ] {
            let reply = try RecordedReply(file: "wire/\(file).sse")
            let estimate = TokenEstimator.estimate(reply.text)
            let error = Double(estimate) / Double(reply.outputTokens) - 1
            #expect((-0.15...0.25).contains(error), "\(file): \(estimate) for \(reply.outputTokens)")
            estimated += estimate
            reported += reply.outputTokens
        }
        #expect(abs(Double(estimated) / Double(reported) - 1) < 0.1)
    }
}

/// The text of a recorded stream and the tokens that were billed for it, read with no more care than these files need.
private struct RecordedReply {
    var text = ""
    var outputTokens = 0

    init(file: String) throws {
        let lines = String(decoding: try Conformance.contents(file), as: UTF8.self).split(whereSeparator: \.isNewline)
        for line in lines where line.hasPrefix("data:") {
            let data = Data(line.dropFirst(5).utf8)
            guard let event = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else { continue }
            if let delta = event["delta"] as? [String: Any] { text += delta["text"] as? String ?? "" }
            if let delta = event["delta"] as? String, event["type"] as? String == "response.output_text.delta" {
                text += delta
            }
            for choice in event["choices"] as? [[String: Any]] ?? [] {
                text += (choice["delta"] as? [String: Any])?["content"] as? String ?? ""
            }
            let holder = event["response"] as? [String: Any] ?? event["x_groq"] as? [String: Any] ?? event
            guard let usage = holder["usage"] as? [String: Any] else { continue }
            let details =
                usage["output_tokens_details"] as? [String: Any] ?? usage["completion_tokens_details"] as? [String: Any]
            let hidden = details?["reasoning_tokens"] as? Int ?? 0
            if let tokens = usage["output_tokens"] as? Int ?? usage["completion_tokens"] as? Int {
                outputTokens = tokens - hidden
            }
        }
    }
}
