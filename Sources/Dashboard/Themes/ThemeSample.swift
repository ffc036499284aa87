import Screen
import StreamEngine

/// A bit of everything that a theme colours, the most telling first: as much as there is room for.
struct ThemeSample {
    var ink: Ink

    func draw(in rect: Rect, on canvas: inout Canvas) {
        var row = rect.row
        /// Draws a line and goes on to the next.
        func put(_ line: PanelLine, indent: Int = 0) {
            guard row < rect.endRow else { return }
            let place = Rect(column: rect.column + indent, row: row, columns: rect.columns - indent, rows: 1)
            canvas.put(line, in: place, row: row, ink: ink)
            row += 1
        }
        let dot = " \(ink.glyphs.dot) "
        put(PanelLine([.init("you", .user), .init(dot + "14:02", .muted)]))
        put(.text("How does a weir measure a stream?", .text), indent: 2)
        put(PanelLine([.init("opus-4-5", .assistant), .init(dot + "2 attempts" + dot + "$0.0112", .muted)]))
        put(.text("\(ink.glyphs.folded) thought\(dot)~120 tokens", .thinking), indent: 2)
        for line in states(columns: rect.columns) where rect.rows >= 16 || row < rect.row + 6 { put(line, indent: 2) }
        var text = StreamingMarkdown()
        text.append(Self.markdown)
        text.finish()
        text.layout(width: max(8, rect.columns - 2))
        let below = diagnostics
        let room = max(0, rect.endRow - row - below.count)
        for line in text.lines(in: 0..<min(text.lineCount, room)) where row < rect.endRow {
            canvas.put(line, at: Position(column: rect.column + 2, row: row), theme: ink.theme)
            row += 1
        }
        let seam = ink.glyphs.seam + ink.glyphs.seam
        if room > text.lineCount {
            put(.text("\(seam) connection reset\(dot)continued +1.4 s \(seam)", .seam), indent: 2)
        }
        row = max(row, rect.endRow - below.count)
        for line in below { put(line, indent: 2) }
    }

    private static let markdown = """
        ## Over the crest

        The water's **height** above the crest, *the head*, gives the flow: `Q = c * h^1.5`. See <https://weir.example>.

        ```swift
        // Metres in, cubic metres a second out.
        func flow(head: Double) -> Double {
            1.84 * head ** 1.5 // "a rule of thumb"
        }
        ```

        - [x] steady
        - [ ] without a gauge

        > What is measured can be steadied.

        | head | flow |
        |---:|---:|
        | 0.1 m | 0.06 |
        | 0.5 m | 0.65 |
        """

    /// Every state with its sign, in as many columns as there is room for.
    private func states(columns: Int) -> [PanelLine] {
        let width = 16
        let perLine = max(1, (columns - 2) / width)
        return stride(from: 0, to: StreamState.allCases.count, by: perLine).map { start in
            PanelLine(
                StreamState.allCases[start..<min(start + perLine, StreamState.allCases.count)].map {
                    .init((ink.glyphs.state($0) + " " + $0.word).padded(toColumns: width), $0.role)
                })
        }
    }

    private var diagnostics: [PanelLine] {
        let glyphs = ink.glyphs
        let bars = glyphs.bars
        let gauge = String(repeating: glyphs.gaugeFull, count: 9)
        let rest = String(repeating: glyphs.gaugeEmpty, count: 5)
        var late: [PanelLine.Piece] = [.init("late by ", .label)]
        for step in Lateness.allCases { late += [.init(step.label, step.role), .init(" ", .label)] }
        return [
            PanelLine([
                .init("wait  ", .label), .init(gauge, .gauge), .init(rest, .gaugeEmpty), .init(" 2.0 s  ", .value),
                .init(bars[1], .graphLow), .init(bars[3] + bars[5], .graph), .init(bars[7], .graphHigh),
                .init("  82/s  ", .good), .init("$0.0112", .money),
                .init("  + $0.0009 lost", .warning, isOptional: true),
            ]),
            PanelLine([
                .init("found ", .label), .init("here", .matchCurrent), .init(" and ", .text), .init("here", .match),
                .init("  ", .text), .init("chosen", .selection), .init("  ", .text),
                .init(glyphs.down + " 3 new lines", .badge, isOptional: true),
                .init("  ", .text, isOptional: true), .init("<U+202E>", .unsafe, isOptional: true),
            ]),
            PanelLine(late),
            PanelLine([
                .init(" \(glyphs.information) saved ", .toastInfo), .init(" ", .text),
                .init(" \(glyphs.attention) nearly spent ", .toastWarning), .init(" ", .text),
                .init(" \(glyphs.attention) key refused ", .toastError, isOptional: true),
            ]),
        ]
    }
}
