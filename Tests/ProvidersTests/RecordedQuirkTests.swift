import TestSupport
import Testing

@testable import Providers

/// What is special in single recordings.
@Suite(
    "Recorded quirks", .enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
struct RecordedQuirkTests {
    func recorded(_ name: String) throws -> Decoded {
        try decode([Array(try Conformance.contents("wire/" + name))])
    }

    @Test("a spliced reply is reported, a repeated beginning is not")
    func splices() throws {
        let spliced = try recorded("anthropic/vercel-spliced-message-start.sse")
        #expect(spliced.marks.count { $0 == .spliced } == 1)
        let repeated = try recorded("anthropic/vercel-duplicate-message-start.sse")
        #expect(!repeated.marks.contains(.spliced))
        #expect(repeated.marks.first == .started(id: "msg_dup", model: "claude-3-haiku-20240307"))
        #expect(repeated.string == "Hello, World!")
    }

    @Test("Groq's web search changes the id with every chunk, and is one reply")
    func changingIDs() throws {
        let decoded = try recorded("groq/groq_model_web_search_tool_stream.sse")
        #expect(!decoded.marks.contains(.spliced))
        #expect(decoded.marks.count { if case .started = $0 { true } else { false } } == 1)
        #expect(decoded.marks.contains(.part(kind: "server_tool_use", detail: "search")))
        #expect(decoded.usage.input == 5003)
    }

    @Test("Groq's usage in x_groq, Groq's error event")
    func groq() throws {
        #expect(
            try recorded("groq/groq_model_thinking_part_iter.sse").usage == Usage(input: 21, output: 988))
        let failed = try recorded("groq/tool_use_failed_error_streaming_with_text.sse")
        #expect(failed.string == "maybe")
        #expect(
            failed.errors == [
                ProviderError(
                    status: 400, type: "invalid_request_error", code: "tool_use_failed",
                    message: "Tool choice is required, but model did not call a tool")
            ])
        #expect(failed.events.last?.name == "error")
    }

    @Test("OpenRouter: comments, an error beside choices, its own charge")
    func openRouter() throws {
        let failed = try recorded("openrouter/openrouter_stream_error.sse")
        #expect(failed.marks.count { $0 == .keepAlive } == 17)
        #expect(failed.events.first?.name == ": OPENROUTER PROCESSING")
        #expect(failed.errors == [ProviderError(status: 400, code: "400", message: "Token limit reached")])
        #expect(failed.stops == [.maxTokens])
        #expect(failed.thoughts == "We need to respond to a greeting. The user")
        let charged = try recorded("openrouter/openrouter_stream_with_native_options.sse")
        #expect(
            charged.usage
                == Usage(input: 8, output: 187, cacheRead: 679, thinking: 118, charge: 0.00333825))
    }

    @Test("Azure's first chunk has no choices and no name")
    func azure() throws {
        let decoded = try recorded("azure/vercel-azure-model-router.1.sse")
        #expect(decoded.events.first?.items == 0)
        #expect(
            decoded.marks.first
                == .started(id: "chatcmpl-CYPS1lijGoK8gd9lYzY3r9Sx50nbt", model: "gpt-5-nano-2025-08-07"))
        #expect(decoded.usage == Usage(input: 15, output: 78, cacheRead: 0, thinking: 64))
    }

    @Test("xAI leaves thinking out of completion_tokens")
    func xAI() throws {
        let usage = try recorded("xai/vercel-xai-text.sse").usage
        #expect(usage == Usage(input: 1, output: 342, cacheRead: 11, thinking: 340))
    }

    @Test("DeepSeek's cache hits are not billed as input")
    func deepSeek() throws {
        let usage = try recorded("deepseek/vercel-deepseek-tool-call.sse").usage
        #expect(usage == Usage(input: 19, output: 83, cacheRead: 320, thinking: 39))
    }

    @Test("of several choices the first is the reply")
    func choices() throws {
        let decoded = try recorded("openai/sdk-n3-choices.sse")
        #expect(decoded.string.hasPrefix("{\"city\":\"San Francisco\""))
        #expect(decoded.string.count { $0 == "{" } == 1)
    }

    @Test("a refusal is text, marked, and ends as a refusal")
    func refusals() throws {
        let openAI = try recorded("openai/sdk-structured-refusal.sse")
        #expect(openAI.string == "I'm sorry, I can't assist with that request.")
        #expect(openAI.marks.contains(.part(kind: "refusal", detail: "")))
        #expect(openAI.stops == [.refusal])
        let anthropic = try recorded("anthropic/vercel-anthropic-refusal.sse")
        #expect(
            anthropic.marks.contains { item in
                if case .part(kind: "refusal", let detail) = item {
                    detail.hasPrefix("This request triggered")
                } else {
                    false
                }
            })
    }

    @Test("a fallback to another model, a redacted thought, results of tools: parts, not text")
    func parts() throws {
        let fallback = try recorded("anthropic/sdk-fallback_response.sse")
        #expect(fallback.marks.contains(.part(kind: "fallback", detail: "claude-opus-4-7 → claude-sonnet-4-5")))
        #expect(fallback.string == "Hello there!")
        let redacted = try recorded("anthropic/anthropic_model_thinking_part_redacted_stream.sse")
        #expect(redacted.marks.contains(.part(kind: "redacted_thinking", detail: "")))
        let search = try recorded("anthropic/vercel-anthropic-web-search-tool.1.sse")
        #expect(search.marks.contains(.part(kind: "server_tool_use", detail: "web_search")))
    }

    @Test("Mistral's content arrays")
    func mistral() throws {
        let decoded = try recorded("mistral/vercel-mistral-reasoning.sse")
        #expect(decoded.thoughts.hasPrefix("The user is asking for 2+2."))
        #expect(decoded.string.hasPrefix("2 + 2 = 4"))
    }

    @Test("a stream without its last blank line is complete all the same")
    func missingBlankLine() throws {
        for recording in try RecordedStreamTests.Recording.all() where recording.quirks.contains("no-final-blank-line")
        {
            let decoded = try decode([recording.body])
            #expect(!decoded.stops.isEmpty, "\(recording.name)")
            #expect(!decoded.marks.contains(.terminator), "\(recording.name)")
        }
    }
}
