import FaultLab
import Foundation
import Testing

/// What no client should do. The lab answers or closes, says in the journal why, and goes on serving.
@Suite struct BadInputTests {
    private let prompt = "Why do rivers bend?"

    private func expectServing(_ lab: FaultLab) throws {
        #expect(try lab.ask(.openai, [prompt]).replyText.isExactly(CanonicalReply.text(prompt: prompt)))
    }

    @Test(arguments: [true, false])
    func aHundredMegabytes(_ isTold: Bool) throws {
        try withLab { lab throws in
            let client = try TestClient(port: lab.port)
            client.send(
                "POST /v1/messages HTTP/1.1\r\nHost: x\r\n"
                    + (isTold ? "Content-Length: 104857600\r\n\r\n" : "Transfer-Encoding: chunked\r\n\r\n"))
            let data = [UInt8](repeating: 0x20, count: 1 << 20)
            let piece = isTold ? data : Array("100000\r\n".utf8) + data + Array("\r\n".utf8)
            var pieces = 0
            while pieces < 100, client.send(piece) { pieces += 1 }
            // Where all of it went out at once, the answer is there; else the connection was closed under it.
            let reply = client.response()
            #expect(reply.status == 413 || pieces < 100)
            #expect(lab.wait { $0.kind == .refused && $0.text.hasPrefix("413: a body over 32 MB") })
            try expectServing(lab)
        }
    }

    @Test func aRequestThatNeverComesWhole() throws {
        try withLab(configure: { $0.patience = 0.2 }) { lab throws in
            let half = try TestClient(port: lab.port)
            half.send("POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
            #expect(half.response().end == .closed)
            #expect(lab.wait { $0.kind == .refused && $0.text == "a request that did not come whole in 0.2 s" })
            // Who says nothing at all is closed as well.
            let silent = try TestClient(port: lab.port)
            #expect(silent.response().end == .closed)
            try expectServing(lab)
        }
    }

    @Test func aClientThatNeverReadsIsGivenUp() throws {
        try withLab(configure: { $0.patience = 0.3 }) { lab throws in
            let client = try TestClient(port: lab.port, receiveBuffer: 4_096)
            client.send("POST", "/v1/chat/completions", body: Speech.openai.body(["--tokens 200000"]))
            #expect(lab.wait { $0.kind == .ended && $0.text == "closed, for the client did not read for 0.3 s" })
            // Tokens that were made for it are what the sockets hold.
            for entry in lab.journal() where entry.kind == .ended { #expect(entry.tokens ?? .max < 100_000) }
            try expectServing(lab)
        }
    }

    @Test func manyConnectionsThatSayNothing() throws {
        try withLab(configure: { $0.maximumConnections = 300 }) { lab throws in
            do {
                let idle = try (0..<400).map { _ in try TestClient(port: lab.port) }
                #expect(lab.wait { $0.kind == .refused && $0.text == "more than 300 connections" })
                // Those over the limit are closed, the others are kept.
                #expect(idle[399].response().end != .silent)
                idle[0].send("GET", "/lab/reply?prompt=x")
                #expect(idle[0].response().status == 200)
            }
            while try lab.get("/").status != 200 { sched_yield() }
            try expectServing(lab)
        }
    }

    private func complaint(about step: String) -> String {
        do {
            _ = try Scenario(always(step), name: "bad", source: "bad.toml")
            return "none"
        } catch {
            return "\(error)"
        }
    }

    @Test func unknownFaultsAndKeysAreNamedWithTheirLine() throws {
        for (step, part) in [
            (#"fault = "resett_peer""#, #"unknown fault "resett_peer", did you mean "reset_peer"?"#),
            (#"fault = "gzip_bomb", byts = 3"#, "byts"),
            (#"fault = "upstream", kind = "sideways""#, #"expected one of "reset_peer", "timeout""#),
            (#"fault = "status", status = 429, retry_after = 3, retry_after_text = "3""#, "contradicts"),
            (#"fault = "redirect", missing = true, location = "/""#, "contradicts"),
            (#"fault = "header_flood", one_line = true, early_hints = true"#, "contradicts"),
            (#"fault = "status", status = 429, retry_after_text = "a\r\nSet-Cookie: b""#, "control characters"),
            (#"fault = "slow_headers", interval = 0"#, "at least a millisecond"),
            (#"fault = "deep_json", depth = 0"#, "depth"), (#"fault = "line_ending", kind = "nel""#, "crlf"),
        ] {
            let message = complaint(about: step)
            #expect(message.hasPrefix("bad.toml:2: always[0].") && message.contains(part), "\(message)")
        }
    }

    /// No number that can be written down ends the lab, wherever it is asked for.
    @Test func anyNumberMayBeAskedFor() throws {
        try withLab { lab throws in
            let body = #"{"model":"lab-background","input":"Hi","stream":true,"background":true,"store":true}"#
            _ = try lab.post("/v1/responses", body)
            let numbers = [
                "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-1", "0", "1099511627777",
                "1e999",
                "", "0x7fffffffffffffff", "+9223372036854775807", "99999999999999999999999999",
            ]
            for number in numbers {
                for path in [
                    "/lab/journal?after=\(number)", "/v1/responses/resp_lab_1?stream=true&starting_after=\(number)",
                    "/lab/verdict?conversation=\(number)", "/lab/reply?prompt=x&n=\(number)",
                ] { #expect(try lab.get(path).status >= 200, "\(path)") }
                let value = number.isEmpty ? "null" : number
                let members = ["seconds", "tokens_per_second", "retry_after", "count", "stream", "connection"]
                    .map { "\"\($0)\":\(value)" }.joined(separator: ",")
                for order in ["stall", "slow", "next_429", "next_529", "drop_now", "reset_now", "corrupt", "heal"] {
                    #expect(try lab.post("/lab/steer", "{\"order\":\"\(order)\",\(members)}").status >= 200)
                }
                _ = try lab.post("/lab/verdict?conversation=\(number)", "x")
                for speech in Speech.allCases {
                    _ = try lab.post(
                        speech.path,
                        "{\"model\":\"\(speech.model)\",\"max_tokens\":\(value),\"max_completion_tokens\":\(value),"
                            + "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
                }
            }
            #expect(try lab.get("/lab/journal?after=-5").status == 200)
        }
    }

    /// A rate at which the second token would never come: whoever waits for it stops nobody.
    @Test(arguments: [1e-300, 1e-11, Double.leastNonzeroMagnitude]) func aRateNextToNothing(rate: Double) throws {
        try withLab(tokensPerSecond: rate) { lab throws in
            let client = try TestClient(port: lab.port)
            client.send("POST", Speech.openai.path, body: Speech.openai.body(["Slow"]))
            #expect(client.receive(until: "data: "))
            #expect(lab.wait { $0.kind == .asked })
            #expect(try lab.get("/lab/journal").status == 200)
        }
    }
}
