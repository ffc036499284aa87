/// The types of Anthropic's event vocabulary.
enum EventKind: Equatable {
    case messageStart, blockStart, blockDelta, blockStop, messageDelta, messageStop, ping, error
    /// A whole message, as in a reply that is not streamed.
    case message
    case unknown

    @inline(__always)
    init(_ type: JSONString) {
        if type.equals("content_block_delta") { self = .blockDelta } else { self = Self.rare(type) }
    }

    init(_ type: UnsafeRawBufferPointer) {
        let bytes = type.bindMemory(to: UInt8.self)
        guard let start = bytes.baseAddress else {
            self = .unknown
            return
        }
        self.init(JSONString(start: start, count: bytes.count, isEscaped: false, isWide: false))
    }

    @inline(never)
    private static func rare(_ type: JSONString) -> EventKind {
        switch type.length {
        case 4 where type.equals("ping"): .ping
        case 5 where type.equals("error"): .error
        case 7 where type.equals("message"): .message
        case 12 where type.equals("message_stop"): .messageStop
        case 13 where type.equals("message_start"): .messageStart
        case 13 where type.equals("message_delta"): .messageDelta
        case 18 where type.equals("content_block_stop"): .blockStop
        case 19 where type.equals("content_block_start"): .blockStart
        default: .unknown
        }
    }

    var name: String {
        switch self {
        case .messageStart: "message_start"
        case .blockStart: "content_block_start"
        case .blockDelta: "content_block_delta"
        case .blockStop: "content_block_stop"
        case .messageDelta: "message_delta"
        case .messageStop: "message_stop"
        case .ping: "ping"
        case .error: "error"
        case .message, .unknown: "message"
        }
    }
}
