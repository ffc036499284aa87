import Foundation
import Pricing
import StreamEngine
import Testing

@testable import Recording

/// Recordings of the fault lab, made by `weir ask --record`. What a version of the engine asks for may change; what came of
/// the bytes may not: the text, and how it ended.
@Suite struct FixtureTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

    @Test(arguments: [
        ("broken-claude", "complete", 2), ("overloaded-gpt", "complete", 4),
    ]) func aFixtureGivesTheSameText(name: String, verdict: String, attempts: Int) throws {
        let bytes = try [UInt8](Data(contentsOf: Self.folder.appending(path: name + ".jsonl")))
        let expected = try String(contentsOf: Self.folder.appending(path: name + ".txt"), encoding: .utf8)
        let recording = try parse(bytes)
        #expect(recording.shortfall == nil)
        var playback = Playback(recording, prices: try PriceTable.builtIn())
        _ = playback.run()
        let id = try #require(recording.streams.first)
        #expect(text(playback.engine.text(of: id)) == expected)
        let end = recording.entries.last?.record.at ?? recording.header.start
        let last = playback.snapshot(id, at: end)
        let snapshot = try #require(last)
        #expect(snapshot.verdict?.rawValue == verdict)
        #expect(snapshot.attempts.count == attempts)
    }
}
