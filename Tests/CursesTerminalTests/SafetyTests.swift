import CursesTerminal
import Foundation
import Screen
import TestSupport
import Testing

extension CursesTerminalTests {
    @Suite struct Safety {
        /// Each text as the screen would show it, and each text's scalars put into cells as they are.
        @Test(.enabled(if: Conformance.isPresent, Comment(rawValue: Conformance.missing)))
        func `no hostile text gets through, sanitised or not`() throws {
            for item in try Conformance.lines("term_cases.jsonl") {
                let name = try #require(item["name"] as? String)
                let text = try #require(item["text"] as? String)
                let never = (item["never_bytes_b64"] as? [String] ?? []).compactMap { Data(base64Encoded: $0) }
                let test = try TestTerminal(columns: 60, rows: 10)
                // What goes out for empty frames is ours: curses enters the alternate screen, and so on.
                try test.render(test.frame([]))

                var sanitiser = Sanitiser()
                var clean: [UInt8] = []
                Array(text.utf8).withUnsafeBufferPointer { sanitiser.sanitise($0, into: &clean) }
                sanitiser.finish(into: &clean)
                let lines = String(decoding: clean, as: UTF8.self).split(
                    separator: "\n", omittingEmptySubsequences: false)
                var output = try test.render(test.frame(lines.map(String.init)))

                var raw = test.frame([])
                for (index, scalar) in text.unicodeScalars.prefix(600).enumerated() {
                    raw[column: index % 60, row: index / 60] = Cell(
                        base: scalar.value, mark1: scalar.value, style: .plain)
                }
                output += try test.render(raw)
                // The title's own sequence is ours; what is in it is not.
                raw.modes.title = text
                try test.render(raw)
                output += Array((test.seen.title ?? "").utf8)

                #expect(test.seen.unknown == [], "\(name)")
                for bytes in never {
                    // Home and clear are also curses' own: that the screen is right is checked elsewhere.
                    guard !Self.ours.contains(Array(bytes)) else { continue }
                    let isThere = output.holds(Array(bytes))
                    #expect(!isThere, "\(name): \(Array(bytes).visible)")
                }
                #expect(test.seen.clipboard == [], "\(name)")
                #expect(test.seen.queries == [], "\(name)")
                #expect(test.seen.modes.isSubset(of: [7, 25, 1049, 2004]), "\(name)")
            }
        }

        private static let ours: Set<[UInt8]> = [Array("\u{1B}[H".utf8), Array("\u{1B}[2J".utf8)]
    }
}
