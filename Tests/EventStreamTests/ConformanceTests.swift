import EventStream
import Foundation
import TestSupport
import Testing

@Suite(
    "The conformance cases of event streams",
    .enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
struct ConformanceTests {
    @Test("as given, with the moment of dispatch and the last event id")
    func asGiven() throws {
        let cases = try StreamCase.all()
        #expect(cases.count > 500)
        for test in cases {
            var parser = EventStreamParser()
            var found: [Recorded] = []
            var counts: [Int] = []
            for chunk in test.chunks {
                found += try parser.record(chunk)
                counts.append(found.count { $0.isEvent })
            }
            test.expect(found)
            if let dispatched = test.dispatchedAfterChunk { #expect(counts == dispatched, "\(test.name)") }
            #expect(text(parser.lastEventID) == Array(test.finalLastEventID.utf8), "\(test.name)")
        }
    }

    @Test("byte by byte")
    func byteByByte() throws {
        for test in try StreamCase.all() where test.rechunkInvariant && test.bytes.count < 1 << 16 {
            test.expect(try elements(of: DripFeed.bytes(test.bytes)))
        }
    }

    @Test("cut in two at every byte")
    func twoWaySplits() throws {
        for test in try StreamCase.all() where test.rechunkInvariant && !test.isDerived && test.bytes.count < 1 << 12 {
            for pieces in DripFeed.twoWaySplits(test.bytes) {
                test.expect(try elements(of: pieces), "cut at \(pieces[0].count)")
            }
        }
    }

    @Test("the big ones in pieces of odd sizes")
    func big() throws {
        for test in try StreamCase.all() where test.bytes.count >= 1 << 12 {
            for size in [61, 4093, 65536] {
                let pieces = stride(from: 0, to: test.bytes.count, by: size).map {
                    Array(test.bytes[$0..<min($0 + size, test.bytes.count)])
                }
                test.expect(try elements(of: pieces), "pieces of \(size)")
            }
        }
    }
}

private struct StreamCase {
    struct Expected {
        var event: String
        var data: String?
        var dataLength: Int?
        var id: String
        var retry: Int?
        var checksRetry: Bool
    }

    var name: String
    var chunks: [[UInt8]]
    var expected: [Expected]
    var finalLastEventID: String
    var dispatchedAfterChunk: [Int]?
    var rechunkInvariant: Bool
    /// A case that differs from another only in its chunks.
    var isDerived: Bool { name.contains("#") }
    /// All chunks, joined.
    var bytes: [UInt8]

    static func all() throws -> [StreamCase] {
        try Conformance.lines("sse_cases.jsonl").map(StreamCase.init)
    }

    init(_ object: [String: Any]) throws {
        name = try #require(object["name"] as? String)
        if let encoded = object["chunks_b64"] as? [String] {
            chunks = try encoded.map { Array(try #require(Data(base64Encoded: $0))) }
        } else {
            chunks = []
            for part in try #require(object["chunks_gen"] as? [[String: Any]]) {
                let encoded = try #require(part["b64"] as? String)
                let bytes = Array(try #require(Data(base64Encoded: encoded)))
                let repeated = [[UInt8]](repeating: bytes, count: try #require(part["repeat"] as? Int))
                // A piece of one byte a million times over is a stream, not a million packets.
                let asOne = part["as_one_chunk"] as? Bool ?? (bytes.count == 1)
                if asOne { chunks.append(repeated.reduce(into: [], +=)) } else { chunks += repeated }
            }
        }
        bytes = chunks.reduce(into: [], +=)
        expected = try #require(object["expected"] as? [[String: Any]]).map { event in
            Expected(
                event: try #require(event["event"] as? String), data: event["data"] as? String,
                dataLength: event["data_utf8_len"] as? Int, id: try #require(event["id"] as? String),
                retry: event["retry"] as? Int, checksRetry: event["retry"] as? String != "any")
        }
        finalLastEventID = try #require(object["final_last_event_id"] as? String)
        dispatchedAfterChunk = object["dispatched_after_chunk"] as? [Int]
        rechunkInvariant = try #require(object["rechunk_invariant"] as? Bool)
    }

    func expect(_ found: [Recorded], _ how: String = "", sourceLocation: SourceLocation = #_sourceLocation) {
        let events = found.filter(\.isEvent)
        // Written out, because a failed `#expect` on long arrays takes longer to print than the suite to run.
        guard events.count == expected.count else {
            Issue.record(
                "\(name) \(how): \(events.count) events, not \(expected.count)", sourceLocation: sourceLocation)
            return
        }
        for (event, expected) in zip(events, expected) {
            guard case .event(let type, let data, let id, let retry) = event else { continue }
            let same =
                text(type.isEmpty ? Array("message".utf8) : type) == Array(expected.event.utf8)
                && (expected.data.map { text(data) == Array($0.utf8) } ?? true)
                && (expected.dataLength.map { text(data).count == $0 } ?? true)
                && text(id) == Array(expected.id.utf8) && (!expected.checksRetry || retry == expected.retry)
            if !same { Issue.record("\(name) \(how): \(event) is not \(expected)", sourceLocation: sourceLocation) }
        }
    }
}

/// The bytes as the standard decodes them: UTF-8 with repair.
private func text(_ bytes: [UInt8]) -> [UInt8] {
    Array(String(decoding: bytes, as: UTF8.self).utf8)
}
