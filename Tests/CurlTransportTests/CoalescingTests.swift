import Foundation
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// Much little is gathered for a moment; nothing else waits for it.
@Suite struct CoalescingTests {
    /// Looks a millisecond apart, at so many microseconds, with what they found; a wait before each where one is due.
    private static func untils(_ looks: [(at: Int64, bytes: Int, sockets: Int)]) -> [Int64?] {
        var coalescing = Coalescing(interval: .milliseconds(1))
        return looks.map { look in
            if coalescing.until != nil { coalescing.waited() }
            coalescing.looked(at: Instant(nanoseconds: look.at * 1000), bytes: look.bytes, sockets: look.sockets)
            return coalescing.until.map { $0.nanoseconds / 1000 }
        }
    }

    @Test func whatComesSeldomIsReadAtOnce() {
        #expect(Self.untils([(0, 100, 1), (1000, 100, 1), (2000, 100, 1)]) == [nil, nil, nil])
        #expect(Self.untils([(0, 100, 1), (20_000, 100, 3), (40_000, 100, 1)]) == [nil, nil, nil])
    }

    /// From the look before, and not from its end: a loop that was busy for as long waits no longer.
    @Test func littleThatComesOftenIsGathered() {
        #expect(
            Self.untils([(0, 100, 1), (999, 100, 1), (1999, 900, 9), (3500, 900, 9)]) == [nil, 1999, 2999, 4500])
    }

    @Test func aWaitThatBringsOneSocketIsTheLast() {
        #expect(Self.untils([(0, 100, 1), (500, 100, 1), (1500, 100, 1)]) == [nil, 1500, nil])
    }

    @Test func aWaitThatBringsNothingIsTheLast() {
        #expect(Self.untils([(0, 100, 1), (500, 100, 1), (1500, 0, 0), (1600, 100, 1)]) == [nil, 1500, nil, nil])
    }

    /// At n − 1, n and n + 1 bytes.
    @Test(arguments: [1, 256]) func fullSocketsAreReadOnAtOnce(sockets: Int) {
        let much = sockets << 10
        #expect(Self.untils([(0, 1, 1), (100, much - 1, sockets)]) == [nil, 1100])
        #expect(Self.untils([(0, 1, 1), (100, much, sockets)]) == [nil, nil])
        #expect(Self.untils([(0, 1, 1), (100, much + 1, sockets)]) == [nil, nil])
    }

    /// With an hour in place of the moment, so that nothing else can end the wait.
    @Test(arguments: [false, true]) func keysAndOtherThreadsEndAWaitForMore(usesPollOnly: Bool) throws {
        let mayGoOn = Gate()
        let mayEnd = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("a")
            mayGoOn.wait()
            connection.sendChunk("b")
            mayEnd.wait()
            connection.sendChunk("c")
            connection.send("0\r\n\r\n")
        }
        var options = CurlTransport.Options()
        options.coalescingInterval = .seconds(3600)
        options.usesPollOnly = usesPollOnly
        let loop = try Loop(options)
        let id = loop.start(.get(server.url()))
        loop.run(until: { $0[id].text == "a" })
        mayGoOn.open()
        loop.run(until: { $0[id].text == "ab" })
        #expect(loop.transport.coalescing.until != nil)
        mayEnd.open()

        let keys = Pipe()
        try keys.fileHandleForWriting.write(contentsOf: [1])
        let descriptor = keys.fileHandleForReading.fileDescriptor
        #expect(loop.transport.wait(for: [descriptor], timeout: nil) == [descriptor])
        // The wait for more is over, whatever ended it.
        loop.run(until: { $0[id].isOver })
        #expect(loop[id].text == "abc")
    }

    @Test func theCallersTimeEndsAWaitForMore() throws {
        let transport = try CurlTransport()
        transport.coalescing = Coalescing(interval: .seconds(3600))
        transport.coalescing.looked(at: .monotonic, bytes: 1, sockets: 1)
        transport.coalescing.looked(at: .monotonic, bytes: 1, sockets: 1)
        #expect(transport.coalescing.until != nil)
        #expect(transport.wait(timeout: .milliseconds(1)).isEmpty)
        #expect(transport.coalescing.until == nil)
        transport.coalescing.looked(at: .monotonic, bytes: 1, sockets: 2)
        #expect(transport.coalescing.until != nil)
        let waker = transport.waker
        Thread.detachNewThread { waker.wake() }
        #expect(transport.wait(timeout: nil).isEmpty)
    }
}
