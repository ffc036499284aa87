import TOML
import TestSupport
import Testing

/// Whatever stands in a file, reading it ends with a table or an error, and the scanner lets nothing pass that TOMLKit
/// refuses. (The other direction cannot be tried in the same process: TOMLKit stops it on some malformed documents.)
@Suite struct TOMLFuzzTests {
    static let seedText = """
        # A file with everything in it.
        title = "Weir \\u00e9 \\\\ \\"x\\""
        path = 'C:\\dir'
        long = \"\"\"
        one \\
           two "quotes" ""
        \"\"\"
        raw = '''
        raw ' '' text'''
        int = -1_000
        hex = 0xFF
        float = 6.6e-3
        odd = [inf, -inf, nan, true, false]
        date = 2026-10-07
        moment = 1979-05-27 07:32:00.25+01:00
        time = 07:32:00
        nested = [[1, 2], ["a", 'b'], [{ x = 1, y.z = [ ] }, {}]]
        dotted.key."quoted part" = 1
        dotted.other = 2

        [table] # comment
        k = 1
        [table.sub.deep]
        k = 2
        [table.sub]
        k = 3
        [[list]]
        id = 1
        [list.inner]
        a = "b"
        [[list]]
        id = 2
        [[list.more]]
        "" = "empty key"

        """

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func mutationsNeverCrash(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let original = Array(Self.seedText.utf8)
        for _ in 0..<100 {
            let bytes = Self.mutated(original, using: &random)
            do throws(TOMLError) {
                _ = try TOMLDocument(bytes: bytes, source: "f.toml")
            } catch {
                #expect(error.line <= bytes.count { $0 == 0x0A } + 1)
                // TOMLKit's words: it refuses what the scanner let pass.
                if error.message.hasPrefix("error while parsing") { Issue.record("\(error)") }
            }
        }
    }

    /// Cut anywhere: what the scanner reads alone is what TOMLKit agrees to.
    @Test func everyTruncationEndsWell() {
        let bytes = Array(Self.seedText.utf8)
        for end in 0...bytes.count {
            let piece = Array(bytes[..<end])
            let isRead = (try? TOMLDocument(builtIn: piece, source: "f.toml")) != nil
            #expect(isRead == ((try? TOMLDocument(bytes: piece, source: "f.toml")) != nil), "cut at \(end)")
        }
    }

    private static func mutated(_ original: [UInt8], using random: inout SeededRandom) -> [UInt8] {
        var bytes = original
        let alphabet = Array("[]{}=.,#\"'\\\n\r\t _-+:0123456789abcxyzeTZ\u{0}\u{7F}é".utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard !bytes.isEmpty else { break }
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.remove(at: position)
            case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: position)
            case 2: bytes[position] = alphabet.randomElement(using: &random) ?? 0
            case 3: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 4: bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...40, using: &random)))
            default:
                let end = min(bytes.count, position + Int.random(in: 1...60, using: &random))
                let piece = Array(bytes[position..<end])
                bytes.insert(contentsOf: piece, at: Int.random(in: 0...bytes.count, using: &random))
            }
        }
        return bytes
    }
}
