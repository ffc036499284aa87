import Providers

/// Turns an `Encodable` value into a tree of JSON: durations as seconds, bytes as Base64, what is `nil` as `null`, members
/// in the order of their declaration.
enum TreeEncoder {
    static func encode(_ value: some Encodable) throws -> JSONValue {
        try Branch(of: value).json
    }

    /// A value under construction, shared by the containers that fill it.
    fileprivate final class Branch {
        enum Content {
            case leaf(JSONValue)
            case object([(key: String, branch: Branch)])
            case array([Branch])
        }

        var content: Content

        init(_ content: Content = .leaf(.null)) { self.content = content }

        convenience init<Value: Encodable>(of value: Value) throws {
            switch value {
            case let value as Bool: self.init(.leaf(.bool(value)))
            case let value as String: self.init(.leaf(.string(value)))
            case let value as any BinaryInteger: self.init(.leaf(.number(String(value))))
            case let value as Double where value.isFinite: self.init(.leaf(.number(String(value))))
            case let value as Duration: self.init(.leaf(.number(Seconds.text(value))))
            // An empty list of anything can be cast to one of bytes.
            case let value as [UInt8] where Value.self == [UInt8].self: self.init(.leaf(.string(Base64.text(value))))
            default:
                self.init()
                try value.encode(to: TreeBuilder(branch: self, codingPath: []))
            }
        }

        func set(_ branch: Branch, for key: String) {
            guard case .object(var members) = content else { return }
            content = .leaf(.null)
            members.append((key, branch))
            content = .object(members)
        }

        func append(_ branch: Branch) {
            guard case .array(var elements) = content else { return }
            content = .leaf(.null)
            elements.append(branch)
            content = .array(elements)
        }

        var json: JSONValue {
            switch content {
            case .leaf(let value): value
            case .object(let members): .object(members.map { ($0.key, $0.branch.json) })
            case .array(let elements): .array(elements.map(\.json))
            }
        }
    }
}

private struct TreeBuilder: Encoder, SingleValueEncodingContainer {
    let branch: TreeEncoder.Branch
    var codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .object = branch.content {} else { branch.content = .object([]) }
        return KeyedEncodingContainer(Members<Key>(branch: branch, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array = branch.content {} else { branch.content = .array([]) }
        return Elements(branch: branch, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { self }

    func encodeNil() { branch.content = .leaf(.null) }

    func encode<Value: Encodable>(_ value: Value) throws {
        branch.content = try TreeEncoder.Branch(of: value).content
    }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let branch: TreeEncoder.Branch
    var codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { branch.set(TreeEncoder.Branch(), for: key.stringValue) }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        branch.set(try TreeEncoder.Branch(of: value), for: key.stringValue)
    }

    // What is nil is written down: a reader with another default must not put that in its place.
    func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try encodeOrNil(value, key) }
    func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try encodeOrNil(value, key) }
    func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try encodeOrNil(value, key) }
    func encodeIfPresent(_ value: String?, forKey key: Key) throws { try encodeOrNil(value, key) }
    func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws { try encodeOrNil(value, key) }

    private func encodeOrNil(_ value: (some Encodable)?, _ key: Key) throws {
        if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }

    func superEncoder() -> any Encoder { TreeBuilder(branch: branch, codingPath: codingPath) }

    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: Key) -> TreeBuilder {
        let inner = TreeEncoder.Branch()
        branch.set(inner, for: key.stringValue)
        return TreeBuilder(branch: inner, codingPath: codingPath + [key])
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let branch: TreeEncoder.Branch
    var codingPath: [any CodingKey]

    var count: Int {
        if case .array(let elements) = branch.content { elements.count } else { 0 }
    }

    func encodeNil() { branch.append(TreeEncoder.Branch()) }

    func encode<Value: Encodable>(_ value: Value) throws { branch.append(try TreeEncoder.Branch(of: value)) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }

    func superEncoder() -> any Encoder { nested() }

    private func nested() -> TreeBuilder {
        let inner = TreeEncoder.Branch()
        branch.append(inner)
        return TreeBuilder(branch: inner, codingPath: codingPath)
    }
}
