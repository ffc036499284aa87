import Testing

@testable import Providers

/// OpenAI's Responses, event by event.
@Suite struct ResponsesEventTests {
    private func event(_ type: String, _ members: String, _ number: Int? = nil) -> String {
        #"{"type":"response.\#(type)"\#(members.isEmpty ? "" : "," + members)\#(number.map { ",\"sequence_number\":\($0)" } ?? "")}"#
    }
    private func text(_ text: String, _ number: Int? = nil) -> String {
        event("output_text.delta", #""item_id":"i","output_index":0,"content_index":0,"delta":"\#(text)""#, number)
    }
    private func created(_ id: String = "resp_1", _ number: Int? = 0) -> String {
        event("created", #""response":{"id":"\#(id)","object":"response","status":"in_progress","model":"m"}"#, number)
    }
    private func ended(_ type: String, _ members: String, _ number: Int? = nil) -> String {
        event(type, #""response":{"id":"resp_1","object":"response","status":"\#(type)",\#(members)}"#, number)
    }

    @Test func textThinkingUsageAndStop() throws {
        let usage =
            #""usage":{"input_tokens":10,"input_tokens_details":{"cached_tokens":4},"output_tokens":9,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":19}"#
        let decoded = try decode(
            stream(
                created(), event("reasoning_summary_text.delta", #""summary_index":0,"delta":"Hm""#, 1),
                event("reasoning_summary_part.added", #""summary_index":1"#, 2),
                event("reasoning_summary_text.delta", #""summary_index":1,"delta":"so""#, 3), text("Hi", 4),
                text(" you", 5), ended("completed", #""error":null,"output":[],"# + usage, 6)))
        #expect(decoded.string == "Hi you")
        #expect(decoded.thoughts == "Hm\n\nso")
        #expect(decoded.usage == Usage(input: 6, output: 9, cacheRead: 4, thinking: 5))
        #expect(decoded.stops == [.endTurn])
        #expect(decoded.marks.first == .started(id: "resp_1", model: "m"))
        #expect(decoded.marks.last == .terminator)
        #expect(decoded.unknown == 0 && decoded.malformed == 0)
        #expect(decoded.events.map(\.name).contains("response.output_text.delta"))
    }

    @Test(
        arguments: [
            ("incomplete", #""incomplete_details":{"reason":"max_output_tokens"}"#, .maxTokens),
            ("incomplete", #""incomplete_details":{"reason":"content_filter"}"#, .contentFilter),
            ("incomplete", #""incomplete_details":{"reason":"steps"}"#, .incomplete("steps")),
            ("incomplete", #""incomplete_details":null"#, .incomplete("incomplete")),
            ("completed", #""output":[]"#, .endTurn),
        ] as [(String, String, StopReason)])
    func ends(type: String, members: String, reason: StopReason) throws {
        #expect(try decode(stream(created(), text("x", 1), ended(type, members, 2))).stops == [reason])
    }

    @Test func failures() throws {
        let failed = try decode(
            stream(
                created(), text("x", 1),
                ended("failed", #""error":{"code":"server_error","message":"Sorry"}"#, 2)))
        #expect(failed.errors == [ProviderError(code: "server_error", message: "Sorry")])
        #expect(failed.stops.isEmpty)
        let cancelled = try decode(stream(created(), ended("cancelled", #""output":[]"#, 1)))
        #expect(cancelled.errors.map(\.type) == ["response_cancelled"])
        let flat = try decode(
            stream(created(), #"{"type":"error","code":"rate_limit_exceeded","message":"slow","param":null}"#))
        #expect(flat.errors == [ProviderError(code: "rate_limit_exceeded", message: "slow")])
    }

    @Test func refusalsAreTextAndMarked() throws {
        let decoded = try decode(
            stream(
                created(), event("refusal.delta", #""delta":"I can"# + #"'t""#, 1),
                event("refusal.delta", #""delta":".""#, 2),
                event("refusal.done", #""refusal":"I can't.""#, 3), ended("completed", #""output":[]"#, 4)))
        #expect(decoded.string == "I can't.")
        #expect(decoded.marks.count { $0 == .part(kind: "refusal", detail: "") } == 1)
        #expect(decoded.stops == [.refusal])
    }

    @Test(
        arguments: [
            (#"{"type":"function_call","name":"weather"}"#, "tool_use", "weather", true),
            (#"{"type":"custom_tool_call","name":"sql"}"#, "tool_use", "sql", true),
            (#"{"type":"apply_patch_call"}"#, "tool_use", "apply_patch", true),
            (#"{"type":"shell_call","environment":{"type":"local"}}"#, "tool_use", "shell", true),
            (#"{"type":"shell_call","environment":{"type":"container_reference"}}"#, "server_tool_use", "shell", false),
            (#"{"type":"web_search_call"}"#, "server_tool_use", "web_search", false),
            (#"{"type":"mcp_call","server_label":"s","name":"n"}"#, "server_tool_use", "s.n", false),
            (#"{"type":"mcp_list_tools","server_label":"s"}"#, "mcp_list_tools", "s", false),
            (#"{"type":"mcp_approval_request","name":"n"}"#, "mcp_approval_request", "n", true),
            (#"{"type":"compaction","encrypted_content":"x"}"#, "compaction", "", false),
        ])
    func items(item: String, kind: String, detail: String, waits: Bool) throws {
        let decoded = try decode(
            stream(
                created(), event("output_item.added", #""output_index":0,"item":\#(item)"#, 1),
                event("output_item.done", #""output_index":0,"item":\#(item)"#, 2),
                // One whose beginning never came.
                event("output_item.done", #""output_index":1,"item":\#(item)"#, 3),
                ended("completed", #""output":[\#(item)]"#, 4)))
        #expect(decoded.marks.count { $0 == .part(kind: kind, detail: detail) } == 2)
        #expect(decoded.stops == [waits ? .toolUse : .endTurn])
        #expect(decoded.text.isEmpty)
    }

    @Test func imagesAreTold() throws {
        let decoded = try decode(
            stream(
                created(), event("output_item.added", #""output_index":0,"item":{"type":"image_generation_call"}"#, 1),
                event(
                    "output_item.done",
                    #""output_index":0,"item":{"type":"image_generation_call","output_format":"webp","result":"AAAAAAAA"}"#,
                    2),
                event(
                    "output_item.done",
                    #""output_index":1,"item":{"type":"code_interpreter_call","outputs":[{"type":"image","url":"data:image/png;base64,AAAA"}]}"#,
                    3)))
        #expect(decoded.marks.contains(.part(kind: "image", detail: "image/webp, 6 bytes")))
        #expect(decoded.marks.contains(.part(kind: "image", detail: "image/png, 3 bytes")))
        #expect(decoded.text.isEmpty)
    }

    @Test func serversThatSendOnlyTheEnds() throws {
        let done = try decode(
            stream(
                created(), event("output_text.done", #""text":"whole""#, 1),
                event("content_part.done", #""part":{"type":"output_text","text":"whole"}"#, 2),
                ended(
                    "completed", #""output":[{"type":"message","content":[{"type":"output_text","text":"whole"}]}]"#, 3)
            ))
        #expect(done.string == "whole")
        let bare = try decode(
            stream(
                created(),
                ended(
                    "completed",
                    #""output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"t"}]},{"type":"message","content":[{"type":"output_text","text":"bare"}]}]"#,
                    1)))
        #expect(bare.string == "bare" && bare.thoughts == "t")
    }

    @Test func wholeReply() throws {
        let body =
            #"{"id":"resp_2","object":"response","status":"completed","model":"m","error":null,"output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":"Hi","annotations":[{"type":"url_citation","title":"T","url":"https://e.org"}]}]},{"type":"function_call","name":"f"}],"usage":{"input_tokens":3,"output_tokens":4}}"#
        let decoded = try decode(body, as: .json)
        #expect(decoded.string == "Hi")
        #expect(decoded.stops == [.toolUse])
        #expect(decoded.usage == Usage(input: 3, output: 4))
        #expect(decoded.marks.contains(.part(kind: "citation", detail: "T <https://e.org>")))
        let failed = try decode(
            #"{"id":"r","object":"response","status":"failed","error":{"code":"server_error","message":"no"},"output":[]}"#,
            as: .json)
        #expect(failed.errors.map(\.message) == ["no"])
    }

    @Test func dialectsMayBeMixed() throws {
        let decoded = try decode(
            stream(created(), text("a", 1), delta(#""b""#), chunk(#"{"content":"c"}"#), text("d", 2))
                + "data: [DONE]\n\n")
        #expect(decoded.string == "abcd")
    }

    @Test func unknownEventsAreCounted() throws {
        let decoded = try decode(stream(created(), event("ripple.delta", #""delta":"~""#, 1), text("x", 2)))
        #expect(decoded.unknown == 1)
        #expect(decoded.string == "x")
    }

    // MARK: The cursor

    private func receive(_ text: String, _ decoder: inout ReplyDecoder) throws -> ReplyBatch {
        var batch = ReplyBatch()
        try Array(text.utf8).withUnsafeBytes { bytes throws in try decoder.receive(bytes, into: &batch) }
        return batch
    }

    @Test func theCursorIsTheLastWholeEvent() throws {
        var decoder = ReplyDecoder(format: .eventStream)
        _ = try receive(stream(created(), text("a", 1), text("b", 2)), &decoder)
        #expect(decoder.cursor == ResponseCursor(id: "resp_1", sequence: 2))
        _ = try receive("data: {\"type\":\"response.outp", &decoder)
        #expect(decoder.cursor?.sequence == 2)
        _ = try receive("\n\n" + stream(text("d", 4)), &decoder)
        // What came after a damaged event is not trusted.
        #expect(decoder.cursor?.sequence == 2)
    }

    @Test func noCursorWithoutNumbersOrAfterTheEnd() throws {
        var decoder = ReplyDecoder(format: .eventStream)
        _ = try receive(stream(created("resp_1", nil), text("a")), &decoder)
        #expect(decoder.cursor == nil)
        decoder = ReplyDecoder(format: .eventStream)
        // Some servers number every event alike.
        _ = try receive(stream(created(), text("a", 0), text("b", 0)), &decoder)
        #expect(decoder.cursor == nil)
        decoder = ReplyDecoder(format: .eventStream)
        _ = try receive(stream(created(), ended("completed", #""output":[]"#, 1)), &decoder)
        #expect(decoder.cursor == nil)
    }

    @Test func aContinuationFollowsOnExactly() throws {
        var decoder = ReplyDecoder(format: .eventStream)
        _ = try receive(stream(created(), text(#"a\ud83d"#, 1)), &decoder)
        var batch = ReplyBatch()
        try decoder.finish(into: &batch)
        // Half a character is kept for its other half.
        #expect(batch.text.isEmpty)
        var next = decoder.continued(format: .eventStream)
        // A server that begins earlier than it was asked to repeats nothing.
        let rest = try receive(stream(created(), text(#"a\ud83d"#, 1), text(#"\ude00b"#, 2)), &next)
        #expect(String(decoding: rest.text, as: UTF8.self) == "😀b")
        #expect(next.cursor?.sequence == 2)
    }

    @Test func aContinuationThatIsNoneIsAnotherReply() throws {
        for rest in [stream(text("x")), stream(text("x", 7)), stream(created("resp_2", 0))] {
            var decoder = ReplyDecoder(format: .eventStream)
            _ = try receive(stream(created(), text("a", 1)), &decoder)
            var next = decoder.continued(format: .eventStream)
            #expect(try receive(rest, &next).items.contains(.spliced))
            #expect(next.cursor?.sequence == 1)
        }
    }
}

@Suite struct CitationTests {
    @Test func onceEachInAllDialects() throws {
        let anthropic =
            #"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","title":"A","url":"https://a.org","cited_text":"…"}}}"#
        let document =
            #"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"page_location","document_title":"ai.pdf"}}}"#
        let chat = chunk(
            #"{"annotations":[{"type":"url_citation","url_citation":{"title":"B","url":"https://b.org"}}]}"#)
        let responses =
            #"{"type":"response.output_text.annotation.added","annotation":{"type":"file_citation","filename":"c.txt","file_id":"f"}}"#
        let perplexity = #"{"choices":[],"citations":["https://d.org"]}"#
        let results =
            #"{"choices":[],"citations":["https://e.org"],"search_results":[{"title":"E","url":"https://e.org"}]}"#
        let all = [anthropic, document, chat, responses, perplexity, results]
        let decoded = try decode((all + all).map { stream($0) }.joined())
        let sources = decoded.marks.compactMap { if case .part("citation", let detail) = $0 { detail } else { nil } }
        #expect(
            sources == [
                "A <https://a.org>", "ai.pdf", "B <https://b.org>", "c.txt", "https://d.org", "E <https://e.org>",
            ])
        #expect(decoded.text.isEmpty && decoded.unknown == 0)
    }
}
