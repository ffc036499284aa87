import StreamEngine

/// Pieces of bodies on their way to the engine, in the order and with the times in which they came. A piece that comes every
/// few milliseconds costs the engine most by finding its code and data gone from the processor's cache; of several together
/// only the first pays for that.
struct GatheredBodies {
    private var bytes: [UInt8] = []
    private var pieces: [Piece] = []

    /// From the end of the piece before it on.
    private struct Piece {
        let attempt: AttemptID
        let at: Now
        let end: Int
    }

    /// Bytes that are gathered; what comes so fast that they are more finds the cache as it left it.
    private static let size = 4 << 10

    var isEmpty: Bool { pieces.isEmpty }

    func takes(_ piece: UnsafeRawBufferPointer) -> Bool { bytes.count + piece.count <= Self.size }

    mutating func append(_ piece: UnsafeRawBufferPointer, of attempt: AttemptID, at now: Now) {
        bytes.append(contentsOf: piece)
        pieces.append(Piece(attempt: attempt, at: now, end: bytes.count))
    }

    /// Lets the engine have all of them; none is left.
    mutating func handOver(to engine: inout StreamEngine, into actions: inout EngineActions) {
        guard !pieces.isEmpty else { return }
        bytes.withUnsafeBytes { bytes in
            var start = 0
            for piece in pieces {
                let body = UnsafeRawBufferPointer(rebasing: bytes[start..<piece.end])
                engine.bodyReceived(body, of: piece.attempt, at: piece.at, into: &actions)
                start = piece.end
            }
        }
        bytes.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
    }
}
