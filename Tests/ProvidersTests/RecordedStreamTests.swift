import Foundation
import TestSupport
import Testing

@testable import Providers

@Suite(
    "Recorded streams", .enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
struct RecordedStreamTests {
    /// Anthropic's Messages and OpenAI's Chat Completions as these providers speak them. The folder `gemini` is Google's
    /// own dialect, and `…-responses` is OpenAI's other one.
    static let folders = [
        "anthropic", "openai", "azure", "openrouter", "deepseek", "groq", "mistral", "xai", "moonshot", "alibaba",
        "perplexity", "huggingface", "crusoe", "snowflake",
    ]

    struct Recording {
        var name: String
        var body: [UInt8]
        var quirks: [String]

        static func all() throws -> [Recording] {
            try Conformance.lines("wire/index.jsonl").compactMap { object in
                guard let name = object["file"] as? String, let quirks = object["quirks"] as? [String],
                    let folder = name.split(separator: "/").first, folders.contains(String(folder))
                else { return nil }
                return Recording(name: name, body: Array(try Conformance.contents("wire/" + name)), quirks: quirks)
            }
        }
    }

    @Test("text and thinking are what a plain decoder reads")
    func text() throws {
        let recordings = try Recording.all()
        #expect(recordings.count >= 75)
        for recording in recordings {
            let decoded = try decode([recording.body])
            var reference = ReferenceDecoder()
            for event in ReferenceDecoder.events(of: recording.body) {
                // One recording has a brace too few in an event: malformed for both.
                try? reference.receive(event.data)
            }
            #expect(decoded.text == Array(reference.text.utf8), "\(recording.name)")
            #expect(decoded.thinking == Array(reference.thinking.utf8), "\(recording.name)")
        }
    }

    @Test("the stop reason is the recorded one")
    func stops() throws {
        let reasons: [String: StopReason] = [
            "end_turn": .endTurn, "stop": .endTurn, "max_tokens": .maxTokens, "length": .maxTokens,
            "tool_use": .toolUse, "tool_calls": .toolUse, "pause_turn": .pauseTurn, "refusal": .refusal,
        ]
        for recording in try Recording.all() {
            let decoded = try decode([recording.body])
            let words = recording.quirks.compactMap { quirk in
                ["stop:", "finish:"].compactMap { quirk.hasPrefix($0) ? String(quirk.dropFirst($0.count)) : nil }.first
            }
            // A refusal as text ends with `stop`; it is a refusal all the same.
            let expected = recording.quirks.contains("delta.refusal") ? [.refusal] : words.map { reasons[$0] }
            // The index has them in alphabetical order; three recordings are of two turns.
            #expect(
                Set(decoded.stops.map { "\($0)" }) == Set(expected.compactMap { $0.map { "\($0)" } }),
                "\(recording.name)")
            #expect(decoded.stops.count == words.count, "\(recording.name)")
        }
    }

    @Test("nothing is malformed but what is, nothing unknown but what is")
    func tolerance() throws {
        for recording in try Recording.all() {
            let decoded = try decode([recording.body])
            #expect(decoded.unknown == 0, "\(recording.name): \(decoded.marks)")
            let broken = ReferenceDecoder.events(of: recording.body).count { event in
                event.data != "[DONE]" && (try? JSONSerialization.jsonObject(with: Data(event.data.utf8))) == nil
            }
            #expect(decoded.malformed == broken, "\(recording.name)")
            #expect(decoded.events.reduce(0) { $0 + $1.items } == decoded.items.count, "\(recording.name)")
        }
    }

    @Test("cut anywhere, what is kept is the text of the complete events before the cut")
    func cuts() throws {
        for recording in try Recording.all() {
            let events = ReferenceDecoder.events(of: recording.body)
            var texts: [[UInt8]] = [[]]
            var reference = ReferenceDecoder()
            for event in events {
                try? reference.receive(event.data)
                texts.append(Array(reference.text.utf8))
            }
            // Every offset of the small ones; of the others the places around the ends of events, and a sample.
            let step = max(1, recording.body.count / 60)
            for cut in stride(from: 0, through: recording.body.count, by: recording.body.count <= 2500 ? 1 : step) {
                let complete = events.count { $0.end <= cut }
                let decoded = try decode([Array(recording.body[..<cut])])
                // The CR of a blank line's CRLF dispatches already.
                let early = complete < events.count && recording.body[..<cut].last == 0x0D
                guard decoded.text == texts[complete] || (early && decoded.text == texts[complete + 1]) else {
                    Issue.record("\(recording.name) cut at \(cut): \(decoded.text.count), not \(texts[complete].count)")
                    break
                }
            }
        }
    }

    @Test("any split gives the same items")
    func splits() throws {
        var random = SeededRandom(seed: 7)
        for recording in try Recording.all() where recording.body.count < 30_000 {
            let whole = try decode([recording.body])
            for longest in [1, 40, 3000] {
                let pieces = DripFeed.random(recording.body, longest: longest, using: &random)
                let decoded = try decode(pieces)
                if decoded.items != whole.items || decoded.events != whole.events || decoded.text != whole.text {
                    Issue.record("\(recording.name) in pieces up to \(longest)")
                }
            }
        }
    }

    @Test("streams of other dialects are tolerated and counted")
    func otherDialects() throws {
        for folder in ["gemini", "cohere", "gemini-interactions"] {
            for file in try Conformance.files(below: "wire/" + folder, suffix: ".sse") {
                let decoded = try decode([Array(try Conformance.contents(file))])
                #expect(decoded.unknown > 0 || decoded.malformed > 0 || !decoded.errors.isEmpty, "\(file)")
                #expect(decoded.text.isEmpty, "\(file)")
            }
        }
    }
}
