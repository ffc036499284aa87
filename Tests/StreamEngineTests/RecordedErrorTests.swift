import Foundation
import Providers
import StreamEngine
import TestSupport
import Testing

/// Every recorded error body through the whole engine, as the answer to a first request: what Foundation reads in it, and what
/// its status means for another attempt.
@Suite("Recorded errors", .enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
struct RecordedErrorTests {
    @Test func statusMessageRetryAndDelay() throws {
        let files = try Conformance.files(below: "wire/errors", suffix: ".json")
        #expect(files.count == 17)
        for file in files {
            let data = try Conformance.contents(file)
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            let error = try #require(object["error"] as? [String: Any])
            let status = try #require(file.split(separator: "-").compactMap { Int($0) }.first)
            var world = EngineHarness()
            let id = world.start(.test())
            try world.connected()
            try world.headers(status, [HTTPHeader("content-type", "application/json")])
            try world.body(Array(data))
            try world.finish()
            let snapshot = try world.snapshot(id)
            // Of these, only a throttle passes by itself.
            let passes = status == 429
            let failure = try #require(snapshot.failure ?? snapshot.backoff?.reason, "\(file)")
            #expect(failure.kind == .status(status), "\(file)")
            #expect(failure.isRetryable == passes, "\(file)")
            let message = try #require(error["message"] as? String)
            #expect(failure.message.contains(message.prefix(100)), "\(file): \(failure.message)")
            if let type = error["type"] as? String ?? error["status"] as? String {
                #expect(failure.message.contains(type), "\(file): \(failure.message)")
            }
            if passes {
                let details = error["details"] as? [[String: Any]] ?? []
                let delay = try #require(details.compactMap { $0["retryDelay"] as? String }.first)
                let seconds = try #require(Double(delay.dropLast()))
                let backoff = try #require(snapshot.backoff)
                #expect(backoff.source == .retryAfter)
                let wait = (backoff.deadline - backoff.startedAt) / .seconds(1)
                #expect(abs(wait - seconds) < 0.001, "\(wait) s, not \(delay)")
            } else {
                #expect(snapshot.verdict == .failed, "\(file)")
                #expect(world.started.count == 1, "\(file)")
            }
        }
    }
}
