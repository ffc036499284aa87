import TestSupport
import Testing

@testable import Providers

@Suite("Damaged streams")
struct DecoderFuzzTests {
    static let samples = [
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"a\",\"model\":\"m\",\"usage\":{\"input_tokens\":1}}}\n\n",
        stream(delta(#""a\ud83d""#)), stream(delta(#""\ude00豆\n""#)), ": keep-alive\n\n",
        "event: ping\r\ndata: {}\r\n\r\n",
        stream(chunk(#"{"content":"b","reasoning":"c"}"#)), stream(chunk("{}", finish: "\"stop\"")), "data: [DONE]\n\n",
        stream(#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":6,"cost":0.1}}"#),
        stream(#"{"error":{"message":"x","code":502}}"#), "data: \(chunk("{}"))\ndata: [DONE]\n\n",
        stream(#"{"type":"content_block_start","content_block":{"type":"tool_use","name":"n"}}"#),
        stream(#"{"type":"response.created","response":{"id":"r","model":"m"},"sequence_number":0}"#),
        stream(#"{"type":"response.output_text.delta","delta":"x\ud83d","sequence_number":1}"#),
        stream(#"{"type":"response.output_text.delta","delta":"\ude00 y","sequence_number":2}"#),
        stream(#"{"type":"response.output_item.added","output_index":0,"item":{"type":"function_call","name":"f"}}"#),
        stream(#"{"type":"response.completed","response":{"status":"completed","usage":{"input_tokens":2}}}"#),
    ]

    @Test("nothing traps, text is valid UTF-8, counts add up, and cuts change nothing", arguments: 0..<60)
    func fuzz(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for format in [BodyFormat.eventStream, .json, .other(contentType: "text/plain")] {
            var body: [UInt8] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                body += Array((Self.samples.randomElement(using: &random) ?? "").utf8)
            }
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let at = Int.random(in: 0..<body.count, using: &random)
                if Bool.random(using: &random) {
                    body[at] = UInt8.random(in: 0...255, using: &random)
                } else {
                    body.removeSubrange(at..<min(body.count, at + Int.random(in: 1...9, using: &random)))
                }
                if body.isEmpty { body = [0x0A] }
            }
            let whole = Self.outcome([body], format)
            let pieces = DripFeed.random(body, longest: 20, using: &random)
            let cut = Self.outcome(pieces, format)
            #expect(whole.error == cut.error)
            #expect(whole.decoded?.items == cut.decoded?.items)
            #expect(whole.decoded?.text == cut.decoded?.text)
            #expect(whole.decoded?.events == cut.decoded?.events)
            guard let decoded = whole.decoded else { continue }
            #expect(String(validating: decoded.text, as: UTF8.self) != nil)
            #expect(String(validating: decoded.thinking, as: UTF8.self) != nil)
            let text = decoded.items.reduce(0) { if case .text(let bytes) = $1 { $0 + bytes } else { $0 } }
            let thinking = decoded.items.reduce(0) { if case .thinking(let bytes) = $1 { $0 + bytes } else { $0 } }
            #expect(text == decoded.text.count)
            #expect(thinking == decoded.thinking.count)
        }
    }

    static func outcome(_ pieces: [[UInt8]], _ format: BodyFormat) -> (decoded: Decoded?, error: ReplyDecodingError?) {
        do {
            return (try decode(pieces, as: format), nil)
        } catch {
            return (nil, error as? ReplyDecodingError)
        }
    }
}
