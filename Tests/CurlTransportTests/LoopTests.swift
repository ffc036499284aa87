import Foundation
import Providers
import StreamEngine
import TestSupport
import Testing

@testable import CurlTransport

/// Connections from request to request, and the wait.
@Suite struct LoopTests {
    @Test func aConnectionIsUsedAgain() throws {
        let server = try RequestTests.echo()
        let loop = try Loop()
        let first = loop.fetch(.post(server.url(), body: [0x41]))
        let second = loop.fetch(.post(server.url(), body: [0x42]))
        #expect(first.text == "A" && second.text == "B")
        #expect(server.connections.count == 1)
        #expect(first.finishedPhases?.connectionReused == false)
        let phases = try #require(second.finishedPhases)
        #expect(phases.connectionReused)
        #expect(phases.nameLookup == nil && phases.connect == nil && phases.tls == nil)
        #expect(phases.firstByte != nil)
        guard case .connected(let connected)? = second.events.first else {
            Issue.record("\(second.events)")
            return
        }
        #expect(connected.connectionReused)
    }

    /// As many as were used at once are kept, and not only libcurl's usual few.
    @Test func manyConnectionsAreUsedAgain() throws {
        let server = try RequestTests.echo()
        let loop = try Loop()
        var counts: [Int] = []
        for _ in 0..<2 {
            let ids = (0..<80).map { loop.start(.post(server.url(), body: [UInt8($0)])) }
            loop.run(until: { loop in ids.allSatisfy { loop[$0].isFinished } })
            counts.append(server.connections.count)
        }
        #expect(counts[0] > 64)
        #expect(counts[1] == counts[0])
    }

    @Test func droppedConnectionsAreClosedAndNotUsedAgain() throws {
        let server = try RequestTests.echo()
        let loop = try Loop()
        _ = loop.fetch(.get(server.url()))
        #expect(clientSockets(to: server.port) == 1)
        loop.transport.dropConnections()
        #expect(clientSockets(to: server.port) == 0)
        #expect(loop.fetch(.get(server.url())).finishedPhases?.connectionReused == false)
        #expect(server.connections.count == 2)
    }

    @Test func aTransferOnADroppedConnectionGoesOnToItsEnd() throws {
        let isDropped = Gate()
        let server = try RawServer { connection in
            while let request = connection.readRequest() {
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                connection.sendChunk("a")
                if request.requestLine.contains("slow") { isDropped.wait() }
                connection.sendChunk("b")
                connection.send("0\r\n\r\n")
            }
        }
        let loop = try Loop()
        let id = loop.start(.get(server.url("/slow")))
        loop.run(until: { $0[id].text == "a" })
        loop.transport.dropConnections()
        loop.transport.dropConnections()
        #expect(loop.fetch(.get(server.url("/quick"))).text == "ab")
        isDropped.open()
        loop.run(until: { $0[id].isOver })
        #expect(loop[id].text == "ab")
        // The new connection is kept, the old one went with its transfer.
        #expect(clientSockets(to: server.port) == 1)
        #expect(loop.transport.multis.count == 1)
    }

    /// Each set of sockets has had the descriptors of its time as guests.
    @Test func aDescriptorThatIsNoLongerWaitedForDoesNotEndTheWaitOfAnOlderConnection() throws {
        let mayEnd = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("a")
            mayEnd.wait()
            connection.send("0\r\n\r\n")
        }
        let loop = try Loop()
        let id = loop.start(.get(server.url()))
        loop.run(until: { $0[id].text == "a" })
        let keys = Pipe()
        let descriptor = keys.fileHandleForReading.fileDescriptor
        try keys.fileHandleForWriting.write(contentsOf: [1])
        #expect(loop.transport.wait(for: [descriptor], timeout: nil) == [descriptor])
        loop.transport.dropConnections()
        #expect(loop.transport.multis.count == 2)
        #expect(loop.transport.wait(for: [descriptor], timeout: nil) == [descriptor])
        let end = ContinuousClock.now + .milliseconds(100)
        var turns = 0
        while ContinuousClock.now < end {
            #expect(loop.transport.wait(timeout: end - .now).isEmpty)
            loop.perform()
            turns += 1
        }
        // libcurl's timers of the connect phase may be left over.
        #expect(turns < 10)
        mayEnd.open()
        loop.run(until: { $0[id].isOver })
    }

    @Test(arguments: [false, true]) func manyTransfersLeaveNoSocketBehind(usesPollOnly: Bool) throws {
        let server = try RawServer { connection in
            guard let request = connection.readRequest() else { return }
            if request.requestLine.contains("reset") { return connection.reset() }
            connection.send("HTTP/1.1 200 OK\r\n\r\nx")
        }
        var options = CurlTransport.Options()
        options.usesPollOnly = usesPollOnly
        let loop = try Loop(options)
        for round in 0..<20 {
            let ids = (0..<10).map { loop.start(.get(server.url($0 % 2 == 0 ? "/reset" : "/ok"))) }
            if round % 2 == 0 { loop.transport.cancel(ids[3]) }
            loop.run(until: { $0.transport.runningCount == 0 })
        }
        #expect(clientSockets(to: server.port) == 0)
        #expect(loop.transport.multis.map(\.socketCount) == [0])
    }

    @Test func anotherThreadEndsTheWait() throws {
        let transport = try CurlTransport()
        let waker = transport.waker
        Thread.detachNewThread { waker.wake() }
        #expect(!transport.wasWoken)
        #expect(transport.wait(timeout: nil).isEmpty)
        #expect(transport.wasWoken)
        // Before the wait, and more than once: it still counts, as one.
        for _ in 0..<1000 { waker.wake() }
        #expect(transport.wait(timeout: nil).isEmpty)
        #expect(transport.wait(timeout: .zero).isEmpty)
        #expect(!transport.wasWoken)
    }

    @Test(arguments: [false, true]) func otherDescriptorsEndTheWait(usesPollOnly: Bool) throws {
        var options = CurlTransport.Options()
        options.usesPollOnly = usesPollOnly
        let transport = try CurlTransport(options: options)
        let (one, two) = (Pipe(), Pipe())
        let descriptors = [one, two].map { $0.fileHandleForReading.fileDescriptor }
        #expect(transport.wait(for: descriptors, timeout: .zero).isEmpty)
        try two.fileHandleForWriting.write(contentsOf: [1])
        #expect(transport.wait(for: descriptors, timeout: nil) == [descriptors[1]])
        // The writer went away: there is an end of file to read.
        try one.fileHandleForWriting.close()
        #expect(transport.wait(for: descriptors, timeout: nil) == descriptors)
        // In the caller's order, whichever came first; and the waker's use is no descriptor of his.
        transport.waker.wake()
        #expect(transport.wait(for: descriptors.reversed(), timeout: nil) == descriptors.reversed())
        #expect(transport.wasWoken)
    }

    @Test(arguments: [false, true]) func otherDescriptorsComeAndGo(usesPollOnly: Bool) throws {
        var options = CurlTransport.Options()
        options.usesPollOnly = usesPollOnly
        let transport = try CurlTransport(options: options)
        let (one, two) = (Pipe(), Pipe())
        let (first, second) = (one.fileHandleForReading.fileDescriptor, two.fileHandleForReading.fileDescriptor)
        try one.fileHandleForWriting.write(contentsOf: [1])
        #expect(transport.wait(for: [first], timeout: nil) == [first])
        // One that is not asked for ends no wait.
        #expect(transport.wait(for: [second], timeout: .zero).isEmpty)
        #expect(transport.wait(timeout: .zero).isEmpty)
        #expect(transport.wait(for: [first], timeout: nil) == [first])
        // One that is no file's can be read: reading says what there is to say. So can one twice.
        #expect(transport.wait(for: [second, .max], timeout: nil) == [.max])
        #expect(transport.wait(for: [first, second, first], timeout: nil) == [first, first])
        #expect(transport.wait(for: [second], timeout: .zero).isEmpty)
    }

    /// One wait finds the socket and the terminal; neither is lost to the other.
    @Test(arguments: [false, true]) func whatIsReadyTogetherIsFoundTogether(usesPollOnly: Bool) throws {
        let mayEnd = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("a")
            mayEnd.wait()
            connection.sendChunk("b")
            connection.send("0\r\n\r\n")
        }
        var options = CurlTransport.Options()
        options.usesPollOnly = usesPollOnly
        let loop = try Loop(options)
        let id = loop.start(.get(server.url()))
        loop.run(until: { $0[id].text == "a" })
        let keys = Pipe()
        let descriptor = keys.fileHandleForReading.fileDescriptor
        try keys.fileHandleForWriting.write(contentsOf: [1])
        mayEnd.open()
        // Two waits, and what the first found is not looked for between them.
        while !loop[id].isOver {
            #expect(loop.transport.wait(for: [descriptor], timeout: .seconds(30)) == [descriptor])
            #expect(loop.transport.wait(for: [descriptor], timeout: .seconds(30)) == [descriptor])
            loop.perform()
        }
        #expect(loop[id].text == "ab")
    }

    @Test func anOrdinaryFileIsAlwaysReadable() throws {
        let transport = try CurlTransport()
        let file = try FileHandle(forReadingFrom: URL(filePath: #filePath))
        #expect(transport.wait(for: [file.fileDescriptor], timeout: nil) == [file.fileDescriptor])
    }

    /// libcurl's own timers are what could wake an idle loop.
    @Test func nothingTicksWhileAStreamIsQuiet() throws {
        let isDone = Gate()
        let server = try RawServer { connection in
            connection.readRequest()
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.sendChunk("a")
            isDone.wait()
            connection.send("0\r\n\r\n")
        }
        let loop = try Loop()
        #expect(loop.transport.multis[0].deadline == nil)
        let id = loop.start(.get(server.url(), connectTimeout: .seconds(3600)))
        loop.run(until: { $0[id].text == "a" })
        // Timers of the connect phase are left over and run out, each once; then only its time-out stands.
        var turns = 0
        while let deadline = loop.transport.multis[0].deadline, deadline < .monotonic + .seconds(3000), turns < 10 {
            _ = loop.transport.wait(timeout: nil)
            loop.perform()
            turns += 1
        }
        #expect(turns < 4)
        isDone.open()
        loop.run(until: { $0[id].isOver })
        #expect(loop.transport.multis[0].deadline == nil)
    }
}
