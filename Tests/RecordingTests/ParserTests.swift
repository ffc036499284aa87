import Providers
import StreamEngine
import TestSupport
import Testing

@testable import Recording

/// Files that are no recording, or a damaged one.
@Suite struct ParserTests {
    private let header =
        "{\"t\":0.000000000,\"wall\":1764108000.5,\"is\":\"recording\",\"version\":1,\"program\":\"weir 0.1.0\","
        + "\"instant\":5,\"seed\":\"7\",\"first_stream\":1}"

    private func problem(_ lines: String...) -> String {
        do {
            _ = try parse(Array(([header] + lines).joined(separator: "\n").utf8 + [0x0A]))
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func whatIsWrongIsSaidWithItsPlace() {
        let place = "line 2, byte \(header.utf8.count + 1): "
        #expect(problem("{\"t\":1,\"is\":\"dance\"}") == place + "\"is\": there is no line called \"dance\"")
        #expect(problem("[]") == place + "expected an object")
        #expect(problem("{\"is\":\"time\"}").hasPrefix(place + "\"t\" is missing"))
        #expect(problem("{\"t\":\"1\",\"is\":\"time\"}").hasPrefix(place + "\"t\": expected decimal seconds"))
        #expect(problem("{\"t\":1e3,\"is\":\"time\"}").hasPrefix(place + "\"t\": expected decimal seconds"))
        #expect(problem("{\"t\":99999999999,\"is\":\"time\"}").hasPrefix(place + "\"t\": expected decimal seconds"))
        #expect(problem("{\"t\":1,\"is\":\"cancel\",\"of\":3}") == place + "there is no stream 3 yet")
        #expect(problem("{\"t\":1,\"is\":\"cancel\",\"of\":1e99}").hasPrefix(place + "\"of\": expected a whole number"))
        #expect(problem("{\"t\":1,\"is\":\"closed\",\"attempt\":\"1\"}").hasPrefix(place + "\"attempt\": expected"))
        #expect(
            problem("{\"t\":1,\"is\":\"start\",\"of\":2,\"order\":{}}") == place
                + "stream 2 starts, and the next one is 1")
        #expect(problem("{\"t\":1,\"is\":\"request\",\"attempt\":\"1.1\"}").hasPrefix(place))
        #expect(problem("{\"t\":1,\"is\":\"stop\"}", "{\"t\":1,\"is\":\"time\"}").contains("nothing may follow"))
        #expect(
            problem("{\"t\":2,\"is\":\"time\"}", "{\"t\":1,\"is\":\"time\"}").contains(
                "time goes backwards: \"t\" is 1.000000000, and before it was 2.000000000"))
        let order = "\"order\":{\"endpoint\":{\"baseURL\":\"ftp://x\"}}"
        #expect(
            problem("{\"t\":1,\"is\":\"start\",\"of\":1,\(order)}").contains("it must begin with https:// or http://"))
        let many = "\"order\":{\"retryPolicy\":{\"maximumRetries\":999999999999}}"
        #expect(problem("{\"t\":1,\"is\":\"start\",\"of\":1,\(many)}").contains("max-retries must be from 0 to 1000"))
        let huge = "\"order\":{\"maximumBodyBytes\":99999999999999999}"
        #expect(
            problem("{\"t\":1,\"is\":\"start\",\"of\":1,\(huge)}")
                == place + "\"order\".maximumBodyBytes: expected a number up to 10^12")
    }

    @Test(arguments: ["", "GET x", "P$(id)", "a:b", "é", "a\\nb"]) func aRequestsNamesAreTokens(name: String) {
        let start = "{\"t\":1,\"is\":\"start\",\"of\":1,\"order\":{}}"
        let rest = "\"url\":\"http://x\",\"text\":\"\",\"connect_timeout\":1,\"max_body_bytes\":1,\"stream\":true}"
        let request = "{\"t\":1,\"is\":\"request\",\"attempt\":\"1.1\","
        let method = problem(start, request + "\"method\":\"\(name)\",\"headers\":[]," + rest)
        #expect(method.contains("\"method\": expected a method of HTTP"), "\(method)")
        let header = problem(start, request + "\"method\":\"POST\",\"headers\":[[\"\(name)\",\"v\"]]," + rest)
        #expect(header.contains("\"headers\": a name may have letters"), "\(header)")
    }

    @Test func claimsReserveNothing() throws {
        let start = "{\"t\":1,\"is\":\"start\",\"of\":1,\"order\":{}}"
        let claim = "{\"t\":1,\"is\":\"body\",\"attempt\":\"1.1\",\"text\":\"\",\"held\":2000000000}"
        #expect(
            problem(start, claim, "{\"t\":1,\"is\":\"rest\",\"attempt\":\"1.1\",\"text\":\"x\"}").contains(
                "2000000000 bytes were to come"))
        #expect(
            problem(start, "{\"t\":1,\"is\":\"body\",\"attempt\":\"1.1\",\"text\":\"\",\"held\":10000000000}").contains(
                "\"held\""))
        #expect(
            problem(start, "{\"t\":1,\"is\":\"rest\",\"attempt\":\"1.1\",\"text\":\"x\"}").contains(
                "no body has bytes to come"))
        #expect(problem(start, "{\"t\":1,\"is\":\"body\",\"attempt\":\"1.1\",\"base64\":\"?\"}").contains("Base64"))
    }

    @Test func noRecordingAtAll() {
        for (file, words) in [
            ("", "line 1, byte 0: the file is empty: it is no recording"), ("hello\n", "it is no recording"),
            ("{}\n", "it is no recording"), ("{\"is\":\"recording\"}\n", "\"version\" is missing"),
            ("{\"is\":\"recording\",\"version\":2}\n", "version 2, and this program reads version 1"),
        ] {
            #expect(throws: RecordingError.self) { try parse(Array(file.utf8)) }
            do { _ = try parse(Array(file.utf8)) } catch { #expect("\(error)".contains(words), "\(error)") }
        }
    }

    @Test func aLineMayNotBeEndless() {
        var parser = RecordingParser(lineLimit: 100)
        let line = Array("{\"t\":0,\"is\":\"\(String(repeating: "x", count: 200))".utf8)
        #expect(throws: RecordingError(line: 1, offset: 0, problem: "the line is longer than 100 bytes")) {
            try parser.receive(line)
        }
    }

    /// A program that was killed leaves a file that ends anywhere: what stands before it is played.
    @Test func aTornFileIsReadAsFarAsItGoes() throws {
        var (run, id) = try Run.broken()
        let bytes = run.finish()
        let whole = run.engine.text(of: id)
        let first = try #require(bytes.firstIndex(of: 0x0A))
        for end in stride(from: first, through: bytes.count, by: 17) {
            let recording = try parse(Array(bytes[..<end]))
            #expect((recording.shortfall == nil) == (end >= bytes.count - 1))
            var playback = Playback(recording, prices: nil)
            _ = playback.run()
            #expect(whole.starts(with: playback.engine.text(of: id)))
        }
    }

    /// Damage in the middle is an error, and not a shorter recording.
    @Test func damageInTheMiddleIsAnError() throws {
        var (run, _) = try Run.broken()
        var lines = text(run.finish()).split(separator: "\n").map(String.init)
        lines[5] = String(lines[5].dropLast(9))
        #expect(throws: RecordingError.self) { try parse(Array(lines.joined(separator: "\n").utf8)) }
    }

    /// Whatever the file, the answer is a recording that can be played, or an error.
    @Test(arguments: 0..<40) func noFileCrashesTheReader(seed: Int) throws {
        var (run, _) = try Run.broken(seed: UInt64(seed))
        let bytes = run.finish()
        var random = SeededRandom(seed: UInt64(seed) &+ 1000)
        let words: [String] = [
            "null", "-1", "1e308", "99999999999", "999999999999", "[]", "{}", "\"\"", "true", "\"1.1\"", "\"1.2\"",
            "0.000000001",
        ]
        for _ in 0..<40 {
            var file = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<file.count, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0: file[place] = UInt8.random(in: 0...255, using: &random)
                case 1: file.remove(at: place)
                case 2: file.insert(UInt8(ascii: "0"), at: place)
                case 3:
                    let end = min(file.count, place + Int.random(in: 1...300, using: &random))
                    file.removeSubrange(place..<end)
                case 4:
                    // Another value for some member.
                    guard let colon = file[place...].firstIndex(of: UInt8(ascii: ":")) else { break }
                    let end =
                        file[colon...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? file.count
                    file.replaceSubrange((colon + 1)..<end, with: words.randomElement(using: &random)!.utf8)
                default:
                    // A line of its own again, somewhere.
                    let lines = file.split(separator: 0x0A)
                    let line = lines.randomElement(using: &random)!
                    let end = file[place...].firstIndex(of: 0x0A) ?? file.count - 1
                    file.insert(contentsOf: line + [0x0A], at: end + 1)
                }
            }
            guard let recording = try? parse(file) else { continue }
            var playback = Playback(recording, prices: nil)
            _ = playback.run()
            for id in recording.streams {
                _ = playback.snapshot(id, at: recording.entries.last?.record.at ?? recording.header.start)
            }
        }
    }
}
