import Providers
import StreamEngine

/// A recording of a screen in the asciicast format, version 2: a header, then a line for each thing that happened, with its
/// time in seconds. Does no I/O: the lines wait in ``takeBytes()``.
///
/// Source: https://docs.asciinema.org/manual/asciicast/v2/. Its texts are UTF-8, so a character that comes in two pieces is
/// written with the second one.
public struct AsciicastWriter: Sendable {
    private var lines: [UInt8] = []
    /// The beginning of a character whose rest has not come.
    private var held: [UInt8] = []
    /// Times never go back.
    private var last = Duration.zero

    /// - Parameters:
    ///   - wall: when it began.
    ///   - terminalType: TERM.
    public init(columns: Int, rows: Int, at wall: WallTime, title: String, terminalType: String?) {
        var json = JSONWriter()
        json.object { json in
            json.member("version", 2)
            json.member("width", columns)
            json.member("height", rows)
            json.member("timestamp", Int(max(0, min(wall.secondsSince1970, 1e11))))
            json.member("title", title)
            if let terminalType {
                json.key("env")
                json.object { $0.member("TERM", terminalType) }
            }
        }
        lines = json.bytes + [0x0A]
    }

    /// The lines that nobody has taken yet.
    public mutating func takeBytes() -> [UInt8] {
        defer { lines = [] }
        return lines
    }

    /// Bytes went to the terminal.
    public mutating func output(_ bytes: [UInt8], at time: Duration) {
        var bytes = held + bytes
        let cut = Self.unfinished(bytes)
        held = Array(bytes.suffix(cut))
        bytes.removeLast(cut)
        guard !bytes.isEmpty else { return }
        event("o", String(decoding: bytes, as: UTF8.self), at: time)
    }

    /// The terminal has another size.
    public mutating func resized(columns: Int, rows: Int, at time: Duration) {
        event("r", "\(columns)x\(rows)", at: time)
    }

    /// Nothing more comes.
    public mutating func finish(at time: Duration) {
        guard !held.isEmpty else { return }
        event("o", String(decoding: held, as: UTF8.self), at: time)
        held = []
    }

    private mutating func event(_ kind: StaticString, _ text: String, at time: Duration) {
        last = max(last, time)
        let microseconds = last.nanoseconds / 1_000
        let fraction = "\(microseconds % 1_000_000)"
        lines += "[\(microseconds / 1_000_000).".utf8
        lines += repeatElement(UInt8(ascii: "0"), count: 6 - fraction.utf8.count)
        lines += fraction.utf8
        lines += ", \"\(kind)\", ".utf8
        var json = JSONWriter()
        json.string(text)
        lines += json.bytes
        lines += "]\n".utf8
    }

    /// How many bytes at the end are the beginning of a character (RFC 3629): at most three.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
            return length > back ? back : 0
        }
        return 0
    }
}
