/// A high surrogate at the end of one piece of text, whose other half may begin the next: a provider that cuts its text
/// by UTF-16 units sends a pair in two deltas.
struct SurrogateCarry: Sendable, Equatable {
    /// 0, or 0xD800…0xDBFF.
    var high: UInt32 = 0

    /// The other half will not come.
    mutating func flush(into text: inout [UInt8]) {
        guard high != 0 else { return }
        high = 0
        text.append(contentsOf: replacement)
    }
}

/// U+FFFD
private let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

extension JSONString {
    /// Appends the string's text, unescaped, as valid UTF-8. Invalid UTF-8 and lone surrogates become U+FFFD; a high
    /// surrogate at the very end goes to `carry`, and one that `carry` brings is joined to a low one at the beginning.
    @inline(__always)
    func append(to text: inout [UInt8], _ carry: inout SurrogateCarry) {
        if !isEscaped && !isWide && carry.high == 0 {
            text.append(contentsOf: raw)
        } else {
            appendSlowly(to: &text, &carry)
        }
    }

    @inline(never)
    private func appendSlowly(to text: inout [UInt8], _ carry: inout SurrogateCarry) {
        if isEmpty { return }
        if carry.high != 0 && !(isEscaped && lowSurrogate(at: 0) != nil) { carry.flush(into: &text) }
        guard isEscaped else { return appendRepaired(0, count, to: &text) }
        // A text of many escapes is common (code, line feeds): one growth for all of it, then byte by byte.
        text.reserveCapacity(text.count &+ count)
        var offset = 0
        while offset < count {
            let run = offset
            while offset < count && start[offset] != UInt8(ascii: "\\") { offset &+= 1 }
            if offset > run { appendRepaired(run, offset, to: &text) }
            guard offset < count else { return }
            offset = appendEscape(at: offset, to: &text, &carry)
        }
    }

    /// Appends what the escape at `offset` stands for; returns the offset after it.
    @inline(__always)
    private func appendEscape(at offset: Int, to text: inout [UInt8], _ carry: inout SurrogateCarry) -> Int {
        switch start[offset &+ 1] {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"): return appendUnit(at: offset, to: &text, &carry)
        case let literal: text.append(literal)
        }
        return offset &+ 2
    }

    private func appendUnit(at offset: Int, to text: inout [UInt8], _ carry: inout SurrogateCarry) -> Int {
        let unit = unit(at: offset)
        let next = offset &+ 6
        switch unit {
        case 0xD800...0xDBFF:
            if let low = lowSurrogate(at: next) {
                appendPair(unit, low, to: &text)
                return next &+ 6
            }
            if next == count {
                carry.high = unit
            } else {
                text.append(contentsOf: replacement)
            }
        case 0xDC00...0xDFFF:
            if carry.high != 0 {
                appendPair(carry.high, unit, to: &text)
                carry.high = 0
            } else {
                text.append(contentsOf: replacement)
            }
        default: appendScalar(unit, to: &text)
        }
        return next
    }

    private func appendPair(_ high: UInt32, _ low: UInt32, to text: inout [UInt8]) {
        appendScalar(0x1_0000 &+ ((high &- 0xD800) &<< 10) &+ (low &- 0xDC00), to: &text)
    }

    private func appendScalar(_ scalar: UInt32, to text: inout [UInt8]) {
        func continuation(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: 0x80 | (scalar &>> shift) & 0x3F) }
        switch scalar {
        case ..<0x80:
            text.append(UInt8(truncatingIfNeeded: scalar))
        case ..<0x800:
            text.append(UInt8(truncatingIfNeeded: 0xC0 | scalar &>> 6))
            text.append(continuation(0))
        case ..<0x1_0000:
            text.append(UInt8(truncatingIfNeeded: 0xE0 | scalar &>> 12))
            text.append(continuation(6))
            text.append(continuation(0))
        default:
            text.append(UInt8(truncatingIfNeeded: 0xF0 | scalar &>> 18))
            text.append(continuation(12))
            text.append(continuation(6))
            text.append(continuation(0))
        }
    }

    /// The low surrogate escaped at `offset`, if there is one.
    private func lowSurrogate(at offset: Int) -> UInt32? {
        guard offset &+ 6 <= count, start[offset] == UInt8(ascii: "\\"), start[offset &+ 1] == UInt8(ascii: "u")
        else { return nil }
        let unit = unit(at: offset)
        return (0xDC00...0xDFFF).contains(unit) ? unit : nil
    }

    /// The value of the `\uXXXX` at `offset`; the scanner has seen that its digits are digits.
    private func unit(at offset: Int) -> UInt32 {
        var unit: UInt32 = 0
        for index in 2..<6 {
            let digit = start[offset &+ index]
            let value = digit <= UInt8(ascii: "9") ? digit &- 0x30 : (digit | 0x20) &- 0x57
            unit = unit &<< 4 | UInt32(value)
        }
        return unit
    }

    /// Appends bytes `from..<to`, each maximal invalid part as U+FFFD.
    private func appendRepaired(_ from: Int, _ to: Int, to text: inout [UInt8]) {
        var from = from
        guard isWide else {
            text.append(contentsOf: UnsafeBufferPointer(start: start + from, count: to &- from))
            return
        }
        while from < to {
            let valid = validPrefix(of: UnsafeBufferPointer(start: start + from, count: to &- from))
            text.append(contentsOf: UnsafeBufferPointer(start: start + from, count: valid.count))
            from &+= valid.count
            if from < to {
                text.append(contentsOf: replacement)
                from &+= valid.bad
            }
        }
    }
}

/// How many bytes at the beginning are valid UTF-8, and how many after them are one maximal subpart of an ill-formed
/// sequence (Unicode, 3.9, table 3-7 and "substitution of maximal subparts").
func validPrefix(of bytes: UnsafeBufferPointer<UInt8>) -> (count: Int, bad: Int) {
    guard let start = bytes.baseAddress else { return (0, 0) }
    let count = bytes.count
    var offset = 0
    while offset < count {
        let lead = start[offset]
        if lead < 0x80 {
            offset &+= 1
            continue
        }
        let length: Int
        var second: (UInt8, UInt8) = (0x80, 0xBF)
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second.0) = (3, 0xA0)
        case 0xED: (length, second.1) = (3, 0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second.0) = (4, 0x90)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second.1) = (4, 0x8F)
        default: return (offset, 1)
        }
        var good = 1
        while good < length {
            guard offset &+ good < count else { return (offset, good) }
            let byte = start[offset &+ good]
            let bounds = good == 1 ? second : (0x80, 0xBF)
            guard byte >= bounds.0 && byte <= bounds.1 else { return (offset, good) }
            good &+= 1
        }
        offset &+= length
    }
    return (count, 0)
}
