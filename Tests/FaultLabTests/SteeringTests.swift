import FaultLab
import Foundation
import Testing

@Suite struct SteeringTests {
    private let prompt = "Why do rivers bend? --tokens 20000"

    /// A stream that has begun and would take very long.
    private func withStream(_ work: (FaultLab, TestClient) throws -> Void) throws {
        try withLab(tokensPerSecond: 200) { lab throws in
            let client = try TestClient(port: lab.port)
            client.send("POST", "/v1/chat/completions", body: Speech.openai.body([prompt]))
            #expect(client.receive(until: "\"content\":\" "))
            try work(lab, client)
        }
    }

    @Test func dropNow() throws {
        try withStream { lab, client throws in
            lab.steer(.dropNow)
            let reply = client.response()
            #expect(reply.end == .closed && reply.isChunked && reply.reason == nil)
            #expect(lab.wait { $0.fault == "cut" && $0.text == "ordered" })
        }
    }

    @Test func resetNowHitsOnlyTheConversationMeant() throws {
        try withStream { lab, client throws in
            let other = try TestClient(port: lab.port)
            other.send("POST", "/v1/messages", Speech.anthropic.headers, body: Speech.anthropic.body([prompt]))
            #expect(other.receive(until: "text_delta"))
            lab.steer(.resetNow, conversation: 2)
            #expect(other.response().end == .reset)
            let before = client.received.count
            while client.received.count == before { #expect(client.receive() == nil) }
            lab.steer(.resetNow)
            #expect(client.response().end == .reset)
        }
    }

    @Test func stallAndHeal() throws {
        try withStream { lab, client throws in
            lab.steer(.stall(seconds: 0))
            #expect(lab.wait { $0.fault == "stall" })
            lab.steer(.slow(tokensPerSecond: 1_000_000))
            lab.steer(.heal)
            #expect(client.receive(until: " "))
            lab.steer(.slow(tokensPerSecond: 1_000_000))
            let reply = client.response()
            #expect(reply.end == .complete && reply.reason == "stop")
            #expect(reply.replyText.isExactly(CanonicalReply.text(prompt: prompt)))
        }
    }

    @Test func healingTakesAwayWhatWasStillToCome() throws {
        try withLab(always(#"fault = "timeout", after_tokens = 3"#)) { lab throws in
            let client = try TestClient(port: lab.port)
            client.send("POST", "/v1/chat/completions", body: Speech.openai.body(["Weirs"]))
            #expect(lab.wait { $0.fault == "timeout" })
            lab.steer(.heal)
            #expect(client.response().replyText.isExactly(CanonicalReply.text(prompt: "Weirs")))
        }
    }

    @Test func corrupt() throws {
        try withStream { lab, client throws in
            lab.steer(.corrupt)
            #expect(client.receive(until: "\"choices\":[{\"ind\n\n"))
            lab.steer(.slow(tokensPerSecond: 1_000_000))
            #expect(client.response().replyText.isExactly(CanonicalReply.text(prompt: prompt)))
        }
    }

    @Test func nextStatuses() throws {
        try withLab { lab throws in
            lab.steer(.next429(retryAfter: 7))
            lab.steer(.next529(count: 2))
            let first = try lab.ask(.anthropic, ["Weirs"])
            #expect(first.status == 429 && first.header("Retry-After") == "7")
            #expect(try lab.ask(.anthropic, ["Weirs"]).status == 529)
            #expect(try lab.ask(.openai, ["Weirs"]).status == 529)
            #expect(try lab.ask(.anthropic, ["Weirs"]).status == 200)
            lab.steer(.next529(count: 5))
            lab.steer(.heal)
            #expect(try lab.ask(.anthropic, ["Weirs"]).status == 200)
            lab.steer(.next429(retryAfter: nil))
            #expect(try lab.ask(.anthropic, ["Weirs"]).header("Retry-After") == nil)
        }
    }

    @Test func theSameOverHTTP() throws {
        try withStream { lab, client throws in
            #expect(try lab.post("/lab/steer", #"{"order":"next_529","count":1}"#).json["ok"] as? Bool == true)
            #expect(try lab.ask(.openai, ["Weirs"]).status == 529)
            #expect(try lab.post("/lab/steer", #"{"order":"reset_now","conversation":1}"#).status == 200)
            #expect(client.response().end == .reset)
            for body in [
                "", "{}", #"{"order":"dance"}"#, #"{"order":"stall","seconds":-1}"#,
                #"{"order":"drop_now","conversation":"all"}"#, #"{"order":"next_529","count":1e99}"#,
            ] {
                let refused = try lab.post("/lab/steer", body)
                #expect(refused.status == 400 && refused.json["error"] != nil)
            }
            #expect(try lab.get("/lab/steer").status == 405)
        }
    }
}
