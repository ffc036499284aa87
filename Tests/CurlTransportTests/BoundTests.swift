import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// The bound on decoded body bytes.
@Suite struct BoundTests {
    @Test(arguments: [99_999, 100_000, 100_001]) func atTheBound(count: Int) throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n")
            connection.send([UInt8](repeating: 0x61, count: count))
            connection.waitForEnd()
        }
        let heard = try Loop().fetch(.get(server.url(), limit: 100_000))
        // What fits is handed over even so.
        #expect(heard.body.count == min(count, 100_000))
        if count <= 100_000 {
            #expect(heard.isFinished)
        } else {
            #expect(heard.failure?.kind == .bodyTooLarge)
            #expect(clientSockets(to: server.port) == 0)
        }
    }

    @Test func nothingAllowedAndNothingSent() throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        }
        #expect(try Loop().fetch(.get(server.url(), limit: 0)).isFinished)
    }

    @Test(arguments: [false, true]) func compressedBodiesAreDecoded(isStream: Bool) throws {
        let server = try RawServer { connection in
            connection.readRequest()
            let body = Gzip.stored(Array("{\"ok\":true}".utf8))
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n")
            connection.send(body)
        }
        let heard = try Loop().fetch(.get(server.url(), isStream: isStream))
        #expect(heard.text == "{\"ok\":true}")
        #expect(heard.isFinished)
    }

    @Test func aBombIsStoppedAtTheBound() throws {
        let bomb = Gzip.bomb(of: 256 << 20)
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
            connection.send(bomb)
        }
        let heard = try Loop().fetch(.get(server.url(), limit: 1 << 20, isStream: false))
        #expect(heard.body.count == 1 << 20)
        #expect(heard.failure?.kind == .bodyTooLarge)
    }
}
