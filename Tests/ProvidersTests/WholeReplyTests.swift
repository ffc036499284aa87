import TestSupport
import Testing

@testable import Providers

@Suite("Bodies that are no stream")
struct WholeReplyTests {
    @Test(
        "Content-Type decides",
        arguments: [
            ("text/event-stream", .eventStream), ("text/event-stream; charset=utf-8", .eventStream),
            (nil, .eventStream),
            ("Text/Event-Stream", .eventStream), ("application/json", .json), ("application/json;charset=utf-8", .json),
            ("application/problem+json", .json), ("text/html", .other(contentType: "text/html")),
        ] as [(String?, BodyFormat)])
    func formats(type: String?, format: BodyFormat) {
        #expect(BodyFormat(contentType: type) == format)
    }

    @Test("a whole reply of Anthropic's")
    func anthropic() throws {
        let decoded = try decode(
            #"{"id":"msg_1","type":"message","role":"assistant","model":"claude","content":[{"type":"thinking","thinking":"Hm","signature":"x"},{"type":"text","text":"Hello"},{"type":"tool_use","id":"t","name":"weather","input":{}},{"type":"text","text":" you"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":4}}"#,
            as: .json)
        #expect(
            decoded.items == [
                .started(id: "msg_1", model: "claude"), .thinking(bytes: 2), .text(bytes: 5),
                .part(kind: "tool_use", detail: "weather"), .text(bytes: 4), .usage(Usage(input: 3, output: 4)),
                .stopped(.endTurn),
            ])
        #expect(decoded.string == "Hello you")
        #expect(decoded.events.map(\.name) == ["message"])
    }

    @Test("a whole reply of OpenAI's")
    func openAI() throws {
        let decoded = try decode(
            #"{"id":"c","object":"chat.completion","model":"gpt","choices":[{"index":0,"message":{"role":"assistant","content":"Hello","reasoning_content":"Hm","refusal":null},"finish_reason":"length"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}"#,
            as: .json)
        #expect(
            decoded.items == [
                .started(id: "c", model: "gpt"), .thinking(bytes: 2), .text(bytes: 5), .stopped(.maxTokens),
                .usage(Usage(input: 3, output: 4)),
            ])
    }

    @Test("an error with status 200")
    func errors() throws {
        let anthropic = try decode(
            #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}"#,
            as: .json)
        #expect(
            anthropic.items == [
                .error(ProviderError(type: "overloaded_error", message: "Overloaded", requestID: "req_1"))
            ])
        let google = try decode(
            #"[{"error":{"code":503,"message":"try later","status":"UNAVAILABLE"}}]"#, as: .json)
        #expect(
            google.errors == [ProviderError(status: 503, type: "UNAVAILABLE", code: "503", message: "try later")])
        let fastAPI = try decode(#"{"detail":"Not authenticated"}"#, as: .json)
        #expect(fastAPI.errors == [ProviderError(message: "Not authenticated")])
    }

    @Test("JSON that is cut is malformed, JSON of something else is no reply")
    func foreignJSON() throws {
        let cut = try decode(#"{"type":"message","content":[{"type":"text","te"#, as: .json)
        #expect(cut.malformed == 1)
        #expect(cut.text.isEmpty)
        #expect(throws: ReplyDecodingError.notAReply(#"{"hello":"world"}"#)) {
            try decode(#"{"hello":"world"}"#, as: .json)
        }
        #expect(try decode(" \n", as: .json).items.isEmpty)
    }

    @Test("HTML and plain text are no replies, and the message says what came")
    func markup() throws {
        let page = "<!DOCTYPE html>\n<html><head><title>502 Bad\n Gateway</title></head><body>…</body></html>"
        for format in [BodyFormat.eventStream, .other(contentType: "text/html")] {
            #expect(throws: ReplyDecodingError.notAReply("HTML: 502 Bad Gateway")) { try decode(page, as: format) }
        }
        #expect(throws: ReplyDecodingError.notAReply("Internal Server Error")) {
            try decode("Internal Server Error\n", as: .other(contentType: "text/plain"))
        }
        #expect(throws: ReplyDecodingError.notAReply("err")) {
            try decode("err", as: .other(contentType: "text/plain"))
        }
    }

    @Test("streams and JSON under the wrong name are recognised, however they are cut")
    func wrongNames() throws {
        let bodies: [(String, BodyFormat)] = [
            (stream(delta(#""x""#)), .other(contentType: "text/plain")),
            (": hello\n\n" + stream(delta(#""x""#)), .other(contentType: "text/plain")),
            ("\u{FEFF}" + stream(delta(#""x""#)), .eventStream), ("\r\n\r\n" + stream(delta(#""x""#)), .eventStream),
            (#" {"type":"message","content":[{"type":"text","text":"x"}],"stop_reason":"end_turn"}"#, .eventStream),
            ("\u{FEFF}" + #"{"type":"message","content":[{"type":"text","text":"x"}]}"#, .eventStream),
        ]
        for (body, format) in bodies {
            #expect(try decode(body, as: format).string == "x", "\(body)")
            for pieces in DripFeed.twoWaySplits(Array(body.utf8)) {
                #expect(try decode(pieces, as: format).string == "x", "\(body) cut at \(pieces[0].count)")
            }
            #expect(try decode(DripFeed.bytes(Array(body.utf8)), as: format).string == "x", "\(body) byte by byte")
        }
    }

    @Test("a body without end is an error")
    func limit() throws {
        var decoder = ReplyDecoder(format: .json)
        var batch = ReplyBatch()
        let piece = [UInt8](repeating: 0x20, count: 1 << 20)
        #expect(throws: ReplyDecodingError.bodyTooLarge(limit: ReplyDecoder.maximumBodySize)) {
            for _ in 0...64 {
                try piece.withUnsafeBytes { bytes throws in try decoder.receive(bytes, into: &batch) }
            }
        }
    }
}
