import CTerminal

/// Signals that came since they were last polled.
public struct TerminalSignals: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// SIGWINCH: see ``CursesTerminal/resize()``.
    public static let sizeChanged = TerminalSignals(rawValue: UInt32(TERMINAL_SIGNAL_SIZE))
    /// SIGCONT after a stop that was not ours: ``CursesTerminal/resume()``.
    public static let continued = TerminalSignals(rawValue: UInt32(TERMINAL_SIGNAL_CONTINUED))
    /// SIGTERM.
    public static let terminate = TerminalSignals(rawValue: UInt32(TERMINAL_SIGNAL_TERMINATE))
    /// SIGHUP: the terminal is gone, or soon will be.
    public static let hangup = TerminalSignals(rawValue: UInt32(TERMINAL_SIGNAL_HANGUP))
    /// SIGINT from another process; Ctrl-C is a key.
    public static let interrupt = TerminalSignals(rawValue: UInt32(TERMINAL_SIGNAL_INTERRUPT))
    /// SIGTSTP from another process; Ctrl-Z is a key. ``CursesTerminal/suspend()``.
    public static let suspend = TerminalSignals(rawValue: UInt32(TERMINAL_SIGNAL_SUSPEND))

    /// Any that asks the program to end.
    public static let ending: TerminalSignals = [.terminate, .hangup, .interrupt]
}
