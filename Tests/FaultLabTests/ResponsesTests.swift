import FaultLab
import Foundation
import TestSupport
import Testing

/// `/v1/responses` as an independent reader sees it: plain JSON, and every event's number.
@Suite struct ResponsesTests {
    private let prompt = "What is a weir?"

    private func post(_ lab: FaultLab, _ members: [String: Any], path: String = "/v1/responses") throws
        -> TestClient.Response
    {
        var body: [String: Any] = ["model": "lab-responses", "input": prompt, "stream": true]
        body.merge(members) { $1 }
        let data = try JSONSerialization.data(withJSONObject: body)
        return try exchange(lab, "POST", path, body: String(decoding: data, as: UTF8.self))
    }

    private func exchange(_ lab: FaultLab, _ method: String, _ path: String, body: String = "") throws
        -> TestClient.Response
    {
        let client = try TestClient(port: lab.port)
        client.send(method, path, body: body)
        return client.response()
    }

    private func events(_ response: TestClient.Response) throws -> [[String: Any]] {
        try ReferenceDecoder.events(of: response.body).compactMap { event in
            try JSONSerialization.jsonObject(with: Data(event.data.utf8)) as? [String: Any]
        }
    }

    private func numbers(_ events: [[String: Any]]) -> [Int] { events.compactMap { $0["sequence_number"] as? Int } }
    private func text(_ events: [[String: Any]]) -> String {
        events.filter { $0["type"] as? String == "response.output_text.delta" }
            .compactMap { $0["delta"] as? String }.joined()
    }

    @Test(arguments: ["lab-responses", "lab-responses-thinking"])
    func everyEventHasTheNextNumber(model: String) throws {
        try withLab { lab in
            let events = try events(post(lab, ["model": model]))
            #expect(numbers(events) == Array(0..<events.count))
            #expect(text(events) == CanonicalReply.text(prompt: prompt))
            #expect(events.first?["type"] as? String == "response.created")
            let last = try #require(events.last?["response"] as? [String: Any])
            #expect(last["status"] as? String == "completed")
            let done = try #require(events.first { $0["type"] as? String == "response.output_text.done" })
            #expect(done["text"] as? String == CanonicalReply.text(prompt: prompt))
        }
    }

    /// Every number, for a reply that thinks: through the openings, thoughts, the turn between and the end.
    @Test(arguments: ["lab-background", "lab-background-thinking"])
    func theRestAfterAnyEventIsTheRest(model: String) throws {
        try withLab { lab in
            let prompt = "--tokens 12"
            let whole = try events(post(lab, ["model": model, "background": true, "store": true, "input": prompt]))
            let response = try #require(whole.first?["response"] as? [String: Any])
            let id = try #require(response["id"] as? String)
            for after in -1..<whole.count {
                let rest = try exchange(lab, "GET", "/v1/responses/\(id)?stream=true&starting_after=\(after)")
                let restEvents = try events(rest)
                #expect(numbers(restEvents) == Array((after + 1)..<max(after + 1, whole.count)), "after \(after)")
                #expect(text(restEvents) == text(Array(whole.dropFirst(after + 1))), "after \(after)")
            }
        }
    }

    @Test func stateCancelAndErrors() throws {
        try withLab(#"description = "slow""#, tokensPerSecond: 5) { lab in
            let body = #"{"model":"lab-background","input":"Hi","stream":true,"background":true,"store":true}"#
            let client = try TestClient(port: lab.port)
            client.send("POST", "/v1/responses", body: body)
            #expect(client.receive(until: "response.created"))
            let state = try exchange(lab, "GET", "/v1/responses/resp_lab_1").json
            #expect(state["status"] as? String == "in_progress")
            #expect(state["object"] as? String == "response")
            let cancelled = try exchange(lab, "POST", "/v1/responses/resp_lab_1/cancel").json
            #expect(cancelled["status"] as? String == "cancelled")
            let rest = try events(exchange(lab, "GET", "/v1/responses/resp_lab_1?stream=true&starting_after=2"))
            #expect(rest.last?["type"] as? String == "response.cancelled")

            let unknown = try exchange(lab, "GET", "/v1/responses/resp_nonesuch?stream=true")
            #expect(unknown.status == 404)
            #expect((unknown.json["error"] as? [String: Any])?["param"] as? String == "id")
            #expect(try exchange(lab, "GET", "/v1/responses/resp_lab_1?stream=true&starting_after=x").status == 400)
            #expect(try exchange(lab, "GET", "/v1/responses").status == 405)
            #expect(try post(lab, ["background": true, "store": false]).status == 400)
            #expect(try post(lab, ["input": [] as [Any]]).status == 400)
        }
    }

    @Test func whatIsNotInTheBackgroundIsNotKept() throws {
        try withLab { lab in
            let events = try events(post(lab, [:]))
            let id = try #require((events.first?["response"] as? [String: Any])?["id"] as? String)
            #expect(try exchange(lab, "GET", "/v1/responses/\(id)?stream=true").status == 404)
        }
    }

    @Test func wholeAndShort() throws {
        try withLab { lab in
            let whole = try post(lab, ["stream": false]).json
            #expect(whole["status"] as? String == "completed")
            let output = try #require(whole["output"] as? [[String: Any]])
            let content = try #require(output.first?["content"] as? [[String: Any]])
            #expect(content.first?["text"] as? String == CanonicalReply.text(prompt: prompt))
            let short = try post(lab, ["max_output_tokens": 7])
            let last = try #require(try events(short).last?["response"] as? [String: Any])
            #expect(last["status"] as? String == "incomplete")
            #expect((last["incomplete_details"] as? [String: Any])?["reason"] as? String == "max_output_tokens")
            #expect((last["usage"] as? [String: Any])?["output_tokens"] as? Int == 7)
        }
    }

    @Test func aRefusedCursor() throws {
        try withLab(always(#"fault = "reject_cursor", status = 404"#)) { lab in
            let events = try events(post(lab, ["background": true, "store": true]))
            #expect(text(events) == CanonicalReply.text(prompt: prompt))
            let refused = try exchange(lab, "GET", "/v1/responses/resp_lab_1?stream=true&starting_after=9")
            #expect(refused.status == 404)
        }
    }
}
