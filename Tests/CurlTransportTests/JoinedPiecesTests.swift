import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// Chunks that were read together are handed over together: whole, in order, and each transfer's by themselves.
@Suite struct JoinedPiecesTests {
    @Test func chunksThatCameTogetherAreOnePiece() throws {
        let chunks = (0..<500).map { "data: \($0)\n\n" }
        let server = try RawServer { connection in
            connection.readRequest()
            let body = chunks.map { String($0.utf8.count, radix: 16) + "\r\n\($0)\r\n" }.joined()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body + "0\r\n\r\n")
        }
        let heard = try Loop().fetch(.get(server.url()))
        #expect(heard.text == chunks.joined())
        #expect(heard.isFinished)
        #expect(heard.pieces < 50, "\(heard.pieces) pieces of 500 chunks")
    }

    @Test func noTransferGetsAnothersBytes() {
        var heard: [(id: Int, text: String)] = []
        let outlet = Outlet()
        outlet.handler = { id, delivery in
            switch delivery {
            case .body(let bytes): heard.append((id.generation, String(decoding: bytes, as: UTF8.self)))
            case .event: heard.append((id.generation, "event"))
            }
        }
        func deliver(_ text: String, _ generation: Int) {
            Array(text.utf8).withUnsafeBytes { outlet.deliver($0, of: Self.attempt(generation)) }
        }
        deliver("a", 1)
        deliver("b", 1)
        deliver("c", 2)
        deliver("d", 1)
        outlet.deliver(.finished(Phases()), of: Self.attempt(2))
        deliver("e", 2)
        outlet.flush()
        outlet.flush()
        #expect(heard.map(\.id) == [1, 2, 1, 2, 2])
        #expect(heard.map(\.text) == ["ab", "c", "d", "event", "e"])
    }

    /// At n − 1, n and n + 1 bytes of what is joined at most.
    @Test(arguments: [(16 << 10) - 1, 16 << 10, (16 << 10) + 1]) func aLargePieceKeepsItsPlace(size: Int) {
        var heard: [Int] = []
        let outlet = Outlet()
        outlet.handler = { _, delivery in
            if case .body(let bytes) = delivery { heard.append(bytes.count) }
        }
        for count in [1, size, 2] {
            [UInt8](repeating: 0x61, count: count).withUnsafeBytes { outlet.deliver($0, of: Self.attempt(1)) }
        }
        outlet.flush()
        #expect(heard.reduce(0, +) == size + 3)
        #expect(heard.first == (size < 16 << 10 ? size + 1 : 1))
    }

    private static func attempt(_ generation: Int) -> AttemptID {
        AttemptID(stream: StreamID(rawValue: generation), generation: generation)
    }
}
