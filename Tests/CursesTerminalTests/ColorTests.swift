import Screen
import TestSupport
import Testing

@testable import CursesTerminal

extension CursesTerminalTests {
    @Suite struct Colors {
        private static let styles: [Style] = [
            Style(foreground: .rgb(0x12, 0x34, 0x56), background: .rgb(0, 0, 0)),
            Style(foreground: .ansi(1), background: .ansi(12)),
            Style(foreground: .rgb(255, 255, 255)),
            Style(background: .ansi(7)),
            Style(foreground: .rgb(0, 0, 5)),
        ]

        /// The looks of one cell each in these styles.
        private func looks(
            _ type: String, colorTerm: String? = nil, noColor: Bool = false, depth: CursesTerminal.Depth? = nil,
            styles: [Style] = Self.styles
        ) throws -> (depth: CursesTerminal.Depth, looks: [VirtualTerminal.Look]) {
            let test = try TestTerminal(type: type, colorTerm: colorTerm, noColor: noColor, depth: depth)
            var frame = test.frame([])
            for (column, style) in styles.enumerated() {
                frame[column: column, row: 1] = Cell(base: 0x41, style: style)
            }
            try test.render(frame)
            #expect(test.seen.unknown == [])
            return (test.terminal.depth, styles.indices.map { test.seen.cell(row: 1, column: $0).look })
        }

        private func colors(_ looks: [VirtualTerminal.Look]) -> [String] {
            looks.map { $0.foreground + "/" + $0.background }
        }

        @Test(arguments: ["xterm-256color", "tmux-256color", "xterm"], ["truecolor", "24bit"])
        func `24 bits where COLORTERM says so`(type: String, colorTerm: String) throws {
            let (depth, looks) = try looks(type, colorTerm: colorTerm)
            #expect(depth == .direct)
            #expect(
                colors(looks) == [
                    "38;2;18;52;86/48;2;0;0;0", "31/104", "38;2;255;255;255/", "/47", "38;2;0;0;5/",
                ])
        }

        @Test(arguments: ["xterm-256color", "tmux-256color", "screen-256color"])
        func `256 colours`(type: String) throws {
            let (depth, looks) = try looks(type)
            #expect(depth == .palette256)
            let expected = ["38;5;236/48;5;16", "31/104", "38;5;231/", "/47", "38;5;16/"]
            #expect(colors(looks) == expected)
        }

        @Test(arguments: ["xterm", "screen", "linux"])
        func `8 colours, and bold for the bright ones`(type: String) throws {
            let (depth, looks) = try looks(type)
            #expect(depth == .ansi16)
            #expect(colors(looks) == ["30/40", "31/44", "37/", "/47", "30/"])
            #expect(looks.map { $0.attributes.contains(1) } == [false, false, true, false, false])
        }

        @Test func `16 colours where they are wanted`() throws {
            let (depth, looks) = try looks("xterm-256color", colorTerm: "truecolor", depth: .ansi16)
            #expect(depth == .ansi16)
            #expect(colors(looks) == ["30/40", "31/104", "97/", "/47", "30/"])
        }

        @Test func `none with NO_COLOR, on terminals without, and where none are wanted`() throws {
            let none = Array(repeating: "/", count: Self.styles.count)
            let noColor = try looks("xterm-256color", colorTerm: "truecolor", noColor: true)
            #expect(noColor.depth == .none)
            #expect(colors(noColor.looks) == none)
            let vt100 = try looks("vt100", colorTerm: "truecolor")
            #expect(vt100.depth == .none)
            #expect(colors(vt100.looks) == none)
            let chosen = try looks("xterm-256color", depth: CursesTerminal.Depth.none)
            #expect(colors(chosen.looks) == none)
            let overruled = try looks("xterm-256color", noColor: true, depth: .palette256)
            #expect(overruled.depth == .palette256)
        }

        @Test func `attributes, also without colour`() throws {
            let all: [Style.Attributes] = [
                .bold, .dim, .italic, .underline, .reverse, .strikethrough, [.bold, .underline],
            ]
            let styles = all.map { Style(attributes: $0) }
            for colorTerm in ["truecolor", nil] {
                let (_, looks) = try looks("xterm-256color", colorTerm: colorTerm, styles: styles)
                #expect(looks.map(\.attributes) == [[1], [2], [3], [4], [7], [9], [1, 4]])
            }
            let (_, vt100) = try looks("vt100", styles: styles)
            #expect(vt100.map(\.attributes) == [[1], [], [], [4], [7], [], [1, 4]])
        }

        @Test func `cells that are drawn past curses look the same`() throws {
            let test = try TestTerminal(colorTerm: "truecolor")
            let style = Style(
                foreground: .rgb(1, 2, 3), background: .ansi(4), attributes: [.bold, .italic, .strikethrough])
            var frame = test.frame([])
            frame.write("x🫨x", column: 0, row: 0, style: style)
            try test.render(frame)
            #expect(test.seen.cell(row: 0, column: 1).text == "🫨")
            #expect(test.seen.cell(row: 0, column: 1).look == test.seen.cell(row: 0, column: 0).look)
            #expect(test.seen.cell(row: 0, column: 1).look.foreground == "38;2;1;2;3")
        }

        @Test func `a style change alone is seen`() throws {
            let test = try TestTerminal()
            try test.render(test.frame(["hello"]))
            try test.render(test.frame(["hello"], style: Style(foreground: .ansi(2))))
            #expect(test.seen.cell(row: 0, column: 4).look.foreground == "32")
        }

        /// More pairs than the table holds, over many frames: each frame is right, since old pairs are let go.
        @Test func `pairs are reused`() throws {
            let test = try TestTerminal(columns: 100, rows: 20, colorTerm: "truecolor")
            for round in 0..<5 {
                var frame = test.frame([])
                for index in 0..<2000 {
                    let color = Color.rgb(UInt8(round), UInt8(index / 100), UInt8(index % 100))
                    // A part of each frame keeps its colours, and its pairs.
                    let kept = index < 300
                    frame[column: index % 100, row: index / 100] = Cell(
                        base: 0x41,
                        style: Style(foreground: kept ? .rgb(200, UInt8(index / 100), UInt8(index % 100)) : color))
                }
                try test.render(frame)
                for index in stride(from: 0, to: 2000, by: 7) {
                    let first = index < 300 ? 200 : round
                    try #require(
                        test.seen.cell(row: index / 100, column: index % 100).look.foreground
                            == "38;2;\(first);\(index / 100);\(index % 100)")
                }
            }
        }

        @Test func `a frame with more pairs than there are still shows its text`() throws {
            let test = try TestTerminal(columns: 100, rows: 60, colorTerm: "truecolor")
            var frame = test.frame([])
            for index in 0..<6000 {
                frame[column: index % 100, row: index / 100] = Cell(
                    base: 0x41, style: Style(foreground: .rgb(9, UInt8(index / 100), UInt8(index % 100))))
            }
            try test.render(frame)
            #expect(test.seen.lines.allSatisfy { $0 == String(repeating: "A", count: 100) })
        }
    }
}

@Suite struct TerminalEnvironmentTests {
    @Test(arguments: [
        ("xterm-256color", true), ("tmux-256color", true), ("screen-256color", false), ("screen", false),
        ("screen.xterm-256color", false),
    ])
    func `GNU screen inherits COLORTERM and lacks 24 bits; tmux has them`(type: String, plain: Bool) throws {
        var environment = TerminalEnvironment(type: type, colorTerm: "truecolor")
        #expect(environment.promisesDirectColor == plain)
        environment.isInTmux = true
        #expect(environment.promisesDirectColor)
        environment.isInTmux = false
        environment.isInScreen = true
        #expect(!environment.promisesDirectColor)
    }

    @Test func `no COLORTERM, or another, promises nothing`() {
        #expect(!TerminalEnvironment(type: "xterm-256color").promisesDirectColor)
        #expect(!TerminalEnvironment(type: "xterm-256color", colorTerm: "yes").promisesDirectColor)
    }
}
