import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A server on a loopback port of its own choice that does to each connection exactly what a script says, well-behaved
/// or not. Every connection runs the script on a thread of its own and is closed after it.
public final class RawServer: Sendable {
    public let port: Int
    private let listener: Int32
    private let isStopped = Mutex(false)
    private let connectionList = Mutex<[RawConnection]>([])

    /// - Parameters:
    ///   - backlog: how many connections may wait to be accepted.
    ///   - script: `nil` = no connection is accepted but by ``acceptOne()``; the system establishes as many as the backlog
    ///     allows.
    public init(backlog: Int32 = 512, script: (@Sendable (RawConnection) -> Void)?) throws {
        (listener, port) = try RawServer.makeListener(backlog: backlog)
        guard let script else { return }
        Thread.detachNewThread { [weak self] in
            while let server = self, server.acceptConnection(script) {}
        }
    }

    deinit {
        stop()
    }

    /// `http://127.0.0.1:port` and the path.
    public func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// The connections so far, oldest first, over ones included.
    public var connections: [RawConnection] { connectionList.withLock { $0 } }

    /// Closes the listener; connections and their scripts go on.
    public func stop() {
        isStopped.withLock { isStopped in
            if !isStopped { close(listener) }
            isStopped = true
        }
    }

    /// Connects to a server that accepts nothing until the system answers no more: whoever connects next waits in vain,
    /// for as long as the result is held.
    public func fillBacklog() throws -> Fillers {
        let fillers = Fillers()
        while try fillers.connect(to: port) {
            guard fillers.count < 100 else { throw POSIXError(.EADDRINUSE) }
        }
        return fillers
    }

    /// The next connection to a server without a script; `nil` when none comes within 30 s, which no working test takes.
    public func acceptOne() -> RawConnection? {
        var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, 30_000) > 0 else { return nil }
        let descriptor = accept(listener, nil, nil)
        return descriptor >= 0 ? RawConnection(descriptor) : nil
    }

    /// Waits for a connection for a moment, which bounds how long a forgotten server stays; `false` when it was stopped.
    private func acceptConnection(_ script: @escaping @Sendable (RawConnection) -> Void) -> Bool {
        var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        let isReady = poll(&entry, 1, 50) > 0
        // Under the lock, so that the number of a closed listener is never used for what was opened after it.
        let descriptor: Int32? = isStopped.withLock { isStopped in
            if isStopped { return nil }
            return isReady ? accept(listener, nil, nil) : -1
        }
        guard let descriptor else { return false }
        guard descriptor >= 0 else { return true }
        let connection = RawConnection(descriptor)
        connectionList.withLock { $0.append(connection) }
        Thread.detachNewThread {
            script(connection)
            connection.end()
        }
        return true
    }

    private static func makeListener(backlog: Int32) throws -> (descriptor: Int32, port: Int) {
        let descriptor = streamSocket()
        var address = loopback(port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0
                    && listen(descriptor, backlog) == 0
                    && getsockname(descriptor, pointer, &size) == 0
            }
        }
        // A listener that was reset by its peer before it was accepted must not block the thread.
        guard descriptor >= 0, isListening, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
            throw POSIXError(.EADDRNOTAVAIL)
        }
        return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
    }

    /// Connections that nobody accepts.
    public final class Fillers {
        private var descriptors: [Int32] = []

        var count: Int { descriptors.count }

        deinit {
            for descriptor in descriptors { close(descriptor) }
        }

        /// `false` when the connection does not come about.
        func connect(to port: Int) throws -> Bool {
            let descriptor = RawServer.streamSocket()
            guard descriptor >= 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw POSIXError(.EMFILE) }
            descriptors.append(descriptor)
            var address = RawServer.loopback(port: port)
            withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    _ = Foundation.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            return poll(&entry, 1, 200) > 0
        }
    }

    private static func streamSocket() -> Int32 {
        #if canImport(Darwin)
            return socket(AF_INET, SOCK_STREAM, 0)
        #else
            return socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
    }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        return address
    }
}
