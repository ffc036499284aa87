import FaultLab
import Foundation
import Testing

/// Each fault, as a client sees it.
@Suite struct FaultTests {
    private let prompt = "Why do rivers bend?"
    private var canonical: String { CanonicalReply.text(prompt: prompt) }

    private func first(_ count: Int) -> String {
        CanonicalReply.tokens(canonical)[..<count].joined()
    }

    private func ask(
        _ speech: Speech, _ step: String, stream: Bool = true, headers: [String] = []
    ) throws -> TestClient.Response {
        try withLab(always(step)) { try $0.ask(speech, [prompt], stream: stream, headers: headers) }
    }

    // MARK: At a place in the stream

    @Test(arguments: Speech.allCases)
    func resetPeer(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "reset_peer", after_tokens = 20"#)
        #expect(reply.status == 200 && reply.end == .reset)
        #expect(reply.replyText.isExactly(first(20)) && reply.reason == nil)
    }

    @Test(arguments: Speech.allCases)
    func resetInMidWord(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "reset_peer", after_tokens = 20, mid_word = true"#)
        #expect(reply.end == .reset)
        let text = reply.replyText
        #expect(text.utf8.count > first(20).utf8.count && canonical.hasPrefix(text))
        // Letters on both sides of the break, and an event that ends in its middle.
        let next = canonical.utf8[canonical.utf8.index(canonical.utf8.startIndex, offsetBy: text.utf8.count)]
        #expect(text.last?.isLetter == true && Character(Unicode.Scalar(next)).isLetter)
        #expect(!reply.text.hasSuffix("\n\n"))
    }

    @Test func resetBeforeTheHeaders() throws {
        let reply = try ask(.openai, #"fault = "reset_peer", before_headers = true"#)
        #expect(reply.end == .reset && reply.raw.isEmpty)
    }

    @Test(arguments: Speech.allCases)
    func cut(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "cut", after_tokens = 20"#)
        #expect(reply.end == .closed && reply.isChunked)
        #expect(reply.replyText.isExactly(first(20)))
    }

    @Test func limitData() throws {
        for bytes in [0, 1, 500, 1_001] {
            let reply = try ask(.openai, "fault = \"limit_data\", bytes = \(bytes)")
            #expect(reply.end == .closed && reply.body.count == bytes)
        }
    }

    @Test(arguments: Speech.allCases)
    func cleanEnd(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "clean_end", after_tokens = 20"#)
        #expect(reply.end == .complete && reply.reason == nil && !reply.hasEndMark)
        #expect(reply.replyText.isExactly(first(20)))
    }

    @Test func cleanEndOfACloseDelimitedBody() throws {
        let scenario = """
            description = "d"
            always = [{ fault = "close_delimited" }, { fault = "clean_end", after_tokens = 20 }]
            """
        let reply = try withLab(scenario) { try $0.ask(.openai, [prompt]) }
        #expect(!reply.isChunked && reply.header("Content-Length") == nil && reply.end == .closed)
        #expect(reply.replyText.isExactly(first(20)) && reply.reason == nil)
    }

    @Test func timeoutClosesInTheEnd() throws {
        let reply = try ask(.openai, #"fault = "timeout", after_tokens = 5, timeout = "20ms""#)
        #expect(reply.end == .closed && reply.replyText.isExactly(first(5)))
        #expect(try ask(.openai, #"fault = "timeout", before_headers = true, timeout = "20ms""#).raw.isEmpty)
    }

    @Test func timeoutForEverEndsWhenTheClientLeaves() throws {
        try withLab(always(#"fault = "timeout", after_tokens = 5"#)) { lab throws in
            do {
                let client = try TestClient(port: lab.port)
                client.send("POST", "/v1/chat/completions", body: Speech.openai.body([prompt]))
                #expect(client.receive(until: CanonicalReply.tokens(canonical)[4]))
                #expect(lab.wait { $0.fault == "timeout" && $0.tokens == 5 })
            }
            #expect(lab.wait { $0.kind == .ended && $0.text.contains("client closed") })
        }
    }

    @Test(arguments: Speech.allCases)
    func stallGoesOn(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "stall", after_tokens = 5, seconds = "30ms""#)
        #expect(reply.replyText.isExactly(canonical) && reply.reason != nil)
        let step = #"fault = "stall", after_tokens = 5, seconds = "60ms", keep_alive = "KIND", interval = "5ms""#
        let pinged = try ask(speech, step.replacingOccurrences(of: "KIND", with: "ping"))
        let keepAlive = speech == .anthropic ? "event: ping\n" : ": keep-alive\n\n"
        #expect(pinged.text.components(separatedBy: keepAlive).count > 3)
        #expect(pinged.replyText.isExactly(canonical))
        let commented = try ask(speech, step.replacingOccurrences(of: "KIND", with: "comment"))
        #expect(commented.text.contains(": LAB PROCESSING\n\n") && commented.replyText.isExactly(canonical))
    }

    @Test(arguments: Speech.allCases)
    func errorEvent(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "error_event", after_tokens = 20"#)
        #expect(reply.status == 200 && reply.end == .complete)
        #expect(reply.replyText.isExactly(first(20)) && reply.reason == nil && !reply.hasEndMark)
        #expect(reply.errorType == "overloaded_error")
        if speech == .anthropic { #expect(reply.events.last?.name == "error") }
        let other = try ask(speech, #"fault = "error_event", type = "api_error", message = "no \"luck\"""#)
        #expect(other.errorType == "api_error" && other.replyText.isEmpty)
    }

    @Test(arguments: Speech.allCases)
    func malformedAndUnknownEventsLoseNothing(_ speech: Speech) throws {
        let malformed = try ask(speech, #"fault = "malformed_event", after_tokens = 20, count = 3"#)
        let broken = malformed.events.filter { event in
            event.data != "[DONE]" && (try? JSONSerialization.jsonObject(with: Data(event.data.utf8))) == nil
        }
        #expect(broken.count == 3)
        #expect(malformed.replyText.isExactly(canonical) && malformed.reason != nil)
        let unknown = try ask(speech, #"fault = "unknown_event", after_tokens = 20"#)
        #expect(unknown.events.contains { $0.name == "weir_level" } && unknown.replyText.isExactly(canonical))
    }

    @Test(arguments: Speech.allCases)
    func hugeEvent(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "huge_event", after_tokens = 2"#)
        #expect(reply.end == .complete && reply.body.count > 17 << 20)
        let size = reply.text.components(separatedBy: "\n\n").map(\.utf8.count).max()
        #expect(size == 17 << 20 - 2 || size == (17 << 20) - 2)
    }

    @Test func duplicateStart() throws {
        let anthropic = try ask(.anthropic, #"fault = "duplicate_start""#)
        #expect(anthropic.events.count { $0.name == "message_start" } == 2)
        #expect(anthropic.replyText.isExactly(canonical))
        let openAI = try ask(.openai, #"fault = "duplicate_start""#)
        #expect(openAI.text.components(separatedBy: #""role":"assistant""#).count == 3)
    }

    @Test(arguments: Speech.allCases)
    func splice(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "splice", after_tokens = 20"#)
        #expect(reply.replyText.isExactly(first(20) + canonical) && reply.reason != nil)
        let ids = Set(
            reply.objects.compactMap { ($0["message"] as? [String: Any])?["id"] as? String ?? $0["id"] as? String })
        #expect(ids.count == 2)
    }

    @Test(arguments: Speech.allCases)
    func refusal(_ speech: Speech) throws {
        let reply = try ask(speech, #"fault = "refusal", after_tokens = 20"#)
        #expect(reply.replyText.isExactly(first(20)))
        #expect(reply.reason == (speech == .anthropic ? "refusal" : "content_filter"))
    }

    @Test func aPlaceBeyondTheEndIsNeverReached() throws {
        let reply = try ask(.openai, #"fault = "reset_peer", after_tokens = 5000"#)
        #expect(reply.end == .complete && reply.replyText.isExactly(canonical))
    }

    // MARK: At the end

    @Test(arguments: Speech.allCases)
    func endsWithHalfOfTheMarks(_ speech: Speech) throws {
        let unfinished = try ask(speech, #"fault = "done_without_finish""#)
        #expect(unfinished.hasEndMark && unfinished.reason == nil && unfinished.replyText.isExactly(canonical))
        let undone = try ask(speech, #"fault = "finish_without_done""#)
        #expect(!undone.hasEndMark && undone.reason != nil && undone.end == .complete)
    }

    @Test func doneThenOpen() throws {
        try withLab(always(#"fault = "slow_close""#)) { lab throws in
            do {
                let client = try TestClient(port: lab.port)
                client.send("POST", "/v1/chat/completions", body: Speech.openai.body([prompt]))
                #expect(client.receive(until: "data: [DONE]\n\n"))
                #expect(lab.wait { $0.fault == "slow_close" })
                #expect(!lab.journal().contains { $0.kind == .ended })
            }
            #expect(lab.wait { $0.kind == .ended })
        }
        #expect(try ask(.openai, #"fault = "slow_close", delay = "10ms""#).end == .complete)
    }

    // MARK: The response as a whole

    @Test func slicerCutsAnywhere() throws {
        let reply = try ask(.openai, #"fault = "slicer", average_size = 3, size_variation = 2"#)
        #expect(reply.replyText.isExactly(canonical) && reply.end == .complete)
        #expect(reply.chunkSizes.allSatisfy { (1...5).contains($0) } && Set(reply.chunkSizes).count == 5)
        // Some character was cut in two.
        var offset = 0
        let isCut = reply.chunkSizes.contains { size in
            offset += size
            return offset < reply.body.count && reply.body[offset] & 0xC0 == 0x80
        }
        #expect(isCut)
    }

    @Test func slicesAndBandwidthCombineWithLaterFaults() throws {
        let scenario = """
            description = "d"
            always = [
                { fault = "slicer", average_size = 100, delay = "100us" },
            ]
            """
        #expect(throws: (any Error).self) { try withLab(scenario) { _ in } }
        let both = """
            description = "d"
            always = [
                { fault = "slicer", average_size = 400, size_variation = 0, delay = 0.0001 },
                { fault = "bandwidth", rate = 4_000_000 },
                { fault = "reset_peer", after_tokens = 50 },
            ]
            """
        let reply = try withLab(both) { try $0.ask(.anthropic, [prompt]) }
        #expect(reply.end == .reset && reply.replyText.isExactly(first(50)))
        #expect(reply.chunkSizes.max() == 400)
    }

    @Test func latencyAndPaceChangeNothingButTime() throws {
        let scenario = """
            description = "d"
            always = [
                { fault = "latency", latency = "5ms", jitter = "5ms" },
                { fault = "pace", after_tokens = 3, tokens_per_second = 20_000, jitter = 1 },
            ]
            """
        let reply = try withLab(scenario, tokensPerSecond: 5_000) { try $0.ask(.anthropic, [prompt]) }
        #expect(reply.replyText.isExactly(canonical))
    }

    // MARK: Instead of a response

    @Test(arguments: [
        (400, "invalid_request_error", "invalid_request_error"), (401, "authentication_error", "invalid_request_error"),
        (403, "permission_error", "request_forbidden"), (429, "rate_limit_error", "requests"),
        (500, "api_error", "server_error"), (503, "api_error", "server_error"),
        (529, "overloaded_error", "server_error"),
    ])
    func statuses(_ status: Int, _ anthropic: String, _ openAI: String) throws {
        for stream in [true, false] {
            for (speech, type) in [(Speech.anthropic, anthropic), (.openai, openAI)] {
                let reply = try ask(speech, "fault = \"status\", status = \(status)", stream: stream)
                #expect(reply.status == status && reply.errorType == type && reply.end == .complete)
                #expect(reply.header("Retry-After") == nil && reply.header("x-should-retry") == nil)
            }
        }
    }

    @Test func retryAfterInEveryForm() throws {
        let seconds = try ask(.openai, #"fault = "status", status = 429, retry_after = 3"#)
        #expect(seconds.header("Retry-After") == "3")
        #expect(
            try ask(.openai, #"fault = "status", status = 429, retry_after = 1.5"#).header("Retry-After") == "1.5")
        let milliseconds = try ask(
            .openai,
            #"fault = "status", status = 429, retry_after = 1.5, retry_after_form = "ms", should_retry = false"#)
        #expect(milliseconds.header("retry-after-ms") == "1500" && milliseconds.header("Retry-After") == nil)
        #expect(milliseconds.header("x-should-retry") == "false")
        let date = try ask(.openai, #"fault = "status", status = 429, retry_after = 60, retry_after_form = "date""#)
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        let wanted = try #require(date.header("Retry-After").flatMap { format.date(from: $0) })
        let sent = try #require(date.header("Date").flatMap { format.date(from: $0) })
        #expect((59...61).contains(wanted.timeIntervalSince(sent)))
    }

    @Test func quotaAndProxyPages() throws {
        let quota = try ask(.openai, #"fault = "status", status = 429, kind = "insufficient_quota""#)
        #expect(quota.errorType == "insufficient_quota")
        let cap = try ask(.anthropic, #"fault = "status", status = 429, kind = "spend_cap""#)
        #expect(cap.errorType == "rate_limit_error" && cap.header("Retry-After") == nil)
        let proxy = try ask(.openai, #"fault = "status", status = 502, html = true"#)
        #expect(proxy.status == 502 && proxy.text.contains("<h1>502 Bad Gateway</h1>"))
        #expect(proxy.header("Content-Type") == "text/html")
    }

    @Test func answersThatAreNoStream() throws {
        let empty = try ask(.openai, #"fault = "empty""#)
        #expect(empty.status == 200 && empty.header("Content-Type") == "text/event-stream" && empty.body.isEmpty)
        let portal = try ask(.openai, #"fault = "html""#)
        #expect(portal.status == 200 && portal.text.hasPrefix("<!DOCTYPE html>"))
        let error = try ask(.anthropic, #"fault = "json_error""#)
        #expect(error.status == 200 && error.errorType == "api_error")
        #expect(error.header("Content-Type") == "application/json")
        for speech in Speech.allCases {
            let whole = try ask(speech, #"fault = "not_streamed""#)
            #expect(whole.header("Content-Type") == "application/json" && whole.replyText.isExactly(canonical))
        }
        let redirect = try ask(.openai, #"fault = "redirect""#)
        #expect(redirect.status == 307 && redirect.header("Location")?.hasPrefix("http://127.0.0.1:9/") == true)
        let other = try ask(.openai, #"fault = "redirect", status = 301, location = """#)
        #expect(other.status == 301 && other.header("Location") == "")
    }

    @Test func keepAlivesOnly() throws {
        let step = #"fault = "keep_alive_only", kind = "KIND", interval = "2ms", seconds = "30ms""#
        let comments = try ask(.openai, step.replacingOccurrences(of: "KIND", with: "comment"))
        #expect(
            comments.end == .complete && comments.text.hasPrefix(": LAB PROCESSING\n\n") && comments.replyText == "")
        let pings = try ask(.anthropic, step.replacingOccurrences(of: "KIND", with: "ping"))
        #expect(!pings.events.isEmpty && pings.events.allSatisfy { $0.name == "ping" })
    }

    @Test(arguments: [false, true])
    func headerFlood(_ oneLine: Bool) throws {
        let reply = try ask(.openai, "fault = \"header_flood\", bytes = 3_000_000, one_line = \(oneLine)")
        #expect(reply.status == 0 && reply.end == .closed && reply.raw.count >= 3_000_000)
        #expect(reply.raw.count { $0 == 0x0A } == 1 || !oneLine)
    }

    @Test func rejectPrefill() throws {
        for model in ["lab-claude-no-prefill", "claude-opus-4-6"] {
            let reply = try withLab { try $0.ask(.anthropic, [prompt, first(9)], model: model) }
            #expect(reply.status == 400)
            #expect(reply.text.contains("This model does not support assistant message prefill."))
        }
        let byScenario = try withLab(always(#"fault = "reject_prefill""#)) { lab throws in
            try [lab.ask(.anthropic, [prompt, first(9)]).status, lab.ask(.anthropic, [prompt]).status]
        }
        #expect(byScenario == [400, 200])
    }

    // MARK: What becomes of them where the reply is not streamed

    @Test(arguments: Speech.allCases)
    func batchReplies(_ speech: Speech) throws {
        let reset = try ask(speech, #"fault = "reset_peer", after_tokens = 20"#, stream: false)
        #expect(reset.end == .reset && reset.status == 200)
        let cut = try ask(speech, #"fault = "cut", after_tokens = 20"#, stream: false)
        #expect(cut.end == .closed && !cut.body.isEmpty)
        let error = try ask(speech, #"fault = "error_event", after_tokens = 20"#, stream: false)
        #expect(error.status == 529)
        let clean = try ask(speech, #"fault = "clean_end", after_tokens = 20"#, stream: false)
        #expect(clean.status == 200 && clean.reason == nil && clean.replyText.isExactly(canonical))
        let malformed = try ask(speech, #"fault = "malformed_event", after_tokens = 20"#, stream: false)
        #expect(malformed.end == .complete && malformed.json.isEmpty)
    }
}
