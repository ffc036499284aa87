import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

@Suite struct CancelTests {
    @Test func aCancelledTransferIsClosedAtOnceAndNotHeardOfAgain() throws {
        let ended = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while connection.sendChunk("data: more and more\n\n") {}
            ended.open()
        }
        let loop = try Loop()
        let id = loop.start(.get(server.url(), limit: .max))
        loop.run(until: { $0[id].body.count > 10_000 })
        #expect(clientSockets(to: server.port) == 1)
        loop.transport.cancel(id)
        #expect(clientSockets(to: server.port) == 0)
        #expect(loop.transport.runningCount == 0)
        let before = loop[id].body.count
        #expect(ended.wait())
        loop.perform()
        #expect(loop[id].body.count == before)
        #expect(!loop[id].isOver)
    }

    @Test func othersGoOn() throws {
        let isCancelled = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("a")
            if isCancelled.wait() { connection.sendChunk("b") }
            connection.send("0\r\n\r\n")
        }
        let loop = try Loop()
        let (one, two) = (loop.start(.get(server.url())), loop.start(.get(server.url())))
        loop.run(until: { $0[one].text == "a" && $0[two].text == "a" })
        loop.transport.cancel(one)
        isCancelled.open()
        loop.run(until: { $0[two].isOver })
        #expect(loop[two].text == "ab")
        #expect(loop[two].isFinished)
        #expect(loop[one].text == "a")
    }

    @Test func whileConnecting() throws {
        let server = try RawServer(backlog: 0, script: nil)
        let fillers = try server.fillBacklog()
        defer { withExtendedLifetime(fillers) {} }
        let loop = try Loop()
        let id = loop.start(.get(server.url()))
        loop.perform()
        loop.transport.cancel(id)
        #expect(loop.transport.runningCount == 0)
        loop.perform()
        #expect(loop[id].events.isEmpty)
    }

    @Test func beforeAnythingHappened() throws {
        let server = try RawServer { $0.readRequest() }
        let loop = try Loop()
        let (real, stillborn) = (loop.start(.get(server.url())), loop.start(.get("nonsense")))
        loop.transport.cancel(real)
        loop.transport.cancel(stillborn)
        loop.perform()
        #expect(loop[real].events.isEmpty && loop[stillborn].events.isEmpty)
        #expect(server.connections.isEmpty)
    }

    @Test func afterTheEndItDoesNothing() throws {
        let server = try RequestTests.echo()
        let loop = try Loop()
        let id = loop.start(.get(server.url()))
        loop.run(until: { $0[id].isOver })
        loop.transport.cancel(id)
        loop.transport.cancel(AttemptID(stream: StreamID(rawValue: 99), generation: 99))
        #expect(loop[id].isFinished)
        // The connection is kept for the next.
        #expect(clientSockets(to: server.port) == 1)
    }

    @Test func aTransportThatIsLetGoClosesEverything() throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("a")
            connection.waitForEnd()
        }
        do {
            let loop = try Loop()
            let ids = (0..<10).map { _ in loop.start(.get(server.url())) }
            loop.run(until: { loop in ids.allSatisfy { loop[$0].text == "a" } })
            #expect(clientSockets(to: server.port) == 10)
        }
        #expect(clientSockets(to: server.port) == 0)
    }
}
