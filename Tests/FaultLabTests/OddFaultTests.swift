import FaultLab
import Foundation
import Testing

/// Faults below and beside the stream's text, as a client sees them.
@Suite struct OddFaultTests {
    private let prompt = "Why do rivers bend?"
    private var canonical: String { CanonicalReply.text(prompt: prompt) }

    private func ask(
        _ speech: Speech, _ step: String, extra: [String: Any] = [:]
    ) throws -> TestClient.Response {
        try withLab(always(step)) { try $0.ask(speech, [prompt], extra: extra) }
    }

    @Test func downRefusesConnections() throws {
        let scenario = """
            description = "d"
            [[request]]
            steps = [{ fault = "down", seconds = "3s" }]
            """
        try withLab(scenario) { lab throws in
            #expect(try lab.ask(.openai, [prompt]).end == .reset)
            var refusals = 0
            while true {
                do {
                    let reply = try lab.ask(.openai, [prompt])
                    guard reply.end == .complete else { continue }
                    #expect(reply.replyText.isExactly(canonical))
                    break
                } catch let error as TestClient.ConnectError {
                    #expect(error.code == ECONNREFUSED)
                    refusals += 1
                    usleep(5_000)
                }
            }
            #expect(refusals > 0)
            #expect(lab.wait { $0.fault == "down" && $0.text == "listens again" })
        }
    }

    @Test func upstreamIsBrokenInTheMiddleOfTheBody() throws {
        let long = String(repeating: "word ", count: 400_000)
        try withLab(always(#"fault = "upstream", bytes = 100_000"#)) { lab throws in
            let reply = try lab.ask(.openai, [long])
            #expect(reply.end == .reset && reply.raw.isEmpty)
            #expect(lab.journal().contains { $0.fault == "upstream" } && !lab.journal().contains { $0.kind == .asked })
            #expect(try lab.get("/lab/reply?prompt=x").status == 200)
        }
        try withLab(always(#"fault = "upstream", kind = "timeout", bytes = 10"#)) { lab throws in
            let client = try TestClient(port: lab.port)
            client.send("POST", "/v1/chat/completions", body: Speech.openai.body([prompt]))
            #expect(lab.wait { $0.fault == "upstream" })
            #expect(try lab.get("/lab/reply?prompt=x").status == 200)
        }
    }

    @Test func noStatusLine() throws {
        let reply = try ask(.openai, #"fault = "http09""#)
        #expect(reply.end == .closed && String(decoding: reply.raw, as: UTF8.self).hasPrefix("data: "))
    }

    @Test func headersByteByByte() throws {
        for speech in Speech.allCases {
            let reply = try ask(speech, #"fault = "slow_headers", interval = "1ms""#)
            #expect(reply.status == 200 && reply.replyText.isExactly(canonical))
        }
        let refused = try withLab(
            "description = \"d\"\nalways = [{ fault = \"slow_headers\", interval = 0.001 }, { fault = \"status\", status = 503 }]"
        ) { try $0.ask(.openai, [prompt]) }
        #expect(refused.status == 503 && refused.end == .complete)
    }

    /// A bomb of 3 MB unpacks to what it says, checksum and length included.
    @Test func theBombIsAGzipFile() throws {
        let reply = try ask(.openai, #"fault = "gzip_bomb", bytes = 3_000_000"#)
        #expect(reply.header("Content-Encoding") == "gzip" && reply.end == .complete)
        #expect(reply.body.count < 3_000_000 / 150)
        let file = FileManager.default.temporaryDirectory.appending(path: "bomb-\(UUID().uuidString).gz")
        try Data(reply.body).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-dc", file.path]
        let output = Pipe()
        gzip.standardOutput = output
        try gzip.run()
        let unpacked = output.fileHandleForReading.readDataToEndOfFile()
        gzip.waitUntilExit()
        #expect(gzip.terminationStatus == 0)
        #expect(unpacked.count == 3_000_000 / 2_064 * 2_064 + 9)
        #expect(unpacked.starts(with: Data("data: xxxx".utf8)) && unpacked.suffix(3) == Data("x\n\n".utf8))
    }

    @Test func encodingsInARow() throws {
        let reply = try ask(.openai, #"fault = "encoding_chain", count = 3"#)
        #expect(reply.header("Content-Encoding") == "gzip, gzip, gzip")
    }

    @Test func hintsWithoutEnd() throws {
        let reply = try ask(.openai, #"fault = "header_flood", bytes = 100_000, early_hints = true"#)
        #expect(reply.raw.count >= 100_000 && String(decoding: reply.raw, as: UTF8.self).hasPrefix("HTTP/1.1 103 "))
    }

    @Test(arguments: Speech.allCases, ["crlf", "cr"])
    func lineEndings(_ speech: Speech, _ kind: String) throws {
        let reply = try ask(speech, "fault = \"line_ending\", kind = \"\(kind)\"")
        let calm = try withLab { try $0.ask(speech, [prompt]) }
        #expect(!reply.body.contains(0x0A) || kind == "crlf")
        let lines = { (text: String) in text.split(omittingEmptySubsequences: false) { $0.isNewline }.count }
        #expect(lines(reply.text) == lines(calm.text))
    }

    @Test(arguments: Speech.allCases)
    func nothingIsLostBesideNulls(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "null_everything", after_tokens = 20"#)
        #expect(reply.replyText.isExactly(canonical) && reply.reason != nil)
        #expect(reply.text.contains("null"))
    }

    @Test(arguments: Speech.allCases)
    func halvesOfACharacter(_ speech: Speech) throws {
        let lone = try ask(speech, #"fault = "lone_surrogate", after_tokens = 3"#)
        #expect(lone.text.contains(#""\ud83d""#))
        let pair = try ask(speech, #"fault = "lone_surrogate", pair = true, after_tokens = 3"#)
        #expect(pair.text.contains(#"\ud83"#) && pair.text.contains(#""\ud"#))
    }

    @Test(arguments: Speech.allCases)
    func deepAndHuge(_ speech: Speech) throws {
        let deep = try ask(speech, #"fault = "deep_json", depth = 5_000, after_tokens = 3"#)
        #expect(deep.text.contains(String(repeating: "[", count: 5_000)))
        // OpenAI's usage comes only where it is asked for.
        let extra: [String: Any] = speech == .openai ? ["stream_options": ["include_usage": true]] : [:]
        let huge = try ask(speech, #"fault = "huge_numbers""#, extra: extra)
        #expect(huge.text.contains("1e999"))
        // Foundation reads no such number; the stream is whole.
        #expect(huge.hasEndMark && huge.end == .complete)
    }

    @Test func chunksOfOtherProviders() throws {
        let empty = try ask(.openai, #"fault = "empty_choices""#)
        #expect(empty.events.first?.data.hasPrefix(#"{"choices":[],"#) == true)
        #expect(empty.replyText.isExactly(canonical))
        let parts = try ask(.openai, #"fault = "content_array""#)
        let text = parts.objects.flatMap { $0["choices"] as? [[String: Any]] ?? [] }
            .flatMap { ($0["delta"] as? [String: Any])?["content"] as? [[String: Any]] ?? [] }
            .compactMap { $0["text"] as? String }.joined()
        #expect(text.isExactly(canonical))
        let error = try ask(.openai, #"fault = "error_and_end", after_tokens = 5, type = "invalid_request_error""#)
        #expect(error.text.contains(#""error":{"code":400,"#) && error.events.last?.data == "[DONE]")
    }

    @Test func retryAfterInAnyWords() throws {
        let text = try ask(.openai, #"fault = "status", status = 429, retry_after_text = "as soon as the rain stops""#)
        #expect(text.header("Retry-After") == "as soon as the rain stops")
        #expect(try ask(.openai, #"fault = "status", status = 429, retry_after = -10"#).header("Retry-After") == "-10")
        let far = try ask(.openai, #"fault = "status", status = 429, retry_after = 1e9"#)
        #expect(far.header("Retry-After") == "1000000000")
        let past = try ask(
            .openai, #"fault = "status", status = 429, retry_after = -86_400, retry_after_form = "date""#)
        #expect(past.header("Retry-After")?.hasSuffix(" GMT") == true)
        let missing = try ask(.openai, #"fault = "redirect", missing = true"#)
        #expect(missing.status == 307 && missing.header("Location") == nil)
    }

    /// A client that comes back with a part of what it was sent whole goes on in the same conversation.
    @Test func whoGaveUpEarlyGoesOn() throws {
        let scenario = """
            description = "d"
            [[request]]
            steps = [{ fault = "malformed_event", after_tokens = 20 }]
            """
        try withLab(scenario) { lab throws in
            #expect(try lab.ask(.anthropic, [prompt]).end == .complete)
            let part = CanonicalReply.tokens(canonical)[..<20].joined()
            let rest = try lab.ask(.anthropic, [prompt, part])
            #expect((part + rest.replyText).isExactly(canonical))
            #expect(lab.journal().filter { $0.kind == .asked }.map(\.request) == [1, 2])
        }
    }
}
