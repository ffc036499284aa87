/// A continuation that begins the whole reply again, where the reply is longer than the seam's window: it is dropped as
/// far as it is the text, if it is all of the text, and kept if it leaves it before.
///
/// Nothing is copied but lengths: what was held back is the text's own beginning.
struct RestartedText: Sendable {
    private let text: [UInt8]
    /// Bytes of the continuation that are the text's first.
    private(set) var matched = 0

    /// `nil` where the text is short enough for the window.
    init?(of text: [UInt8], window: Int) {
        guard text.count > window else { return nil }
        self.text = text
    }

    enum Step: Equatable {
        /// All of it is the text's beginning, so far.
        case matching
        /// The whole text came again; the rest begins at this offset of the piece.
        case whole(Int)
        /// It is something else: the text's first `matched` bytes are to be released, and then the piece from the offset.
        case differs(Int)
    }

    mutating func receive(_ piece: ArraySlice<UInt8>) -> Step {
        var index = piece.startIndex
        while index < piece.endIndex {
            guard matched < text.count else { return .whole(index - piece.startIndex) }
            guard piece[index] == text[matched] else { return .differs(index - piece.startIndex) }
            matched += 1
            index += 1
        }
        return matched == text.count ? .whole(piece.count) : .matching
    }

    var released: ArraySlice<UInt8> { text[..<matched] }
}
