/// How long a reply the prompt asks for.
enum ReplyLength: Sendable, Equatable {
    /// Nothing asked: about 300 to 450 tokens.
    case usual
    /// `2000 words`, `1,500 tokens`: ends with the passage in which the number is reached.
    case about(Int)
    /// `--tokens 20000`: exactly so many tokens, even if that cuts the last sentence.
    case exactly(Int)

    /// Longer replies are not made: one is built in memory as a whole.
    static let longest = 1_000_000

    init(_ prompt: String) {
        let bytes = Array(prompt.utf8.prefix(100_000))
        self = Self.option(in: bytes) ?? Self.phrase(in: bytes) ?? .usual
    }

    private static func option(in bytes: [UInt8]) -> ReplyLength? {
        let marker = Array("--tokens".utf8)
        guard bytes.count > marker.count else { return nil }
        for start in 0..<(bytes.count - marker.count) where bytes[start...].starts(with: marker) {
            var index = start + marker.count
            guard bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "=") else { continue }
            while index < bytes.count, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "=") {
                index += 1
            }
            if let number = number(in: bytes, at: &index) { return .exactly(number) }
        }
        return nil
    }

    private static func phrase(in bytes: [UInt8]) -> ReplyLength? {
        var index = 0
        while index < bytes.count {
            guard isDigit(bytes[index]) else {
                index += 1
                continue
            }
            guard let number = number(in: bytes, at: &index) else { continue }
            var next = index
            while next < bytes.count, bytes[next] == UInt8(ascii: " ") || bytes[next] == UInt8(ascii: "-") { next += 1 }
            let word = bytes[next...].prefix(6).map { $0 | 0x20 }
            if next > index, word.starts(with: Array("word".utf8)) || word.starts(with: Array("token".utf8)) {
                return .about(number)
            }
        }
        return nil
    }

    /// Digits with `,` or `_` among them, held within 1…`longest`; moves past them.
    private static func number(in bytes: [UInt8], at index: inout Int) -> Int? {
        var number = 0
        var digits = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isDigit(byte) {
                number = min(longest, number * 10 + Int(byte - UInt8(ascii: "0")))
                digits += 1
            } else if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "_"), index + 1 < bytes.count,
                isDigit(bytes[index + 1]), digits > 0
            {
            } else {
                break
            }
            index += 1
        }
        return digits > 0 ? max(1, number) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
