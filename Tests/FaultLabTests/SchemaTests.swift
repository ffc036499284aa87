import TOML
import Testing

@testable import FaultLab

/// The schema says what the parser takes: the same keys, the same values, the same contradictions.
@Suite struct SchemaTests {
    private let schema: JSONSchema

    init() throws {
        schema = try JSONSchema(Array(Scenario.schema.utf8))
    }

    /// A table in a scenario file.
    private struct Place {
        var name: String
        /// What stands around the keys.
        var before: String
        var after = ""
        var isInline = true
        /// Given where no probe gives it.
        var required: (key: String, value: String)?
        var schema: JSONValue
        var keys: [String]

        func text(_ members: [(key: String, value: String)]) -> String {
            var members = members
            if let required, !members.contains(where: { $0.key == required.key }) { members.insert(required, at: 0) }
            let lines = members.map { "\($0.key) = \($0.value)" }
            return before + lines.joined(separator: isInline ? ", " : "\n") + after
        }
    }

    private func places() throws -> [Place] {
        let head = "description = \"d\"\n"
        var places = [
            Place(
                name: "scenario", before: "", isInline: false, required: ("description", "\"d\""), schema: schema.root,
                keys: Scenario.keys),
            Place(
                name: "request", before: head + "[[request]]\n", isInline: false,
                schema: try #require(schema.definition("request")), keys: Scenario.requestKeys),
            Place(
                name: "story", before: head + "[[story]]\n", isInline: false,
                schema: try #require(schema.definition("story")), keys: Scenario.storyKeys),
            Place(
                name: "expectation", before: head + "expect = { ", after: " }",
                schema: try #require(schema.definition("expectation")), keys: Expectation.keys),
        ]
        for kind in Fault.kinds {
            places.append(
                Place(
                    name: kind.name, before: head + "always = [{ fault = \"\(kind.name)\", ", after: " }]",
                    required: kind.name == "status" ? ("status", "429") : nil,
                    schema: try #require(schema.definition(kind.name), "\(kind.name)"),
                    keys: FaultStep.keys + kind.keys + (kind.hasPlace ? FaultStep.placeKeys : [])))
        }
        return places
    }

    private static let values =
        [
            "-1", "0", "1", "3", "429", "700", "86401", "1_000_001", "10_000_000_000_000", "9223372036854775807", "0.5",
            "0.0001", "2.5", "-0.5", "1e300", "inf", "nan", "true", "false", "[]", "[1]", "{}", "{ a = \"x\" }",
            "{ a = 1 }", "2026-11-26", "[{}]", "[{ fault = \"empty\" }]", "[{ fault = \"nothing\" }]", "[{ a = 1 }]",
            "[\"x\"]", "[\"fresh\"]", "[\"fresh\", \"cursor\"]", "{ continues = true }",
        ]
        + [
            "", "x", "1s", "250ms", "1.5s", "2m", "-1s", "0ms", "1e3s", ".5s", "5.s", "1.2.3s", "0x1p3s", " 1s",
            "1441m",
            "3 weeks", "s", "a\\u0001", "seconds", "date", "ms", "none", "ping", "comment", "lf", "crlf", "cr",
            "reset_peer", "timeout", "insufficient_quota", "spend_cap", "context_too_long", "fresh", "prefill",
            "continue", "system-note", "cursor",
        ].map { "\"\($0)\"" }

    /// What no JSON Schema can say, or not in a way that anybody could read.
    private static let beyond = [
        "up to a day, found", "size_variation: expected a whole number from 0 to", "is earlier than \"not_before\"",
        "is among the headers that are expected", "expected at least a millisecond",
    ]

    private func check(_ text: String) throws {
        let table = try TOMLDocument(text, source: "s.toml").root
        let accepts = try schema.accepts(table)
        do {
            _ = try Scenario(table, name: "s")
            #expect(accepts, "the schema refuses what the parser takes: \(text)")
        } catch {
            let isBeyond = Self.beyond.contains { "\(error)".contains($0) }
            #expect(!accepts || isBeyond, "the schema takes \(text): \(error)")
        }
    }

    @Test func theyKnowTheSameKeys() throws {
        for place in try places() {
            guard case .object(let properties)? = place.schema["properties"] else {
                Issue.record("\(place.name) has no keys")
                continue
            }
            let known = Set(properties.keys).subtracting(place.keys.contains("fault") ? [] : ["fault"])
            #expect(known == Set(place.keys), "\(place.name)")
            #expect(place.schema["additionalProperties"] == .bool(false), "\(place.name)")
        }
        let faults = (schema.definition("step")?["anyOf"]?.items ?? []).compactMap { $0["$ref"]?.text }
        #expect(Set(faults) == Set(Fault.names.map { "#/definitions/\($0)" }))
    }

    @Test func theyAgreeOnEveryValueOfEveryKey() throws {
        for place in try places() {
            for key in place.keys + ["nonsense"] where key != "fault" {
                for value in Self.values { try check(place.text([(key, value)])) }
            }
        }
    }

    /// Of every two keys: which may stand together, with which values.
    @Test func theyAgreeOnPairs() throws {
        for place in try places() {
            let keys = place.keys.filter { $0 != "fault" }
            var fitting: [String: [String]] = [:]
            for key in keys {
                let inner = try #require(schema.property(key, of: place.schema), "\(place.name).\(key)")
                fitting[key] = try Self.values.filter { value in
                    let table = try TOMLDocument("v = \(value)", source: "v.toml").root
                    return try table["v"].map { try schema.accepts($0, inner) } ?? false
                }
            }
            for (index, one) in keys.enumerated() {
                for other in keys[(index + 1)...] {
                    for first in Self.sample(fitting[one] ?? []) {
                        for second in Self.sample(fitting[other] ?? []) {
                            try check(place.text([(one, first), (other, second)]))
                        }
                    }
                }
            }
        }
    }

    /// The first, the last, and some between.
    private static func sample(_ values: [String]) -> [String] {
        guard values.count > 5 else { return values }
        return (0..<5).map { values[$0 * (values.count - 1) / 4] }
    }

    @Test func itTakesEveryBuiltInScenario() throws {
        for name in Shelf.names {
            let text = try #require(Shelf.text(of: name))
            #expect(try schema.accepts(TOMLDocument(text, source: name).root), "\(name)")
        }
    }

    /// What it says of defaults is so: a step with them written out is the step without.
    @Test func itsDefaultsAreTheParsers() throws {
        func step(_ text: String) throws -> FaultStep? {
            try Scenario("description = \"d\"\nalways = [{ \(text) }]", name: "s", source: "s.toml").always.first
        }
        var count = 0
        for kind in Fault.kinds {
            let base = "fault = \"\(kind.name)\"" + (kind.name == "status" ? ", status = 429" : "")
            for key in kind.keys + FaultStep.keys.filter({ $0 != "fault" }) + (kind.hasPlace ? FaultStep.placeKeys : [])
            {
                guard var inner = schema.definition(kind.name).flatMap({ schema.property(key, of: $0) }) else {
                    continue
                }
                if let reference = inner["$ref"]?.text?.split(separator: "/").last {
                    inner = schema.definition(String(reference)) ?? inner
                }
                guard let usual = inner["default"] else { continue }
                let text =
                    switch usual {
                    case .string(let text): "\"\(text)\""
                    case .bool(let flag): "\(flag)"
                    case .number(let number): Int(exactly: number).map { "\($0)" } ?? "\(number)"
                    default: ""
                    }
                #expect(try step("\(base), \(key) = \(text)") == step(base), "\(kind.name).\(key)")
                count += 1
            }
        }
        #expect(count > 100)
    }
}
