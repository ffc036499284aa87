import Foundation
import StreamEngine
import TestSupport
import Testing

@testable import Recording

@Suite struct AsciicastTests {
    private func writer() -> AsciicastWriter {
        AsciicastWriter(
            columns: 80, rows: 24, at: WallTime(secondsSince1970: 1_795_183_331.9), title: "weir", terminalType: "xterm"
        )
    }

    private func lines(_ bytes: [UInt8]) throws -> [Any] {
        #expect(bytes.last == 0x0A)
        return try bytes.split(separator: 0x0A).map { try JSONSerialization.jsonObject(with: Data($0)) }
    }

    @Test func theHeaderAndTheEvents() throws {
        var writer = writer()
        writer.output(Array("\u{1B}[1mwéir\u{1B}[0m\r\n\"\\\u{7F}".utf8), at: .milliseconds(1_250))
        writer.resized(columns: 140, rows: 40, at: .seconds(2))
        writer.output([], at: .seconds(3))
        // A clock that goes back.
        writer.output([0x41], at: .seconds(1))
        writer.finish(at: .seconds(4))
        let bytes = writer.takeBytes()
        #expect(writer.takeBytes().isEmpty)
        let lines = try lines(bytes)
        #expect(lines.count == 4)
        let header = try #require(lines[0] as? [String: Any])
        #expect(header["version"] as? Int == 2 && header["width"] as? Int == 80 && header["height"] as? Int == 24)
        #expect(header["timestamp"] as? Int == 1_795_183_331)
        #expect((header["env"] as? [String: String]) == ["TERM": "xterm"])
        let events = lines.dropFirst().compactMap { $0 as? [Any] }
        #expect(events.map { $0[0] as? Double } == [1.25, 2, 2])
        #expect(events.map { $0[1] as? String } == ["o", "r", "o"])
        #expect(events.map { $0[2] as? String } == ["\u{1B}[1mwéir\u{1B}[0m\r\n\"\\\u{7F}", "140x40", "A"])
        #expect(String(decoding: bytes, as: UTF8.self).contains("\n[1.250000, \"o\", \""))
    }

    /// Cut anywhere, it is the same text.
    @Test func charactersAreNotTornApart() throws {
        let text = "a–ß水🌊\u{1B}[0m│╭ ﹅ e\u{301} 🏳️‍🌈"
        let bytes = Array(text.utf8)
        for cut in 0...bytes.count {
            for second in cut...bytes.count {
                var writer = writer()
                writer.output(Array(bytes[..<cut]), at: .zero)
                writer.output(Array(bytes[cut..<second]), at: .zero)
                writer.output(Array(bytes[second...]), at: .zero)
                writer.finish(at: .zero)
                let said = try lines(writer.takeBytes()).dropFirst().compactMap { ($0 as? [Any])?[2] as? String }
                #expect(said.joined().utf8.elementsEqual(text.utf8))
            }
        }
    }

    @Test func whatIsNoCharacterBecomesAMarkOfIt() throws {
        var writer = writer()
        writer.output([0xFF, 0x41, 0xC0, 0xE2, 0x94], at: .zero)
        writer.finish(at: .zero)
        let said = try lines(writer.takeBytes()).dropFirst().compactMap { ($0 as? [Any])?[2] as? String }
        #expect(said.joined() == "\u{FFFD}A\u{FFFD}\u{FFFD}")
    }
}
