import StreamEngine

/// Where libcurl's callbacks find the handler of the ``CurlTransport/perform(_:)`` under way. Apart from the transport, so
/// that the transfers need no way back to it.
///
/// A server sends every event as an HTTP chunk of its own, and libcurl hands out every chunk by itself, though it has read
/// hundreds of them at once. Each hand-over costs the engine several times what the chunk's bytes do, so those of one
/// transfer that follow each other are joined first. Nothing is held back by that: all of it goes out before the
/// `perform` that read it is over.
final class Outlet {
    var handler: ((AttemptID, CurlTransport.Delivery) -> Void)?

    /// The pieces of `owner` that were not handed over yet.
    private var pieces: [UInt8] = []
    private var owner: AttemptID?

    /// Joined pieces are handed over from this size on; one that has it already is not copied.
    private static let size = 16 << 10

    func deliver(_ event: TransportEvent, of id: AttemptID) {
        flush()
        handler?(id, .event(event))
    }

    func deliver(_ bytes: UnsafeRawBufferPointer, of id: AttemptID) {
        if owner != id || pieces.count + bytes.count > Outlet.size { flush() }
        guard bytes.count < Outlet.size else {
            handler?(id, .body(bytes))
            return
        }
        owner = id
        pieces.append(contentsOf: bytes)
    }

    /// Hands over what is left of the pieces.
    func flush() {
        guard let id = owner else { return }
        pieces.withUnsafeBytes { handler?(id, .body($0)) }
        pieces.removeAll(keepingCapacity: true)
        owner = nil
    }
}
