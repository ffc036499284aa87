/// What a parser finds in an event stream, in order of arrival. Its bytes are borrowed: they lie in the piece of input at
/// hand or in the parser's buffers, and are valid only during the call that hands them out.
public enum EventStreamElement {
    case event(ServerSentEvent)
    /// A comment line, without its colon and without its line end; at most
    /// ``EventStreamParser/longestReportedComment`` bytes of it. Servers send comments to keep the connection alive.
    case comment(UnsafeRawBufferPointer)
}

/// An event as the WHATWG standard dispatches it (HTML, 9.2.6). Bytes are as received: where they are to be text, decode
/// them as UTF-8 with repair.
public struct ServerSentEvent {
    /// The `event` field; empty stands for `message`.
    public let type: UnsafeRawBufferPointer
    /// The values of the `data` fields, joined by line feeds.
    public let data: UnsafeRawBufferPointer
    /// The last event id as of this event; empty where there was none.
    public let lastEventID: UnsafeRawBufferPointer
    /// The last `retry` as of this event, in milliseconds.
    public let reconnectionTime: Int?
}

/// Why a stream cannot be parsed any further.
public enum EventStreamError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One event's fields hold more than `limit` bytes.
    case eventTooLarge(limit: Int)

    public var description: String {
        switch self {
        case .eventTooLarge(let limit): "an event of the stream is larger than the limit of \(limit) bytes"
        }
    }
}
