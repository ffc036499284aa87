import CTerminal
import Screen

/// The user's terminal, drawn on by ncursesw. One at a time, used on one thread.
///
/// The loop waits for ``fileDescriptor`` and ``wakeDescriptor`` to be readable; each turn it polls the signals, compares
/// the size, reads the input, and renders what changed. Nothing here wakes by itself.
///
/// Every way out gives the terminal back: ``close()``, `exit`, an end by signal, a crash. What is written to stderr
/// meanwhile is kept and shown then.
public final class CursesTerminal {
    public struct Options: Sendable {
        /// The colours to use; `nil` = what the terminal and its environment say.
        public var depth: Depth?
        public var environment = TerminalEnvironment.current
        public var input: Int32 = 0
        public var output: Int32 = 1
        /// Keeps what is written to stderr meanwhile, and shows it at the end.
        public var capturesErrors = true

        public init(depth: Depth? = nil) {
            self.depth = depth
        }
    }

    /// The colours that are drawn.
    public let depth: Depth
    /// The size that frames are to have; never less than 1 × 1.
    public private(set) var size: Size
    /// The terminal said that it knows synchronized output.
    public internal(set) var synchronizes = false

    /// Is told what is drawn, in order, when it is handed to the terminal: for a recording of the screen. What is no part of
    /// the picture is left out: questions to the terminal, and text for its clipboard.
    public var listener: (([UInt8]) -> Void)?

    let numbers: ColorNumbers
    let takesQueries: Bool
    /// GNU screen is in between, and tmux is not.
    let isInScreen: Bool
    let capturesErrors: Bool
    var pairs: PairTable
    /// The frame at hand made the pairs run out.
    var usesAllPairs = false
    var modes: ModeSequences
    /// What the terminal shows; `nil` = not known, and everything is drawn.
    var shown: Frame?
    /// A frame that came while the terminal took no more bytes.
    var deferred: Frame?
    /// Bytes that the terminal did not take yet.
    var unwritten: ArraySlice<UInt8> = []
    /// Signals that came while we waited for an external program.
    var heldSignals: TerminalSignals = []
    var isOpen = true
    /// One row on its way to curses.
    var row: [terminal_cell] = []

    /// Takes the terminal over: raw mode, signal handlers. The first ``render(_:)`` draws.
    ///
    /// - Throws: ``TerminalError``; the terminal is then as it was.
    public init(_ options: Options = Options()) throws {
        guard isTerminal(options.input) else { throw TerminalError.notATerminal(.input) }
        guard isTerminal(options.output) else { throw TerminalError.notATerminal(.output) }
        guard let type = options.environment.type, !type.isEmpty else { throw TerminalError.noType }

        var traits = terminal_traits()
        try Self.check(terminal_look_up(type, options.output, &traits), type)
        let wanted = options.environment.depth(traits, override: options.depth)

        let status = terminal_tty_open(options.input, options.output)
        guard status == 0 else {
            throw status == Int32(TERMINAL_BUSY) ? TerminalError.alreadyOpen : TerminalError.failed(status)
        }
        size = Self.currentSize()
        var screen = terminal_screen()
        do {
            // First, so that curses finds handlers there and adds none of its own.
            var failure = terminal_signals_install()
            guard failure == 0 else { throw TerminalError.failed(failure) }
            try Self.check(
                terminal_start(type, Int32(size.rows), Int32(size.columns), wanted == .direct, &screen), type)
            failure = terminal_tty_raw()
            guard failure == 0 else { throw TerminalError.failed(failure) }
        } catch {
            _ = terminal_tty_cooked()
            terminal_signals_remove()
            terminal_end()
            terminal_tty_close()
            throw error
        }
        let space = ColorNumbers.Space(wanted: wanted, entry: traits, screen: screen)
        numbers = ColorNumbers(space: space)
        depth = space.depth
        pairs = PairTable(count: screen.pairs)
        takesQueries = options.environment.takesQueries(traits)
        isInScreen = options.environment.isInScreen && !options.environment.isInTmux
        modes = ModeSequences(setsTitles: takesQueries)
        capturesErrors = options.capturesErrors
        terminal_guard(true)
        if capturesErrors { terminal_capture_begin() }
    }

    deinit { close() }

    /// Readable when the user did something.
    public var fileDescriptor: Int32 { terminal_tty_input() }

    /// Readable when a signal came: ``pollSignals()``.
    public var wakeDescriptor: Int32 { terminal_signals_descriptor() }

    /// Bytes wait for the terminal to take them: poll ``outputDescriptor`` for writing, then ``flush()``.
    public var wantsToWrite: Bool { !unwritten.isEmpty }

    public var outputDescriptor: Int32 { terminal_tty_output() }

    /// What came since the last call; empty where there is nothing. Does not wait.
    ///
    /// Call it each turn, readable or not: a terminal that went away may not be "readable".
    /// - Throws: ``TerminalError/lost``: end the program.
    public func readInput() throws -> [UInt8] {
        guard isOpen else { throw TerminalError.lost }
        var result: [UInt8] = []
        // A large paste is read in parts, so that the rest of the loop has its turn.
        while result.count < 1 << 16 {
            var count: Int64 = 0
            let piece = [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, used in
                count = terminal_tty_read(buffer.baseAddress, buffer.count)
                used = Int(max(0, count))
            }
            // What was read before the end still counts; the next call says that it is gone.
            if count < 0 && result.isEmpty { throw TerminalError.lost }
            guard count > 0 else { break }
            if result.isEmpty { result = piece } else { result += piece }
            if count < 1 << 14 { break }
        }
        return result
    }

    /// The signals since the last call.
    public func pollSignals() -> TerminalSignals {
        defer { heldSignals = [] }
        terminal_capture_trim()
        return TerminalSignals(rawValue: terminal_signals_take()).union(heldSignals)
    }

    /// Compares with the terminal's size, and returns it where it changed; the next frame must have it. One system call:
    /// call it each turn, since a change may have no signal (after a stop).
    public func resize() -> Size? {
        let current = Self.currentSize()
        guard isOpen, current != size else { return nil }
        size = current
        terminal_set_size(Int32(size.rows), Int32(size.columns))
        shown = nil
        return size
    }

    /// Gives the terminal back. Then nothing can be drawn any more; calling it again does nothing.
    public func close() {
        guard isOpen else { return }
        isOpen = false
        leave()
        terminal_signals_remove()
        terminal_end()
        terminal_tty_close()
    }
}

extension CursesTerminal {
    /// Larger windows are used in part: a hostile size must not take the memory.
    private static let largest = Size(columns: 1000, rows: 500)

    private static func currentSize() -> Size {
        var (rows, columns): (Int32, Int32) = (0, 0)
        terminal_tty_size(&rows, &columns)
        // A serial line or a bare pty does not know.
        if rows <= 0 || columns <= 0 { (rows, columns) = (24, 80) }
        return Size(columns: min(Int(columns), largest.columns), rows: min(Int(rows), largest.rows))
    }

    private static func check(_ status: Int32, _ type: String) throws {
        switch status {
        case Int32(TERMINAL_OK): return
        case Int32(TERMINAL_UNKNOWN_TYPE): throw TerminalError.unknownType(type)
        case Int32(TERMINAL_GENERIC_TYPE): throw TerminalError.incapableType(type)
        case Int32(TERMINAL_NO_DATABASE): throw TerminalError.noDatabase
        default: throw TerminalError.failed(0)
        }
    }
}
