import TOML

@testable import FaultLab

/// As much of JSON Schema (draft 7) as the schema of scenarios uses. A keyword that is not known here is an error, so that
/// none is passed over in silence.
struct JSONSchema {
    struct Failure: Error { var message: String }

    let root: JSONValue

    init(_ text: [UInt8]) throws {
        root = try JSONParser.parse(text)
    }

    func accepts(_ table: TOMLTable) throws -> Bool { try accepts(.table(table), root) }

    /// The schema of a key of an object, `properties/KEY`.
    func property(_ key: String, of schema: JSONValue) -> JSONValue? { schema["properties"]?[key] }

    func definition(_ name: String) -> JSONValue? { root["definitions"]?[name] }

    func accepts(_ value: TOMLValue, _ schema: JSONValue) throws -> Bool {
        guard case .object(let keywords) = schema else { throw Failure(message: "a schema that is no object") }
        // What stands beside a reference is not looked at in draft 7.
        if let reference = keywords["$ref"]?.text {
            guard keywords.count == 1, let target = definition(String(reference.dropFirst("#/definitions/".count)))
            else { throw Failure(message: "\(reference) leads nowhere, or has company") }
            return try accepts(value, target)
        }
        for (keyword, argument) in keywords where try !holds(keyword, argument, value, keywords) { return false }
        return true
    }

    private func holds(
        _ keyword: String, _ argument: JSONValue, _ value: TOMLValue, _ schema: [String: JSONValue]
    ) throws -> Bool {
        switch keyword {
        case "$schema", "title", "description", "default", "definitions", "then": return true
        case "type": return isOf(argument.text, value)
        case "const": return equals(argument, value)
        case "enum": return (argument.items ?? []).contains { equals($0, value) }
        case "minimum": return number(value).map { $0 >= argument.number ?? .infinity } ?? true
        case "maximum": return number(value).map { $0 <= argument.number ?? -.infinity } ?? true
        case "pattern":
            guard case .string(let text) = value else { return true }
            return try text.firstMatch(of: Regex(argument.text ?? "")) != nil
        case "allOf": return try (argument.items ?? []).allSatisfy { try accepts(value, $0) }
        case "anyOf": return try (argument.items ?? []).contains { try accepts(value, $0) }
        case "not": return try !accepts(value, argument)
        case "if": return try !accepts(value, argument) || accepts(value, schema["then"] ?? .object([:]))
        case "items":
            guard case .array(let items) = value else { return true }
            return try items.allSatisfy { try accepts($0.value, argument) }
        default: return try holdsForTable(keyword, argument, value, schema)
        }
    }

    private func holdsForTable(
        _ keyword: String, _ argument: JSONValue, _ value: TOMLValue, _ schema: [String: JSONValue]
    ) throws -> Bool {
        let isKnown = ["required", "properties", "additionalProperties", "dependencies", "maxProperties"]
        guard isKnown.contains(keyword) else { throw Failure(message: "unknown keyword \(keyword)") }
        guard case .table(let table) = value else { return true }
        switch keyword {
        case "required": return (argument.items ?? []).allSatisfy { table.contains($0.text ?? "") }
        case "maxProperties": return table.count <= argument.integer ?? 0
        case "properties":
            return try table.keys.allSatisfy { key in
                guard let inner = argument[key], let value = table[key] else { return true }
                return try accepts(value, inner)
            }
        case "dependencies":
            guard case .object(let needs) = argument else { throw Failure(message: "dependencies") }
            return needs.allSatisfy { key, needed in
                !table.contains(key) || (needed.items ?? []).allSatisfy { table.contains($0.text ?? "") }
            }
        default:
            let known = schema["properties"] ?? .object([:])
            return try table.keys.allSatisfy { key in
                if known[key] != nil { return true }
                if let isAllowed = argument.flag { return isAllowed }
                return try table[key].map { try accepts($0, argument) } ?? true
            }
        }
    }

    private func isOf(_ type: String?, _ value: TOMLValue) -> Bool {
        switch (type, value) {
        case ("string", .string), ("boolean", .boolean), ("integer", .integer), ("number", .integer),
            ("number", .float), ("array", .array), ("object", .table):
            true
        default: false
        }
    }

    private func number(_ value: TOMLValue) -> Double? {
        switch value {
        case .integer(let number, _): Double(number)
        case .float(let number, _): number
        default: nil
        }
    }

    private func equals(_ wanted: JSONValue, _ value: TOMLValue) -> Bool {
        switch (wanted, value) {
        case (.string(let one), .string(let other)): one == other
        case (.bool(let one), .boolean(let other)): one == other
        case (.array(let one), .array(let other)):
            one.count == other.count && zip(one, other).allSatisfy { equals($0, $1.value) }
        case (.number(let one), _): number(value) == one
        default: false
        }
    }
}
