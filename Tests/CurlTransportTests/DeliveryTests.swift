import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// What the transport hands over when all goes well.
@Suite struct DeliveryTests {
    @Test(arguments: [false, true]) func aPlainStreamArrives(usesPollOnly: Bool) throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("data: one\n\n")
            connection.sendChunk("data: two\n\n")
            connection.send("0\r\n\r\n")
        }
        var options = CurlTransport.Options()
        options.usesPollOnly = usesPollOnly
        let heard = try Loop(options).fetch(.get(server.url("/v1")))
        #expect(heard.text == "data: one\n\ndata: two\n\n")
        guard heard.events.count == 3, case .connected(let connected) = heard.events[0],
            case .headers(200, let headers, let phases) = heard.events[1], case .finished = heard.events[2]
        else {
            Issue.record("\(heard.events)")
            return
        }
        #expect(headers.map(\.name) == ["Content-Type", "Transfer-Encoding"])
        #expect(headers.first?.value == "text/event-stream")
        #expect(connected.connect != nil && connected.firstByte == nil)
        let (connect, sent) = (try #require(phases.connect), try #require(phases.requestSent))
        #expect(connect <= sent)
        #expect(sent <= (try #require(phases.firstByte)))
        #expect(phases.tls == nil && !phases.connectionReused)
        #expect(phases.httpVersion == "HTTP/1.1")
        #expect(phases.remote == "127.0.0.1:\(server.port)")
    }

    @Test func bytesMayComeOneByOne() throws {
        let server = try RawServer { connection in
            connection.readRequest()
            let reply = "HTTP/1.1 200 OK\r\nX-One: 1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nh\u{E9}llo\r\n0\r\n\r\n"
            for byte in reply.utf8 { connection.send([byte]) }
        }
        let heard = try Loop().fetch(.get(server.url()))
        #expect(heard.text == "h\u{E9}llo")
        #expect(heard.headers?.first == HTTPHeader("X-One", "1"))
        #expect(heard.isFinished)
    }

    @Test func whatHasComeIsHandedOverBeforeMoreComes() throws {
        let seen = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("first")
            if seen.wait() { connection.sendChunk("second") }
            connection.send("0\r\n\r\n")
        }
        let loop = try Loop()
        let id = loop.start(.get(server.url()))
        loop.run(until: { $0[id].text == "first" })
        seen.open()
        loop.run(until: { $0[id].isOver })
        #expect(loop[id].text == "firstsecond")
    }

    @Test func theEndOfTheConnectionEndsABodyWithoutLength() throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\n\r\ndata: cut here?")
        }
        let heard = try Loop().fetch(.get(server.url()))
        #expect(heard.text == "data: cut here?")
        #expect(heard.isFinished)
    }

    @Test func onlyTheFinalResponsesHeadersAreReported() throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
            connection.send("HTTP/1.1 429 Too: Many\r\nreTRY-after:7\r\nX-Empty:\r\nTransfer-Encoding: chunked\r\n")
            connection.send("\r\n2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n")
        }
        let heard = try Loop().fetch(.get(server.url()))
        #expect(heard.status == 429)
        #expect(
            heard.headers == [
                HTTPHeader("reTRY-after", "7"), HTTPHeader("X-Empty", ""), HTTPHeader("Transfer-Encoding", "chunked"),
            ])
        #expect(heard.events.count == 3)
        #expect(heard.text == "{}")
    }

    @Test func fiftyStreamsAtOnce() throws {
        let everyone = Gate()
        let server = try RawServer { connection in
            guard let request = connection.readRequest() else { return }
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("a")
            everyone.wait()
            connection.sendChunk(request.requestLine)
            connection.send("0\r\n\r\n")
        }
        let loop = try Loop()
        let ids = (0..<50).map { loop.start(.get(server.url("/\($0)"))) }
        #expect(loop.transport.runningCount == 50)
        loop.run(until: { loop in ids.allSatisfy { loop[$0].text == "a" } })
        everyone.open()
        loop.run(until: { loop in ids.allSatisfy { loop[$0].isOver } })
        for (number, id) in ids.enumerated() { #expect(loop[id].text == "aGET /\(number) HTTP/1.1") }
        #expect(loop.transport.runningCount == 0)
    }
}
