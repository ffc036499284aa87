import Screen

/// Columns of text, as wide as they need to be.
struct TextTable {
    private var rows: [[String]]

    /// - Parameter header: none where the first column says what the others are.
    init(_ header: [String] = []) {
        rows = header.isEmpty ? [] : [header]
    }

    mutating func add(_ row: [String]) {
        rows.append(row.map { MarkedScalar.writtenOut(Sanitiser.line($0)) })
    }

    func print() {
        var widths: [Int] = []
        for row in rows {
            for (column, text) in row.enumerated() {
                let width = Width.columns(of: text)
                if column < widths.count { widths[column] = max(widths[column], width) } else { widths.append(width) }
            }
        }
        for row in rows {
            var line = ""
            for (column, text) in row.enumerated() {
                line += text
                guard column < row.count - 1 else { continue }
                line += String(repeating: " ", count: widths[column] - Width.columns(of: text) + 2)
            }
            Messages.say(line)
        }
    }
}
