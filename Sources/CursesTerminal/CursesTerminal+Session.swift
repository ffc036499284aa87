import CTerminal
import Screen

extension CursesTerminal {
    /// Stops the program as Ctrl-Z does in a shell, and takes the terminal again when it goes on. Returns then: compare
    /// the size, and render.
    /// - Throws: ``TerminalError``.
    public func suspend() throws {
        guard isOpen else { throw TerminalError.lost }
        leave()
        terminal_stop()
        try resume()
        // The SIGCONT was ours.
        let others = pollSignals().subtracting(.continued)
        heldSignals.formUnion(others)
    }

    /// Takes the terminal again after another program had it: after a stop that was not ours (SIGSTOP), when
    /// ``pollSignals()`` says that we were continued.
    /// - Throws: ``TerminalError``.
    public func resume() throws {
        guard isOpen else { throw TerminalError.lost }
        let status = terminal_tty_raw()
        guard status == 0 else { throw TerminalError.failed(status) }
        terminal_guard(true)
        if capturesErrors { terminal_capture_begin() }
        // Whoever had the terminal may have left its screen and modes in any state: enter anew.
        _ = modes.changeToNone()
        terminal_leave()
        var count = 0
        _ = terminal_take(&count)
        redraw()
    }

    /// Lends the terminal to another program, which `body` starts and waits for (`$EDITOR`), in the modes that the shell
    /// left it in. Then compare the size, and render. Ctrl-C meanwhile is the other program's.
    /// - Throws: what `body` throws, or ``TerminalError``.
    public func runExternal<Result>(_ body: () throws -> Result) throws -> Result {
        guard isOpen else { throw TerminalError.lost }
        leave()
        terminal_signals_ignore_interrupts(true)
        let result = Swift.Result(catching: body)
        terminal_signals_ignore_interrupts(false)
        try resume()
        return try result.get()
    }

    /// Asks what the terminal knows: synchronized output, its background colour, and, last, its device attributes, which
    /// every terminal answers. The answers come as input; give them to ``received(_:)``.
    /// - Throws: ``TerminalError/lost``.
    public func queryTerminal() throws {
        try write(takesQueries ? ModeSequences.queries : ModeSequences.plainQuery)
    }

    /// An answer that was decoded from the input.
    public func received(_ reply: TerminalReply) {
        // 1 set, 2 reset; 3 and 4 cannot be changed, and 0 is not known.
        if case .privateMode(2026, let status) = reply { synchronizes = status == 1 || status == 2 }
    }

    /// What becomes of a text for the clipboard.
    public enum ClipboardResult: Sendable, Hashable {
        /// Sent; whether the terminal took it, it does not say.
        case sent
        /// Over the limit, in bytes: nothing was sent.
        case tooLong(limit: Int)
        /// The terminal is of a kind that never does: nothing was sent.
        case unsupported
    }

    /// Puts text on the user's clipboard, if the terminal allows it (OSC 52).
    /// - Throws: ``TerminalError/lost``.
    public func copyToClipboard(_ text: String) throws -> ClipboardResult {
        guard takesQueries else { return .unsupported }
        guard let bytes = Clipboard.sequence(text) else { return .tooLong(limit: Clipboard.limit) }
        try write(isInScreen ? Clipboard.passedThroughScreen(bytes) : bytes)
        return .sent
    }

    private func write(_ bytes: [UInt8]) throws {
        guard isOpen else { throw TerminalError.lost }
        unwritten += bytes
        try flush()
    }

    /// The screen, the modes and stderr as they were before we came. Waits up to a second for a slow terminal.
    func leave() {
        terminal_leave()
        var count = 0
        let left = terminal_take(&count)
        let hadMouse = modes.mouse
        // A frame that was cut off must end first, or its rest would be taken for part of what follows.
        let last =
            modes.changeToNone() + (synchronizes ? ModeSequences.syncEnd : [])
            + Array(UnsafeBufferPointer(start: left, count: count))
        listener?(last)
        let bytes = Array(unwritten) + last
        unwritten = []
        deferred = nil
        shown = nil
        _ = bytes.withUnsafeBufferPointer { terminal_tty_write($0.baseAddress, $0.count, 1000) }
        terminal_guard(false)
        // Mouse reports that are under way are not for the shell.
        if hadMouse { terminal_tty_discard_input() }
        _ = terminal_tty_cooked()
        terminal_capture_end()
    }
}
