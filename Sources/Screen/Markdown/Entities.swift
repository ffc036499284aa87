/// Character references as CommonMark text has them.
enum Entities {
    /// What `&name;` or `&#n;` stands for, sanitised: a reference can name a control character as well as any other.
    /// `nil` for a name that is not known; it is then shown as written.
    static func text(_ reference: UnsafeBufferPointer<UInt8>) -> String? {
        guard reference.count > 3, reference[0] == 0x26, reference[reference.count - 1] == 0x3B else { return nil }
        let name = String(decoding: reference[1..<reference.count - 1], as: UTF8.self)
        guard name.utf8.first == 0x23 else { return named[name] }
        let digits = name.dropFirst()
        let value =
            digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let value, value != 0, let scalar = Unicode.Scalar(value) else { return "\u{FFFD}" }
        if scalar == "\n" || scalar == "\t" || scalar == "\r" { return " " }
        return Sanitiser.line(String(Character(scalar)))
    }

    /// Those that occur in prose; HTML knows two thousand.
    private static let named: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "hellip": "…", "mdash": "—",
        "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "laquo": "«", "raquo": "»", "bull": "•",
        "middot": "·", "copy": "©", "reg": "®", "trade": "™", "deg": "°", "plusmn": "±", "times": "×", "divide": "÷",
        "frac12": "½", "frac14": "¼", "frac34": "¾", "sup2": "²", "sup3": "³", "micro": "µ", "para": "¶", "sect": "§",
        "cent": "¢", "pound": "£", "yen": "¥", "euro": "€", "larr": "←", "uarr": "↑", "rarr": "→", "darr": "↓",
        "harr": "↔", "rArr": "⇒", "lArr": "⇐", "infin": "∞", "ne": "≠", "le": "≤", "ge": "≥", "asymp": "≈", "sum": "∑",
        "radic": "√", "pi": "π", "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "lambda": "λ", "mu": "μ",
        "sigma": "σ", "omega": "ω", "check": "✓", "aacute": "á", "eacute": "é", "iacute": "í", "oacute": "ó",
        "uacute": "ú", "ntilde": "ñ", "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü",
        "szlig": "ß", "ccedil": "ç", "agrave": "à", "egrave": "è",
    ]
}
