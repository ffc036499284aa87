import Providers

/// Reads a `Decodable` value from a tree of JSON, as ``TreeEncoder`` writes it. Everything in it is hostile until read: an
/// integer is at most ±10¹² (of 64 bits by name, as money is, ±10¹⁸), a duration at most ±10⁹ s, so that no sum of a few of them overflows.
struct TreeDecoder: Decoder, SingleValueDecodingContainer {
    static let largestInteger = 1_000_000_000_000
    static let largestAmount = 1_000_000_000_000_000_000

    let value: JSONValue
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func decode<Value: Decodable>(_ type: Value.Type, from value: JSONValue) throws -> Value {
        try TreeDecoder(value: value, codingPath: []).decode(type)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch(type, "an object") }
        return KeyedDecodingContainer(Members<Key>(members: members, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw mismatch([Any].self, "an array") }
        return Elements(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decodeNil() -> Bool { value == .null }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let leaf: Any?
        switch type {
        case is Bool.Type:
            if case .bool(let bool) = value { leaf = bool } else { throw mismatch(type, "true or false") }
        case is String.Type: if case .string(let text) = value { leaf = text } else { throw mismatch(type, "a string") }
        case is Int.Type: leaf = Int(try integer(type, upTo: Self.largestInteger))
        case is Int64.Type: leaf = Int64(try integer(type, upTo: Self.largestAmount))
        case is Double.Type:
            guard case .number(let text) = value, let number = Double(text), number.isFinite else {
                throw mismatch(type, "a number")
            }
            leaf = number
        case is Duration.Type:
            guard case .number(let text) = value, let duration = Seconds.duration(text) else {
                throw mismatch(type, "seconds")
            }
            leaf = duration
        case is [UInt8].Type:
            guard case .string(let text) = value, let bytes = Base64.bytes(text) else { throw mismatch(type, "Base64") }
            leaf = bytes
        default: leaf = nil
        }
        if let leaf = leaf as? Value { return leaf }
        // Other numbers are in nothing that is recorded; they would ask for themselves for ever.
        guard !(type is any Numeric.Type) else { throw mismatch(type, "nothing of this kind") }
        return try Value(from: self)
    }

    private func integer(_ type: Any.Type, upTo limit: Int) throws -> Int {
        guard case .number(let text) = value, let number = Int(text) else { throw mismatch(type, "a whole number") }
        guard (-limit...limit).contains(number) else {
            throw mismatch(type, "a number up to 10^\(String(limit).utf8.count - 1)")
        }
        return number
    }

    private func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
        .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "expected \(expected)"))
    }
}

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: [(key: String, value: JSONValue)]
    let codingPath: [any CodingKey]

    var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool { value(key) != nil }

    func decodeNil(forKey key: Key) -> Bool { value(key) ?? .null == .null }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        if let value = value(key) { return try TreeDecoder(value: value, codingPath: codingPath + [key]).decode(type) }
        // A list that the version which wrote this did not have yet is empty.
        if let empty = try? TreeDecoder(value: .array([]), codingPath: []).decode(type) { return empty }
        throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "is missing"))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try nested(key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder { TreeDecoder(value: .object(members), codingPath: codingPath) }

    func superDecoder(forKey key: Key) throws -> any Decoder { nested(key) }

    private func nested(_ key: Key) -> TreeDecoder {
        TreeDecoder(value: value(key) ?? .null, codingPath: codingPath + [key])
    }

    private func value(_ key: Key) -> JSONValue? { members.last { $0.key == key.stringValue }?.value }
}

private struct Elements: UnkeyedDecodingContainer {
    struct Index: CodingKey {
        let intValue: Int?
        var stringValue: String { "\(intValue ?? 0)" }
        init(intValue: Int) { self.intValue = intValue }
        init?(stringValue: String) { nil }
    }

    let elements: [JSONValue]
    let codingPath: [any CodingKey]
    private(set) var currentIndex = 0

    init(elements: [JSONValue], codingPath: [any CodingKey]) {
        self.elements = elements
        self.codingPath = codingPath
    }

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() -> Bool {
        guard !isAtEnd, elements[currentIndex] == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }

    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> TreeDecoder {
        let path = codingPath + [Index(intValue: currentIndex)]
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                Any.self, .init(codingPath: path, debugDescription: "the list is too short"))
        }
        defer { currentIndex += 1 }
        return TreeDecoder(value: elements[currentIndex], codingPath: path)
    }
}

extension JSONValue {
    /// With what is missing in objects taken from another tree: what a later version knows has its default then.
    func completed(by defaults: JSONValue) -> JSONValue {
        guard case .object(var members) = self, case .object(let others) = defaults else { return self }
        for (key, value) in others {
            if let index = members.lastIndex(where: { $0.key == key }) {
                members[index].value = members[index].value.completed(by: value)
            } else {
                members.append((key, value))
            }
        }
        return .object(members)
    }
}
