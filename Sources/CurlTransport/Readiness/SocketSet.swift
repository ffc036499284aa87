import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What one of libcurl's sockets can do now.
struct ReadySocket {
    var descriptor: Int32
    /// `CURL_CSELECT_IN`, `CURL_CSELECT_OUT`, `CURL_CSELECT_ERR`.
    var actions: Int32
}

/// The sockets that libcurl waits for. Level-triggered: what was not consumed is reported again.
protocol SocketSet: AnyObject {
    /// Watches the descriptor, or changes what it is watched for.
    func watch(_ descriptor: Int32, read: Bool, write: Bool)
    func forget(_ descriptor: Int32)
    /// Appends what `poll` must wait for so that it returns when ``collect(into:)`` would find something.
    func appendWaits(to waits: inout [pollfd])
    /// Appends the sockets that are ready, without waiting.
    func collect(into ready: inout [ReadySocket])
    var count: Int { get }
}

/// One `poll` entry a socket: works everywhere, costs time in the number of sockets.
final class PollSocketSet: SocketSet {
    private var entries: [pollfd] = []

    var count: Int { entries.count }

    func watch(_ descriptor: Int32, read: Bool, write: Bool) {
        let entry = pollfd(
            fd: descriptor, events: Int16((read ? POLLIN : 0) | (write ? POLLOUT : 0)), revents: 0)
        if let index = entries.firstIndex(where: { $0.fd == descriptor }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
    }

    func forget(_ descriptor: Int32) {
        guard let index = entries.firstIndex(where: { $0.fd == descriptor }) else { return }
        entries.swapAt(index, entries.count - 1)
        entries.removeLast()
    }

    func appendWaits(to waits: inout [pollfd]) {
        waits.append(contentsOf: entries)
    }

    func collect(into ready: inout [ReadySocket]) {
        guard poll(&entries, nfds_t(entries.count), 0) > 0 else { return }
        for entry in entries where entry.revents != 0 {
            let events = Int32(entry.revents)
            var actions: Int32 = 0
            if events & Int32(POLLIN) != 0 { actions |= CURL_CSELECT_IN }
            if events & Int32(POLLOUT) != 0 { actions |= CURL_CSELECT_OUT }
            // A hang-up without data is for libcurl to read: it finds the end of file or the error.
            if events & Int32(POLLHUP) != 0 { actions |= CURL_CSELECT_IN }
            if events & Int32(POLLERR | POLLNVAL) != 0 { actions |= CURL_CSELECT_ERR }
            ready.append(ReadySocket(descriptor: entry.fd, actions: actions))
        }
    }
}

#if os(Linux)
    /// An epoll instance: costs time only in the number of sockets that are ready, so a thousand quiet streams beside a
    /// busy one cost nothing. The instance can itself be polled, which is how it is waited for.
    final class EpollSocketSet: SocketSet {
        private let epoll: Int32
        private var watched: Set<Int32> = []
        private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: EpollSocketSet.batch)

        /// Sockets taken in one go; the rest is reported the next time, in turn.
        private static let batch = 256

        /// `nil` when the process has no descriptor left.
        init?() {
            epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
            // Everything is initialised: `deinit` tidies up after a failure too.
            guard epoll >= 0 else { return nil }
        }

        deinit {
            close(epoll)
            events.deallocate()
        }

        var count: Int { watched.count }

        func watch(_ descriptor: Int32, read: Bool, write: Bool) {
            var event = epoll_event()
            event.events = (read ? EPOLLIN.rawValue : 0) | (write ? EPOLLOUT.rawValue : 0)
            event.data.fd = descriptor
            let isKnown = !watched.insert(descriptor).inserted
            // libcurl may have closed a descriptor, which takes it out of the epoll instance, and opened another of the
            // same number before it says so: the other operation is then the right one.
            let (first, second) = isKnown ? (EPOLL_CTL_MOD, EPOLL_CTL_ADD) : (EPOLL_CTL_ADD, EPOLL_CTL_MOD)
            if epoll_ctl(epoll, first, descriptor, &event) != 0 {
                _ = epoll_ctl(epoll, second, descriptor, &event)
            }
        }

        func forget(_ descriptor: Int32) {
            guard watched.remove(descriptor) != nil else { return }
            var event = epoll_event()
            // Fails where the descriptor is closed already: then it is out.
            _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
        }

        func appendWaits(to waits: inout [pollfd]) {
            waits.append(pollfd(fd: epoll, events: Int16(POLLIN), revents: 0))
        }

        func collect(into ready: inout [ReadySocket]) {
            guard !watched.isEmpty else { return }
            let count = Int(epoll_wait(epoll, events.baseAddress, Int32(EpollSocketSet.batch), 0))
            guard count > 0 else { return }
            for event in events[..<count] {
                var actions: Int32 = 0
                if event.events & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { actions |= CURL_CSELECT_IN }
                if event.events & EPOLLOUT.rawValue != 0 { actions |= CURL_CSELECT_OUT }
                if event.events & EPOLLERR.rawValue != 0 { actions |= CURL_CSELECT_ERR }
                ready.append(ReadySocket(descriptor: event.data.fd, actions: actions))
            }
        }
    }
#endif
