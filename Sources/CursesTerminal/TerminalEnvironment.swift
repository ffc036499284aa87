import CTerminal

/// What the environment says about the terminal.
public struct TerminalEnvironment: Sendable, Hashable {
    /// TERM.
    public var type: String?
    /// COLORTERM.
    public var colorTerm: String?
    /// NO_COLOR is set and not empty (no-color.org).
    public var noColor: Bool
    /// TMUX is set.
    public var isInTmux: Bool
    /// STY is set: GNU screen.
    public var isInScreen: Bool

    public init(
        type: String?, colorTerm: String? = nil, noColor: Bool = false, isInTmux: Bool = false, isInScreen: Bool = false
    ) {
        self.type = type
        self.colorTerm = colorTerm
        self.noColor = noColor
        self.isInTmux = isInTmux
        self.isInScreen = isInScreen
    }

    public static var current: TerminalEnvironment {
        TerminalEnvironment(
            type: environmentVariable("TERM"), colorTerm: environmentVariable("COLORTERM"),
            noColor: environmentVariable("NO_COLOR").map { !$0.isEmpty } ?? false,
            isInTmux: environmentVariable("TMUX") != nil, isInScreen: environmentVariable("STY") != nil)
    }

    /// COLORTERM says 24-bit colour, and no multiplexer in between is known to lack it: GNU screen inherits the variable
    /// and misreads the sequences. tmux shows them as well as its own terminal can.
    var promisesDirectColor: Bool {
        guard let colorTerm, colorTerm == "truecolor" || colorTerm == "24bit", let type else { return false }
        if isInScreen && !isInTmux { return false }
        return isInTmux || !(type == "screen" || type.hasPrefix("screen.") || type.hasPrefix("screen-"))
    }

    /// Whether titles, the clipboard and queries are understood. Consoles and hardware of no xterm ancestry print parts of
    /// what they do not know; the entry's `XT` tells, but several that understand them lack it.
    func takesQueries(_ traits: terminal_traits) -> Bool {
        guard let type else { return false }
        return traits.is_xterm_like || Self.modern.contains(where: type.contains)
    }

    private static let modern = [
        "xterm", "tmux", "screen", "rxvt", "kitty", "alacritty", "foot", "wezterm", "ghostty", "contour", "konsole",
        "vte",
        "gnome", "iterm", "mlterm",
    ]
}
