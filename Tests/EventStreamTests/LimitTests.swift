import TestSupport
import Testing

@testable import EventStream

@Suite("Limits of event streams")
struct LimitTests {
    /// How the event of `size` bytes is written, and in which pieces it comes.
    static let shapes: [@Sendable (Int) -> [[UInt8]]] = [
        { [Array("data: \(String(repeating: "x", count: $0))\n\n".utf8)] },
        { DripFeed.bytes(Array("data: \(String(repeating: "x", count: $0))\n\n".utf8)) },
        { [Array("data:\(String(repeating: "x", count: $0 - 10))\r\ndata:123456789\r\n\r\n".utf8)] },
        { DripFeed.bytes(Array("event: 12345\ndata: \(String(repeating: "x", count: $0 - 5))\n\n".utf8)) },
        // Its end never comes.
        { [Array("data: \(String(repeating: "x", count: $0))".utf8), Array("\n\n".utf8)] },
    ]

    @Test("an event of n - 1 and of n bytes passes, of n + 1 bytes does not", arguments: 0..<shapes.count)
    func limit(shape: Int) throws {
        let limit = 1000
        for size in [limit - 1, limit] {
            #expect(try elements(of: Self.shapes[shape](size), maximumEventSize: limit).count == 1)
        }
        #expect(throws: EventStreamError.eventTooLarge(limit: limit)) {
            try elements(of: Self.shapes[shape](limit + 1), maximumEventSize: limit)
        }
    }

    @Test("the limit holds for the default of 16 MiB")
    func defaultLimit() throws {
        let limit = 16 << 20
        var parser = EventStreamParser()
        #expect(parser.maximumEventSize == limit)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
        _ = try parser.record(Array("data: ".utf8))
        for _ in 0..<(limit / piece.count) { _ = try parser.record(piece) }
        #expect(throws: EventStreamError.eventTooLarge(limit: limit)) { try parser.record(piece) }
    }

    @Test("what came before is handed out, and the error stays")
    func order() throws {
        var parser = EventStreamParser(maximumEventSize: 8)
        var found: [Recorded] = []
        #expect(throws: EventStreamError.eventTooLarge(limit: 8)) {
            try Array("data: 12345678\n\ndata: 123456789\n\n".utf8).withUnsafeBytes { bytes throws in
                try parser.receive(bytes) { found.append(Recorded($0)) }
            }
        }
        #expect(found == messages("12345678"))
        #expect(throws: EventStreamError.eventTooLarge(limit: 8)) { try parser.record([0x0A]) }
    }

    @Test("comments and unknown fields without end cost no memory and hit no limit")
    func endlessLines() throws {
        for beginning in [":", "unknown: ", "datax"] {
            var parser = EventStreamParser(maximumEventSize: 100)
            _ = try parser.record(Array(beginning.utf8))
            let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 4096)
            for _ in 0..<64 { _ = try parser.record(piece) }
            let found = try parser.record(Array("\ndata: ok\n\n".utf8))
            #expect(found.filter(\.isEvent) == messages("ok"))
        }
    }

    /// Work is counted, not timed: bytes looked at and bytes copied. Each byte is looked at once; it is copied at most
    /// twice, into a line and from there into the data.
    @Test("work is linear in the input, however it is cut", arguments: [1, 7, 4096, 1 << 20])
    func linear(pieceSize: Int) throws {
        let line = "data: " + String(repeating: "0123456789", count: 5000) + "\n"
        let stream = Array((String(repeating: line, count: 8) + "\n: comment\nid: 1\nevent: e\ndata: x\n\n").utf8)
        var parser = EventStreamParser()
        for start in stride(from: 0, to: stream.count, by: pieceSize) {
            _ = try parser.record(Array(stream[start..<min(start + pieceSize, stream.count)]))
        }
        #expect(parser.work <= 3 * stream.count)
        #expect(parser.work >= stream.count / 2)
    }
}
