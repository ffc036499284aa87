/// UTF-8 bytes to characters, by the WHATWG decoder's algorithm: ill-formed input gives U+FFFD for each maximal subpart.
struct ScalarAssembler: Sendable {
    /// Whether the last byte was text, and so is dealt with.
    private(set) var took = false

    private var value: UInt32 = 0
    private var needed = 0
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF
    private var alt = false

    mutating func receive(_ byte: UInt8, alt nextAlt: Bool, _ events: inout [InputEvent]) {
        took = true
        if needed > 0 {
            guard (lower...upper).contains(byte) else {
                fail(&events)
                return receive(byte, alt: nextAlt, &events)
            }
            (lower, upper) = (0x80, 0xBF)
            value = value << 6 | UInt32(byte & 0x3F)
            needed -= 1
            if needed == 0 { append(value, &events) }
            return
        }
        alt = nextAlt
        switch byte {
        case 0x20...0x7E:
            append(UInt32(byte), &events)
        case 0xC2...0xDF:
            needed = 1
            value = UInt32(byte & 0x1F)
        case 0xE0...0xEF:
            needed = 2
            value = UInt32(byte & 0x0F)
            if byte == 0xE0 { lower = 0xA0 }
            if byte == 0xED { upper = 0x9F }
        case 0xF0...0xF4:
            needed = 3
            value = UInt32(byte & 0x07)
            if byte == 0xF0 { lower = 0x90 }
            if byte == 0xF4 { upper = 0x8F }
        case 0x80...0xFF:
            append(0xFFFD, &events)
        default:
            took = false
        }
    }

    private mutating func fail(_ events: inout [InputEvent]) {
        needed = 0
        (lower, upper) = (0x80, 0xBF)
        append(0xFFFD, &events)
    }

    /// C1 controls are no text: no key types them.
    private func append(_ value: UInt32, _ events: inout [InputEvent]) {
        guard !(0x80...0x9F).contains(value), let scalar = Unicode.Scalar(value) else { return }
        events.append(.key(.character(Character(scalar)), alt ? .alt : []))
    }
}
