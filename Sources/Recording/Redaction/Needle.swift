/// A secret in one of the ways in which it can be written, and how much of it stands at a place.
struct Needle: Sendable, Equatable {
    enum Writing: Sendable, Equatable {
        case plain
        /// In a JSON string: any byte may stand as an escape.
        case json
        /// In a URL: any byte may stand as `%41`.
        case percent
    }

    enum Outcome: Equatable {
        case none
        /// The text ended before it could be told; so many bytes of the secret had matched, and stand there.
        case partial(Int, [Range<Int>])
        /// All of it stands there: in several ranges where a model spelled it out over several events.
        case whole([Range<Int>])
    }

    let bytes: [UInt8]
    let writing: Writing

    /// Bytes with which it can begin.
    var beginnings: [UInt8] {
        switch writing {
        case .plain: [bytes[0]]
        case .json: bytes[0] == UInt8(ascii: "\\") ? [bytes[0]] : [bytes[0], UInt8(ascii: "\\")]
        case .percent: bytes[0] == UInt8(ascii: "%") ? [bytes[0]] : [bytes[0], UInt8(ascii: "%")]
        }
    }

    /// - Parameter strings: of the same text.
    func match(_ text: UnsafeBufferPointer<UInt8>, at start: Int, _ strings: inout TextStrings) -> Outcome {
        var place = start
        var matched = 0
        var ranges: [Range<Int>] = []
        var first = start
        // After the last byte that matched.
        var end = start
        while matched < bytes.count {
            guard place < text.count else { return .partial(matched, ranges + [first..<place]) }
            let byte = text[place]
            if writing == .json, byte == UInt8(ascii: "\"") {
                // The string ends: what a model says goes on in the next event.
                guard matched > 0, !ranges.isEmpty || TextStrings.mayHold(text, at: start) else { return .none }
                ranges.append(first..<place)
                switch strings.next(text, after: place, since: end) {
                case .cut: return .partial(matched, ranges)
                case .invalid: return .none
                case .found(let next): (first, place) = (next, next)
                }
                continue
            }
            let isEscape =
                writing == .json && byte == UInt8(ascii: "\\") || writing == .percent && byte == UInt8(ascii: "%")
            if isEscape {
                switch writing == .json ? Self.unescape(text, place) : Self.unpercent(text, place) {
                case .cut: return .partial(matched, ranges + [first..<place])
                case .invalid: return .none
                case .scalar(let utf8, let count):
                    guard bytes[matched...].starts(with: utf8) else { return .none }
                    matched += utf8.count
                    place += count
                    end = place
                }
            } else {
                guard byte == bytes[matched] else { return .none }
                matched += 1
                place += 1
                end = place
            }
        }
        return .whole(ranges + [first..<place])
    }

    private enum Escape {
        case cut, invalid
        case scalar([UInt8], length: Int)
    }

    /// `\n`, `\"`, `\u0041`.
    private static func unescape(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Escape {
        guard place + 1 < text.count else { return .cut }
        switch text[place + 1] {
        case UInt8(ascii: "u"):
            guard place + 5 < text.count else {
                return text[(place + 2)...].allSatisfy { hex($0) != nil } ? .cut : .invalid
            }
            var code: UInt32 = 0
            for digit in text[(place + 2)...(place + 5)] {
                guard let value = hex(digit) else { return .invalid }
                code = code << 4 | UInt32(value)
            }
            guard let scalar = Unicode.Scalar(code) else { return .invalid }
            return .scalar(Array(String(Character(scalar)).utf8), length: 6)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return .scalar([text[place + 1]], length: 2)
        case UInt8(ascii: "b"): return .scalar([0x08], length: 2)
        case UInt8(ascii: "f"): return .scalar([0x0C], length: 2)
        case UInt8(ascii: "n"): return .scalar([0x0A], length: 2)
        case UInt8(ascii: "r"): return .scalar([0x0D], length: 2)
        case UInt8(ascii: "t"): return .scalar([0x09], length: 2)
        default: return .invalid
        }
    }

    private static func unpercent(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Escape {
        guard place + 2 < text.count else {
            return text[(place + 1)...].allSatisfy { hex($0) != nil } ? .cut : .invalid
        }
        guard let high = hex(text[place + 1]), let low = hex(text[place + 2]) else { return .invalid }
        return .scalar([high << 4 | low], length: 3)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
