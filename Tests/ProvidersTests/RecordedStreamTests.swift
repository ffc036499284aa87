import Foundation
import TestSupport
import Testing

@testable import Providers

@Suite(
    "Recorded streams", .enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
struct RecordedStreamTests {
    /// The three dialects as these providers speak them. Left out, for Weir asks nobody in these dialects: `gemini` and
    /// `gemini-interactions`, Google's own, and `cohere`, Cohere's own. They are tolerated, see ``otherDialects()``. The
    /// recording in `bedrock` is of its gateway that speaks Responses (Bedrock's own dialect is no event stream).
    static let folders = [
        "anthropic", "openai", "azure", "openrouter", "deepseek", "groq", "mistral", "xai", "moonshot", "alibaba",
        "perplexity", "huggingface", "crusoe", "snowflake", "openai-responses", "azure-responses",
        "deepseek-responses", "xai-responses", "lmstudio-responses", "bedrock",
    ]
    static let foreignFolders = ["gemini", "gemini-interactions", "cohere"]

    struct Recording {
        var name: String
        var body: [UInt8]
        var quirks: [String]

        var isResponses: Bool { name.contains("-responses/") || name.hasPrefix("bedrock/") }

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
        #expect(recordings.count >= 127)
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
        // The index names no reasons of Responses; usage and verdicts are below.
        for recording in try Recording.all() where !recording.isResponses {
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

    @Test("usage is what a plain decoder reads")
    func usage() throws {
        for recording in try Recording.all() {
            let decoded = try decode([recording.body])
            var reference = ReferenceDecoder()
            for event in ReferenceDecoder.events(of: recording.body) { try? reference.receive(event.data) }
            let usage = decoded.usage
            let ours: [(String, Double?)] = [
                ("input", usage.input.map(Double.init)), ("output", usage.output.map(Double.init)),
                ("cacheRead", usage.cacheRead.map(Double.init)), ("cacheWrite", usage.cacheWrite.map(Double.init)),
                ("cacheWriteHour", usage.cacheWriteHour.map(Double.init)),
                ("thinking", usage.thinking.map(Double.init)), ("charge", usage.charge),
            ]
            for (name, value) in ours {
                #expect(value == reference.usage[name], "\(recording.name): \(name)")
            }
        }
    }

    /// Every offset of every recording, in time that is linear in its length: the decoder is a value, so each offset is a
    /// copy of it that is told of the end.
    @Test("cut at every byte, what is kept is the text of the complete events before the cut")
    func cuts() async throws {
        let recordings = try Recording.all()
        let offsets = try await withThrowingTaskGroup(of: Int.self) { group in
            for recording in recordings { group.addTask { try Self.cutEverywhere(recording) } }
            return try await group.reduce(0, +)
        }
        #expect(offsets == recordings.reduce(0) { $0 + $1.body.count + 1 })
        #expect(offsets > 1_000_000)
        print("\(recordings.count) recordings, cut at \(offsets) offsets")
    }

    /// Returns the number of offsets.
    private static func cutEverywhere(_ recording: Recording) throws -> Int {
        let events = ReferenceDecoder.events(of: recording.body)
        var texts: [(text: Int, thinking: Int)] = [(0, 0)]
        var reference = ReferenceDecoder()
        for event in events {
            try? reference.receive(event.data)
            texts.append((reference.text.utf8.count, reference.thinking.utf8.count))
        }
        let (text, thinking) = (Array(reference.text.utf8), Array(reference.thinking.utf8))
        var decoder = ReplyDecoder(format: .eventStream)
        var (kept, thought) = (0, 0)
        var complete = 0
        var batch = ReplyBatch()
        for cut in 0...recording.body.count {
            if cut > 0 {
                let byte = recording.body[cut - 1]
                batch.removeAll()
                try withUnsafeBytes(of: byte) { bytes throws in try decoder.receive(bytes, into: &batch) }
                // Each piece stands where the reference has it.
                let isRight =
                    batch.text.elementsEqual(text[min(kept, text.count)...].prefix(batch.text.count))
                    && batch.thinking.elementsEqual(
                        thinking[min(thought, thinking.count)...].prefix(batch.thinking.count))
                kept += batch.text.count
                thought += batch.thinking.count
                guard isRight else {
                    Issue.record("\(recording.name): other text at \(cut)")
                    return cut
                }
            }
            while complete < events.count, events[complete].end <= cut { complete += 1 }
            // The end of the body adds nothing and takes nothing.
            batch.removeAll()
            var ended = decoder
            try ended.finish(into: &batch)
            let (has, wants) = ((kept + batch.text.count, thought + batch.thinking.count), texts[complete])
            // The CR of a blank line's CRLF dispatches already.
            let isEarly = complete < events.count && cut > 0 && recording.body[cut - 1] == 0x0D
            guard has == wants || (isEarly && has == texts[complete + 1]) else {
                Issue.record("\(recording.name) cut at \(cut): \(has), not \(wants)")
                return cut
            }
        }
        return recording.body.count + 1
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
        for folder in Self.foreignFolders {
            for file in try Conformance.files(below: "wire/" + folder, suffix: ".sse") {
                let decoded = try decode([Array(try Conformance.contents(file))])
                #expect(decoded.unknown > 0 || decoded.malformed > 0 || !decoded.errors.isEmpty, "\(file)")
                #expect(decoded.text.isEmpty, "\(file)")
            }
        }
    }

    @Test("every recording is either decoded or left out by name")
    func nothingForgotten() throws {
        let files = try Conformance.files(below: "wire", suffix: ".sse")
        let (known, foreign) = (Set(Self.folders), Set(Self.foreignFolders))
        var left = 0
        for file in files {
            let folder = String(file.split(separator: "/")[1])
            #expect(known.contains(folder) || foreign.contains(folder), "\(file)")
            if foreign.contains(folder) { left += 1 }
        }
        #expect(try Recording.all().count + left == files.count)
    }
}
