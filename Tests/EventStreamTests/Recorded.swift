import EventStream

/// An element with its bytes copied out, for comparison. Bytes, not strings: `String ==` is canonical equivalence.
enum Recorded: Equatable {
    case event(type: [UInt8], data: [UInt8], id: [UInt8], retry: Int?)
    case comment([UInt8])

    init(_ element: EventStreamElement) {
        switch element {
        case .event(let event):
            self = .event(
                type: Array(event.type), data: Array(event.data), id: Array(event.lastEventID),
                retry: event.reconnectionTime)
        case .comment(let text): self = .comment(Array(text))
        }
    }

    var isEvent: Bool {
        if case .event = self { true } else { false }
    }
}

extension EventStreamParser {
    mutating func record(_ piece: [UInt8]) throws -> [Recorded] {
        var found: [Recorded] = []
        try piece.withUnsafeBytes { bytes throws in
            try receive(bytes) { found.append(Recorded($0)) }
        }
        return found
    }
}

/// All elements of a stream that comes in these pieces.
func elements(of pieces: some Sequence<[UInt8]>, maximumEventSize: Int = 16 << 20) throws -> [Recorded] {
    var parser = EventStreamParser(maximumEventSize: maximumEventSize)
    var found: [Recorded] = []
    for piece in pieces { found += try parser.record(piece) }
    return found
}

func elements(of text: String, maximumEventSize: Int = 16 << 20) throws -> [Recorded] {
    try elements(of: [Array(text.utf8)], maximumEventSize: maximumEventSize)
}

/// `message` events with this data, no id and no reconnection time.
func messages(_ data: String...) -> [Recorded] {
    data.map { .event(type: [], data: Array($0.utf8), id: [], retry: nil) }
}
