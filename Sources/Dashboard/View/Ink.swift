import Screen

/// What every drawing function needs: the theme's styles, the signs, and the keys that sentences name.
struct Ink: Sendable {
    var theme: Theme
    var glyphs: Glyphs
    var keys = Keymap.standard

    func callAsFunction(_ role: Role) -> Style { theme.style(role) }

    func callAsFunction(_ role: Role, on base: Role) -> Style {
        theme.style(base).overlaid(with: theme.style(role))
    }
}

/// A line of the panel before it has colours: pieces from the left, and pieces that stand at the right edge. Where there
/// is no room, optional pieces go first, from the end; then the left part is cut.
struct PanelLine: Sendable, Equatable {
    struct Piece: Sendable, Equatable {
        var text: String
        var role: Role
        /// Shown whole or not at all.
        var isOptional: Bool

        init(_ text: String, _ role: Role, isOptional: Bool = false) {
            self.text = text
            self.role = role
            self.isOptional = isOptional
        }
    }

    var left: [Piece]
    var right: [Piece]

    init(_ left: [Piece] = [], right: [Piece] = []) {
        self.left = left
        self.right = right
    }

    static func text(_ text: String, _ role: Role) -> PanelLine { PanelLine([Piece(text, role)]) }

    static func columns(_ pieces: [Piece]) -> Int { pieces.reduce(0) { $0 + Width.columns(of: $1.text) } }

    /// Without the optional pieces that there is no room for: those at the right edge go first.
    func fitted(to columns: Int) -> PanelLine {
        var line = self
        while line.columns > columns {
            if let index = line.right.lastIndex(where: \.isOptional) {
                line.right.remove(at: index)
            } else if let index = line.left.lastIndex(where: \.isOptional) {
                line.left.remove(at: index)
            } else {
                break
            }
        }
        return line
    }

    private var columns: Int {
        Self.columns(left) + Self.columns(right) + (left.isEmpty || right.isEmpty ? 0 : 1)
    }
}

extension Canvas {
    /// Draws a line over the whole width of `rect`'s row.
    mutating func put(_ line: PanelLine, in rect: Rect, row: Int, ink: Ink, base: Style? = nil) {
        guard rect.columns > 0, row >= rect.row, row < rect.endRow else { return }
        let line = line.fitted(to: rect.columns)
        let right = PanelLine.columns(line.right)
        // The right part yields when there is no room for it and for something at the left.
        let showsRight = right > 0 && right < rect.columns
        let room = showsRight ? rect.columns - right - (line.left.isEmpty ? 0 : 1) : rect.columns
        var column = rect.column
        let end = rect.column + room
        for piece in line.left where column < end {
            let text = piece.text.truncated(toColumns: end - column, ellipsis: ink.glyphs.ellipsis)
            column += put(text, at: Position(column: column, row: row), style: styled(piece, ink, base))
        }
        guard showsRight else { return }
        column = rect.endColumn - right
        for piece in line.right {
            column += put(piece.text, at: Position(column: column, row: row), style: styled(piece, ink, base))
        }
    }

    private func styled(_ piece: PanelLine.Piece, _ ink: Ink, _ base: Style?) -> Style {
        guard let base else { return ink(piece.role) }
        return base.overlaid(with: ink(piece.role))
    }
}
