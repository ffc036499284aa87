/// Strikes out of an error message what looks like a key: providers quote the key that they refuse.
enum Redaction {
    static let mark = "[key]"

    private static let prefixes = ["sk-", "sk_", "AIza", "gsk_", "xai-", "key-", "pk-", "hf_"]

    /// Words that begin like a key and go on for at least 8 characters, and the word after `Bearer`.
    static func redacted(_ text: String) -> String {
        var result: [UInt8] = []
        var word: [UInt8] = []
        var isAfterBearer = false
        func flush() {
            guard !word.isEmpty else { return }
            let text = String(decoding: word, as: UTF8.self)
            let isKey = prefixes.contains { text.hasPrefix($0) && text.utf8.count >= $0.utf8.count + 8 }
            if isKey || isAfterBearer && word.count >= 8 {
                result += mark.utf8
            } else {
                result += word
            }
            isAfterBearer = text.lowercased() == "bearer"
            word.removeAll()
        }
        for byte in text.utf8 {
            if isWordByte(byte) {
                word.append(byte)
            } else {
                flush()
                if byte != 0x20 { isAfterBearer = false }
                result.append(byte)
            }
        }
        flush()
        return String(decoding: result, as: UTF8.self)
    }

    /// Letters, digits, `-`, `_`, `.` and `*`, with which keys are masked in part.
    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "*"): true
        default: false
        }
    }
}
