/// Parses server-sent events (WHATWG HTML, 9.2.6) from bytes, piece by piece.
///
/// Any split of the input gives the same elements. Work is linear in the input; memory is bounded by the maximum event
/// size. A line that lies whole in one piece is handed out where it lies; only lines split over pieces, and data of
/// several lines, are put together in buffers, which are kept from event to event.
///
/// Where the stream ends in the middle of an event, that event is not dispatched, as the standard wants it: simply stop
/// feeding.
public struct EventStreamParser: Sendable {
    /// A line is put together from pieces only as far as its meaning needs it.
    private enum Partial {
        /// Between two lines. → any
        case none
        /// In a line that may be a field; what came of it is in ``line``. → none, comment, ignored
        case field
        /// In a comment; its beginning is in ``line``. → none
        case comment
        /// In a line of an unknown field, of which nothing is kept. → none
        case ignored
    }

    /// How many bytes of a comment are reported; what follows is dropped as it arrives.
    public static let longestReportedComment = 256

    /// The most bytes that the values of one event's fields may have together, line feeds between data included.
    public let maximumEventSize: Int
    /// The id of the last dispatched block that had one; bytes as received.
    public private(set) var lastEventID: [UInt8] = []
    /// The last `retry` received, in milliseconds; capped at `Int.max`.
    public private(set) var reconnectionTime: Int?
    /// Bytes looked at and bytes copied so far: proof of linear work.
    private(set) var work = 0

    private var partial = Partial.none
    private var line: [UInt8] = []
    /// The data of the event at hand, as far as it could not stay where it was received.
    private var data: [UInt8] = []
    private var type: [UInt8] = []
    private var id: [UInt8] = []
    private var hasData = false
    private var hasID = false
    /// Bytes of the event's values so far.
    private var eventSize = 0
    /// A line ended with CR at the end of a piece: an LF that follows belongs to it.
    private var skipsLineFeed = false
    /// How many bytes of a byte order mark were met; 3 when the beginning is over.
    private var markLength = 0
    private var failed = false

    /// A parser at the beginning of a stream. `maximumEventSize` is the most bytes of one event.
    public init(maximumEventSize: Int = 16 << 20) {
        self.maximumEventSize = maximumEventSize
    }

    /// Parses the next piece and hands out what it completes, in order.
    ///
    /// - Throws: ``EventStreamError/eventTooLarge(limit:)`` as soon as that is certain, after everything before it was
    ///   handed out; from then on every call throws it.
    public mutating func receive(
        _ bytes: UnsafeRawBufferPointer, _ handle: (EventStreamElement) -> Void
    ) throws(EventStreamError) {
        if failed { throw .eventTooLarge(limit: maximumEventSize) }
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        var start = 0
        if markLength < 3 {
            start = skipMark(bytes)
            if markLength < 3 { return }
        }
        if skipsLineFeed, start < bytes.count {
            skipsLineFeed = false
            if bytes[start] == 0x0A { start += 1 }
        }
        var event = BorrowedEvent()
        if partial != .none {
            start = try finishLine(bytes, from: start, handle)
        }
        while start < bytes.count {
            let end = lineEnd(in: base, from: start, to: bytes.count)
            work &+= end &- start
            let line = UnsafeRawBufferPointer(start: base + start, count: end &- start)
            if end == bytes.count {
                try keep(line)
                break
            }
            try process(line, &event, handle)
            start = afterLineEnd(bytes, at: end)
        }
        secure(&event)
    }

    /// The offset after the line end at `end`.
    @inline(__always)
    private mutating func afterLineEnd(_ bytes: UnsafeRawBufferPointer, at end: Int) -> Int {
        guard bytes[end] == 0x0D else { return end &+ 1 }
        if end &+ 1 == bytes.count {
            skipsLineFeed = true
            return end &+ 1
        }
        return bytes[end &+ 1] == 0x0A ? end &+ 2 : end &+ 1
    }
}

/// What of the present event still lies in the input.
private struct BorrowedEvent {
    var data: UnsafeRawBufferPointer?
    var type: UnsafeRawBufferPointer?
}

// MARK: - Lines

extension EventStreamParser {
    @inline(__always)
    private mutating func process(
        _ line: UnsafeRawBufferPointer, _ event: inout BorrowedEvent, _ handle: (EventStreamElement) -> Void
    ) throws(EventStreamError) {
        if line.isEmpty { return dispatch(&event, handle) }
        if line[0] == UInt8(ascii: ":") { return report(comment: line, handle) }
        let (field, offset) = Field.parse(line)
        if field == .unknown { return }
        let value = UnsafeRawBufferPointer(rebasing: line[offset...])
        eventSize &+= value.count &+ (field == .data && hasData ? 1 : 0)
        if eventSize > maximumEventSize { throw fail() }
        switch field {
        case .data: append(data: value, &event)
        case .event: event.type = value
        case .id: receive(id: value)
        case .retry: receive(retry: value)
        case .unknown: break
        }
    }

    @inline(__always)
    private mutating func append(data value: UnsafeRawBufferPointer, _ event: inout BorrowedEvent) {
        guard hasData else {
            hasData = true
            event.data = value
            return
        }
        if let first = event.data {
            data.append(contentsOf: first)
            work &+= first.count
            event.data = nil
        }
        data.append(0x0A)
        data.append(contentsOf: value)
        work &+= value.count
    }

    /// An id with a NUL in it is ignored.
    private mutating func receive(id value: UnsafeRawBufferPointer) {
        guard !value.contains(0) else { return }
        id.removeAll(keepingCapacity: true)
        id.append(contentsOf: value)
        hasID = true
    }

    /// Digits only; anything else is ignored.
    private mutating func receive(retry value: UnsafeRawBufferPointer) {
        guard !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
        var time = 0
        for digit in value {
            let (product, overflow) = time.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit - 0x30))
            if overflow || carry {
                time = .max
                break
            }
            time = sum
        }
        reconnectionTime = time
    }

    private func report(comment line: UnsafeRawBufferPointer, _ handle: (EventStreamElement) -> Void) {
        let length = min(line.count - 1, Self.longestReportedComment)
        handle(.comment(UnsafeRawBufferPointer(rebasing: line[1..<(1 + length)])))
    }

    @inline(__always)
    private mutating func dispatch(_ event: inout BorrowedEvent, _ handle: (EventStreamElement) -> Void) {
        if hasID {
            // Also where the block has no data: the standard sets the id before it looks.
            swap(&lastEventID, &id)
            hasID = false
        }
        if hasData {
            hand(out: event, handle)
            hasData = false
        }
        if !data.isEmpty { data.removeAll(keepingCapacity: true) }
        if !type.isEmpty { type.removeAll(keepingCapacity: true) }
        event = BorrowedEvent()
        eventSize = 0
    }

    @inline(__always)
    private func hand(out event: BorrowedEvent, _ handle: (EventStreamElement) -> Void) {
        type.withUnsafeBytes { type in
            data.withUnsafeBytes { data in
                lastEventID.withUnsafeBytes { id in
                    handle(
                        .event(
                            ServerSentEvent(
                                type: event.type ?? type, data: event.data ?? data, lastEventID: id,
                                reconnectionTime: reconnectionTime)))
                }
            }
        }
    }

    private mutating func fail() -> EventStreamError {
        failed = true
        return .eventTooLarge(limit: maximumEventSize)
    }
}

// MARK: - Over the edges of pieces

extension EventStreamParser {
    /// Copies what the present event borrows from the input, for the input is about to go.
    private mutating func secure(_ event: inout BorrowedEvent) {
        if let value = event.data {
            data.append(contentsOf: value)
            work &+= value.count
        }
        if let value = event.type {
            type.removeAll(keepingCapacity: true)
            type.append(contentsOf: value)
            work &+= value.count
        }
        event = BorrowedEvent()
    }

    /// Ends the line that an earlier piece began, if its end is here. Returns the offset after it.
    private mutating func finishLine(
        _ bytes: UnsafeRawBufferPointer, from start: Int, _ handle: (EventStreamElement) -> Void
    ) throws(EventStreamError) -> Int {
        guard let base = bytes.baseAddress else { return start }
        let end = lineEnd(in: base, from: start, to: bytes.count)
        work &+= end &- start
        try keep(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        guard end < bytes.count else { return end }
        if partial != .ignored {
            // Taken out for the time, so that its bytes can be borrowed while the parser changes.
            var whole: [UInt8] = []
            swap(&whole, &line)
            let result = whole.withUnsafeBytes { (line) -> Result<Void, EventStreamError> in
                var event = BorrowedEvent()
                do throws(EventStreamError) {
                    try process(line, &event, handle)
                } catch {
                    return .failure(error)
                }
                secure(&event)
                return .success(())
            }
            try result.get()
            swap(&whole, &line)
        }
        line.removeAll(keepingCapacity: true)
        partial = .none
        return afterLineEnd(bytes, at: end)
    }

    /// Keeps a piece of a line whose end has not come.
    private mutating func keep(_ piece: UnsafeRawBufferPointer) throws(EventStreamError) {
        guard !piece.isEmpty else { return }
        if partial == .none { partial = piece[0] == UInt8(ascii: ":") ? .comment : .field }
        switch partial {
        case .none, .ignored: return
        case .comment:
            let room = Self.longestReportedComment + 1 - line.count
            let kept = min(room, piece.count)
            line.append(contentsOf: piece.prefix(kept))
            work &+= kept
        case .field:
            line.append(contentsOf: piece)
            work &+= piece.count
            guard line.count >= Field.decidedLength else { return }
            let (field, offset) = line.withUnsafeBytes(Field.parse)
            if field == .unknown {
                partial = .ignored
                line.removeAll(keepingCapacity: true)
            } else if eventSize + line.count - offset + (field == .data && hasData ? 1 : 0) > maximumEventSize {
                throw fail()
            }
        }
    }

    /// Skips one byte order mark at the very beginning, however it is split. Returns the offset after it.
    private mutating func skipMark(_ bytes: UnsafeRawBufferPointer) -> Int {
        let mark: (UInt8, UInt8, UInt8) = (0xEF, 0xBB, 0xBF)
        for (offset, byte) in bytes.enumerated() {
            let expected = markLength == 0 ? mark.0 : markLength == 1 ? mark.1 : mark.2
            guard byte == expected else {
                // No mark: what looked like one begins a line, and no field is called that.
                if markLength > 0 { partial = .ignored }
                markLength = 3
                return offset
            }
            markLength += 1
            if markLength == 3 { return offset + 1 }
        }
        return bytes.count
    }
}
