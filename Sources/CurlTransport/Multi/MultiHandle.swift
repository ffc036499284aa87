import CCurl
import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One libcurl multi handle with the sockets and the timer that it asks for.
///
/// It is driven by `curl_multi_socket_action`, not by `curl_multi_perform`: that one visits every transfer each time,
/// with a system call for each, so that a busy stream pays for a thousand quiet ones.
final class MultiHandle {
    let raw: UnsafeMutableRawPointer
    /// Transfers added and not removed.
    private(set) var transferCount = 0
    private let sockets: any SocketSet
    var socketCount: Int { sockets.count }
    /// When libcurl wants to be called though no socket is ready; `nil` = never.
    private(set) var deadline: Instant?
    private var ready: [ReadySocket] = []
    /// Connections, idle or not, from which on the oldest idle one is closed whenever a transfer ends; libcurl looks through
    /// all of them for it. So it is as many as transfers have run at once, and never reached by these alone; libcurl's own
    /// default grows with the number of transfers, and shrinks with it in the middle of their ends.
    private var connectionLimit = 64

    /// A transfer that libcurl is done with.
    struct Finished {
        var easy: UnsafeMutableRawPointer
        var result: CURLcode
    }

    /// How often a ``run(now:while:)`` looks for ready sockets: libcurl reads one buffer of each and returns.
    private static let rounds = 4

    /// `nil` when memory or descriptors have run out.
    init?(sockets: any SocketSet) {
        guard let raw = curl_multi_init() else { return nil }
        self.raw = raw
        self.sockets = sockets
        // libcurl calls back only from inside the calls that the methods below make on this handle, and `deinit` takes
        // the callbacks away: the pointer is never used without the object.
        let this = Unmanaged.passUnretained(self).toOpaque()
        weir_multi_set_pointer(raw, CURLMOPT_SOCKETDATA, this)
        weir_multi_set_pointer(raw, CURLMOPT_TIMERDATA, this)
        weir_multi_set_socket_callback(raw) { _, socket, what, this, _ in
            guard let this else { return 0 }
            Unmanaged<MultiHandle>.fromOpaque(this).takeUnretainedValue().socketChanged(socket, what)
            return 0
        }
        weir_multi_set_timer_callback(raw) { _, milliseconds, this in
            guard let this else { return 0 }
            Unmanaged<MultiHandle>.fromOpaque(this).takeUnretainedValue().timerChanged(milliseconds)
            return 0
        }
        weir_multi_set_long(raw, CURLMOPT_MAXCONNECTS, connectionLimit)
    }

    /// Closes the idle connections. The transfers must have been removed.
    deinit {
        // The clean-up closes sockets; nobody is left to hear of it.
        weir_multi_set_socket_callback(raw, nil)
        weir_multi_set_timer_callback(raw, nil)
        curl_multi_cleanup(raw)
    }

    func add(_ easy: EasyHandle) -> CURLMcode {
        let code = curl_multi_add_handle(raw, easy.raw)
        guard code == CURLM_OK else { return code }
        transferCount += 1
        if transferCount > connectionLimit {
            connectionLimit = transferCount
            weir_multi_set_long(raw, CURLMOPT_MAXCONNECTS, connectionLimit)
        }
        return code
    }

    /// Ends the transfer if it runs: an HTTP/1 connection is closed, an HTTP/2 stream is reset, before this returns.
    func remove(_ easy: EasyHandle) {
        if curl_multi_remove_handle(raw, easy.raw) == CURLM_OK { transferCount -= 1 }
    }

    /// Lets libcurl do what is due: its timer, then every ready socket; again, as long as there are any, up to a bound: what
    /// one stream sends without end must not keep the others, and the terminal, waiting.
    ///
    /// - Parameter hasMore: whether after a round some socket may well be ready still; what is not looked for now ends the
    ///   next wait at once.
    /// - Returns: how many sockets were ready, in all rounds.
    func run(now: Instant, while hasMore: () -> Bool) -> Int {
        var running: Int32 = 0
        if let deadline, deadline <= now {
            // One-shot: libcurl sets the next one, perhaps during this call.
            self.deadline = nil
            curl_multi_socket_action(raw, curl_socket_t(CURL_SOCKET_TIMEOUT), 0, &running)
        }
        var count = 0
        for _ in 0..<MultiHandle.rounds {
            ready.removeAll(keepingCapacity: true)
            sockets.collect(into: &ready)
            // A socket that libcurl has closed meanwhile is unknown to it and ignored.
            for socket in ready {
                curl_multi_socket_action(raw, socket.descriptor, socket.actions, &running)
            }
            count += ready.count
            if !hasMore() || ready.isEmpty { break }
        }
        return count
    }

    /// Appends the transfers that have finished since the last time.
    func takeFinished(into finished: inout [Finished]) {
        var left: Int32 = 0
        while let message = curl_multi_info_read(raw, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            finished.append(Finished(easy: easy, result: weir_message_result(message)))
        }
    }

    func appendWaits(to waits: inout [pollfd]) {
        sockets.appendWaits(to: &waits)
    }

    /// See ``SocketSet/wait(for:nanoseconds:)``.
    func wait(for others: [Int32], nanoseconds: Int64?) -> [Int32]? {
        sockets.wait(for: others, nanoseconds: nanoseconds)
    }

    private func socketChanged(_ socket: curl_socket_t, _ what: Int32) {
        if what == CURL_POLL_REMOVE {
            sockets.forget(socket)
        } else {
            sockets.watch(socket, read: what & CURL_POLL_IN != 0, write: what & CURL_POLL_OUT != 0)
        }
    }

    private func timerChanged(_ milliseconds: Int) {
        deadline = milliseconds < 0 ? nil : Instant.monotonic + .milliseconds(milliseconds)
    }
}
