/// The end of an attempt's body that may be the beginning of a secret: not written before it is certain that it is none.
struct HeldBody: Sendable {
    struct Written {
        /// What became certain of earlier pieces, in their order.
        var rests: [[UInt8]] = []
        /// Of the new piece.
        var piece: [UInt8] = []
        /// How many bytes of the new piece are still held.
        var held = 0
    }

    /// Certain bytes are marked already, the others are as they came.
    private var tail: [UInt8] = []
    /// How many bytes of it belong to which piece.
    private var counts: [Int] = []

    mutating func receive(_ piece: [UInt8], _ redactor: Redactor) -> Written {
        var all = tail + piece
        let certain = redactor.redact(&all, isFinal: false)
        var written = Written()
        var done = 0
        while let count = counts.first, done + count <= certain {
            written.rests.append(Array(all[done..<done + count]))
            counts.removeFirst()
            done += count
        }
        if counts.isEmpty {
            // `done` is where the new piece begins.
            written.piece = Array(all[done..<certain])
            done = certain
        }
        written.held = all.count - max(done, tail.count)
        if written.held > 0 { counts.append(written.held) }
        tail = Array(all[done...])
        return written
    }

    /// No more comes.
    mutating func finish(_ redactor: Redactor) -> [[UInt8]] {
        _ = redactor.redact(&tail, isFinal: true)
        var done = 0
        let rests = counts.map { count in
            defer { done += count }
            return Array(tail[done..<done + count])
        }
        self = HeldBody()
        return rests
    }
}
