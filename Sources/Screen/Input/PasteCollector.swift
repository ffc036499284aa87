/// The text between `CSI 200~` and `CSI 201~`: linear in its length, bounded in memory, whatever the reads are.
struct PasteCollector: Sendable {
    private static let end: [UInt8] = [0x1B, 0x5B, 0x32, 0x30, 0x31, 0x7E]

    private let limit: Int
    private var text: [UInt8] = []
    /// How many bytes of the end mark have come.
    private var matched = 0
    /// Bytes beyond the limit.
    var dropped = 0
    private(set) var isComplete = false

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes bytes up to the end of the paste, or all; returns how many.
    mutating func collect(_ bytes: ArraySlice<UInt8>) -> Int {
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if matched == 0 {
                // The mark's first byte occurs in it only once, so a whole stretch without ESC is text.
                let stop = bytes[index...].firstIndex(of: 0x1B) ?? bytes.endIndex
                append(bytes[index..<stop])
                index = stop
                guard index < bytes.endIndex else { break }
            }
            if bytes[index] == Self.end[matched] {
                matched += 1
                index += 1
                if matched == Self.end.count {
                    isComplete = true
                    break
                }
            } else {
                // It was text after all; this byte may start the mark anew.
                append(Self.end[..<matched])
                matched = 0
            }
        }
        return index - bytes.startIndex
    }

    /// The paste, with CR LF and CR as LF; the collector is then ready for the next one.
    mutating func take() -> String {
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count)
        var previous: UInt8 = 0
        for byte in dropped > 0 ? Self.withoutCutScalar(text) : text[...] {
            if byte == 0x0D || byte == 0x0A {
                if !(byte == 0x0A && previous == 0x0D) { lines.append(0x0A) }
            } else {
                lines.append(byte)
            }
            previous = byte
        }
        text = []
        matched = 0
        isComplete = false
        return String(decoding: lines, as: UTF8.self)
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        let kept = min(bytes.count, limit - text.count)
        text += bytes.prefix(kept)
        dropped += bytes.count - kept
    }

    /// Without the start of a scalar at the end whose rest was dropped.
    private static func withoutCutScalar(_ text: [UInt8]) -> ArraySlice<UInt8> {
        guard let lead = text.suffix(4).lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return text[...] }
        let length =
            switch text[lead] {
            case 0xF0...: 4
            case 0xE0...: 3
            case 0xC0...: 2
            default: 1
            }
        return lead + length > text.count ? text[..<lead] : text[...]
    }
}
