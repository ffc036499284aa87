import CCurl
import StreamEngine

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Carries requests out and bodies in, over libcurl, for a program with one event loop.
///
/// The loop calls ``perform(_:)``, then ``wait(for:timeout:)``, and again. Everything happens inside these calls: there
/// is no thread, no lock and no periodic wake-up. Not for use from several threads, with the one exception of ``waker``.
public final class CurlTransport {
    /// What ``perform(_:)`` tells of an attempt. Per attempt: `connected`?, `headers`?, `body`*, then `finished`
    /// or `failed`, once.
    public enum Delivery {
        case event(TransportEvent)
        /// Decoded bytes of the body, valid during the call only.
        case body(UnsafeRawBufferPointer)
    }

    /// Why no transport could be made.
    public struct SetupError: Error, CustomStringConvertible {
        public var description: String
    }

    /// Ends ``wait(for:timeout:)`` from any thread.
    public let waker: Waker
    /// What holds for every request.
    public let options: Options

    private let outlet = Outlet()
    /// New transfers go to the last; the others only finish what they had when the connections were dropped.
    private(set) var multis: [MultiHandle]
    private var running: [AttemptID: Running] = [:]
    /// Attempts that failed before libcurl saw them, for the next ``perform(_:)``.
    private(set) var stillborn: [(id: AttemptID, failure: TransportFailure)] = []
    private var spares: [EasyHandle] = []
    private var connectDeadlines = ConnectDeadlines()
    /// Reused from wait to wait.
    var waits: [pollfd] = []
    /// What the last wait waited for beside the sockets: the waker first.
    var guests: [Int32]
    /// Whether ``waker`` was used before the end of the last ``wait(for:timeout:)``, or ended it.
    public internal(set) var wasWoken = false
    var coalescing: Coalescing
    /// Reused from one ``perform(_:)`` to the next.
    private var finished: [MultiHandle.Finished] = []

    /// Easy handles kept for later transfers, at about 6 KB each.
    private static let maximumSpares = 64

    private struct Running {
        var transfer: Transfer
        var multi: MultiHandle
    }

    /// libcurl's process-wide set-up, at the first transport. `true` when it worked.
    private static let isCurlReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// Also makes the process ignore SIGPIPE, which a TLS library may raise in spite of libcurl.
    public init(options: Options = Options()) throws(SetupError) {
        signal(SIGPIPE, SIG_IGN)
        guard CurlTransport.isCurlReady else { throw SetupError(description: "libcurl could not be set up") }
        guard let waker = Waker(), let multi = CurlTransport.makeMulti(options) else {
            throw SetupError(description: "no free file descriptors: raise `ulimit -n`")
        }
        self.options = options
        coalescing = Coalescing(interval: options.coalescingInterval)
        self.waker = waker
        guests = [waker.readEnd]
        multis = [multi]
    }

    deinit {
        for running in running.values { running.multi.remove(running.transfer.easy) }
    }

    /// Attempts that were started and have neither ended nor been cancelled.
    public var runningCount: Int { running.count + stillborn.count }

    /// Begins an attempt. Never calls back: whatever goes wrong comes from the next ``perform(_:)``.
    ///
    /// - Precondition: the attempt was not started before; not called from ``perform(_:)``'s handler.
    public func start(_ id: AttemptID, _ request: TransportRequest) {
        precondition(outlet.handler == nil, "the handler of perform may not start a transfer")
        precondition(running[id] == nil, "an attempt starts once")
        guard let easy = spares.popLast() ?? EasyHandle() else {
            stillborn.append((id, .outOfMemory))
            return
        }
        do throws(TransportFailure) {
            let transfer = try Transfer(id: id, request: request, options: options, easy: easy, outlet: outlet)
            let multi = multis[multis.count - 1]
            guard multi.add(easy) == CURLM_OK else { throw .outOfMemory }
            running[id] = Running(transfer: transfer, multi: multi)
            if transfer.isTimedByTransport { connectDeadlines.add(id, deadline: transfer.connectDeadline) }
        } catch {
            spares.append(easy)
            stillborn.append((id, error))
        }
    }

    /// Ends an attempt. Its HTTP/1 connection is closed, or its HTTP/2 stream reset, before this returns, and nothing is
    /// heard of it afterwards. No effect on an attempt that is over.
    ///
    /// - Precondition: not called from ``perform(_:)``'s handler.
    public func cancel(_ id: AttemptID) {
        precondition(outlet.handler == nil, "the handler of perform may not cancel a transfer")
        stillborn.removeAll { $0.id == id }
        guard let entry = running.removeValue(forKey: id) else { return }
        retire(entry)
    }

    /// Forgets the idle connections, and uses those in use for nothing new: after the machine has slept they are dead,
    /// though no one has said so. Transfers under way go on to their end.
    ///
    /// - Precondition: not called from ``perform(_:)``'s handler.
    public func dropConnections() {
        precondition(outlet.handler == nil, "the handler of perform may not drop connections")
        // Without descriptors for a new one, the old connections must do: libcurl finds out about dead ones.
        guard let fresh = CurlTransport.makeMulti(options) else { return }
        multis.append(fresh)
        closeDrained()
    }

    /// Runs what is ready and hands over what came of it, without waiting.
    ///
    /// - Parameter handler: may not call the transport.
    public func perform(_ handler: (AttemptID, Delivery) -> Void) {
        precondition(outlet.handler == nil, "the handler of perform may not perform")
        // Only libcurl's callbacks, from inside `run`, use the copy in the outlet, and it is taken out of there before
        // the handler's own scope ends.
        withoutActuallyEscaping(handler) { handler in
            outlet.handler = handler
            defer { outlet.handler = nil }
            for (id, failure) in stillborn { handler(id, .event(.failed(failure, Phases()))) }
            stillborn.removeAll()
            let now = Instant.monotonic
            var bytes = 0
            var sockets = 0
            for multi in multis {
                sockets += multi.run(now: now) {
                    let count = outlet.takeCount()
                    bytes += count
                    // Less than a buffer in all is what came since the last time: no socket was filled again meanwhile.
                    return count >= options.receiveBufferBytes
                }
                outlet.flush()
                // All of them before the first is removed: libcurl looks through those that were not taken for each.
                multi.takeFinished(into: &finished)
                for each in finished { finish(each.easy, each.result, handler) }
                finished.removeAll(keepingCapacity: true)
            }
            coalescing.looked(at: now, bytes: bytes, sockets: sockets)
            for id in connectDeadlines.takeDue(at: now, isConnecting) { endUnconnected(id, handler) }
        }
        closeDrained()
    }

    /// When the first of the transfers whose connect time-outs are the transport's own must have its connection; `nil` = all
    /// have.
    var connectDeadline: Instant? { connectDeadlines.next(isConnecting) }

    private func isConnecting(_ id: AttemptID) -> Bool { running[id]?.transfer.isConnecting ?? false }

    private func endUnconnected(_ id: AttemptID, _ handler: (AttemptID, Delivery) -> Void) {
        guard let entry = running.removeValue(forKey: id) else { return }
        let phases = entry.transfer.phases
        let failure = TransportFailure(unconnected: entry.transfer)
        retire(entry)
        handler(id, .event(.failed(failure, phases)))
    }

    private func finish(
        _ easy: UnsafeMutableRawPointer, _ result: CURLcode, _ handler: (AttemptID, Delivery) -> Void
    ) {
        guard let transfer = Transfer.owning(easy), let entry = running.removeValue(forKey: transfer.id) else { return }
        let phases = transfer.phases
        // A connection that ends inside the response's head is no error to libcurl.
        let isWhole = result == CURLE_OK && transfer.hasHeaders
        let failure = isWhole ? nil : TransportFailure(result == CURLE_OK ? CURLE_GOT_NOTHING : result, of: transfer)
        retire(entry)
        handler(transfer.id, .event(failure.map { .failed($0, phases) } ?? .finished(phases)))
    }

    /// Takes the transfer away from libcurl and keeps its handle for another.
    private func retire(_ entry: Running) {
        entry.multi.remove(entry.transfer.easy)
        guard spares.count < CurlTransport.maximumSpares else { return }
        spares.append(entry.transfer.easy)
    }

    private func closeDrained() {
        guard multis.count > 1 else { return }
        let current = multis[multis.count - 1]
        multis.removeAll { $0 !== current && $0.transferCount == 0 }
    }

    private static func makeMulti(_ options: Options) -> MultiHandle? {
        #if os(Linux)
            if !options.usesPollOnly {
                return EpollSocketSet().flatMap { MultiHandle(sockets: $0) }
            }
        #endif
        return MultiHandle(sockets: PollSocketSet())
    }
}
