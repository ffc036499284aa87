import CursesTerminal
import Dashboard

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Takes text out of the program: to the clipboard by whatever way there is, or to a file.
enum ClipboardWriter {
    /// tmux ignores OSC 52 of the programs in it unless it is told otherwise (`set-clipboard external` is its default), so
    /// it is asked itself; where that fails (before tmux 3.2), and everywhere else, the terminal is.
    static func copy(_ text: String, by terminal: CursesTerminal) throws -> CopyOutcome {
        let isInTmux = environment("TMUX") != nil
        if isInTmux, feed(text, to: "tmux load-buffer -w - 2>/dev/null") { return .multiplexer("tmux") }
        switch try terminal.copyToClipboard(text) {
        case .sent: return .sent(through: isInTmux ? "tmux" : environment("STY") != nil ? "screen" : nil)
        case .tooLong(let limit): return .tooLong(limit: limit)
        case .unsupported: return .unsupported
        }
    }

    private static func feed(_ text: String, to command: String) -> Bool {
        guard let pipe = popen(command, "w") else { return false }
        var text = text
        let isWritten = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, pipe) == $0.count }
        return pclose(pipe) == 0 && isWritten
    }

    /// A new file: what is there already is not touched.
    static func save(_ text: String, to typed: String) -> CopyOutcome {
        let path = AttachmentReader().absolute(typed)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason =
                errno == EEXIST ? "there is a file already; choose another name" : String(cString: strerror(errno))
            return .failed("\(path): \(reason)")
        }
        var output = OutputBuffer(descriptor: descriptor)
        output.append(text.hasSuffix("\n") ? text.utf8 : (text + "\n").utf8)
        output.flush()
        let problem = close(descriptor) == 0 ? output.failure : errno
        if let problem { return .failed("\(path): \(String(cString: strerror(problem)))") }
        return .saved(path: path)
    }
}
