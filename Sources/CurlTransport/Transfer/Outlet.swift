import StreamEngine

/// Where libcurl's callbacks find the handler of the ``CurlTransport/perform(_:)`` under way. Apart from the transport, so
/// that the transfers need no way back to it.
///
/// A server sends every event as an HTTP chunk of its own, and libcurl hands out every chunk by itself, though it has read
/// hundreds of them at once. Each hand-over costs the engine several times what the chunk's bytes do, so those of one
/// transfer that follow each other are joined first. And what several transfers have read goes out one after the other:
/// between two reads the engine's code and the kernel's would take turns in driving each other out of the processor's cache.
/// Nothing is held back by that: all of it goes out before the `perform` that read it is over.
final class Outlet {
    // Unchecked: the handler is called from inside, but may not call the transport, and so comes back to none of these; to
    // look it up for each of four a delta is a tenth of what a delta costs.
    @exclusivity(unchecked) var handler: ((AttemptID, CurlTransport.Delivery) -> Void)?

    /// What was not handed over yet, of all transfers.
    @exclusivity(unchecked) private var bytes: [UInt8] = []
    @exclusivity(unchecked) private var pieces: [Piece] = []
    @exclusivity(unchecked) private var count = 0

    /// From the end of the piece before it on.
    private struct Piece {
        let owner: AttemptID
        var end: Int
    }

    /// So much is gathered; a piece that is so long is handed over as it is, and not copied.
    private static let size = 16 << 10

    func deliver(_ event: TransportEvent, of id: AttemptID) {
        flush()
        handler?(id, .event(event))
    }

    func deliver(_ piece: UnsafeRawBufferPointer, of id: AttemptID) {
        count += piece.count
        if bytes.count + piece.count > Outlet.size { flush() }
        guard piece.count < Outlet.size else {
            handler?(id, .body(piece))
            return
        }
        bytes.append(contentsOf: piece)
        if let last = pieces.indices.last, pieces[last].owner == id {
            pieces[last].end = bytes.count
        } else {
            pieces.append(Piece(owner: id, end: bytes.count))
        }
    }

    /// Bytes that came since the last time.
    func takeCount() -> Int {
        defer { count = 0 }
        return count
    }

    /// Hands over what is left of the pieces.
    func flush() {
        guard !pieces.isEmpty else { return }
        bytes.withUnsafeBytes { bytes in
            var start = 0
            for piece in pieces {
                handler?(piece.owner, .body(UnsafeRawBufferPointer(rebasing: bytes[start..<piece.end])))
                start = piece.end
            }
        }
        bytes.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
    }
}
