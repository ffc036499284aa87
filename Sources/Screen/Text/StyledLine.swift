/// A stretch of sanitised text in one style.
public struct TextRun: Sendable, Hashable {
    public var text: String
    public var style: Style

    public init(_ text: String, style: Style = .plain) {
        self.text = text
        self.style = style
    }

    public var columns: Int { Width.columns(of: text) }
}

/// One line of the screen as runs of text.
public struct StyledLine: Sendable, Hashable {
    public var runs: [TextRun]
    /// The line ends only because the screen does: in copied text the next line follows without a line end.
    public var isSoftWrapped: Bool
    /// What stood at the soft wrap and is not shown there: a blank between words, nothing within one.
    public var joint = ""

    public init(_ runs: [TextRun] = [], isSoftWrapped: Bool = false) {
        self.runs = runs
        self.isSoftWrapped = isSoftWrapped
    }

    public init(_ text: String, style: Style = .plain) {
        self.init([TextRun(text, style: style)])
    }

    public var columns: Int { runs.reduce(0) { $0 + $1.columns } }
    public var text: String { runs.map(\.text).joined() }

    /// Lines as text for copying: soft wraps joined, marks of the sanitiser written out.
    public static func logicalText(_ lines: some Collection<StyledLine>) -> String {
        var result = ""
        for (index, line) in lines.enumerated() {
            for run in line.runs { result += MarkedScalar.writtenOut(run.text) }
            if index < lines.count - 1 { result += line.isSoftWrapped ? line.joint : "\n" }
        }
        return result
    }
}
