import CUTF8Proc

/// How many columns a scalar takes: our own answer, never the C library's `wcwidth`, which depends on the locale and on
/// the age of the system. The base is utf8proc's table (UAX #11, ambiguous = 1); the exceptions below are those where
/// terminals agree on something else.
public enum Width {
    /// Columns of one scalar: 0 (drawn onto the one before it), 1 or 2. `nil` for what must never reach a cell: controls,
    /// format characters, surrogates, noncharacters, and scalars that no version of Unicode known here has assigned.
    @inlinable
    public static func columns(of scalar: UInt32) -> Int? {
        if scalar < 0x7F { return scalar >= 0x20 ? 1 : nil }
        if scalar >= 0xA1, scalar < 0x300, scalar != 0xAD { return 1 }
        // Ideographs, kana, their punctuation, and Hangul syllables: by far the most common of the wide ones.
        if isPlainWide(scalar) { return 2 }
        return looked(up: scalar)
    }

    /// Columns of a whole text when drawn, its graphemes reduced as ``GraphemeReducer`` does.
    public static func columns(of text: some StringProtocol) -> Int {
        var text = String(text)
        return text.withUTF8 { columns(of: $0) }
    }

    /// Columns of sanitised UTF-8.
    public static func columns(of utf8: UnsafeBufferPointer<UInt8>) -> Int {
        var reducer = GraphemeReducer(utf8)
        var columns = 0
        while let glyph = reducer.next() { columns += Int(glyph.width) }
        return columns
    }

    /// Wide, and never joined to what is before it.
    @usableFromInline
    static func isPlainWide(_ scalar: UInt32) -> Bool {
        guard scalar >= 0x3000, scalar <= 0xFF60 else { return false }
        return scalar <= 0x3029 || scalar >= 0x3041 && scalar <= 0x3096 || scalar >= 0x30A1 && scalar <= 0x30FF
            || scalar >= 0x4E00 && scalar <= 0x9FFF || scalar >= 0xAC00 && scalar <= 0xD7A3 || scalar >= 0xFF01
    }

    @usableFromInline
    static func looked(up scalar: UInt32) -> Int? {
        guard scalar < 0x11_0000 else { return nil }
        switch scalar {
        case 0xA0: return 1
        // Hangul medial vowels and final consonants join the syllable's first jamo.
        case 0x1160...0x11FF, 0xD7B0...0xD7FF: return assigned(scalar) ? 0 : nil
        // Wide since Unicode 16, and drawn so before that: circled numbers on black squares, the I Ching.
        case 0x3248...0x324F, 0x4DC0...0x4DFF: return 2
        // Arabic, Syriac and Kaithi number signs: format characters that are seen.
        case 0x600...0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD: return 1
        default: break
        }
        switch utf8proc_category(Int32(scalar)) {
        case UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CF, UTF8PROC_CATEGORY_CS, UTF8PROC_CATEGORY_CN,
            UTF8PROC_CATEGORY_ZL, UTF8PROC_CATEGORY_ZP:
            return nil
        // Spacing vowel signs take their own column in terminals.
        case UTF8PROC_CATEGORY_MC: return 1
        case UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_ME: return 0
        default: return Int(utf8proc_charwidth(Int32(scalar)))
        }
    }

    private static func assigned(_ scalar: UInt32) -> Bool {
        utf8proc_category(Int32(scalar)) != UTF8PROC_CATEGORY_CN
    }

    static func isRegionalIndicator(_ scalar: UInt32) -> Bool { scalar >= 0x1F1E6 && scalar <= 0x1F1FF }
    static func isSkinTone(_ scalar: UInt32) -> Bool { scalar >= 0x1F3FB && scalar <= 0x1F3FF }
    static func isVariationSelector(_ scalar: UInt32) -> Bool {
        (scalar >= 0xFE00 && scalar <= 0xFE0F) || (scalar >= 0xE0100 && scalar <= 0xE01EF)
            || (scalar >= 0x180B && scalar <= 0x180F)
    }
}
