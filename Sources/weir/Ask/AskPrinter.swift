import Pricing
import Providers
import StreamEngine

/// What `weir ask` shows of a reply as it happens.
protocol AskPrinter {
    /// `text` and `thinking` are the stream's whole buffers, which the event's ranges point into.
    mutating func print(_ event: EngineEvent, text: [UInt8], thinking: [UInt8])
    mutating func end(_ snapshot: StreamSnapshot)
    /// Once per turn of the loop.
    mutating func flush()
    /// Why nothing more can be written to standard output: EPIPE where its reader went away.
    var failure: Int32? { get }
}
