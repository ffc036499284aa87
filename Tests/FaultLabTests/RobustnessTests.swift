import FaultLab
import Foundation
import TestSupport
import Testing

/// Clients that mean harm, or know no better. After each the lab serves the next one.
@Suite struct RobustnessTests {
    private let prompt = "Why do rivers bend?"

    private func expectServing(_ lab: FaultLab) throws {
        #expect(try lab.ask(.openai, [prompt]).replyText.isExactly(CanonicalReply.text(prompt: prompt)))
    }

    @Test func garbageIsAnsweredAndClosed() throws {
        try withLab { lab throws in
            let client = try TestClient(port: lab.port)
            client.send("\u{16}\u{3}\u{1} hello\r\n\r\n")
            let reply = client.response()
            #expect(reply.status == 400 && reply.errorType == "invalid_request_error")
            #expect(lab.wait { $0.kind == .refused && $0.text.hasPrefix("not HTTP") })
            var random = SeededRandom(seed: 3)
            for _ in 0..<200 {
                let noise = try TestClient(port: lab.port)
                noise.send(
                    (0..<Int.random(in: 1...400, using: &random)).map { _ in .random(in: 0...255, using: &random) })
            }
            try expectServing(lab)
        }
    }

    @Test func bodiesOverTheLimitAreRefusedBeforeTheyCome() throws {
        try withLab { lab throws in
            let told = try TestClient(port: lab.port)
            told.send("POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 33554433\r\n\r\n")
            let reply = told.response()
            #expect(reply.status == 413 && reply.errorType == "request_too_large")
            let chunked = try TestClient(port: lab.port)
            chunked.send("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let piece = Array("100000\r\n".utf8) + [UInt8](repeating: 0x20, count: 1 << 20) + Array("\r\n".utf8)
            var pieces = 0
            while pieces < 40, chunked.send(piece) { pieces += 1 }
            #expect(chunked.response().status == 413)
            try expectServing(lab)
        }
    }

    @Test func aLargeBodyWithinTheLimitIsTaken() throws {
        try withLab { lab throws in
            let long = String(repeating: "word ", count: 600_000)
            let reply = try lab.ask(.openai, [long], headers: ["Expect: 100-continue"], extra: ["max_tokens": 3])
            // The interim response comes first.
            #expect(reply.status == 100)
            #expect(lab.wait { $0.kind == .ended })
        }
    }

    @Test func endlessHeadersAreRefused() throws {
        try withLab { lab throws in
            let client = try TestClient(port: lab.port)
            client.send("GET /v1/models HTTP/1.1\r\n")
            var lines = 0
            while lines < 100_000, client.send("X-Header-\(lines): water\r\n") { lines += 1 }
            #expect(lines < 100_000 || client.response().status == 431)
            let long = try TestClient(port: lab.port)
            long.send("GET /v1/models HTTP/1.1\r\nX: ")
            var sent = 0
            while sent < 20_000_000, long.send([UInt8](repeating: 0x61, count: 65_536)) { sent += 65_536 }
            #expect(sent < 20_000_000)
            try expectServing(lab)
        }
    }

    @Test func requestsInARowOnOneConnection() throws {
        try withLab { lab throws in
            let client = try TestClient(port: lab.port)
            for _ in 0..<3 {
                client.send("POST", "/v1/chat/completions", body: Speech.openai.body([prompt]))
                #expect(client.response().end == .complete)
            }
            // All at once, answered in their order.
            for number in 0..<40 { client.send("GET", "/lab/reply?prompt=\(number)") }
            for number in 0..<40 {
                #expect(client.response().text.isExactly(CanonicalReply.text(prompt: "\(number)")))
            }
        }
    }

    @Test func oldHTTPGetsNoChunks() throws {
        try withLab { lab throws in
            let client = try TestClient(port: lab.port)
            let body = Speech.openai.body([prompt])
            client.send("POST /v1/chat/completions HTTP/1.0\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let reply = client.response()
            #expect(!reply.isChunked && reply.end == .closed)
            #expect(reply.replyText.isExactly(CanonicalReply.text(prompt: prompt)))
        }
    }

    @Test func anOfferToUpgradeIsPassedOver() throws {
        try withLab { lab throws in
            let reply = try lab.ask(
                .openai, [prompt],
                headers: ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"])
            #expect(reply.replyText.isExactly(CanonicalReply.text(prompt: prompt)))
        }
    }

    @Test func manyConnectionsAtOnce() throws {
        try withLab { lab throws in
            let clients = try (0..<300).map { _ in try TestClient(port: lab.port) }
            for (number, client) in clients.enumerated() {
                client.send("POST", "/v1/chat/completions", body: Speech.openai.body(["Question \(number)"]))
            }
            for (number, client) in clients.enumerated() {
                #expect(client.response().replyText.isExactly(CanonicalReply.text(prompt: "Question \(number)")))
            }
        }
    }

    @Test func connectionsBeyondTheLimitAreClosed() throws {
        try withLab(configure: { $0.maximumConnections = 2 }) { lab throws in
            do {
                let held = try (0..<2).map { _ in try TestClient(port: lab.port) }
                for client in held { client.send("GET", "/lab/reply?prompt=x") }
                for client in held { #expect(client.response().status == 200) }
                #expect(try lab.get("/").raw.isEmpty)
                #expect(lab.wait { $0.kind == .refused && $0.text.contains("2 connections") })
            }
            // Room again, once the lab has seen the others go.
            while try lab.get("/").status != 200 { sched_yield() }
        }
    }

    @Test func clientsThatNeverReadCostLittleAndHinderNobody() throws {
        try withLab { lab throws in
            let long = Speech.openai.body(["--tokens 200000"])
            do {
                let slow = try TestClient(port: lab.port, receiveBuffer: 4_096)
                slow.send("POST", "/v1/chat/completions", body: Speech.openai.body(["--tokens 30000"]))
                let clients = try (0..<20).map { _ in try TestClient(port: lab.port, receiveBuffer: 4_096) }
                for client in clients { client.send("POST", "/v1/chat/completions", body: long) }
                #expect(lab.wait { $0.kind == .asked && $0.conversation == 21 })
                try expectServing(lab)
                // The first of them reads after all, and has missed nothing.
                #expect(slow.response().replyText.isExactly(CanonicalReply.text(prompt: "--tokens 30000")))
            }
            #expect(lab.wait { _ in lab.journal().count { $0.kind == .ended } == 22 })
            // What was made for the others is what the sockets hold, some megabytes, of 48 each.
            let unread = lab.journal().filter { $0.kind == .ended && $0.text.contains("client closed") }
            #expect(unread.count == 20)
            #expect(unread.allSatisfy { $0.tokens.map { $0 < 60_000 } == true })
        }
    }

    @Test func stoppingInMidStreamClosesEverything() throws {
        let lab = try FaultLab.start(LabConfiguration(scenario: Scenario(name: "n", description: "d")))
        let client = try TestClient(port: lab.port)
        client.send("POST", "/v1/chat/completions", body: Speech.openai.body([prompt]))
        #expect(client.receive(until: "\"content\""))
        try lab.shutdown()
        #expect([.closed, .reset].contains(client.response().end))
        #expect(throws: TestClient.ConnectError.self) { try TestClient(port: lab.port) }
    }
}
