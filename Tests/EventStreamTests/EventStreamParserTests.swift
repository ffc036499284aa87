import EventStream
import TestSupport
import Testing

@Suite("Event streams")
struct EventStreamParserTests {
    @Test("Anthropic's and OpenAI's framing")
    func framing() throws {
        #expect(
            try elements(of: "event: ping\ndata: {\"type\": \"ping\"}\n\ndata: [DONE]\n\n") == [
                .event(type: Array("ping".utf8), data: Array("{\"type\": \"ping\"}".utf8), id: [], retry: nil),
                .event(type: [], data: Array("[DONE]".utf8), id: [], retry: nil),
            ])
    }

    @Test("comments are reported, up to a length, and however they are split")
    func comments() throws {
        let long = String(repeating: "c", count: 5000)
        let stream = Array(": OPENROUTER PROCESSING\n\n:\r\n:\(long)\r\ndata: x\n\n".utf8)
        let expected: [Recorded] =
            [
                .comment(Array(" OPENROUTER PROCESSING".utf8)), .comment([]),
                .comment(Array(long.utf8.prefix(EventStreamParser.longestReportedComment))),
            ] + messages("x")
        #expect(try elements(of: [stream]) == expected)
        #expect(try elements(of: DripFeed.bytes(stream)) == expected)
    }

    @Test("U+2028 and U+0085 end no line")
    func unicodeLineEnds() throws {
        #expect(try elements(of: "data: a\u{2028}b\u{85}c\n\n") == messages("a\u{2028}b\u{85}c"))
    }

    @Test("an event is dispatched by the CR of its blank line, without waiting for an LF")
    func promptDispatch() throws {
        var parser = EventStreamParser()
        #expect(try parser.record(Array("data: a\r".utf8)) == [])
        #expect(try parser.record(Array("\r".utf8)) == messages("a"))
        #expect(try parser.record(Array("\ndata: b\r\n".utf8)) == [])
        #expect(try parser.record(Array("\r".utf8)) == messages("b"))
        #expect(try parser.record(Array("\n\n".utf8)) == [])
    }

    @Test("an id with NUL is ignored, an id without data counts")
    func ids() throws {
        var parser = EventStreamParser()
        _ = try parser.record(Array("id: 1\n\nid: 2\0\ndata: x\n\n".utf8))
        #expect(parser.lastEventID == Array("1".utf8))
        _ = try parser.record(Array("id: 3\ndata: never dispatched".utf8))
        #expect(parser.lastEventID == Array("1".utf8))
    }

    @Test(
        "retry takes digits only and is capped",
        arguments: [
            ("10", 10), ("007", 7), ("9223372036854775808", Int.max), (String(repeating: "9", count: 400), Int.max),
            ("+5", nil), ("-5", nil), ("1e3", nil), ("", nil), ("５", nil),
        ])
    func retry(value: String, time: Int?) throws {
        var parser = EventStreamParser()
        _ = try parser.record(Array("retry: \(value)\n".utf8))
        #expect(parser.reconnectionTime == time)
    }
}
