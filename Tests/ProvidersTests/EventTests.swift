import Testing

@testable import Providers

@Suite("Meaning of events")
struct EventTests {
    @Test("a reply in Anthropic's words")
    func anthropic() throws {
        let decoded = try decode(
            """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_1","model":"claude","content":[],"usage":{"input_tokens":17,\
            "cache_read_input_tokens":5,"cache_creation_input_tokens":9,"cache_creation":{"ephemeral_5m_input_tokens":2,\
            "ephemeral_1h_input_tokens":7},"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"x"}}

            event: ping
            data: {"type": "ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Hello"}}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":12,\
            "output_tokens_details":{"thinking_tokens":3}}}

            event: message_stop
            data: {"type":"message_stop"}


            """)
        #expect(
            decoded.items == [
                .started(id: "msg_1", model: "claude"),
                .usage(Usage(input: 17, output: 1, cacheRead: 5, cacheWrite: 2, cacheWriteHour: 7)),
                .thinking(bytes: 3), .keepAlive, .text(bytes: 5), .usage(Usage(output: 12, thinking: 3)),
                .stopped(.endTurn), .terminator,
            ])
        #expect(decoded.string == "Hello")
        #expect(decoded.thoughts == "Hm.")
        #expect(
            decoded.events.map(\.name) == [
                "message_start", "content_block_start", "content_block_delta", "content_block_delta", "ping",
                "content_block_delta", "message_delta", "message_stop",
            ])
        #expect(decoded.events.map(\.items) == [2, 0, 1, 0, 1, 1, 2, 1])
        #expect(decoded.events[4].bytes == 16)
    }

    @Test("members in any order, keys with escapes, members that are null or of other types")
    func shapes() throws {
        let events = [
            #"{"delta":{"text":"a","type":"text_delta"},"index":0,"type":"content_block_delta"}"#,
            #"{"\u0074ype":"content_block_delta","delta":{"type":"text_delta","te\u0078t":"b"}}"#,
            #" { "type" : "content_block_delta" , "delta" : { "type" : "text_delta" , "text" : "c" } } "#,
            #"{"choices":[{"delta":{"content":"d"}}],"object":"chat.completion.chunk"}"#,
            chunk(#"{"content":null,"refusal":null,"tool_calls":null,"reasoning":null,"role":null}"#),
            #"{"id":null,"object":null,"model":null,"choices":[{"index":null,"delta":null,"finish_reason":null}],"usage":null}"#,
            #"{"choices":null,"usage":null,"error":null,"object":"chat.completion.chunk"}"#,
            #"{"choices":[null,5,[],{"delta":7}]}"#,
            #"{"type":"content_block_delta","delta":null}"#,
            #"{"type":"content_block_delta"}"#,
            #"{"type":"message_start","message":null}"#,
            #"{"type":"content_block_start","content_block":[]}"#,
        ]
        let decoded = try decode(events.map { "data: \($0)\n\n" }.joined())
        #expect(decoded.string == "abcd")
        #expect(decoded.malformed == 0)
        #expect(decoded.errors.isEmpty)
    }

    @Test("a relay that answers OpenAI's path in Anthropic's words and ends with [DONE]")
    func mixed() throws {
        let decoded = try decode(
            stream(
                chunk(#"{"role":"assistant","content":""}"#), delta(#""Hello""#), chunk(#"{"content":" world"}"#),
                #"{"type":"message_delta","delta":{"stop_reason":"max_tokens"},"usage":{"output_tokens":3}}"#, "[DONE]")
        )
        #expect(decoded.string == "Hello world")
        #expect(
            decoded.marks == [
                .started(id: "c", model: "m"), .usage(Usage(output: 3)), .stopped(.maxTokens), .terminator,
            ])
    }

    @Test("a type that only the event's name tells")
    func nameOnly() throws {
        let decoded = try decode(
            """
            event: content_block_delta
            data: {"index":0,"delta":{"type":"text_delta","text":"x"}}

            event: ping

            event: ping
            data:

            event: error
            data: the upstream is gone

            event: error
            data: {"message":"no such thing","code":502}


            """)
        #expect(decoded.string == "x")
        #expect(
            decoded.marks == [
                .keepAlive, .error(ProviderError(message: "the upstream is gone")),
                .error(ProviderError(status: 502, code: "502", message: "no such thing")),
            ])
    }

    @Test("unknown events and deltas are counted and named")
    func unknown() throws {
        let decoded = try decode(
            stream(
                #"{"type":"content_block_glow","x":1}"#,
                #"{"type":"content_block_delta","delta":{"type":"sparkle_delta","text":"no text of the reply"}}"#,
                #"{"hello":"world"}"#))
        #expect(decoded.text.isEmpty)
        #expect(decoded.unknown == 3)
        #expect(
            decoded.items == [
                .unknown(type: "content_block_glow"), .unknown(type: "sparkle_delta"), .unknown(type: ""),
            ])
        #expect(decoded.events.map(\.name) == ["content_block_glow", "content_block_delta", "message"])
    }

    @Test("malformed data is reported with its place, gives no text, and ends nothing")
    func malformed() throws {
        let decoded = try decode(
            stream(
                #"{"choices":[{"index":0,"delta":{"content":"lost"}}]"#, "hello", "17", #"{"a":1} trailing"#,
                delta(#""kept""#)))
        #expect(decoded.string == "kept")
        #expect(decoded.malformed == 4)
        #expect(
            decoded.marks == [
                .malformed(offset: 51, reason: "unexpected end"), .malformed(offset: 0, reason: "not an object"),
                .malformed(offset: 0, reason: "not an object"), .malformed(offset: 8, reason: "unexpected byte"),
            ])
    }

    @Test("events without blank lines between them are told apart")
    func joined() throws {
        let decoded = try decode(
            "data: \(chunk(#"{"content":"a"}"#))\ndata: \(chunk(#"{"content":"b"}"#, finish: "\"stop\""))\ndata: [DONE]\n\n"
        )
        #expect(decoded.string == "ab")
        #expect(decoded.marks.suffix(2) == [.stopped(.endTurn), .terminator])
        #expect(decoded.malformed == 0)
    }

    @Test("thinking under several names is taken once")
    func reasoning() throws {
        let decoded = try decode(
            stream(
                chunk(#"{"reasoning_content":"a","reasoning":"a"}"#),
                chunk(#"{"reasoning":"b","reasoning_details":[{"type":"reasoning.text","text":"b"}]}"#),
                chunk(#"{"reasoning":"","reasoning_details":[{"type":"reasoning.summary","summary":"c"}]}"#),
                chunk(#"{"reasoning_details":[{"type":"reasoning.encrypted","data":"zzz"}]}"#)))
        #expect(decoded.thoughts == "abc")
    }

    @Test("a finish reason of either vocabulary, empty ones, unknown ones, repeated ones")
    func stops() throws {
        let decoded = try decode(
            stream(
                chunk("{}", finish: "\"\""), chunk("{}", finish: "\"null\""), chunk("{}", finish: "\"end_turn\""),
                chunk("{}", finish: "\"stop\""), chunk("{}", finish: "\"error\""), chunk("{}", finish: "\"eos\""),
                #"{"type":"message_delta","delta":{"stop_reason":"model_context_window_exceeded"}}"#,
                #"{"type":"message_delta","delta":{"stop_reason":"compaction"}}"#))
        #expect(
            decoded.stops == [.endTurn, .error, .other("eos"), .contextWindowExceeded, .other("compaction")])
    }

    @Test("tool calls are reported once, with and without an index")
    func toolCalls() throws {
        let decoded = try decode(
            stream(
                chunk(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"weather","arguments":""}}]}"#),
                chunk(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"weather","arguments":"{}"}}]}"#),
                chunk(#"{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}"#),
                chunk(#"{"tool_calls":[{"function":{"name":"time","arguments":"{}"}},{"function":{"name":"place"}}]}"#))
        )
        #expect(
            decoded.marks.dropFirst() == [
                .part(kind: "tool_use", detail: "weather"), .part(kind: "tool_use", detail: "time"),
                .part(kind: "tool_use", detail: "place"),
            ])
    }

    @Test("images are parts with type and size, never their data")
    func images() throws {
        let data = String(repeating: "A", count: 40_000)
        let decoded = try decode(
            stream(
                #"{"type":"content_block_start","content_block":{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(data)"}}}"#,
                #"{"type":"content_block_delta","delta":{"type":"image_delta","data":"AAAA"}}"#,
                #"{"type":"content_block_stop","index":0}"#,
                chunk(#"{"images":[{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,\#(data)"}}]}"#),
                chunk(#"{"content":[{"type":"image_url","image_url":"https://example.org/a.png"}]}"#)))
        #expect(decoded.text.isEmpty)
        #expect(
            decoded.marks == [
                .part(kind: "image", detail: "image/png, 30 kB"), .started(id: "c", model: "m"),
                .part(kind: "image", detail: "image/jpeg, 30 kB"), .part(kind: "image_url", detail: ""),
            ])
    }

    @Test("a second beginning without ids is a splice only after content")
    func splices() throws {
        let start = #"{"type":"message_start","message":{"model":"m"}}"#
        #expect(try !decode(stream(start, start, delta(#""x""#))).marks.contains(.spliced))
        #expect(try decode(stream(start, delta(#""x""#), start)).marks.contains(.spliced))
    }

    @Test("Perplexity's cumulative message beside the delta is not text; a lone message is")
    func messages() throws {
        let both =
            #"{"choices":[{"index":0,"delta":{"content":"b"},"message":{"content":"ab"},"finish_reason":null}]}"#
        #expect(try decode(stream(chunk(#"{"content":"a"}"#), both)).string == "ab")
        let lone = #"{"choices":[{"index":0,"message":{"content":"whole"},"finish_reason":"stop"}]}"#
        #expect(try decode(stream(lone)).string == "whole")
    }

    @Test("the log's names are short")
    func names() throws {
        let long = String(repeating: "x", count: 300)
        let decoded = try decode(": \(long)\nevent: \(long)\ndata: {\"type\":\"\(long)\"}\n\n")
        #expect(decoded.events.allSatisfy { $0.name.utf8.count <= 64 })
    }

    @Test("an event over the limit is an error")
    func limit() throws {
        #expect(throws: ReplyDecodingError.eventTooLarge(limit: 100)) {
            try decode([Array(stream(delta("\"\(String(repeating: "x", count: 100))\"")).utf8)], maximumEventSize: 100)
        }
    }
}
