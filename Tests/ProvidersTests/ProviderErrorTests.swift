import Foundation
import TestSupport
import Testing

@testable import Providers

@Suite("Error bodies")
struct ProviderErrorTests {
    func error(_ status: Int, _ body: String) -> ProviderError {
        ProviderError(status: status, body: Array(body.utf8), contentType: nil)
    }

    @Test(
        "recorded ones say what Foundation finds in them",
        .enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
    func recorded() throws {
        let files = try Conformance.files(below: "wire/errors", suffix: ".json")
        #expect(files.count >= 17)
        for file in files {
            let data = try Conformance.contents(file)
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            let expected = try #require(object["error"] as? [String: Any])
            let status = try #require(file.split(separator: "-").compactMap { Int($0) }.first)
            let found = ProviderError(status: status, body: Array(data), contentType: "application/json")
            #expect(found.status == status, "\(file)")
            let message = try #require(expected["message"] as? String)
            #expect(Array(found.message.utf8) == Array(message.utf8), "\(file)")
            #expect(found.type == expected["type"] as? String ?? expected["status"] as? String, "\(file)")
            let code = (expected["code"] as? String) ?? (expected["code"] as? Int).map { "\($0)" }
            #expect(found.code == code, "\(file)")
            #expect(found.requestID == object["request_id"] as? String, "\(file)")
        }
    }

    @Test("Google's RetryInfo")
    func google() {
        let body =
            #"{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}}"#
        let expected = ProviderError(
            status: 429, type: "RESOURCE_EXHAUSTED", code: "429", message: "quota", retryAfter: 34.4)
        #expect(error(429, body) == expected)
        #expect(error(429, "[\(body)]") == expected)
        #expect(error(429, body.replacingOccurrences(of: "34.4s", with: "-5s")).retryAfter == nil)
        #expect(error(429, body.replacingOccurrences(of: "34.4s", with: "soon")).retryAfter == nil)
    }

    @Test(
        "other shapes",
        arguments: [
            (#"{"detail":"Not authenticated"}"#, "Not authenticated"),
            (#"{"detail":[{"loc":["body","model"],"msg":"field required"}]}"#, "body.model: field required"),
            (#"{"message":"Invalid Authentication","code":"x"}"#, "Invalid Authentication"),
            (#"{"error":"invalid key"}"#, "invalid key"), (#"{"error":{"code":5}}"#, "code: 5"),
            (#"{"error":{}}"#, "an error without a message"),
            (
                #"{"error":{"message":"Provider returned error","metadata":{"raw":"upstream says no"}}}"#,
                "Provider returned error: upstream says no"
            ),
            ("event: error\ndata: {\"error\":{\"message\":\"in a stream\"}}", "in a stream"),
            ("upstream connect error", "upstream connect error"), ("", "HTTP 502 Bad Gateway, an empty body"),
            ("{\"unknown\":1}", "{\"unknown\":1}"), ("{\"error\":", "{\"error\":"),
            ("<html><head><title>502 Bad Gateway</title></head></html>", "HTTP 502 Bad Gateway, HTML: 502 Bad Gateway"),
            ("<html><body><p>Sorry,</p> <b>A &amp; B</b></body>", "HTTP 502 Bad Gateway, HTML: Sorry, A & B"),
            ("<html></html>", "HTTP 502 Bad Gateway, an HTML page without text"),
        ])
    func shapes(body: String, message: String) {
        let found = error(502, body)
        #expect(found.message == message)
        #expect(found.status == 502)
    }

    @Test("long messages are cut between characters")
    func long() {
        let text = String(repeating: "豆", count: 5000)
        for body in [text, #"{"error":{"message":"\#(text)"}}"#, "<html><title>\(text)</title>"] {
            let message = error(500, body).message
            #expect(message.utf8.count < 2100)
            #expect(message.hasSuffix("豆…"))
        }
    }

    @Test("random bytes never trap", arguments: 0..<20)
    func noise(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let alphabet = Array("<>/titleh1{}[]\"error:,\\ \n&amp;\u{FEFF}".utf8) + [0xFF, 0x00]
        for _ in 0..<100 {
            let count = Int.random(in: 0...80, using: &random)
            let body = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            #expect(!ProviderError(status: 500, body: body).message.isEmpty)
        }
    }
}
