import NIOCore

/// The deltas of one response, one token each: first the thoughts, then the text from where it begins.
struct DeltaSource {
    private let thinking: [UInt8]
    private let text: [UInt8]
    private var thinkingIndex = 0
    private var textIndex: Int

    /// Deltas taken so far.
    private(set) var sent = 0
    /// Of them thoughts.
    private(set) var thoughts = 0
    private(set) var hasBegunText = false
    /// Deltas of the reply that came before this response.
    private(set) var earlier = 0
    private let textStart: Int

    init(thinking: [UInt8], text: [UInt8], from start: Int) {
        self.thinking = thinking
        self.text = text
        textIndex = start
        textStart = start
    }

    /// Leaves out what the client has.
    mutating func skip(thinking thoughts: Int, text words: Int) {
        while self.thoughts < thoughts, thinkingIndex < thinking.count {
            thinkingIndex = Tokenizer.end(in: thinking, from: thinkingIndex)
            self.thoughts += 1
            earlier += 1
        }
        for _ in 0..<words where textIndex < text.count {
            textIndex = Tokenizer.end(in: text, from: textIndex)
            earlier += 1
            hasBegunText = true
        }
    }

    /// Deltas of the whole reply up to here.
    var total: Int { earlier + sent }
    /// What was thought up to here.
    var thoughtSoFar: String { String(decoding: thinking[..<thinkingIndex], as: UTF8.self) }
    /// What was said up to here; `nil` before the first word, where thoughts come first.
    var saidSoFar: String? {
        guard hasBegunText || thinking.isEmpty else { return nil }
        return String(decoding: text[min(textStart, textIndex)..<textIndex], as: UTF8.self)
    }

    var isAtEnd: Bool { thinkingIndex == thinking.count && textIndex >= text.count }

    /// Bytes of the text that are behind us, for the journal.
    var textOffset: Int { textIndex }

    /// Bytes of the thoughts that are behind us.
    var thinkingOffset: Int { thinkingIndex }

    /// Writes the next delta's event; `false` at the end.
    mutating func write(_ wire: Wire, into buffer: inout ByteBuffer) -> Bool {
        if thinkingIndex < thinking.count {
            let end = Tokenizer.end(in: thinking, from: thinkingIndex)
            wire.writeDelta(thinking, thinkingIndex..<end, index: total, isThinking: true, into: &buffer)
            thinkingIndex = end
            sent += 1
            thoughts += 1
            return true
        }
        guard textIndex < text.count else { return false }
        beginText(wire, into: &buffer)
        let end = Tokenizer.end(in: text, from: textIndex)
        wire.writeDelta(text, textIndex..<end, index: total, isThinking: false, into: &buffer)
        textIndex = end
        sent += 1
        return true
    }

    /// If the next token is a word of four letters or more, its first half, and `true`.
    mutating func writeHalf(_ wire: Wire, into buffer: inout ByteBuffer) -> Bool {
        guard thinkingIndex == thinking.count, textIndex < text.count else { return false }
        let end = Tokenizer.end(in: text, from: textIndex)
        let start = text[textIndex] == 0x20 ? textIndex + 1 : textIndex
        guard end - start >= 4, text[start..<end].allSatisfy({ $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }) else {
            return false
        }
        beginText(wire, into: &buffer)
        let half = start + (end - start) / 2
        wire.writeDelta(text, textIndex..<half, index: total, isThinking: false, into: &buffer)
        textIndex = half
        sent += 1
        return true
    }

    /// If the next token has a character of two UTF-16 units, its token as two deltas, cut between the units, and `true`.
    mutating func writeSplitPair(_ wire: Wire, into buffer: inout ByteBuffer) -> Bool {
        guard thinkingIndex == thinking.count, textIndex < text.count else { return false }
        let end = Tokenizer.end(in: text, from: textIndex)
        guard let place = text[textIndex..<end].firstIndex(where: { $0 >= 0xF0 }), place + 4 <= end,
            let scalar = String(decoding: text[place..<place + 4], as: UTF8.self).unicodeScalars.first
        else { return false }
        beginText(wire, into: &buffer)
        let units = Array(String(scalar).utf16).map { "\\u" + String($0, radix: 16) }
        wire.writeEscapedDelta(JSONText.inside(text[textIndex..<place]) + units[0], index: total, into: &buffer)
        sent += 1
        wire.writeEscapedDelta(
            units[units.count - 1] + JSONText.inside(text[(place + 4)..<end]), index: total, into: &buffer)
        sent += 1
        textIndex = end
        return true
    }

    /// From the first word of the text again.
    mutating func restart() {
        textIndex = 0
    }

    private mutating func beginText(_ wire: Wire, into buffer: inout ByteBuffer) {
        guard !hasBegunText else { return }
        hasBegunText = true
        if !thinking.isEmpty { buffer.writeString(wire.afterThinking(thinking, count: thoughts)) }
    }
}
