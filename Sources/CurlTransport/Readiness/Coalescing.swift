import StreamEngine

/// Whether to let more come before the next look at the sockets: interrupt coalescing, as network cards do it.
///
/// A look costs several times what a delta does (system calls, and the loop's code back into the processor's cache), and
/// of a thousand slow streams each look finds one. So where little comes often, looks are ``interval`` apart. What fills
/// its buffers is never made to wait, and neither is what comes after a longer pause: a single stream at the pace of a
/// person's reading is read the moment it arrives. A loop that is busy for as long anyway does not wait on top of that.
struct Coalescing {
    /// From one look to the next, and so the longest that a byte is kept waiting. Far below what a person or a chart of
    /// delays can see.
    static let interval = Duration.milliseconds(2)
    /// A socket that brings so much may well have more.
    private static let muchPerSocket = 1 << 10

    private let interval: Duration
    private var lastBytesAt: Instant?
    private var isWaited = false

    /// When the next look is to be taken, and not before; `nil` = as soon as there is something to see.
    private(set) var until: Instant?

    init(interval: Duration = Self.interval) {
        self.interval = interval
    }

    /// A look was taken: it found `bytes`, from `sockets` that were ready.
    mutating func looked(at now: Instant, bytes: Int, sockets: Int) {
        let wasWaited = isWaited
        isWaited = false
        until = nil
        guard bytes > 0, bytes < sockets * Self.muchPerSocket else { return }
        // A wait that brought only one socket was for nothing.
        if wasWaited ? sockets > 1 : lastBytesAt.map({ now - $0 < interval }) ?? false { until = now + interval }
        lastBytesAt = now
    }

    /// The wait for ``until`` is over.
    mutating func waited() {
        isWaited = true
        until = nil
    }
}
