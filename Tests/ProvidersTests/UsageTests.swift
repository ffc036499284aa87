import Testing

@testable import Providers

@Suite("Usage, normalised")
struct UsageTests {
    func usage(_ json: String, _ convention: Usage.Convention) throws -> Usage? {
        try Array(json.utf8).withUnsafeBufferPointer { buffer throws in
            let start = try #require(buffer.baseAddress)
            var scanner = JSONScanner(start: start, count: buffer.count)
            return try Usage(&scanner, convention: convention)
        }
    }

    @Test("OpenAI: cached tokens are subtracted from the input")
    func openAI() throws {
        #expect(
            try usage(
                #"{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"cached_tokens":80},"completion_tokens_details":{"reasoning_tokens":20}}"#,
                .openai) == Usage(input: 20, output: 50, cacheRead: 80, thinking: 20))
        // Moonshot's place for it, DeepSeek's, OpenRouter's written ones.
        #expect(
            try usage(#"{"prompt_tokens":9,"completion_tokens":1,"cached_tokens":4}"#, .openai)
                == Usage(input: 5, output: 1, cacheRead: 4))
        #expect(
            try usage(#"{"prompt_tokens":9,"completion_tokens":1,"prompt_cache_hit_tokens":4}"#, .openai)
                == Usage(input: 5, output: 1, cacheRead: 4))
        #expect(
            try usage(
                #"{"prompt_tokens":9,"completion_tokens":1,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"cost":0.25}"#,
                .openai) == Usage(input: 3, output: 1, cacheRead: 4, cacheWrite: 2, charge: 0.25))
    }

    @Test("Gemini's total shows the thinking that its output leaves out")
    func missingThinking() throws {
        #expect(
            try usage(#"{"prompt_tokens":10,"completion_tokens":20,"total_tokens":100}"#, .openai)
                == Usage(input: 10, output: 90, thinking: 70))
        // A total that does not add up proves nothing.
        #expect(
            try usage(
                #"{"prompt_tokens":10,"completion_tokens":20,"total_tokens":100,"completion_tokens_details":{"reasoning_tokens":5}}"#,
                .openai) == Usage(input: 10, output: 20, thinking: 5))
    }

    @Test("a relay that has subtracted already, one that sends zeros, one that sends both sets of names")
    func relays() throws {
        #expect(
            try usage(#"{"prompt_tokens":10,"completion_tokens":5,"cached_tokens":80}"#, .openai)
                == Usage(input: 10, output: 5, cacheRead: 80))
        #expect(try usage(#"{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}"#, .openai) == nil)
        #expect(
            try usage(
                #"{"prompt_tokens":7,"completion_tokens":3,"input_tokens":0,"output_tokens":0}"#, .openai)
                == Usage(input: 7, output: 3))
        #expect(
            try usage(#"{"input_tokens":7,"output_tokens":3,"input_tokens_details":{"cached_tokens":2}}"#, .openai)
                == Usage(input: 5, output: 3, cacheRead: 2))
        #expect(
            try usage(#"{"prompt_tokens":7,"completion_tokens":3}"#, .anthropic) == Usage(input: 7, output: 3))
    }

    @Test("numbers of any kind")
    func numbers() throws {
        #expect(
            try usage(
                #"{"input_tokens":-1,"output_tokens":1e999,"cache_read_input_tokens":18446744073709551616,"cache_creation_input_tokens":12.0}"#,
                .anthropic) == Usage(cacheWrite: 12))
        #expect(
            try usage(
                #"{"prompt_tokens":9223372036854775807,"completion_tokens":9223372036854775807,"total_tokens":9223372036854775807,"prompt_tokens_details":{"cached_tokens":9223372036854775807,"cache_write_tokens":9223372036854775807},"cost":-1}"#,
                .openai)?.input == Int.max)
        #expect(
            try usage(#"{"prompt_tokens":1,"completion_tokens":1,"cost":{"total_cost":0.5}}"#, .openai)?.charge == 0.5)
        #expect(try usage("[]", .openai) == nil)
        #expect(try usage("{}", .anthropic) == nil)
    }

    @Test("reports replace one another, they do not add up")
    func cumulative() throws {
        let decoded = try decode(
            stream(
                #"{"type":"message_start","message":{"id":"a","usage":{"input_tokens":25,"output_tokens":1}}}"#,
                #"{"type":"message_delta","delta":{},"usage":{"output_tokens":10}}"#,
                #"{"type":"message_delta","delta":{},"usage":{"input_tokens":30,"output_tokens":15}}"#))
        #expect(decoded.usage == Usage(input: 30, output: 15))
    }
}
