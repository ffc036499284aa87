extension InputEvent {
    /// The key that a control character (0 to 31, or 127) stands for.
    static func key(control byte: UInt8, alt: Bool) -> InputEvent {
        let alt: KeyModifiers = alt ? .alt : []
        return switch byte {
        case 0x00: .key(.character(" "), alt.union(.control))
        case 0x08, 0x7F: .key(.backspace, alt)
        case 0x09: .key(.tab, alt)
        case 0x0D: .key(.enter, alt)
        case 0x1B: .key(.escape, alt)
        // Ctrl-A is 1; after Z come `\`, `]`, `^` and `_`.
        case 0x01...0x1A: .key(.character(Character(Unicode.Scalar(byte + 0x60))), alt.union(.control))
        default: .key(.character(Character(Unicode.Scalar(byte + 0x40))), alt.union(.control))
        }
    }
}

extension Key {
    /// A key without a character of its own, by its number in the kitty keyboard protocol.
    init?(functional code: Int) {
        switch code {
        case 9: self = .tab
        case 13, 57414: self = .enter
        case 27: self = .escape
        case 127, 8: self = .backspace
        case 57376...57387: self = .function(code - 57376 + 13)
        case 57399...57415 where code != 57414:
            let keypad: [Character] = [
                "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "/", "*", "-", "+", "=", "=",
            ]
            self = .character(keypad[code - 57399])
        case 57417: self = .left
        case 57418: self = .right
        case 57419: self = .up
        case 57420: self = .down
        case 57421: self = .pageUp
        case 57422: self = .pageDown
        case 57423: self = .home
        case 57424: self = .end
        case 57425: self = .insert
        case 57426: self = .delete
        default: return nil
        }
    }

    /// The key that Control with this letter is on every terminal without a keyboard protocol.
    init?(swallowing letter: Character) {
        switch letter {
        case "i": self = .tab
        case "m": self = .enter
        case "h": self = .backspace
        case "[": self = .escape
        default: return nil
        }
    }
}
