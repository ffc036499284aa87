import Pricing
import Providers
import StreamEngine

/// What `weir ask` shows of a reply as it happens.
protocol AskPrinter {
    /// `text` and `thinking` are the stream's whole buffers, which the event's ranges point into.
    mutating func print(_ event: EngineEvent, text: [UInt8], thinking: [UInt8])
    mutating func end(_ snapshot: StreamSnapshot)
    /// The prompt goes out in parts: what that means, before the first.
    mutating func plan(_ parts: AskParts)
    /// What follows is the reply to one of several requests.
    mutating func begin(_ part: AskPart)
    /// The answers to the parts, where no last request could make one of them.
    mutating func put(unmerged answers: [String])
    /// Once per turn of the loop.
    mutating func flush()
    /// Why nothing more can be written to standard output: EPIPE where its reader went away.
    var failure: Int32? { get }
}
