/// Spoils valid data with a sense for its structure: bytes, lines, quotes, brackets, numbers, and pieces of other samples.
public struct Mutator: Sendable {
    private var random: SplitMix
    private let samples: [[UInt8]]
    private static let tokens: [[UInt8]] = [
        "data: ", "event: ", "\n\n", "\r\n\r\n", "\r", ":", "{", "}", "[", "]", "\"", "\\", "\\u", "\\ud83d", "\\udc00",
        "null", "true", "1e999", "-1", "18446744073709551616", "\u{FEFF}", "=", "[[", "]]", "'''", "\"\"\"", "#", ".",
        "[DONE]", "message_start", "\"type\":", "\"delta\":", "\"choices\":", "\"usage\":", "\"error\":", "\"is\":",
        "\"attempt\":\"1.2\"", "\"held\":3",
    ].map { Array($0.utf8) }

    public init(seed: UInt64, samples: [[UInt8]]) {
        random = SplitMix(state: seed)
        self.samples = samples.isEmpty ? [[]] : samples
    }

    private mutating func below(_ bound: Int) -> Int { bound < 2 ? 0 : Int.random(in: 0..<bound, using: &random) }

    /// The next case, of 64 KiB at most.
    public mutating func next() -> [UInt8] {
        var bytes = samples[below(samples.count)]
        if bytes.count > 16 << 10 {
            let start = below(bytes.count - (16 << 10))
            bytes = Array(bytes[start..<start + 16 << 10])
        }
        for _ in 0...below(8) { mutate(&bytes) }
        return Array(bytes.prefix(64 << 10))
    }

    /// Where to cut a case in pieces.
    public mutating func cuts(of count: Int) -> [Int] {
        (0..<1 + below(6)).map { _ in below(count + 1) }.sorted()
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = below(bytes.count + 1)
        let end = min(bytes.count, place + 1 + below(below(4) == 0 ? 400 : 8))
        switch below(11) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8(below(8))
        case 1 where place < bytes.count: bytes[place] = UInt8(below(256))
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4, 5: bytes.insert(contentsOf: Self.tokens[below(Self.tokens.count)], at: place)
        case 6:
            let other = samples[below(samples.count)]
            let start = below(other.count + 1)
            bytes.insert(contentsOf: other[start..<min(other.count, start + below(300))], at: place)
        case 7:
            let byte: [UInt8] = [0x5B, 0x7B, 0x22, 0x0A, 0x00, 0xFF]
            bytes.insert(contentsOf: repeatElement(byte[below(byte.count)], count: below(900)), at: place)
        case 8: moveLine(&bytes)
        case 9:
            // Another number of the same length.
            guard let digit = bytes[place...].firstIndex(where: { $0 >= 0x30 && $0 <= 0x39 }) else { return }
            bytes[digit] = UInt8(0x30 + below(10))
        default:
            bytes = Array(bytes.prefix(place))
        }
    }

    /// A line, or two, is taken out, or stands somewhere else, or twice: what is read line by line stays readable.
    private mutating func moveLine(_ bytes: inout [UInt8]) {
        let from = lineStart(below(bytes.count + 1), bytes)
        var end = from
        for _ in 0...below(2) {
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            end = min(bytes.count, end + 1)
        }
        let lines = Array(bytes[from..<end])
        let way = below(3)
        if way > 0 { bytes.removeSubrange(from..<end) }
        if way < 2 { bytes.insert(contentsOf: lines, at: lineStart(below(bytes.count + 1), bytes)) }
    }

    private func lineStart(_ place: Int, _ bytes: [UInt8]) -> Int {
        var place = place
        while place > 0, bytes[place - 1] != 0x0A { place -= 1 }
        return place
    }
}
