import Screen
import TestSupport
import Testing

struct MarkdownTests {
    static let sample = """
        # Quantum computing

        A **qubit** holds a *superposition* of `|0⟩` and `|1⟩`; measuring it ~~reveals~~ *destroys* that.
        See [the paper](https://arxiv.org/abs/1234 "title"), <https://example.org>, or https://bare.example/path.

        ## Steps
        1. Prepare
        2. Entangle:
           ```swift
           let pair = entangle("a", 2) // both
           ```
           then wait
        3. Measure
           - once
           - [x] twice
             - deep

        - loose

        - items

        > Quoted **text** that is long enough to be wrapped once or twice.
        >
        > - with a list

        | Gate | Matrix | Count |
        |:-----|:------:|------:|
        | H | Hadamard, which is a rather long word for a gate | 12 |
        | 漢字 | `x` | 3 |

        ---

        ```python
        def f(x):
            \"\"\"doc
            string\"\"\"
            return x + 1  # done
        ```

        Underlined
        ==========

        &copy; 2026 &lt;b&gt; <b>html</b> 1\\*2 &#x1b;[31m
        """

    private func laidOut(_ text: String, width: Int, format: StreamingMarkdown.Format = .markdown) -> StreamingMarkdown
    {
        var message = StreamingMarkdown(format: format)
        message.append(text)
        message.finish()
        message.layout(width: width)
        return message
    }

    private func shown(_ text: String, width: Int = 60) -> String {
        laidOut(text, width: width).lines.map(\.text).joined(separator: "\n")
    }

    private func annotated(_ message: StreamingMarkdown) -> String {
        var canvas = Canvas(size: Size(columns: message.width, rows: message.lineCount))
        for (row, line) in message.lines.enumerated() {
            canvas.put(line, at: Position(column: 0, row: row), theme: .probe)
        }
        return canvas.frame.annotatedText
    }

    @Test(arguments: [72, 40, 16])
    func `a message of everything`(width: Int) throws {
        try expectSnapshot(annotated(laidOut(Self.sample, width: width)), named: "markdown-\(width)")
    }
}
