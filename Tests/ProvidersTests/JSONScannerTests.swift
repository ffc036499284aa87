import Foundation
import TestSupport
import Testing

@testable import Providers

@Suite("JSON, read")
struct JSONScannerTests {
    func fault(_ text: String) -> JSONFault? {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            do throws(JSONFault) {
                _ = try JSONValue(parsing: bytes)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test(
        "what is no JSON is refused, with the place",
        arguments: [
            ("", 0, .unexpectedEnd), ("{", 1, .unexpectedEnd), ("[1,]", 3, .unexpectedByte),
            ("{\"a\":1,}", 7, .unexpectedByte), ("{\"a\" 1}", 5, .unexpectedByte), ("{a:1}", 1, .unexpectedByte),
            ("[1 2]", 3, .unexpectedByte), ("01", 1, .unexpectedByte), ("1.", 2, .invalidNumber),
            ("1e", 2, .invalidNumber), ("-", 1, .unexpectedEnd), ("+1", 0, .unexpectedByte), (".5", 0, .unexpectedByte),
            ("nul", 0, .unexpectedByte), ("tru", 0, .unexpectedByte), ("NaN", 0, .unexpectedByte),
            ("\"a", 2, .unexpectedEnd), ("\"\\x\"", 1, .invalidEscape), ("\"\\u12G4\"", 1, .invalidEscape),
            ("\"\\u12", 5, .unexpectedEnd), ("\"\\", 2, .unexpectedEnd), ("\"a\nb\"", 2, .controlCharacter),
            ("{} x", 3, .unexpectedByte), ("[1]]", 3, .unexpectedByte), ("{\"a\":[}", 6, .unexpectedByte),
            ("\u{0}", 0, .unexpectedByte),
        ] as [(String, Int, JSONFault.Reason)])
    func refused(text: String, offset: Int, reason: JSONFault.Reason) {
        #expect(fault(text) == JSONFault(offset: offset, reason: reason))
    }

    @Test("nesting is bounded: deep arrays and objects are errors, not crashes")
    func depth() {
        let limit = JSONScanner.maximumDepth
        #expect(fault(String(repeating: "[", count: limit) + String(repeating: "]", count: limit)) == nil)
        let arrays = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(fault(arrays)?.reason == .tooDeep)
        #expect(fault(String(repeating: "{\"a\":", count: 100_000))?.reason == .tooDeep)
        // Skipped values are bounded too.
        let decoded = try? decode(stream("{\"x\":\(arrays)}", delta("\"ok\"")))
        #expect(decoded?.string == "ok")
        #expect(decoded?.malformed == 1)
    }

    @Test(
        "numbers of any size give a count, or none, and never trap",
        arguments: [
            ("0", 0), ("17", 17), ("9223372036854775807", Int.max), ("9223372036854775808", nil),
            ("18446744073709551616", nil), ("-1", nil), ("-0", nil), ("12.0", 12), ("12.5", nil), ("1e3", 1000),
            ("1e999", nil), ("-1e999", nil), ("1e18", nil), (String(repeating: "9", count: 5000), nil), ("null", nil),
            ("\"5\"", nil), ("[5]", nil),
        ])
    func counts(text: String, count: Int?) throws {
        let bytes = Array(text.utf8)
        let found = try bytes.withUnsafeBufferPointer { buffer throws -> Int? in
            let start = try #require(buffer.baseAddress)
            var scanner = JSONScanner(start: start, count: buffer.count)
            let found = try scanner.countOrSkip()
            let isAtEnd = scanner.isAtEnd()
            #expect(isAtEnd)
            return found
        }
        #expect(found == count)
        #expect(JSONValue(bytes)?.count == (count == nil && text == "-0" ? 0 : count))
    }

    @Test("damaged JSON is judged as Foundation judges it", arguments: 0..<40)
    func fuzz(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let samples = [
            chunk(#"{"content":"a\n\u00e9豆\ud83d\ude00","role":null}"#), delta(#""x\"\\\/\b\f\r\t""#),
            #"{"a":[1,-2.5e+3,true,false,null,{}],"b":{"c":[]},"d":""}"#,
        ]
        for _ in 0..<100 {
            var bytes = Array((samples.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes.remove(at: at)
                case 1: bytes.insert(Array("{}[]\",:\\0e-. u".utf8).randomElement(using: &random) ?? 0, at: at)
                default: bytes[at] = UInt8.random(in: 0x20...0x7E, using: &random)
                }
            }
            // Foundation refuses what is not UTF-8 and lone surrogates; ours repairs both.
            guard String(validating: bytes, as: UTF8.self) != nil else { continue }
            let text = String(decoding: bytes, as: UTF8.self)
            // It takes a comma before a closing brace, which RFC 8259 does not.
            if text.contains("\\u") || text.contains(",}") || text.contains(", }") { continue }
            let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            #expect((JSONValue(bytes) != nil) == (theirs != nil), "\(text)")
        }
    }

    @Test("random bytes never trap", arguments: 0..<20)
    func noise(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 0...60, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = JSONValue(bytes)
            _ = JSONValue([UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")])
        }
    }
}
