import Screen

/// A reply's text.
struct Prose: Sendable {
    private var text = PlainText()
    init(continuing other: Prose? = nil) {}
    mutating func append(_ raw: [UInt8]) { text.append(raw) }
    mutating func finish() { text.finish() }
    mutating func rowCount(columns: Int) -> Int { text.rowCount(columns: columns) }
    func draw(row: Int, at position: Position, on canvas: inout Canvas, ink: Ink, over base: Style?) -> Int {
        text.withRow(row) { canvas.put(utf8: $0, at: position, style: base ?? ink(.text), unsafeStyle: ink(.unsafe)) }
            ?? 0
    }
}
