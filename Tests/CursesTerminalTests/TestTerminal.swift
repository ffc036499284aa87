import CursesTerminal
import Screen
import TestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// All tests that open a terminal: a process has one at a time.
@Suite(.serialized) struct CursesTerminalTests {}

/// A ``CursesTerminal`` in this process, on a pseudo-terminal, and a model of what its user sees.
final class TestTerminal {
    let pty: Pty
    let terminal: CursesTerminal
    private(set) var seen: VirtualTerminal
    private var marks = 0

    init(
        type: String = "xterm-256color", columns: Int = 80, rows: Int = 24, colorTerm: String? = nil,
        noColor: Bool = false, depth: CursesTerminal.Depth? = nil,
        width: @escaping (UInt32) -> Int = { Width.columns(of: $0) ?? 1 }
    ) throws {
        pty = try Pty(columns: columns, rows: rows)
        var options = CursesTerminal.Options(depth: depth)
        options.environment = TerminalEnvironment(type: type, colorTerm: colorTerm, noColor: noColor)
        options.input = pty.slaveDescriptor
        options.output = pty.slaveDescriptor
        options.capturesErrors = false
        terminal = try CursesTerminal(options)
        seen = VirtualTerminal(columns: terminal.size.columns, rows: terminal.size.rows, width: width)
    }

    /// Renders, and returns the bytes that the terminal got for it, which it has then shown.
    @discardableResult
    func render(_ frame: Frame) throws -> [UInt8] {
        try output { try terminal.render(frame) }
    }

    /// The bytes that come out during `body`.
    @discardableResult
    func output(of body: () throws -> Void) throws -> [UInt8] {
        try body()
        while terminal.wantsToWrite {
            pty.read { _ in true }
            try terminal.flush()
        }
        // What is written to a pseudo-terminal arrives later: all of it is there when this mark is.
        marks += 1
        let mark = Array("\u{1B}_mark \(marks)\u{1B}\\".utf8)
        try #require(write(pty.slaveDescriptor, mark, mark.count) == mark.count)
        try #require(pty.read { $0.suffix(mark.count).elementsEqual(mark) })
        let bytes = Array(pty.output.dropLast(mark.count))
        pty.forget()
        seen.feed(bytes)
        return bytes
    }

    /// A frame of the terminal's size with these rows.
    func frame(_ lines: [String], style: Style = .plain) -> Frame {
        var frame = Frame(size: terminal.size)
        frame.modes.bracketedPaste = false
        for (row, line) in lines.enumerated() where row < frame.size.rows {
            frame.write(line, column: 0, row: row, style: style)
        }
        return frame
    }
}

extension Frame {
    /// Text as cells, reduced as the screen does it; clipped.
    mutating func write(_ text: String, column: Int, row: Int, style: Style = .plain) {
        var text = text
        var column = column
        text.withUTF8 { bytes in
            var reducer = GraphemeReducer(bytes)
            while let glyph = reducer.next(), column + Int(glyph.width) <= size.columns {
                self[column: column, row: row] = glyph.cell(style)
                if glyph.width == 2 { self[column: column + 1, row: row] = Cell(base: 0, style: style, width: 0) }
                column += Int(glyph.width)
            }
        }
    }
}
