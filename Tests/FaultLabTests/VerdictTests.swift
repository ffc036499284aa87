import FaultLab
import Foundation
import Testing

@Suite struct VerdictTests {
    private let prompt = "Why do rivers bend?"
    private var canonical: String { CanonicalReply.text(prompt: prompt) }

    private func verdict(_ text: String) -> ReplyVerdict {
        ReplyVerdict(on: Array(text.utf8), canonical: Array("one two three".utf8))
    }

    @Test func kinds() {
        #expect(verdict("one two three").isExact && verdict("one two three").firstDifference == nil)
        let prefix = verdict("one t")
        #expect(prefix.kind == .prefix && prefix.firstDifference == 5 && prefix.missing == 8 && prefix.extra == 0)
        #expect(verdict("").kind == .prefix && verdict("").firstDifference == 0)
        // Lost in the middle, said twice, another word, too long.
        let lost = verdict("one three")
        #expect(lost.kind == .wrong && lost.firstDifference == 5 && lost.missing == 4 && lost.extra == 0)
        let twice = verdict("one two two three")
        #expect(twice.kind == .wrong && twice.missing == 0 && twice.extra == 4)
        let other = verdict("one TWO three")
        #expect(other.firstDifference == 4 && other.missing == 3 && other.extra == 3)
        let long = verdict("one two three!")
        #expect(long.kind == .wrong && long.firstDifference == 13 && long.missing == 0 && long.extra == 1)
    }

    /// By bytes: what looks the same is not.
    @Test func bytesCount() {
        let composed = ReplyVerdict(on: Array("caf\u{E9}".utf8), canonical: Array("cafe\u{301}".utf8))
        #expect(composed.kind == .wrong && composed.firstDifference == 3)
    }

    @Test func overHTTPByPrompt() throws {
        try withLab { lab throws in
            let path = "/lab/verdict?prompt=Why+do+rivers+bend%3F"
            let exact = try lab.post(path, canonical)
            #expect(exact.status == 200 && exact.json["verdict"] as? String == "exact")
            #expect(exact.json["first_difference"] is NSNull && exact.json["conversation"] is NSNull)
            #expect(exact.json["expected_bytes"] as? Int == canonical.utf8.count)
            let prefix = try lab.post(path, String(canonical.prefix(50)))
            #expect(prefix.json["verdict"] as? String == "prefix")
            let wrong = try lab.post(path, "No. " + canonical)
            #expect(wrong.json["verdict"] as? String == "wrong" && wrong.json["extra"] as? Int == 4)
            let body = try JSONSerialization.data(withJSONObject: ["prompt": prompt, "text": canonical])
            let json = try lab.post(
                "/lab/verdict", String(decoding: body, as: UTF8.self), ["Content-Type: application/json"])
            #expect(json.json["verdict"] as? String == "exact")
            let all = try lab.get("/lab/verdict")
            #expect(all.json["exact"] as? Int == 2 && all.json["prefix"] as? Int == 1 && all.json["wrong"] as? Int == 1)
            #expect((all.json["verdicts"] as? [[String: Any]])?.count == 4)
        }
    }

    @Test func overHTTPByConversation() throws {
        try withLab { lab throws in
            #expect(try lab.get("/lab/verdict?conversation=1").status == 404)
            let reply = try lab.ask(.openai, [prompt])
            #expect(try lab.get("/lab/verdict?conversation=1").status == 404)
            let verdict = try lab.post("/lab/verdict?conversation=1", reply.replyText)
            #expect(verdict.json["verdict"] as? String == "exact" && verdict.json["conversation"] as? Int == 1)
            #expect(try lab.get("/lab/verdict?conversation=1").json["verdict"] as? String == "exact")
            #expect(try lab.post("/lab/verdict?conversation=2", "x").status == 404)
            #expect(lab.verdict(on: Array(canonical.utf8), conversation: 1)?.isExact == true)
        }
    }

    @Test func whatIsAskedWrongIsSaid() throws {
        try withLab { lab throws in
            for (path, body, headers, status) in [
                ("/lab/verdict", "x", [], 400), ("/lab/verdict?conversation=one", "x", [], 404),
                ("/lab/verdict", "{", ["Content-Type: application/json"], 400),
                ("/lab/verdict?prompt=x", "{}", ["Content-Type: application/json"], 400),
            ] as [(String, String, [String], Int)] {
                let reply = try lab.post(path, body, headers)
                #expect(reply.status == status && reply.json["error"] != nil)
            }
            let client = try TestClient(port: lab.port)
            client.send("DELETE", "/lab/verdict")
            #expect(client.response().status == 405)
        }
    }
}
