import Foundation
import Testing

/// A line of `weir ask --json`.
struct Event {
    let name: String
    let time: Double
    let fields: [String: Any]

    func text(_ key: String) -> String? { fields[key] as? String }
    func number(_ key: String) -> Double? { (fields[key] as? NSNumber)?.doubleValue }
    func integer(_ key: String) -> Int? { (fields[key] as? NSNumber)?.intValue }
    func isNull(_ key: String) -> Bool { fields[key] is NSNull }
}

extension Run {
    /// What it said in lines of JSON, held against the contract: an object a line, each with `event` and `t`, `t` never
    /// goes back, `end` comes once and last.
    func events(sourceLocation: SourceLocation = #_sourceLocation) throws -> [Event] {
        let events = try lines(sourceLocation: sourceLocation)
        #expect(events.count { $0.name == "end" } == 1, sourceLocation: sourceLocation)
        return events
    }

    /// The same, where several requests have an `end` each.
    func lines(sourceLocation: SourceLocation = #_sourceLocation) throws -> [Event] {
        var events: [Event] = []
        try #require(output.last == UInt8(ascii: "\n"), "\(summary)", sourceLocation: sourceLocation)
        for line in output.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let parsed = try? JSONSerialization.jsonObject(with: Data(line))
            let fields = try #require(
                parsed as? [String: Any], "no object: \(String(decoding: line, as: UTF8.self))",
                sourceLocation: sourceLocation)
            let name = try #require(fields["event"] as? String, sourceLocation: sourceLocation)
            let time = try #require(fields["t"] as? NSNumber, sourceLocation: sourceLocation).doubleValue
            if let last = events.last { #expect(last.time <= time, sourceLocation: sourceLocation) }
            events.append(Event(name: name, time: time, fields: fields))
        }
        #expect(events.last?.name == "end", sourceLocation: sourceLocation)
        #expect((events.first?.time ?? -1) >= 0, sourceLocation: sourceLocation)
        return events
    }
}

extension [Event] {
    /// The final text, from the `text` events.
    var text: String { filter { $0.name == "text" }.compactMap { $0.text("text") }.joined() }
    var thinking: String { filter { $0.name == "thinking" }.compactMap { $0.text("text") }.joined() }
    var states: [String] { compactMap { $0.name == "state" ? $0.text("state") : nil } }
    var end: Event? { last { $0.name == "end" } }
    var verdict: String? { end?.text("verdict") }
    func named(_ name: String) -> [Event] { filter { $0.name == name } }
}

/// Whether two texts are the same to the byte; where not, says where they part.
func expectSame(_ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let (one, other) = (Array(text.utf8), Array(expected.utf8))
    guard one != other else { return }
    let offset = zip(one, other).prefix { $0 == $1 }.count
    func around(_ bytes: [UInt8]) -> String {
        String(decoding: bytes[max(0, offset - 40)..<min(bytes.count, offset + 40)], as: UTF8.self).debugDescription
    }
    Issue.record(
        "\(one.count) bytes, expected \(other.count); they part at \(offset): \(around(one)) / \(around(other))",
        sourceLocation: sourceLocation)
}
