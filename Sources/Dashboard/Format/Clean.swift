import Screen

/// The border of this module: what comes from outside passes here once.
enum Clean {
    /// One line of a name, a message, a header: safe to draw.
    static func line(_ raw: String) -> String {
        isClean(raw) ? raw : Sanitiser.line(raw)
    }

    /// Printable ASCII is safe as it is: the common case costs no copy.
    static func isClean(_ raw: String) -> Bool {
        raw.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    /// A text of several lines.
    static func text(_ raw: String) -> String {
        raw.utf8.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A } ? raw : Sanitiser.text(raw)
    }
}
