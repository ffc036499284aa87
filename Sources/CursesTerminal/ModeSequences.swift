import Screen

/// The private modes that are on, and the bytes from one such state to another. Sources: xterm's ctlseqs.
struct ModeSequences {
    private(set) var mouse = false
    private var bracketedPaste = false
    private var title: String?
    private let setsTitles: Bool

    static let syncBegin = Array("\u{1B}[?2026h".utf8)
    static let syncEnd = Array("\u{1B}[?2026l".utf8)
    /// So many bytes go into a terminal's queue whole (a Linux tty takes 4096), and a terminal reads them in one piece and
    /// draws after that: a frame as small needs no marks, which would be a fifth of it.
    static let readAtOnce = 256
    /// Every terminal answers the last one, primary device attributes, so its answer ends the wait for the others.
    static let queries = Array("\u{1B}[?2026$p\u{1B}]11;?\u{1B}\\\u{1B}[c".utf8)
    static let plainQuery = Array("\u{1B}[c".utf8)

    /// Longer titles are cut.
    static let titleLimit = 250

    init(setsTitles: Bool) {
        self.setsTitles = setsTitles
    }

    /// The bytes that bring about `modes`; empty where nothing differs.
    mutating func change(to modes: TerminalModes) -> [UInt8] {
        var bytes: [UInt8] = []
        if modes.mouse != mouse {
            // Buttons, motion with a button held, and coordinates beyond 223.
            bytes +=
                (modes.mouse ? "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h" : "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l")
                .utf8
            mouse = modes.mouse
        }
        if modes.bracketedPaste != bracketedPaste {
            bytes += (modes.bracketedPaste ? "\u{1B}[?2004h" : "\u{1B}[?2004l").utf8
            bracketedPaste = modes.bracketedPaste
        }
        if setsTitles, let wanted = modes.title, wanted != title {
            // The window's own title is kept, to be put back.
            if title == nil { bytes += "\u{1B}[22;2t".utf8 }
            bytes += "\u{1B}]2;".utf8
            bytes += Self.harmless(wanted)
            bytes += "\u{1B}\\".utf8
            title = wanted
        }
        return bytes
    }

    /// The bytes that undo everything.
    mutating func changeToNone() -> [UInt8] {
        var none = TerminalModes()
        none.mouse = false
        none.bracketedPaste = false
        var bytes = change(to: none)
        if title != nil { bytes += "\u{1B}[23;2t".utf8 }
        title = nil
        return bytes
    }

    /// A control in a title would end it and begin something else; one for direction would reach beyond it.
    private static func harmless(_ title: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in title.unicodeScalars where Width.columns(of: scalar.value) != nil {
            let encoded = Array(String(scalar).utf8)
            guard bytes.count + encoded.count <= titleLimit else { break }
            bytes += encoded
        }
        return bytes
    }
}
