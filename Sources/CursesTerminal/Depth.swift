import CTerminal

extension CursesTerminal {
    /// How many colours are drawn.
    public enum Depth: Sendable, Hashable, CaseIterable {
        /// None at all; attributes such as bold remain.
        case none
        /// The palette's 16; on terminals with 8, bold stands for the bright ones.
        case ansi16
        case palette256
        /// 24 bits.
        case direct
    }
}

extension TerminalEnvironment {
    /// The depth to ask for. What the user chose wins over NO_COLOR, and NO_COLOR over what the terminal has.
    func depth(_ traits: terminal_traits, override: CursesTerminal.Depth?) -> CursesTerminal.Depth {
        if let override { return override }
        if noColor { return .none }
        if traits.has_direct_color || (promisesDirectColor && traits.has_ansi_colors) { return .direct }
        return traits.colors >= 256 ? .palette256 : traits.colors >= 8 ? .ansi16 : .none
    }
}

extension ColorNumbers.Space {
    /// What is drawn: what was asked for, as far as the terminal's entry (`entry`) and curses (`screen`) go.
    init(wanted: CursesTerminal.Depth, entry: terminal_traits, screen: terminal_screen) {
        self =
            switch (wanted, screen.colors) {
            case (.none, _), (_, ..<8): .none
            case (.direct, _) where screen.has_direct_color: .direct
            case (.direct, _) where entry.has_direct_color: .directEntry
            case (.ansi16, _) where entry.has_direct_color: .ansi8
            case (.palette256, _) where entry.has_direct_color: .directEntry
            case (.ansi16, 16...), (_, 16..<256): .ansi16
            case (_, 256...): .palette256
            default: .ansi8
            }
    }

    var depth: CursesTerminal.Depth {
        switch self {
        case .none: .none
        case .ansi8, .ansi16: .ansi16
        case .palette256: .palette256
        case .direct, .directEntry: .direct
        }
    }
}
