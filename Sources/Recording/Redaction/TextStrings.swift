/// Where the strings of a body begin that are pieces of one text: what a model says word by word stands in them.
///
/// They are looked up once in all of the bytes, when they are asked for the first time: a search from every quotation mark
/// would cost thousands of steps a byte where a text has many that a secret could begin before.
struct TextStrings: Sendable {
    enum Next: Equatable {
        case cut, invalid
        case found(Int)
    }

    /// Members whose strings are pieces of one text, in all dialects.
    private static let members = [
        "text", "content", "delta", "thinking", "reasoning", "reasoning_content", "partial_json", "arguments",
    ].map { Array("\"\($0)\":".utf8) }
    /// Between two pieces of a text: an event's frame, some keep-alives and some empty pieces.
    static let longestGap = 4096

    /// Where each member's name begins, and its string's first byte; `nil` where the bytes end before that.
    private var places: [(member: Int, start: Int?)]?

    /// Where the next piece of the text begins, after the quotation mark that ends one.
    ///
    /// - Parameter matched: where the last piece ended that was not empty. Measured from the quotation mark, any number of
    ///   empty ones would have to be held back, and read again with all that follows.
    mutating func next(
        _ text: UnsafeBufferPointer<UInt8>, after quote: Int, since matched: Int? = nil
    ) -> Next {
        let places = places ?? Self.find(text)
        self.places = places
        var low = 0
        var high = places.count
        while low < high {
            let middle = (low + high) / 2
            if places[middle].member > quote { high = middle } else { low = middle + 1 }
        }
        let limit = (matched ?? quote) + Self.longestGap
        guard low < places.count, places[low].member < limit else { return text.count < limit ? .cut : .invalid }
        return places[low].start.map { .found($0) } ?? .cut
    }

    private static func find(_ text: UnsafeBufferPointer<UInt8>) -> [(member: Int, start: Int?)] {
        var places: [(member: Int, start: Int?)] = []
        for place in text.indices where text[place] == UInt8(ascii: "\"") {
            for member in members where text[place..<min(text.count, place + member.count)].elementsEqual(member) {
                var start = place + member.count
                if start < text.count, text[start] == UInt8(ascii: " ") { start += 1 }
                if start >= text.count {
                    places.append((place, nil))
                } else if text[start] == UInt8(ascii: "\"") {
                    // Else an object or null of that name.
                    places.append((place, start + 1))
                }
            }
        }
        return places
    }

    /// Whether the string around a place can be a piece of a text: what began before the bytes that there are may be one.
    static func mayHold(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        var quote = place - 1
        while quote >= 0, text[quote] != UInt8(ascii: "\"") {
            if place - quote > longestGap { return true }
            quote -= 1
        }
        if quote > 0, text[quote - 1] == UInt8(ascii: "\\") { return true }
        var end = quote
        if end > 0, text[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return members.contains { member in
            end < member.count || text[(end - member.count)..<end].elementsEqual(member)
        }
    }
}
