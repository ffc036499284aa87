import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// What goes out, and what never does.
@Suite struct RequestTests {
    static func echo() throws -> RawServer {
        try RawServer { connection in
            while let request = connection.readRequest() {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
                connection.send(request.body)
            }
        }
    }

    static func request(to server: RawServer) -> RawRequest? {
        server.connections.first.flatMap { RawRequest($0.received[...]) }
    }

    @Test func aPostCarriesItsHeadersAndBody() throws {
        let server = try RequestTests.echo()
        let heard = try Loop().fetch(
            .post(
                server.url("/v1/messages"),
                headers: [HTTPHeader("x-api-key", "k"), HTTPHeader("Content-Type", "application/json")],
                body: Array("{\"a\":1}".utf8)))
        #expect(heard.text == "{\"a\":1}")
        let request = try #require(RequestTests.request(to: server))
        #expect(request.requestLine == "POST /v1/messages HTTP/1.1")
        #expect(request.header("x-api-key") == "k")
        #expect(request.header("content-type") == "application/json")
        #expect(request.header("content-length") == "7")
        #expect(request.header("user-agent") == "weir/test")
        #expect(request.header("host") == "127.0.0.1:\(server.port)")
        #expect(request.header("expect") == nil)
        #expect(request.header("accept-encoding") == nil)
    }

    @Test func compressionIsOfferedOnlyWhereTheReplyIsWhole() throws {
        let server = try RequestTests.echo()
        _ = try Loop().fetch(.post(server.url(), body: [1], isStream: false))
        let request = try #require(RequestTests.request(to: server))
        #expect(request.header("accept-encoding")?.contains("gzip") == true)
        #expect(request.header("content-type") == nil)
    }

    @Test func aLongBodyGoesOutWholeAndWithoutAsking() throws {
        var random = SeededRandom(seed: 1)
        let body = (0..<5_000_000 / 8).flatMap { _ in withUnsafeBytes(of: random.next(), Array.init) }
        let server = try RawServer { connection in
            let request = connection.readRequest()
            connection.send(
                "HTTP/1.1 200 OK\r\n\r\n\(request?.body == body) \(request?.header("expect") ?? "no expect")")
        }
        let heard = try Loop().fetch(.post(server.url(), body: body))
        #expect(heard.text == "true no expect")
    }

    /// The server closes the kept connection just as the next request goes out on it: libcurl sends the body again,
    /// the short one from its own copy, the long one by asking for it from the start.
    @Test(arguments: [2, 300_000]) func aBodyIsSentAgainWhenTheReusedConnectionWasDead(count: Int) throws {
        let isRead = Gate()
        let server = try RawServer { connection in
            guard let request = connection.readRequest() else { return }
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
            connection.send(request.body)
            // The second request is read and never answered.
            if request.requestLine.contains("first") {
                connection.readRequest()
                isRead.open()
            }
        }
        let loop = try Loop()
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        #expect(loop.fetch(.post(server.url("/first"), body: [0x41])).text == "A")
        #expect(loop.fetch(.post(server.url("/second"), body: body)).body == body)
        #expect(isRead.wait())
        #expect(server.connections.count == 2)
    }

    @Test(arguments: ["GET", "HEAD", "DELETE"]) func otherMethods(method: String) throws {
        let server = try RequestTests.echo()
        var request = TransportRequest.get(server.url("/x"))
        request.http.method = method
        #expect(try Loop().fetch(request).isFinished)
        #expect(RequestTests.request(to: server)?.requestLine == "\(method) /x HTTP/1.1")
    }

    @Test func aRedirectIsAResponseAndTheKeyStaysHome() throws {
        let other = try RequestTests.echo()
        let server = try RawServer { [port = other.port] connection in
            connection.readRequest()
            connection.send("HTTP/1.1 307 Temporary Redirect\r\nLocation: http://127.0.0.1:\(port)/\r\n")
            connection.send("Content-Length: 0\r\n\r\n")
        }
        let heard = try Loop().fetch(.post(server.url(), headers: [HTTPHeader("x-api-key", "secret")], body: [1]))
        #expect(heard.status == 307)
        #expect(heard.isFinished)
        #expect(other.connections.isEmpty)
    }

    @Test(arguments: [
        HTTPHeader("x-api-key", "sk-1\r\nX-Evil: 1"), HTTPHeader("x-api-key", "sk-1\n"),
        HTTPHeader("x-api-key", "sk-1\0"), HTTPHeader("x-api\r\nkey", "1"), HTTPHeader("x api", "1"),
        HTTPHeader("", "1"), HTTPHeader("x:", "1"),
    ])
    func aHeaderThatWouldEndItsLineIsRefused(header: HTTPHeader) throws {
        let server = try RequestTests.echo()
        let heard = try Loop().fetch(.post(server.url(), headers: [header], body: []))
        let failure = try #require(heard.failure)
        #expect(failure.kind == .badRequest)
        #expect(!failure.message.contains("sk-1"))
        #expect(server.connections.isEmpty)
    }

    @Test(arguments: [
        "http://127.0.0.1:1/\r\nX: 1", "http://127.0.0.1:1/a b", "http://127.0.0.1:1/\0", "", "api.example.com/v1",
        "http://", "ftp://127.0.0.1/", "file:///etc/passwd", "http://127.0.0.1:99999/", "https://[::1/",
        // Only to this machine without TLS.
        "http://example.invalid/", "http://10.0.0.1/", "http://127.0.0.1.example.invalid/", "http://localhost.example/",
    ])
    func anImpossibleURLIsRefused(url: String) throws {
        let heard = try Loop().fetch(.get(url))
        #expect(heard.failure?.kind == .badRequest, "\(heard)")
        #expect(heard.events.count == 1)
    }

    @Test(arguments: [
        ("http://localhost:1/", true), ("http://LOCALHOST:1/", true), ("http://127.8.9.10/", true),
        ("http://[::1]:8080/", true), ("http://0x7f.1/", true), ("http://128.0.0.1/", false),
        ("http://127.0.0.1.nip.io/", false), ("http://[::2]/", false), ("https://api.example.com/v1?x=1", false),
    ])
    func loopbackHosts(url: String, isLoopback: Bool) throws {
        #expect(try RequestTarget(url).isLoopback == isLoopback)
    }

    @Test func aTargetShowsNothingPrivate() throws {
        let target = try RequestTarget("https://user:password@api.example.com/v1?key=secret")
        #expect(target.description == "api.example.com:443")
    }

    @Test func startNeverCallsBack() throws {
        let loop = try Loop()
        let id = loop.start(.get("nonsense"))
        #expect(loop[id].events.isEmpty)
        #expect(loop.transport.runningCount == 1)
        // A failure that waits to be told leaves nothing to wait for.
        #expect(loop.transport.wait(timeout: nil).isEmpty)
        loop.perform()
        #expect(loop[id].failure?.kind == .badRequest)
        #expect(loop.transport.runningCount == 0)
    }
}
