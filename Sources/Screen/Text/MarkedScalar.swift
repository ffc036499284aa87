/// How sanitised text carries what was unsafe: each visible character of a replacement is moved into a corner of the
/// last private use plane, U+10FE00 and up. So one text says both what to draw and that it stands for something hostile;
/// Markdown sees letters in it, never markup. The sanitiser marks real scalars from that corner too, so nobody can forge
/// them. Cells never hold these: the reducer turns them into what is to be drawn, and says that they were marked.
public enum MarkedScalar {
    static let first: UInt32 = 0x10FE00
    static let last: UInt32 = 0x10FEFF
    /// Ends of `‹U+202E›`, past the ASCII part.
    static let open: UInt32 = first + 0x80
    static let close: UInt32 = first + 0x81
    /// An ill-formed piece of UTF-8; drawn as U+FFFD.
    static let illFormed: UInt32 = first + 0x82
    /// Drawn as nothing: keeps a piece of a cut paragraph from being read as the beginning of a list or heading.
    static let guardMark: UInt32 = first + 0xFF

    @inline(__always)
    static func contains(_ scalar: UInt32) -> Bool { scalar >= first && scalar <= last }

    /// The mark for an ASCII byte, printable or control.
    static func mark(ascii byte: UInt8) -> UInt32 { first + UInt32(byte & 0x7F) }

    /// What a mark is drawn as: ASCII, a control picture (U+2400 and up), or an angle quotation mark.
    static func drawn(_ scalar: UInt32) -> UInt32 {
        switch scalar - first {
        case 0x00...0x1F: 0x2400 + (scalar - first)
        case 0x20...0x7E: scalar - first
        case 0x7F: 0x2421
        case 0x80: 0x2039
        case 0x81: 0x203A
        default: 0xFFFD
        }
    }

    /// Sanitised text with its marks written out, for copying and for titles.
    public static func writtenOut(_ text: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            guard contains(scalar.value) else {
                result.append(scalar)
                continue
            }
            if scalar.value == guardMark { continue }
            if let drawn = Unicode.Scalar(drawn(scalar.value)) { result.append(drawn) }
        }
        return String(result)
    }
}
