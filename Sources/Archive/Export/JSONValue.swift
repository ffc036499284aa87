/// A JSON value on its way out, in RFC 8259's terms. Members keep their order.
enum JSONValue {
    case null
    case boolean(Bool)
    case integer(Int?)
    /// What is not finite has no form in JSON and becomes `null`.
    case number(Double?)
    case string(String?)
    case array([JSONValue])
    case object([(String, JSONValue)])

    /// Indented by two spaces for each level.
    func text() -> String {
        var bytes: [UInt8] = []
        write(to: &bytes, level: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8], level: Int) {
        switch self {
        case .null, .integer(nil), .number(nil), .string(nil): bytes += "null".utf8
        case .boolean(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number?): bytes += String(number).utf8
        case .number(let number?): bytes += Self.text(number).utf8
        case .string(let text?): Self.write(text, to: &bytes)
        case .array(let values):
            Self.write(values, brackets: ("[", "]"), to: &bytes, level: level) { value, bytes in
                value.write(to: &bytes, level: level + 1)
            }
        case .object(let members):
            Self.write(members, brackets: ("{", "}"), to: &bytes, level: level) { member, bytes in
                Self.write(member.0, to: &bytes)
                bytes += ": ".utf8
                member.1.write(to: &bytes, level: level + 1)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], brackets: (String, String), to bytes: inout [UInt8], level: Int,
        _ write: (Element, inout [UInt8]) -> Void
    ) {
        bytes += brackets.0.utf8
        for (position, element) in elements.enumerated() {
            bytes += (position == 0 ? "\n" : ",\n").utf8
            bytes += String(repeating: "  ", count: level + 1).utf8
            write(element, &bytes)
        }
        if !elements.isEmpty { bytes += ("\n" + String(repeating: "  ", count: level)).utf8 }
        bytes += brackets.1.utf8
    }

    private static func text(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        // Whole numbers without a fraction; the shortest text that reads back as the same number otherwise.
        return number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : String(number)
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22: bytes += [0x5C, 0x22]
            case 0x5C: bytes += [0x5C, 0x5C]
            case 0x0A: bytes += [0x5C, UInt8(ascii: "n")]
            case 0x0D: bytes += [0x5C, UInt8(ascii: "r")]
            case 0x09: bytes += [0x5C, UInt8(ascii: "t")]
            case ..<0x20:
                let hex = String(byte, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
