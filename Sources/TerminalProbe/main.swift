import CursesTerminal
import Screen

// A program for the tests of CursesTerminal: it opens the terminal, draws one frame, and does what its argument says.
// Each step is announced in the window's title, or after the end on the standard output.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

struct ProbeError: Error {}

func complain(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(STDERR_FILENO, bytes, bytes.count)
}

func frame(_ text: String, _ size: Size) -> Frame {
    var frame = Frame(size: size)
    for (column, scalar) in text.unicodeScalars.prefix(size.columns).enumerated() where size.rows > 0 {
        frame[column: column, row: 0] = Cell(base: scalar.value, style: .plain)
    }
    frame.cursor = Position(column: 0, row: 0)
    frame.modes.mouse = true
    return frame
}

/// Runs out of stack.
func depth(_ number: Int) -> Int {
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 16) { bytes in
        bytes[0] = UInt8(truncatingIfNeeded: number)
        return depth(number + 1) + Int(bytes[0])
    }
}

/// Waits as the program's loop does, and returns when there is something to look at.
func wait(_ terminal: CursesTerminal) {
    var entries = [
        pollfd(fd: terminal.fileDescriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: terminal.wakeDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    _ = poll(&entries, 2, -1)
}

func run(_ mode: String) throws {
    let terminal: CursesTerminal
    do {
        terminal = try CursesTerminal()
    } catch {
        print("error: \(error)")
        exit(69)
    }
    var text = "ready"
    try terminal.render(frame(text, terminal.size))
    switch mode {
    case "close":
        terminal.close()
        terminal.close()
        print("closed")
    case "exit": exit(7)
    case "throw":
        throw ProbeError()
    case "fatal": fatalError("boom \u{1B}[31m")
    case "trap":
        let empty: [Int] = []
        print(empty[Int(terminal.size.rows)])
    case "segv":
        kill(getpid(), SIGSEGV)
        fallthrough
    case "abort": abort()
    case "stderr":
        complain("a library says \u{1B}]0;x\u{7}this\n")
        terminal.close()
    case "overflow":
        print(depth(1))
    case "noisy":
        for line in 0..<100_000 {
            complain("line \(line) \(String(repeating: "x", count: 40))\n")
            if line % 1000 == 0 { _ = terminal.pollSignals() }
        }
        terminal.close()
    case "editor":
        try terminal.runExternal {
            print("external has it")
            _ = readLine()
        }
        try terminal.render(frame("back", terminal.size))
        terminal.close()
    default:
        // The loop: echoes keys, and says what happens.
        var decoder = InputDecoder()
        try terminal.queryTerminal()
        while true {
            wait(terminal)
            let signals = terminal.pollSignals()
            if !signals.isDisjoint(with: .ending) {
                terminal.close()
                print("ended by \(signals.rawValue)")
                return
            }
            if signals.contains(.continued) { try terminal.resume() }
            if signals.contains(.suspend) { try terminal.suspend() }
            do {
                for event in decoder.decode(try terminal.readInput()) {
                    switch event {
                    case .key(.character("q"), []):
                        terminal.close()
                        return
                    case .key(.character("z"), .control): try terminal.suspend()
                    case .key(.character("!"), []):
                        print("hanging")
                        fflush(nil)
                        while true { sleep(1) }
                    case .key(.character(let character), []): text = "key \(character)"
                    case .reply(let reply): terminal.received(reply)
                    default: text = "\(event)"
                    }
                }
            } catch TerminalError.lost {
                terminal.close()
                exit(5)
            }
            if let size = terminal.resize() { text = "size \(size.columns)x\(size.rows)" }
            try terminal.render(frame(text, terminal.size))
        }
    }
}

do {
    try run(CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "loop")
} catch {
    complain("error: \(error)\n")
    exit(1)
}
