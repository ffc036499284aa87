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

    /// Terminals of no xterm ancestry print parts of the queries and titles that they do not know.
    func takesQueries(_ traits: terminal_traits) -> Bool {
        guard let type else { return false }
        return traits.is_xterm_like
            || ["xterm", "rxvt", "foot", "wezterm", "contour", "ghostty"].contains(where: type.contains)
    }
}
