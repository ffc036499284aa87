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
    /// The reader of standard output went away.
    var isBroken: Bool { get }
}
