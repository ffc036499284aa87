import FaultLab
import Foundation
import Testing

@Suite struct DialectTests {
    private let prompt = "Why do rivers bend?"
    private var canonical: String { CanonicalReply.text(prompt: prompt) }

    @Test(arguments: Speech.allCases)
    func streamAndBatchAreTheCanonicalReply(_ speech: Speech) throws {
        try withLab { lab throws in
            let stream = try lab.ask(speech, [prompt])
            #expect(stream.status == 200 && stream.end == .complete)
            #expect(stream.header("Content-Type") == "text/event-stream; charset=utf-8")
            #expect(stream.replyText.isExactly(canonical))
            #expect(stream.textDeltas == CanonicalReply.tokenCount(canonical))
            #expect(stream.hasEndMark)
            #expect(stream.reason == (speech == .anthropic ? "end_turn" : "stop"))
            let batch = try lab.ask(speech, [prompt], stream: false)
            #expect(batch.status == 200 && batch.header("Content-Type") == "application/json")
            #expect(batch.replyText.isExactly(canonical))
            #expect(batch.reason == (speech == .anthropic ? "end_turn" : "stop"))
        }
    }

    @Test(arguments: [
        "/messages", "/v1/messages", "/v1/messages?beta=true", "//v1/messages", "/s/calm/v1/messages",
        "/s/calm/messages",
    ])
    func pathsOfAnthropic(_ path: String) throws {
        try withLab { lab throws in
            #expect(try lab.ask(.anthropic, [prompt], path: path).replyText.isExactly(canonical))
        }
    }

    @Test(arguments: ["/chat/completions", "/v1/chat/completions", "/s/calm/v1/chat/completions"])
    func pathsOfOpenAI(_ path: String) throws {
        try withLab { lab throws in
            #expect(try lab.ask(.openai, [prompt], path: path).replyText.isExactly(canonical))
        }
    }

    @Test func anthropicEventsComeInTheirOrder() throws {
        try withLab { lab throws in
            let events = try lab.ask(.anthropic, [prompt]).events.map(\.name)
            #expect(events.prefix(3) == ["message_start", "content_block_start", "ping"])
            #expect(events.suffix(3) == ["content_block_stop", "message_delta", "message_stop"])
            let middle = events.dropFirst(3).dropLast(3)
            #expect(middle.allSatisfy { $0 == "content_block_delta" || $0 == "ping" })
            #expect(middle.count { $0 == "ping" } == CanonicalReply.tokenCount(canonical) / 100)
        }
    }

    @Test func usageIsConsistentWithTheDeltas() throws {
        try withLab { lab throws in
            let tokens = CanonicalReply.tokenCount(canonical)
            let anthropic = try lab.ask(.anthropic, [prompt], system: "Be kind.")
            let start = anthropic.objects.first?["message"] as? [String: Any]
            let input = (start?["usage"] as? [String: Any])?["input_tokens"] as? Int
            #expect(input == CanonicalReply.tokenCount(prompt) + CanonicalReply.tokenCount("Be kind.") + 4)
            let last = anthropic.objects.first { $0["type"] as? String == "message_delta" }
            #expect((last?["usage"] as? [String: Any])?["output_tokens"] as? Int == tokens)

            let silent = try lab.ask(.openai, [prompt])
            #expect(!silent.text.contains("usage"))
            let openAI = try lab.ask(.openai, [prompt], extra: ["stream_options": ["include_usage": true]])
            let usage = openAI.objects.last?["usage"] as? [String: Any]
            #expect((openAI.objects.last?["choices"] as? [Any])?.isEmpty == true)
            #expect(usage?["completion_tokens"] as? Int == tokens)
            #expect(usage?["prompt_tokens"] as? Int == CanonicalReply.tokenCount(prompt) + 4)
            #expect(usage?["total_tokens"] as? Int == tokens + CanonicalReply.tokenCount(prompt) + 4)
            let batch = try lab.ask(.openai, [prompt], stream: false).json["usage"] as? [String: Any]
            #expect(batch?["completion_tokens"] as? Int == tokens)
        }
    }

    @Test(arguments: Speech.allCases)
    func thinkingModelsThinkFirst(_ speech: Speech) throws {
        try withLab { lab throws in
            for stream in [true, false] {
                let reply = try lab.ask(speech, [prompt], model: "lab-thinking", stream: stream)
                #expect(reply.replyText.isExactly(canonical))
                if stream { #expect(reply.thinkingText.isExactly(CanonicalReply.thinking(prompt: prompt))) }
            }
            guard speech == .anthropic else { return }
            let reply = try lab.ask(speech, [prompt], model: "lab-thinking")
            let blocks = reply.objects.filter { $0["type"] as? String == "content_block_start" }
            #expect(blocks.map { ($0["content_block"] as? [String: Any])?["type"] as? String } == ["thinking", "text"])
            #expect(blocks.map { $0["index"] as? Int } == [0, 1])
            let text = reply.objects.first { ($0["delta"] as? [String: Any])?["text"] != nil }
            #expect(text?["index"] as? Int == 1)
            // With a part of the text at hand there is nothing left to think about.
            let rest = try lab.ask(speech, [prompt, String(canonical.prefix(40)) + "x"], model: "lab-thinking")
            #expect(rest.thinkingText.isEmpty)
        }
    }

    @Test(arguments: Speech.allCases)
    func theTokenLimitEndsTheReply(_ speech: Speech) throws {
        try withLab { lab throws in
            for stream in [true, false] {
                let reply = try lab.ask(speech, [prompt], stream: stream, maxTokens: 25)
                #expect(reply.replyText.isExactly(CanonicalReply.tokens(canonical)[..<25].joined()))
                #expect(reply.reason == (speech == .anthropic ? "max_tokens" : "length"))
            }
        }
    }

    @Test func headersTellLimitsAndIdentity() throws {
        try withLab("description = \"d\"\nrequests_per_minute = 50\ntokens_per_minute = 1000") { lab throws in
            let first = try lab.ask(.anthropic, [prompt])
            let second = try lab.ask(.anthropic, [prompt])
            #expect(first.header("request-id") != nil && first.header("request-id") != second.header("request-id"))
            #expect(first.header("anthropic-ratelimit-requests-limit") == "50")
            #expect(first.header("anthropic-ratelimit-requests-remaining") == "49")
            #expect(second.header("anthropic-ratelimit-requests-remaining") == "48")
            #expect(second.header("anthropic-ratelimit-tokens-reset")?.hasSuffix("Z") == true)
            let third = try lab.ask(.openai, [prompt])
            #expect(third.header("x-request-id") != nil)
            #expect(third.header("x-ratelimit-remaining-requests") == "47")
            #expect(third.header("x-ratelimit-limit-tokens") == "1000")
            #expect(third.header("x-ratelimit-reset-requests")?.hasSuffix("s") == true)
        }
    }

    @Test func enforcedLimitsAnswer429() throws {
        try withLab("description = \"d\"\nrequests_per_minute = 2\nenforce_limits = true") { lab throws in
            for _ in 0..<2 { #expect(try lab.ask(.openai, [prompt]).status == 200) }
            let third = try lab.ask(.openai, [prompt])
            #expect(third.status == 429)
            #expect(third.header("Retry-After").flatMap { Int($0) }.map { (1...60).contains($0) } == true)
        }
    }

    @Test func modelsSatisfyBothShapes() throws {
        try withLab { lab throws in
            for path in ["/v1/models", "/models", "/s/storm/v1/models"] {
                let list = try lab.get(path)
                #expect(list.status == 200 && list.json["object"] as? String == "list")
                #expect(list.json["has_more"] as? Bool == false)
                let models = list.json["data"] as? [[String: Any]] ?? []
                #expect(models.contains { $0["id"] as? String == "lab-claude" && $0["type"] as? String == "model" })
                #expect(models.contains { $0["id"] as? String == "lab-gpt" && $0["object"] as? String == "model" })
            }
            #expect(try lab.get("/v1/models/some%20model").json["id"] as? String == "some model")
            #expect(try lab.get("/s/captive-portal/v1/models").text.contains("<html"))
            #expect(try lab.get("/s/bad-key/v1/models").status == 401)
        }
    }

    @Test func badKeysAreRefusedAndNeverEchoed() throws {
        try withLab { lab throws in
            for key in ["bad", "sk-bad"] {
                let anthropic = try lab.ask(.anthropic, [prompt], headers: ["x-api-key: \(key)"])
                #expect(anthropic.status == 401 && anthropic.errorType == "authentication_error")
                let openAI = try lab.ask(.openai, [prompt], headers: ["Authorization: Bearer \(key)"])
                #expect(openAI.status == 401 && openAI.errorType == "invalid_request_error")
                #expect(!openAI.text.contains(key) && !anthropic.text.contains(key))
                #expect(try lab.get("/v1/models", ["x-api-key: \(key)"]).status == 401)
            }
            #expect(try lab.ask(.openai, [prompt], headers: ["Authorization: Bearer sk-good"]).status == 200)
        }
    }

    @Test(arguments: [
        "", "null", "[]", "{", "\"x\"", #"{"model":"m"}"#, #"{"messages":[]}"#, #"{"model":"m","messages":[]}"#,
        #"{"model":"m","messages":{}}"#, #"{"model":"m","messages":[1]}"#, #"{"model":7,"messages":[]}"#,
        #"{"model":"m","messages":[{"role":"user"}]}"#, #"{"model":"m","messages":[{"role":"king","content":"x"}]}"#,
        #"{"model":"m","messages":[{"role":"user","content":7}]}"#,
        #"{"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]}"#,
        #"{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]}"#,
        #"{"model":"m","max_tokens":1e999,"messages":[{"role":"user","content":"x"}]}"#,
        #"{"model":"m","max_tokens":"9","messages":[{"role":"user","content":"x"}]}"#,
        #"{"model":"m","max_tokens":9,"stream":"yes","messages":[{"role":"user","content":"x"}]}"#,
        #"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"\ud83d"}]}"#,
        #"{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":"x"}]}"#,
    ])
    func malformedRequestsAreRefusedInTheDialect(_ body: String) throws {
        try withLab { lab throws in
            let anthropic = try lab.post("/v1/messages", body, Speech.anthropic.headers)
            #expect(anthropic.status == 400)
            #expect(anthropic.json["type"] as? String == "error" && anthropic.errorType == "invalid_request_error")
            let openAI = try lab.post("/v1/chat/completions", body)
            #expect(openAI.status == 400)
            #expect(openAI.json["type"] == nil && openAI.errorType == "invalid_request_error")
        }
    }

    @Test func whatOnlyAnthropicRefuses() throws {
        try withLab { lab throws in
            let hello = ["hello"]
            #expect(try lab.post("/v1/messages", Speech.anthropic.body(hello)).text.contains("anthropic-version"))
            let spaced = try lab.ask(.anthropic, ["hello", "You asked "])
            #expect(spaced.status == 400 && spaced.text.contains("trailing whitespace"))
            #expect(try lab.ask(.openai, ["hello", "You asked "]).status == 200)
            let system = #"{"model":"m","max_tokens":9,"messages":[{"role":"system","content":"x"}]}"#
            #expect(try lab.post("/v1/messages", system, Speech.anthropic.headers).text.contains("Unexpected role"))
        }
    }

    @Test func contentMayBeParts() throws {
        try withLab { lab throws in
            let body =
                #"{"model":"m","max_tokens":99999,"system":[{"type":"text","text":"Be kind."}],"messages":"#
                + #"[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://e.org/a.png"}},{"type":"text","text":"Why do rivers "},"#
                + #"{"type":"text","text":"bend?"}]}]}"#
            let reply = try lab.post("/v1/messages", body, Speech.anthropic.headers)
            #expect(reply.replyText.isExactly(canonical))
        }
    }

    @Test func unknownPathsMethodsAndScenariosAreToldInJSON() throws {
        try withLab { lab throws in
            #expect(try lab.get("/v1/nothing").status == 404)
            #expect(try lab.get("/v1/nothing").errorType == "invalid_request_error")
            #expect(try lab.get("/v1/nothing", ["x-api-key: k"]).errorType == "not_found_error")
            #expect(try lab.get("/v1/messages").status == 405)
            #expect(try lab.get("/v1/messages").header("Allow") == "POST")
            #expect(try lab.post("/v1/models", "{}").status == 405)
            let unknown = try lab.ask(.openai, [prompt], path: "/s/nonesuch/v1/chat/completions")
            #expect(unknown.status == 404 && unknown.text.contains("flaky-wifi"))
            #expect(try lab.ask(.openai, [prompt], headers: ["X-Lab-Scenario: nonesuch"]).status == 404)
        }
    }

    @Test func aScenarioIsChosenByPathOrHeader() throws {
        try withLab { lab throws in
            #expect(try lab.ask(.openai, [prompt], headers: ["X-Lab-Scenario: bad-key"]).status == 401)
            #expect(try lab.ask(.anthropic, [prompt], path: "/s/bad-key/v1/messages").status == 401)
            #expect(try lab.ask(.openai, [prompt]).status == 200)
        }
    }
}
