import Foundation
import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// Every way in which a transfer goes wrong, over real sockets.
@Suite struct FailureTests {
    static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    func fetch(
        _ request: (RawServer) -> TransportRequest = { .get($0.url()) }, isStream: Bool = true,
        script: @escaping @Sendable (RawConnection) -> Void
    ) throws -> (heard: Heard, failure: TransportFailure) {
        let server = try RawServer(script: script)
        let heard = try Loop().fetch(request(server))
        let failure = try #require(heard.failure, "\(heard)")
        #expect(failure.message.contains("127.0.0.1:\(server.port)"))
        return (heard, failure)
    }

    @Test func resetBeforeTheHeaders() throws {
        let (heard, failure) = try fetch { connection in
            connection.readRequest()
            connection.reset()
        }
        #expect(failure.kind == .reset)
        #expect(failure.message.hasSuffix("was reset before it answered"))
        #expect(heard.status == nil)
    }

    @Test func resetInTheMiddle() throws {
        // A reset discards what the peer has not read: it comes when that is read.
        let isRead = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send(FailureTests.head)
            connection.sendChunk("kept")
            isRead.wait()
            connection.reset()
        }
        let loop = try Loop()
        let id = loop.start(.get(server.url()))
        loop.run(until: { $0[id].text == "kept" })
        isRead.open()
        loop.run(until: { $0[id].isOver })
        let failure = try #require(loop[id].failure)
        #expect(failure.kind == .reset)
        #expect(failure.code == 56)
        #expect(failure.message == "The connection to 127.0.0.1:\(server.port) was reset in the middle of the reply")
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nkept\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nkept",
    ])
    func cutInTheMiddle(reply: String) throws {
        let (heard, failure) = try fetch { connection in
            connection.readRequest()
            connection.send(reply)
        }
        #expect(failure.kind == .cut)
        #expect(failure.code == 18)
        #expect(heard.text == "kept")
    }

    @Test func closedWithoutAnAnswer() throws {
        let (_, failure) = try fetch { $0.readRequest() }
        #expect(failure.kind == .cut)
        #expect(failure.message.hasSuffix("closed the connection before it answered"))
    }

    @Test func cutInTheHeaders() throws {
        let (heard, failure) = try fetch { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Ty")
        }
        #expect(failure.kind == .cut, "\(heard)")
        #expect(heard.status == nil)
    }

    @Test func refused() throws {
        let server = try RawServer(script: nil)
        server.stop()
        let failure = try #require(Loop().fetch(.get(server.url())).failure)
        #expect(failure.kind == .connectionRefused)
        #expect(failure.message == "127.0.0.1:\(server.port) refuses the connection")
    }

    /// A full backlog swallows connection requests, as a dead network does. The transport's own clock, and libcurl's where
    /// the address is not known for this machine's.
    @Test(arguments: ["127.0.0.1", "0.0.0.0"])
    func noConnectionInTime(host: String) throws {
        let server = try RawServer(backlog: 0, script: nil)
        let fillers = try server.fillBacklog()
        defer { withExtendedLifetime(fillers) {} }
        var options = CurlTransport.Options(userAgent: "weir/test")
        options.allowsInsecureHTTP = true
        let request = TransportRequest.get("http://\(host):\(server.port)/", connectTimeout: .milliseconds(300))
        let heard = try Loop(options).fetch(request)
        let failure = try #require(heard.failure)
        #expect(failure.kind == .connectTimeout)
        #expect(failure.message == "No connection to \(host):\(server.port) was made within 300 ms")
        #expect(heard.events.count == 1)
    }

    /// The handshake is part of it: a server that takes the connection and says nothing.
    @Test(arguments: ["127.0.0.1", "0.0.0.0"])
    func noHandshakeInTime(host: String) throws {
        let isOver = Gate()
        let server = try RawServer { _ in isOver.wait() }
        let request = TransportRequest.get("https://\(host):\(server.port)/", connectTimeout: .milliseconds(300))
        let heard = try Loop().fetch(request)
        isOver.open()
        let failure = try #require(heard.failure)
        #expect(failure.kind == .connectTimeout)
        #expect(failure.message == "No TLS connection to \(host):\(server.port) was made within 300 ms")
    }

    /// libcurl sends a request anew on a fresh connection when the kept one turns out to be dead: that one has the time-out,
    /// too.
    @Test func noConnectionInTimeInThePlaceOfADeadOne() throws {
        let server = try RawServer(backlog: 0, script: nil)
        let isServed = Gate()
        Thread.detachNewThread {
            guard let connection = server.acceptOne() else { return }
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            connection.readRequest()
            // Nobody connects any more when it closes.
            let fillers = try? server.fillBacklog()
            connection.end()
            isServed.wait()
            withExtendedLifetime(fillers) {}
        }
        let loop = try Loop()
        #expect(loop.fetch(.get(server.url())).text == "ok")
        let failure = loop.fetch(.get(server.url(), connectTimeout: .milliseconds(700))).failure
        isServed.open()
        #expect(failure?.kind == .connectTimeout)
        #expect(failure?.message == "No connection to 127.0.0.1:\(server.port) was made within 700 ms")
    }

    /// What has its connection is not ended by a time-out that comes later, and wakes nobody for it.
    @Test func aConnectTimeoutIsOverWithTheConnection() throws {
        let isHeard = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send(FailureTests.head)
            connection.sendChunk("first")
            isHeard.wait()
            connection.sendChunk("second")
            connection.send("0\r\n\r\n")
        }
        let loop = try Loop()
        let id = loop.start(.get(server.url(), connectTimeout: .seconds(20)))
        #expect(loop.transport.connectDeadline != nil)
        loop.run { $0[id].text == "first" }
        #expect(loop.transport.connectDeadline == nil)
        isHeard.open()
        loop.run { $0[id].isOver }
        #expect(loop[id].isFinished && loop[id].text == "firstsecond")
    }

    @Test func aFloodOfHeaders() throws {
        let (heard, failure) = try fetch { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n")
            while connection.send("X-Flood: \(String(repeating: "x", count: 1000))\r\n") {}
        }
        #expect(failure.kind == .headersTooLarge)
        #expect(heard.events.count == 2)
    }

    @Test func aFloodOfInterimResponses() throws {
        let (_, failure) = try fetch { connection in
            connection.readRequest()
            while connection.send("HTTP/1.1 102 Processing\r\n\r\n") {}
        }
        #expect(failure.kind == .headersTooLarge)
    }

    @Test func aHeaderWithoutEnd() throws {
        let (_, failure) = try fetch { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nX-Endless: ")
            while connection.send(String(repeating: "x", count: 1000)) {}
        }
        #expect(failure.kind == .headersTooLarge)
    }

    @Test(arguments: [
        "hello, no HTTP here\r\n", "<html>old</html>", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 200 OK\r\n\r\n",
    ])
    func notHTTP(reply: String) throws {
        let (heard, failure) = try fetch { connection in
            connection.readRequest()
            connection.send(reply)
        }
        #expect(failure.kind == .notHTTP, "\(failure)")
        #expect(heard.body.isEmpty)
    }

    @Test func tlsToAPlainServer() throws {
        let (_, failure) = try fetch({ .get("https://127.0.0.1:\($0.port)/") }) { connection in
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForEnd()
        }
        #expect(failure.kind == .tlsFailed)
        #expect(failure.message.contains("plain http"))
    }

    @Test func theTLSHandshakeIsCut() throws {
        let (_, failure) = try fetch({ .get("https://127.0.0.1:\($0.port)/") }) { connection in
            connection.receive()
        }
        #expect(failure.kind == .cut || failure.kind == .reset, "\(failure)")
    }

    @Test func compressedRubbish() throws {
        let (heard, failure) = try fetch { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nthis is not compressed at all")
        }
        #expect(failure.kind == .badEncoding)
        #expect(heard.body.isEmpty)
    }

    /// `.invalid` never resolves (RFC 6761); which of the two it is depends on this machine's network.
    @Test func aNameThatDoesNotResolve() throws {
        let failure = try #require(Loop().fetch(.get("https://no-such-host.invalid/")).failure)
        #expect(failure.kind == .nameNotFound || failure.kind == .nameLookupFailed, "\(failure)")
        #expect(failure.message.contains("no-such-host.invalid"))
    }
}
