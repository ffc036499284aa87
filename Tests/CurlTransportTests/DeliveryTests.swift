import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

@Suite struct DeliveryTests {
    @Test func aPlainStreamArrives() throws {
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("data: one\n\n")
            connection.sendChunk("data: two\n\n")
            connection.send("0\r\n\r\n")
        }
        let heard = try Loop().fetch(.get(server.url("/v1")))
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
        #expect(phases.connect != nil && phases.requestSent != nil && phases.firstByte != nil)
        #expect(phases.tls == nil && !phases.connectionReused)
        #expect(phases.httpVersion == "HTTP/1.1")
        #expect(phases.remote == "127.0.0.1:\(server.port)")
    }
}
