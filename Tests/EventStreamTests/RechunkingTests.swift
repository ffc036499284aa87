import EventStream
import TestSupport
import Testing

@Suite("Event streams cut at random")
struct RechunkingTests {
    @Test("any split gives the same elements", arguments: 0..<60)
    func rechunking(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let stream = Self.stream(using: &random)
        let whole = try elements(of: [stream])
        for longest in [1, 3, 16, 200] {
            let pieces = DripFeed.random(stream, longest: longest, using: &random)
            let found = try elements(of: pieces)
            if found != whole {
                Issue.record("seed \(seed), pieces up to \(longest): \(found.count) elements, whole: \(whole.count)")
            }
        }
    }

    /// The sizes at which an event is refused may not depend on the cuts either.
    @Test("any split refuses the same events", arguments: 100..<140)
    func limits(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let stream = Self.stream(using: &random)
        let limit = Int.random(in: 1...60, using: &random)
        let whole = Self.outcome([stream], limit: limit)
        for longest in [1, 5, 100] {
            let outcome = Self.outcome(DripFeed.random(stream, longest: longest, using: &random), limit: limit)
            #expect(outcome.elements == whole.elements)
            #expect(outcome.error == whole.error)
        }
    }

    @Test("random bytes never trap", arguments: 200..<230)
    func fuzz(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let bytes = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let whole = try elements(of: [bytes])
        #expect(try elements(of: DripFeed.random(bytes, longest: 9, using: &random)) == whole)
    }

    static func outcome(_ pieces: [[UInt8]], limit: Int) -> (elements: [Recorded], error: EventStreamError?) {
        var parser = EventStreamParser(maximumEventSize: limit)
        var found: [Recorded] = []
        for piece in pieces {
            do {
                try piece.withUnsafeBytes { bytes throws in
                    try parser.receive(bytes) { found.append(Recorded($0)) }
                }
            } catch {
                return (found, error as? EventStreamError)
            }
        }
        return (found, nil)
    }

    /// A stream of the parts that parsers trip over.
    static func stream(using random: inout SeededRandom) -> [UInt8] {
        let parts: [String] = [
            "data", "data:", "data: ", "data:  x", "event: e", "event:", "id: 7", "id", "id:\0", "retry: 5", "retry:x",
            ":", ": c", "d", "dat", "datax: 1", "unknown: y", "ev", "\u{FEFF}", "é豆腐💥", "\u{2028}", "0123456789abcdef",
        ]
        let ends = ["\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n", ""]
        var stream: [UInt8] = []
        if Bool.random(using: &random) { stream += [0xEF, 0xBB, 0xBF] }
        for _ in 0..<Int.random(in: 1...80, using: &random) {
            stream += Array((parts.randomElement(using: &random) ?? "").utf8)
            if Int.random(in: 0..<4, using: &random) == 0 { stream.append(UInt8.random(in: 0...255, using: &random)) }
            stream += Array((ends.randomElement(using: &random) ?? "").utf8)
        }
        return stream
    }
}
