import Screen

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What commands without a screen say to a person, on standard error.
enum Messages {
    static func complain(_ message: String, hint: String? = nil) {
        var output = OutputBuffer(descriptor: 2)
        output.append("weir: ")
        output.append(harmless(message))
        output.append("\n")
        if let hint {
            output.append("      ")
            output.append(harmless(hint))
            output.append("\n")
        }
        output.flush()
    }

    /// What is wrong with the arguments, and how they are to be, on standard error.
    static func usage(_ text: String) {
        var output = OutputBuffer(descriptor: 2)
        output.append(harmless(text))
        output.append("\n")
        output.flush()
    }

    /// A line on standard output.
    static func say(_ line: String) {
        var output = OutputBuffer(descriptor: 1)
        output.append(harmless(line))
        output.append("\n")
        output.flush()
    }

    /// A whole text on standard output: exactly to a file or a pipe, harmlessly to a terminal.
    static func put(_ text: String) {
        var output = OutputBuffer(descriptor: 1)
        if isatty(1) == 1 { output.append(harmless(text)) } else { output.append(text.utf8) }
        if text.utf8.last != 0x0A { output.append("\n") }
        output.flush()
    }

    /// File names and providers' words may hold anything.
    private static func harmless(_ text: String) -> some Sequence<UInt8> {
        Array(MarkedScalar.writtenOut(Sanitiser.text(text)).utf8)
    }
}
