import NIOCore

/// Writes JSON.
enum JSONText {
    /// `text` in quotation marks.
    static func string(_ text: String) -> String {
        var out: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            if isPlain(byte) { out.append(byte) } else { out.append(contentsOf: escape(byte)) }
        }
        out.append(UInt8(ascii: "\""))
        return String(decoding: out, as: UTF8.self)
    }

    static func string(_ text: String?) -> String {
        text.map { string($0) } ?? "null"
    }

    static func number(_ number: Int?) -> String {
        number.map { "\($0)" } ?? "null"
    }

    /// To the microsecond.
    static func seconds(_ seconds: Double) -> String {
        let rounded = (seconds * 1e6).rounded() / 1e6
        return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
    }

    /// The inside of a string: the bytes of `range`, escaped.
    static func write(_ bytes: [UInt8], _ range: Range<Int>, into buffer: inout ByteBuffer) {
        var start = range.lowerBound
        bytes.withUnsafeBytes { bytes in
            for index in range where !isPlain(bytes[index]) {
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<index]))
                buffer.writeBytes(escape(bytes[index]))
                start = index + 1
            }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[start..<range.upperBound]))
        }
    }

    /// The inside of a string.
    static func inside(_ bytes: ArraySlice<UInt8>) -> String {
        // By bytes: a quotation mark and what combines with it are one character.
        String(decoding: string(String(decoding: bytes, as: UTF8.self)).utf8.dropFirst().dropLast(), as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [UInt8(ascii: "\\"), byte]
        case 0x0A: return Array("\\n".utf8)
        case 0x0D: return Array("\\r".utf8)
        case 0x09: return Array("\\t".utf8)
        default:
            let digits = Array("0123456789abcdef".utf8)
            return Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
        }
    }
}
