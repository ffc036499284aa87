/// What a request asks for: a reply from its beginning, or the rest of one of which the client has a part.
struct Continuation: Sendable, Equatable {
    enum Manner: String, Sendable {
        /// Nothing of the reply is in the request: the first time, or again from the start.
        case fresh
        /// The part is the last message, the assistant's.
        case prefill
        /// The part is an assistant's turn; the user's turn after it asks to go on.
        case `continue`
        /// The part is quoted in the system prompt.
        case systemNote = "system-note"
    }

    var manner: Manner
    /// The user's words that are being answered.
    var prompt: String
    /// The same for every request for one reply, however it asks.
    var key: UInt64
    /// How many bytes of the canonical reply the client has.
    var covered: Int
    /// Whether the part is a beginning of the canonical reply. If not, `covered` is where it goes astray.
    var matches: Bool
    /// The canonical reply as a whole.
    var reply: [UInt8]

    /// What the part in a system prompt follows and, if that is there, precedes.
    static let noteBegins = "Previous incomplete response:"
    static let noteEnds = "Continue seamlessly"

    init(_ request: ReplyRequest) {
        let turns = request.turns
        // A request always has a user's turn.
        let lastUser = turns.lastIndex(where: \.isUser) ?? 0
        if lastUser < turns.count - 1 {
            self.init(.prefill, request, question: lastUser, parts: turns[(lastUser + 1)...].map(\.text))
            return
        }
        if let found = Self.goingOn(request) {
            self = found
            return
        }
        if let note = Self.note(in: request.system) {
            self.init(.systemNote, request, question: lastUser, parts: [note])
            // A note that has nothing to do with this question is an instruction like any other.
            if matches || covered > 0 { return }
        }
        self.init(.fresh, request, question: lastUser, parts: [])
    }

    private init(_ manner: Manner, _ request: ReplyRequest, question: Int, parts: [String]) {
        self.manner = manner
        prompt = request.turns[question].text
        var hash = FNV1a()
        hash.combine(request.model)
        for turn in request.turns[...question] {
            hash.combine(turn.isUser ? "user" : "assistant")
            hash.combine(turn.text)
        }
        key = hash.value
        reply = CanonicalReply.bytes(prompt: prompt)
        (covered, matches) = Self.coverage(of: reply, by: parts)
    }

    /// The user's last turns ask to go on, and what the assistant said before them is the beginning of the reply to the
    /// turn before that.
    private static func goingOn(_ request: ReplyRequest) -> Continuation? {
        let turns = request.turns
        var question = turns.count - 1
        var parts: [String] = []
        while question >= 2, asksToGoOn(turns[question].text), !turns[question - 1].isUser, turns[question - 2].isUser {
            parts.insert(turns[question - 1].text, at: 0)
            question -= 2
        }
        guard !parts.isEmpty else { return nil }
        let found = Continuation(.continue, request, question: question, parts: parts)
        // After a whole reply, `continue` is a question of its own; but who was cut off before the stop reason came has
        // all the words and gets the end.
        let isWhole = isBlank(found.reply[found.covered...])
        guard found.covered > 0, !isWhole || speaksOfBreak(turns[turns.count - 1].text) else { return nil }
        return found
    }

    private static func speaksOfBreak(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["left off", "broke off", "cut off", "you stopped", "interrupted"].contains { text.contains($0) }
    }

    static func asksToGoOn(_ text: String) -> Bool {
        guard text.utf8.count <= 2_000 else { return false }
        let text = text.lowercased()
        return [
            "continue", "go on", "carry on", "left off", "broke off", "cut off", "you stopped", "pick up",
            "interrupted",
            "resume", "keep going",
        ].contains { text.contains($0) }
    }

    private static func note(in system: String) -> String? {
        let bytes = Array(system.utf8)
        guard let start = lastRange(of: Array(noteBegins.utf8), in: bytes[...])?.upperBound else { return nil }
        let rest = bytes[start...]
        let end = lastRange(of: Array(noteEnds.utf8), in: rest)?.lowerBound ?? rest.endIndex
        return unquoted(rest[..<end])
    }

    /// Without white space and plain quotation marks around it. What follows the part in the prompt is not the part's.
    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> String {
        func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
            var bytes = bytes.drop { isBlank($0) }
            while let last = bytes.last, isBlank(last) { bytes.removeLast() }
            return bytes
        }
        var text = trimmed(bytes)
        if text.count >= 2, text.first == UInt8(ascii: "\""), text.last == UInt8(ascii: "\"") {
            text = trimmed(text.dropFirst().dropLast())
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func lastRange(of needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Range<Int>? {
        guard bytes.count >= needle.count else { return nil }
        var start = bytes.endIndex - needle.count
        while start >= bytes.startIndex {
            if bytes[start] == needle[0], bytes[start...].starts(with: needle) { return start..<start + needle.count }
            start -= 1
        }
        return nil
    }

    /// How far `parts`, one after the other, go along `reply`. White space may be missing at the end of each part and
    /// may be added at both ends.
    static func coverage(of reply: [UInt8], by parts: [String]) -> (covered: Int, matches: Bool) {
        var offset = 0
        for part in parts {
            let part = Array(part.utf8)
            if isBlank(part[...]) { continue }
            var from = offset
            var index = 0
            // Where a part was trimmed, the reply still has the white space.
            if !isBlank(part[0]) { while from < reply.count, isBlank(reply[from]) { from += 1 } }
            if isBlank(part[0]), from < reply.count, !isBlank(reply[from]) {
                while isBlank(part[index]) { index += 1 }
            }
            let start = from
            while index < part.count, from < reply.count, part[index] == reply[from] {
                index += 1
                from += 1
            }
            if from == start { return (offset, false) }
            guard isBlank(part[index...]) else {
                while from > 0, from < reply.count, reply[from] & 0xC0 == 0x80 { from -= 1 }
                return (from, false)
            }
            offset = from
        }
        return (offset, true)
    }

    /// Where the rest begins if the last `words` words before `offset` are said again. A word is what stands between
    /// white space and has a letter or digit in it; a table's rule or a dash goes with the word after it. Where there are
    /// fewer words than that, none is said again: a server that says all of it again has begun anew.
    static func offset(_ offset: Int, in reply: [UInt8], repeating words: Int) -> Int {
        var start = offset
        var left = words
        while left > 0 {
            var index = start
            while index > 0, isBlank(reply[index - 1]) { index -= 1 }
            guard index > 0 else { return offset }
            var hasLetter = false
            while index > 0, !isBlank(reply[index - 1]) {
                index -= 1
                hasLetter = hasLetter || isLetter(reply[index])
            }
            start = index
            if hasLetter { left -= 1 }
        }
        return start
    }

    /// An ASCII letter or digit, or a byte of a character beyond ASCII.
    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...:
            true
        default: false
        }
    }

    static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    static func isBlank(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { isBlank($0) }
    }
}
