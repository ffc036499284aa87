extension JSONValue {
    /// The value as JSON text: numbers as they were written, members in their order.
    var bytes: [UInt8] {
        var json = JSONWriter()
        write(into: &json)
        return json.bytes
    }

    private func write(into json: inout JSONWriter) {
        switch self {
        case .null: json.json(Array("null".utf8))
        case .bool(let value): json.json(Array((value ? "true" : "false").utf8))
        case .number(let text): json.json(Array(text.utf8))
        case .string(let text): json.string(text)
        case .array(let elements): json.array { json in for element in elements { element.write(into: &json) } }
        case .object(let members):
            json.object { json in
                for (key, value) in members {
                    json.key(key)
                    value.write(into: &json)
                }
            }
        }
    }
}
