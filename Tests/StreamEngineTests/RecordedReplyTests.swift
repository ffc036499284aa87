import Providers
import StreamEngine
import TestSupport
import Testing

/// Every recording through the whole engine, in pieces: the verdict is the one that a plain reader comes to.
@Suite("Recorded replies", .enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
struct RecordedReplyTests {
    /// See `RecordedStreamTests.folders` for what is left out.
    static let foreign = ["gemini", "gemini-interactions", "cohere"]

    private func recordings() throws -> [(name: String, body: [UInt8])] {
        try Conformance.files(below: "wire", suffix: ".sse").compactMap { file in
            Self.foreign.contains(String(file.split(separator: "/")[1]))
                ? nil : (file, Array(try Conformance.contents(file)))
        }
    }

    @Test func textThinkingAndVerdict() throws {
        let recordings = try recordings()
        #expect(recordings.count >= 127)
        for recording in recordings {
            var reference = ReferenceDecoder()
            // An engine that reads on after the end of the first reply would read another one's.
            for event in ReferenceDecoder.events(of: recording.body) where reference.first == nil {
                try? reference.receive(event.data)
            }
            // The engine goes on by itself after it, see the tests of paused turns.
            if reference.stop == "pause_turn" { continue }
            var world = EngineHarness()
            let id = world.start(.test(policy: RetryPolicy(maximumRetries: 0)))
            try world.connected()
            try world.headers()
            for start in stride(from: 0, to: recording.body.count, by: 4096) where !world.running.isEmpty {
                try world.body(Array(recording.body[start..<min(start + 4096, recording.body.count)]))
                if try world.snapshot(id).verdict != nil { break }
            }
            if try world.snapshot(id).verdict == nil { try world.finish() }
            let snapshot = try world.snapshot(id)
            // A damaged event, or another reply in the middle of the first: what follows cannot be trusted, and the engine
            // fetches the reply anew.
            let isBroken = recording.name.contains("malformed") || recording.name.contains("spliced")
            let expected: [Verdict] =
                // OpenRouter sends an error beside a stop reason: the error counts.
                switch reference.error == nil && !isBroken ? reference.verdict : nil {
                case "complete"?: [.complete]
                case "truncated"?: [.truncated]
                case "refused"?: [.refused]
                // An error, or no stop at all (Snowflake's gateway sends none): what came is kept, and nothing is called whole.
                default: [.failed, .incomplete]
                }
            guard let verdict = snapshot.verdict else {
                Issue.record("\(recording.name): no verdict")
                continue
            }
            #expect(expected.contains(verdict), "\(recording.name): \(verdict), \(snapshot.failure?.message ?? "")")
            guard reference.verdict != nil, reference.error == nil, !isBroken else { continue }
            #expect(world.engine.text(of: id) == Array(reference.text.utf8), "\(recording.name)")
            #expect(world.engine.thinking(of: id) == Array(reference.thinking.utf8), "\(recording.name)")
        }
    }
}
