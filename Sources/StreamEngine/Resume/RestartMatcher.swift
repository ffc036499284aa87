/// Skips a restarted reply's bytes as long as they are what is already shown. Linear, and copies nothing but a scalar
/// that was cut between two pieces.
public struct RestartMatcher: Sendable {
    /// What a piece of the restarted reply means.
    public enum Step: Sendable, Equatable {
        /// All of it is already shown, and there is more to come.
        case matching
        /// Everything shown has come again; `rest` is new. Nothing more is to be fed.
        case caughtUp(rest: ArraySlice<UInt8>)
        /// The replies differ: their first `kept` bytes are the same (whole scalars), and the new one goes on with `rest`.
        /// Nothing more is to be fed.
        case diverged(kept: Int, rest: ArraySlice<UInt8>)
    }

    private let shown: [UInt8]
    /// Where in the whole text `shown` begins.
    public let start: Int
    /// Bytes of the new reply that equal what is shown.
    public private(set) var matchedBytes = 0

    /// - Parameters:
    ///   - shown: the text so far, not empty.
    ///   - start: where in the whole text it begins.
    public init(shown: [UInt8], start: Int = 0) {
        self.shown = shown
        self.start = start
    }

    /// Shown bytes that have not come again. A restarted reply that ends while this is not 0 is shorter than the first.
    public var missingBytes: Int { shown.count - matchedBytes }

    /// Takes the next bytes of the restarted reply.
    public mutating func receive(_ bytes: ArraySlice<UInt8>) -> Step {
        let start = matchedBytes
        var index = bytes.startIndex
        while index < bytes.endIndex, matchedBytes < shown.count {
            guard bytes[index] == shown[matchedBytes] else { return diverged(bytes, at: index, start: start) }
            index += 1
            matchedBytes += 1
        }
        return matchedBytes == shown.count ? .caughtUp(rest: bytes[index...]) : .matching
    }

    private func diverged(_ bytes: ArraySlice<UInt8>, at index: Int, start: Int) -> Step {
        var kept = matchedBytes
        // Both texts are valid and the same up to here, so a scalar that is cut here begins at the same byte in both.
        while kept > 0, shown[kept] & 0xC0 == 0x80 { kept -= 1 }
        if kept >= start {
            return .diverged(kept: kept, rest: bytes[(index - (matchedBytes - kept))...])
        }
        return .diverged(kept: kept, rest: ArraySlice(shown[kept..<matchedBytes] + bytes[index...]))
    }
}
