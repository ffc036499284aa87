extension JSONWriter {
    /// A member whose name is known at run time only.
    package mutating func member(named name: String, _ value: JSONValue) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        isFirst = true
        self.value(value)
    }

    /// A tree, as it is: numbers as they were written.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let value): raw(value ? "true" : "false")
        case .number(let text): raw(text)
        case .string(let text): string(text)
        case .array(let elements): array { json in for element in elements { json.value(element) } }
        case .object(let members):
            object { json in for (key, value) in members { json.member(named: key, value) } }
        }
    }
}
