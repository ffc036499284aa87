/// One laid out line of a message: its text and what each part of it means. It knows no theme, so a change of theme costs
/// no new layout.
public struct RoleLine: Sendable, Hashable {
    public struct Span: Sendable, Hashable {
        /// The end of the span as an offset in the text's UTF-8; it begins where the one before ends.
        public var end: Int
        public var look: Look
    }

    public internal(set) var text: String
    public internal(set) var spans: [Span]
    /// The line ends only because it is full; the next line continues it.
    public internal(set) var isSoftWrapped: Bool
    /// A search or a selection must not look here: borders, gutters, and quote bars take the first so many bytes.
    public internal(set) var leadEnd: Int
    /// The line is part of a block of code.
    public internal(set) var isCode: Bool

    public init(
        _ text: String = "", spans: [Span] = [], isSoftWrapped: Bool = false, leadEnd: Int = 0, isCode: Bool = false
    ) {
        self.text = text
        self.spans = spans
        self.isSoftWrapped = isSoftWrapped
        self.leadEnd = leadEnd
        self.isCode = isCode
    }

    public var columns: Int { Width.columns(of: text) }

    /// With a theme's styles.
    public func styled(with theme: Theme) -> StyledLine {
        var start = text.utf8.startIndex
        var runs: [TextRun] = []
        for span in spans {
            let end = text.utf8.index(text.utf8.startIndex, offsetBy: span.end)
            runs.append(TextRun(String(text[start..<end]), style: theme.style(span.look)))
            start = end
        }
        return StyledLine(runs, isSoftWrapped: isSoftWrapped)
    }
}

extension Canvas {
    /// Puts a laid out line. Returns the columns that it took, up to the clip's right edge.
    @discardableResult
    public mutating func put(_ line: RoleLine, at position: Position, theme: Theme) -> Int {
        var text = line.text
        let unsafeStyle = theme.style(.unsafe)
        return text.withUTF8 { bytes in
            var column = position.column
            var start = 0
            for span in line.spans {
                let part = UnsafeBufferPointer(rebasing: bytes[start..<span.end])
                column += put(
                    utf8: part, at: Position(column: column, row: position.row), style: theme.style(span.look),
                    unsafeStyle: unsafeStyle)
                if column >= clip.endColumn { break }
                start = span.end
            }
            return column - position.column
        }
    }
}
