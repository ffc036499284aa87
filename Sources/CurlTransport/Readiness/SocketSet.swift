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
    /// Waits until a socket is ready, or one of the other descriptors can be read, or the time is over. What was ready is
    /// kept for the next ``collect(into:)``.
    ///
    /// - Returns: those of the others that can be read; `nil`, without waiting, where the set cannot wait for them.
    func wait(for others: [Int32], nanoseconds: Int64?) -> [Int32]?
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

    func wait(for others: [Int32], nanoseconds: Int64?) -> [Int32]? { nil }

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
    /// busy one cost nothing. What else the loop waits for joins it as guests, so that one call waits for everything and
    /// brings what is ready: to poll the instance beside a terminal costs a slow stream a tenth of all that its tokens do. The
    /// instance can itself be polled, where it is one of several or a guest is none that epoll takes.
    final class EpollSocketSet: SocketSet {
        private let epoll: Int32
        private var watched: Set<Int32> = []
        private var guests: [Int32] = []
        /// Whether the guests are in the instance: all of them or none.
        private var areGuestsIn = true
        /// What the last wait found ready and nobody has collected.
        private var found: [ReadySocket] = []
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
            event.data.u64 = UInt64(UInt32(bitPattern: descriptor))
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
            found.removeAll { $0.descriptor == descriptor }
            var event = epoll_event()
            // Fails where the descriptor is closed already: then it is out.
            _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
        }

        func appendWaits(to waits: inout [pollfd]) {
            // Whoever polls has guests of his own.
            if areGuestsIn, !guests.isEmpty { invite([]) }
            waits.append(pollfd(fd: epoll, events: Int16(POLLIN), revents: 0))
        }

        func wait(for others: [Int32], nanoseconds: Int64?) -> [Int32]? {
            if others != guests { invite(others) }
            guard areGuestsIn else { return nil }
            var readable: [Int32] = []
            // What was found and not collected is ready still, and found again.
            found.removeAll(keepingCapacity: true)
            let count = take(nanoseconds: nanoseconds ?? -1) { event in
                if let guest = Self.guest(of: event) {
                    readable.append(guest)
                } else {
                    found.append(Self.socket(of: event))
                }
            }
            // So many sockets are ready that a guest may never be among those that fit.
            return count == Self.batch ? ready(among: guests) : readable
        }

        private func ready(among guests: [Int32]) -> [Int32] {
            var polled = guests.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), 0) > 0 else { return [] }
            return polled.filter { $0.revents != 0 }.map(\.fd)
        }

        func collect(into ready: inout [ReadySocket]) {
            guard !watched.isEmpty else { return }
            guard found.isEmpty else {
                ready.append(contentsOf: found)
                found.removeAll(keepingCapacity: true)
                return
            }
            // A guest that is ready is the next wait's.
            take(nanoseconds: 0) { if Self.guest(of: $0) == nil { ready.append(Self.socket(of: $0)) } }
        }

        @discardableResult
        private func take(nanoseconds: Int64, _ body: (epoll_event) -> Void) -> Int {
            // Less than none: an interrupted wait.
            let count = Int(weir_epoll_wait(epoll, events.baseAddress, Int32(EpollSocketSet.batch), nanoseconds))
            guard count > 0 else { return 0 }
            for event in events[..<count] { body(event) }
            return count
        }

        /// Lets these in for those that were there.
        private func invite(_ others: [Int32]) {
            var event = epoll_event()
            event.events = EPOLLIN.rawValue
            func goAway(_ leaving: some Sequence<Int32>) {
                // One that was closed is out, and its number may be a socket's by now.
                for guest in leaving where !watched.contains(guest) {
                    _ = epoll_ctl(epoll, EPOLL_CTL_DEL, guest, &event)
                }
            }
            if areGuestsIn { goAway(guests) }
            guests = others
            areGuestsIn = true
            for (index, guest) in guests.enumerated() {
                event.data.u64 = Self.guestMark | UInt64(UInt32(bitPattern: guest))
                guard epoll_ctl(epoll, EPOLL_CTL_ADD, guest, &event) != 0 else { continue }
                // An ordinary file, one that is closed, or one twice: `poll` knows what to say of each.
                goAway(guests[..<index])
                areGuestsIn = false
                return
            }
        }

        private static let guestMark: UInt64 = 1 << 63

        private static func guest(of event: epoll_event) -> Int32? {
            let data = event.data.u64
            return data & guestMark == 0 ? nil : Int32(truncatingIfNeeded: data)
        }

        private static func socket(of event: epoll_event) -> ReadySocket {
            var actions: Int32 = 0
            if event.events & (EPOLLIN.rawValue | EPOLLHUP.rawValue) != 0 { actions |= CURL_CSELECT_IN }
            if event.events & EPOLLOUT.rawValue != 0 { actions |= CURL_CSELECT_OUT }
            if event.events & EPOLLERR.rawValue != 0 { actions |= CURL_CSELECT_ERR }
            return ReadySocket(descriptor: Int32(truncatingIfNeeded: event.data.u64), actions: actions)
        }
    }
#endif
