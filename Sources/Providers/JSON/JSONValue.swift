/// A JSON value as a tree, for what is rare and small: errors, usage, the beginnings of blocks. Text that streams is
/// read from the scanner instead.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// As written: `2.50` keeps its zero.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In the order of the text; of equal keys the last counts.
    case object([(key: String, value: JSONValue)])

    package init(parsing bytes: UnsafeBufferPointer<UInt8>) throws(JSONFault) {
        guard let start = bytes.baseAddress else { throw JSONFault(offset: 0, reason: .unexpectedEnd) }
        var scanner = JSONScanner(start: start, count: bytes.count)
        self = try scanner.value()
        guard scanner.isAtEnd() else { throw scanner.fault(.unexpectedByte) }
    }

    /// `nil` where the bytes are no JSON.
    init?(_ bytes: [UInt8]) {
        let value = bytes.withUnsafeBufferPointer { try? JSONValue(parsing: $0) }
        guard let value else { return nil }
        self = value
    }

    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)):
            left.elementsEqual(right) { $0.key == $1.key && $0.value == $1.value }
        default: false
        }
    }

    /// The member, if this is an object that has it and it is not null.
    package subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members.last(where: { $0.key == key })?.value,
            value != .null
        else { return nil }
        return value
    }

    /// A string that is not empty.
    var text: String? {
        guard case .string(let text) = self, !text.isEmpty else { return nil }
        return text
    }

    /// A string or a number, as text.
    var scalar: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .number(let text): text
        case .bool(let value): value ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// A whole number from 0 up.
    var count: Int? {
        guard case .number(let text) = self else { return nil }
        if let value = Int(text) { return value >= 0 ? value : nil }
        guard let double, double >= 0, double < 9_007_199_254_740_992 else { return nil }
        return Int(exactly: double)
    }

    var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }
}

extension JSONScanner {
    /// The next value as a tree.
    mutating func value() throws(JSONFault) -> JSONValue {
        switch peek() {
        case UInt8(ascii: "\""): return .string(try string().string())
        case UInt8(ascii: "{"):
            var members: [(key: String, value: JSONValue)] = []
            try beginObject()
            var first = true
            while let key = try nextKey(&first) { members.append((key.string(), try value())) }
            return .object(members)
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try beginArray()
            var first = true
            while try nextElement(&first) { elements.append(try value()) }
            return .array(elements)
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        default: return .number(String(decoding: try number().text, as: UTF8.self))
        }
    }
}
