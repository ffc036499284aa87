/// OSC 52: the terminal puts text on the user's clipboard. It is never asked for what is there.
enum Clipboard {
    /// The most bytes of text in one go. Terminals take about 100 kB of base64 (xterm, tmux, kitty) and drop more in silence.
    static let limit = 74_994

    /// `nil` for text over the limit.
    static func sequence(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        guard bytes.count <= limit else { return nil }
        return Array("\u{1B}]52;c;".utf8) + base64(bytes) + Array("\u{1B}\\".utf8)
    }

    /// GNU screen knows no OSC 52 and hands on what stands in a DCS, of 768 bytes at most; the terminal sees one sequence.
    /// The ESC of the string's end would end the DCS, so BEL ends it.
    static func passedThroughScreen(_ sequence: [UInt8]) -> [UInt8] {
        let ended = sequence.dropLast(2) + [0x07]
        var result: [UInt8] = []
        for start in stride(from: 0, to: ended.count, by: 512) {
            result += Array("\u{1B}P".utf8) + ended[start..<min(start + 512, ended.count)] + Array("\u{1B}\\".utf8)
        }
        return result
    }

    /// RFC 4648, section 4.
    static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var result: [UInt8] = []
        result.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = (0..<3).reduce(0) { $0 << 8 | (start + $1 < group.endIndex ? Int(bytes[start + $1]) : 0) }
            for place in 0..<4 {
                result.append(place <= group.count ? alphabet[value >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
            }
        }
        return result
    }
}
