extension Frame {
    /// The rows as text, for snapshots: right halves of wide cells skipped, trailing blanks trimmed, no final line end.
    public var plainText: String {
        (0..<size.rows).map { rowText($0) }.joined(separator: "\n")
    }

    /// One row as text, trailing blanks trimmed.
    public func rowText(_ row: Int) -> String {
        var text = String.UnicodeScalarView()
        var trimmed = text.endIndex
        for column in 0..<size.columns {
            let cell = self[column: column, row: row]
            guard cell.width > 0 else { continue }
            for value in [cell.base, cell.mark1, cell.mark2] {
                if value != 0, let scalar = Unicode.Scalar(value) { text.append(scalar) }
            }
            if cell.base != 0x20 || cell.mark1 != 0 { trimmed = text.endIndex }
        }
        return String(text[..<trimmed])
    }

    /// The text, then per row the letter of each cell's role, then what the letters mean: for snapshots of styles. The
    /// frame must have been drawn with ``Theme/probe``, which gives each role a style of its own; `.` is plain.
    public var annotatedText: String {
        var rows: [String] = []
        var used: Set<Role> = []
        for row in 0..<size.rows {
            var letters = ""
            for column in 0..<size.columns {
                let cell = self[column: column, row: row]
                guard cell.width > 0 else { continue }
                if let role = Theme.probedRole(cell.style) {
                    used.insert(role)
                    letters.append(role.letter)
                } else {
                    letters.append(cell.style == .plain ? "." : "?")
                }
                if cell.width == 2 { letters.append("_") }
            }
            while letters.last == "." { letters.removeLast() }
            rows.append(letters)
        }
        let legend = Role.allCases.filter(used.contains).map { "\($0.letter) \($0.rawValue)" }.joined(separator: ", ")
        return plainText + "\n----\n" + rows.joined(separator: "\n") + "\n----\n" + legend
    }
}
