import Screen
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The dashboard on a pseudo-terminal, and what its user sees. Waits for what is on the screen, never for a time.
final class Chat {
    let pty: Pty
    let home: Home
    private(set) var seen: VirtualTerminal
    /// Bytes of the output that the screen has taken.
    private var fed = 0

    init(
        _ arguments: [String], home: Home, environment: [String: String] = [:], columns: Int = 120, rows: Int = 40,
        program: String = Weir.path
    ) throws {
        self.home = home
        pty = try Pty(columns: columns, rows: rows)
        seen = Self.terminal(columns, rows)
        let environment = home.environment.merging(["TERM": "xterm-256color"]) { $1 }.merging(environment) { $1 }
        try pty.spawn(program, arguments, environment: environment)
    }

    private static func terminal(_ columns: Int, _ rows: Int) -> VirtualTerminal {
        VirtualTerminal(columns: columns, rows: rows) { Width.columns(of: $0) ?? 1 }
    }

    var lines: [String] {
        seen.feed(pty.output[fed...])
        fed = pty.output.count
        return seen.lines
    }

    var screen: String { lines.joined(separator: "\n") }

    /// Waits until the screen is so.
    @discardableResult
    func wait(_ condition: (String) -> Bool) -> Bool {
        pty.read(within: Weir.patience) { _ in condition(screen) }
    }

    /// Waits until all of these words are on the screen at once.
    func expect(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        let isThere = wait { screen in words.allSatisfy { screen.contains($0) } }
        #expect(isThere, "\(words) on:\n\(screen)", sourceLocation: sourceLocation)
    }

    /// The same, and the test goes no further without.
    func require(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) throws {
        let isThere = wait { screen in words.allSatisfy { screen.contains($0) } }
        try #require(isThere, "\(words) on:\n\(screen)", sourceLocation: sourceLocation)
    }

    /// Waits until none of these words is there any more.
    func expectGone(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        let isGone = wait { screen in words.allSatisfy { !screen.contains($0) } }
        #expect(isGone, "\(words) on:\n\(screen)", sourceLocation: sourceLocation)
    }

    func send(_ text: String) { pty.send(text) }

    /// Types a prompt, sees it, and sends it.
    func ask(_ prompt: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        send(prompt)
        try require("> \(prompt.prefix(30))", sourceLocation: sourceLocation)
        send(Key.enter)
    }

    /// Waits until the dashboard is there and takes keys.
    func opened(sourceLocation: SourceLocation = #_sourceLocation) throws {
        try require(" weir ", "> ", sourceLocation: sourceLocation)
    }

    func resize(columns: Int, rows: Int) {
        // What came for the old size is of no use for the new one.
        pty.collect()
        fed = pty.output.count
        seen = Self.terminal(columns, rows)
        pty.resize(columns: columns, rows: rows)
    }

    /// Quits as a user does, and waits for the end.
    @discardableResult
    func quit() -> Int32? {
        // The first may ask whether the streams that run are to be left.
        pty.read(within: Weir.patience) { _ in
            send(Key.control("d"))
            return pty.waitForEnd(within: 0.5) != nil
        }
        return pty.waitForEnd(within: Weir.patience)
    }

    /// The terminal is as the shell had it, and got nothing that it would not understand.
    func expectRestored(sourceLocation: SourceLocation = #_sourceLocation) {
        pty.collect()
        _ = screen
        #expect(pty.isCooked, sourceLocation: sourceLocation)
        #expect(seen.modes.isDisjoint(with: [1000, 1002, 1003, 1006, 1049, 2004]), sourceLocation: sourceLocation)
        #expect(seen.modes.contains(25), "the cursor is hidden", sourceLocation: sourceLocation)
        #expect(seen.unknown.isEmpty, "\(seen.unknown)", sourceLocation: sourceLocation)
    }
}

enum Key {
    static let enter = "\r"
    static let escape = "\u{1B}"
    static let tab = "\t"
    static let shiftTab = "\u{1B}[Z"
    static let f1 = "\u{1B}OP"
    static let f4 = "\u{1B}OS"
    static let f5 = "\u{1B}[15~"
    static let pageUp = "\u{1B}[5~"

    static func control(_ letter: Character) -> String {
        String(UnicodeScalar(letter.asciiValue.map { $0 & 0x1F } ?? 0))
    }
}
