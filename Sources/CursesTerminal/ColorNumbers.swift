import CTerminal
import Screen

/// Theme colours to the terminal's colour numbers, at what the terminal has.
struct ColorNumbers {
    /// What curses draws with.
    enum Space: Hashable {
        case none
        /// The first 8 of the ANSI colours; the bright ones become bold.
        case ansi8
        case ansi16
        /// xterm's: 16 ANSI colours, a cube of 6 × 6 × 6, 24 greys.
        case palette256
        /// The palette's 16, and 24-bit colours from `TERMINAL_DIRECT_COLOR_BASE` on.
        case direct
        /// A terminfo entry of the `-direct` kind: 0 to 7 are the palette's, all else 0xRRGGBB.
        case directEntry
    }

    let space: Space

    /// The number, -1 for the terminal's own colour; and whether the colour wants bold to be told from another.
    func number(of color: Color) -> (number: Int32, wantsBold: Bool) {
        switch color.kind {
        case .default: return (-1, false)
        case .ansi(let index):
            switch space {
            case .none: return (-1, false)
            case .ansi8, .directEntry: return (Int32(index & 7), index >= 8)
            case .ansi16, .palette256, .direct: return (Int32(index), false)
            }
        case .rgb(let red, let green, let blue):
            let value = Int32(red) << 16 | Int32(green) << 8 | Int32(blue)
            switch space {
            case .none: return (-1, false)
            case .ansi8:
                let index = Self.nearestANSI(red, green, blue)
                return (Int32(index & 7), index >= 8)
            case .ansi16: return (Int32(Self.nearestANSI(red, green, blue)), false)
            case .palette256: return (Int32(Self.nearestPalette(red, green, blue)), false)
            case .direct: return (TERMINAL_DIRECT_COLOR_BASE + value, false)
            // The darkest blues share their numbers with the palette: one step up.
            case .directEntry: return (value < 8 ? value == 0 ? 0x000100 : 8 : value, false)
            }
        }
    }
}

/// One style as curses draws it.
struct CursesStyle {
    var pair: PairTable.Pair
    var attributes: UInt8

    init(_ style: Style, _ numbers: ColorNumbers) {
        let foreground = numbers.number(of: style.foreground)
        let background = numbers.number(of: style.background)
        pair = PairTable.Pair(foreground: foreground.number, background: background.number)
        attributes = style.attributes.rawValue
        if foreground.wantsBold { attributes |= UInt8(TERMINAL_BOLD) }
    }
}
