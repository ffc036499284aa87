import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// Bounds on a response's head, and on a compressed body, at n − 1, n and n + 1.
@Suite struct HeaderLimitTests {
    private func request(_ server: RawServer, headerBytes: Int) -> TransportRequest {
        var request = TransportRequest.get(server.url())
        request.maximumHeaderBytes = headerBytes
        return request
    }

    @Test(arguments: [-1, 0, 1]) func headerBytes(over: Int) throws {
        let status = "HTTP/1.1 200 OK\r\n"
        let end = "Content-Length: 2\r\n\r\n"
        let limit = 4096
        let filler = limit + over - status.utf8.count - end.utf8.count - "X-Fill: \r\n".utf8.count
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send(status + "X-Fill: " + String(repeating: "x", count: filler) + "\r\n" + end + "ok")
            connection.waitForEnd()
        }
        let heard = try Loop().fetch(request(server, headerBytes: limit))
        guard over > 0 else {
            #expect(heard.text == "ok")
            #expect(heard.isFinished)
            return
        }
        let failure = try #require(heard.failure)
        #expect(failure.kind == .headersTooLarge)
        #expect(
            failure.message
                == "127.0.0.1:\(server.port) sent response headers without end (over 4096 bytes): this is no API endpoint"
        )
        #expect(
            StreamFailure(transport: failure).hint == "--header-limit SIZE, or headers in [limits], allows more.")
    }

    @Test(arguments: [-1, 0, 1]) func headerFields(over: Int) throws {
        let limit = 1000
        let server = try RawServer { connection in
            connection.readRequest()
            let fields = (1..<limit + over).map { "a\($0): b\r\n" }.joined()
            connection.send("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 2\r\n\r\nok")
            connection.waitForEnd()
        }
        let heard = try Loop().fetch(.get(server.url()))
        guard over > 0 else {
            #expect(heard.headers?.count == limit + over)
            #expect(heard.text == "ok")
            return
        }
        #expect(heard.failure?.kind == .headersTooLarge)
        #expect(
            heard.failure?.message
                == "127.0.0.1:\(server.port) sent more than 1000 response headers: this is no API endpoint")
    }

    /// What counts is the decoded body, whatever came over the wire.
    @Test(arguments: [-1, 0, 1]) func decodedBody(over: Int) throws {
        let limit = 50_000
        let server = try RawServer { connection in
            connection.readRequest()
            let body = Gzip.stored([UInt8](repeating: 0x61, count: limit + over))
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n")
            connection.send(body)
            connection.waitForEnd()
        }
        let heard = try Loop().fetch(.get(server.url(), limit: limit, isStream: false))
        #expect(heard.body.count == min(limit, limit + over))
        guard over > 0 else {
            #expect(heard.isFinished)
            return
        }
        let failure = try #require(heard.failure)
        #expect(failure.message == "127.0.0.1:\(server.port) sent more than the 50000 bytes that a reply may have")
        #expect(StreamFailure(transport: failure).hint == "--body-limit SIZE, or body in [limits], allows more.")
    }
}
