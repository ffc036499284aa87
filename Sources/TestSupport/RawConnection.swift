import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One connection of a ``RawServer``. Its script's thread reads and writes; any thread may look at what was received.
public final class RawConnection: Sendable {
    /// How the peer's side of the connection came to its end.
    public enum End: Sendable {
        case closed, reset
        /// Nothing came for 30 s: the test has failed.
        case never
    }

    private struct State {
        var received: [UInt8] = []
        /// Where the next request begins in `received`.
        var consumed = 0
        var isOpen = true
        var end: End?
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        // A guard against tests that hang, not a time that a test waits.
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        #if canImport(Darwin)
            setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    /// Everything that the peer sent so far.
    public var received: [UInt8] { state.withLock { $0.received } }

    /// How the peer ended, once ``waitForEnd()`` or a read has seen it.
    public var seenEnd: End? { state.withLock { $0.end } }

    /// Reads one request: its head, and the body that `Content-Length` announces. `nil` when the peer ends before.
    @discardableResult
    public func readRequest() -> RawRequest? {
        while true {
            let request: RawRequest? = state.withLock { state in
                guard let request = RawRequest(state.received[state.consumed...]) else { return nil }
                state.consumed += request.byteCount
                return request
            }
            if let request { return request }
            guard receive() else { return nil }
        }
    }

    /// Reads on until the peer closes or resets.
    @discardableResult
    public func waitForEnd() -> End {
        while receive() {}
        return state.withLock { $0.end ?? .closed }
    }

    /// `false` when the peer is gone.
    @discardableResult
    public func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    public func send(_ bytes: [UInt8]) -> Bool {
        #if canImport(Darwin)
            let flags: Int32 = 0
        #else
            let flags = Int32(MSG_NOSIGNAL)
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { bytes in
                bytes.baseAddress.map { Foundation.send(descriptor, $0 + sent, bytes.count - sent, flags) } ?? -1
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// An HTTP/1.1 chunk.
    @discardableResult
    public func sendChunk(_ text: String) -> Bool {
        send(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
    }

    /// Ends the connection in order: what was sent still arrives.
    public func end() {
        state.withLock { state in
            if state.isOpen { close(descriptor) }
            state.isOpen = false
        }
    }

    /// Ends the connection with a TCP reset.
    public func reset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        end()
    }

    /// Reads what is there, or the next bytes; `false` at the end.
    @discardableResult
    public func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        let error = errno
        return state.withLock { state in
            guard count <= 0 else {
                state.received += buffer[..<count]
                return true
            }
            state.end = count == 0 ? .closed : error == ECONNRESET ? .reset : .never
            return false
        }
    }
}

/// A request as a ``RawServer`` received it.
public struct RawRequest: Sendable {
    /// `POST /v1/messages HTTP/1.1`
    public var requestLine: String
    /// Names in lower case.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    var byteCount: Int

    /// The first value of a header; `name` in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// `nil` when the bytes do not hold a whole request yet.
    public init?(_ bytes: ArraySlice<UInt8>) {
        let lineEnd: [UInt8] = [0x0D, 0x0A]
        guard let headEnd = bytes.firstRange(of: lineEnd + lineEnd) else { return nil }
        let lines = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        requestLine = lines[0]
        headers = lines.dropFirst().compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (
                line[..<colon].lowercased(), line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            )
        }
        let length = headers.first { $0.name == "content-length" }.flatMap { Int($0.value) } ?? 0
        guard bytes.distance(from: headEnd.upperBound, to: bytes.endIndex) >= length else { return nil }
        body = Array(bytes[headEnd.upperBound..<headEnd.upperBound + length])
        byteCount = headEnd.upperBound + length - bytes.startIndex
    }
}
