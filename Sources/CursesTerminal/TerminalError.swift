/// Why there is no terminal to draw on. The description is a sentence for the user that says what to do.
public enum TerminalError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Side: String, Sendable { case input, output }

    /// Standard input or output is a pipe, a file or nothing.
    case notATerminal(Side)
    /// TERM is unset or empty.
    case noType
    /// The terminfo database has no entry for TERM.
    case unknownType(String)
    /// The entry cannot place the cursor (TERM=dumb).
    case incapableType(String)
    /// There is no terminfo database.
    case noDatabase
    /// The system refused; an errno value, 0 where curses did not say why.
    case failed(Int32)
    /// A process draws on one terminal at a time.
    case alreadyOpen
    /// It went away while we drew: the window was closed, the connection was cut.
    case lost

    public var description: String {
        switch self {
        case .notATerminal(let side):
            "standard \(side.rawValue) is not a terminal: run weir in one, or use `weir ask` in scripts"
        case .noType:
            "TERM is not set: set it to your terminal's type, for example TERM=xterm-256color, or use `weir ask`"
        case .unknownType(let name):
            "unknown terminal type \(Self.shown(name)) (TERM): set TERM to a known one, for example xterm-256color, "
                + "install its terminfo entry, or use `weir ask`"
        case .incapableType(let name):
            "the terminal type \(Self.shown(name)) (TERM) cannot place the cursor: use a full terminal, or `weir ask`"
        case .noDatabase:
            "there is no terminfo database: install ncurses-base (Debian) or ncurses (elsewhere), or use `weir ask`"
        case .failed(0): "the terminal could not be opened"
        case .failed(let code): "the terminal could not be opened: \(systemMessage(code))"
        case .alreadyOpen: "the terminal is already in use by this process"
        case .lost: "the terminal went away"
        }
    }

    /// A value from the environment, fit to be printed.
    private static func shown(_ name: String) -> String {
        var result = "\""
        for scalar in name.unicodeScalars.prefix(40) {
            result.unicodeScalars.append(scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) ? "?" : scalar)
        }
        return result + "\""
    }
}
