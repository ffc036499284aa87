import Screen

extension Editor {
    /// What became of a key.
    enum Outcome: Sendable, Equatable {
        case changed, moved
        /// Up in the first row, Down in the last: history's.
        case aboveTop, belowBottom
        case ignored
    }

    /// What the keys of the prompt do within a line or a text, and what types something.
    mutating func handle(_ chord: Chord, keys: Keymap = .standard, columns: Int) -> Outcome {
        let before = generation
        if let action = keys.action(for: chord, in: .input) {
            guard perform(action) else { return .ignored }
            return generation != before ? .changed : .moved
        }
        switch (chord.key, chord.modifiers) {
        case (.up, []), (.up, .shift): return vertical(by: -1, columns: columns)
        case (.down, []), (.down, .shift): return vertical(by: 1, columns: columns)
        case (.character(let character), []), (.character(let character), .shift):
            insert(String(character))
            return .changed
        default: return .ignored
        }
    }

    /// `false` for what is not done within a text.
    mutating func perform(_ action: Action) -> Bool {
        switch action {
        case .lineStart: moveToLineStart()
        case .lineEnd: moveToLineEnd()
        case .characterLeft: moveLeft()
        case .characterRight: moveRight()
        case .wordLeft: moveWordBackward()
        case .wordRight: moveWordForward()
        case .textStart: moveToStart()
        case .textEnd: moveToEnd()
        case .deleteBefore: deleteBackward()
        case .deleteAfter: deleteForward()
        case .killLine: killToLineEnd()
        case .killLineBefore: killToLineStart()
        case .killWordBefore: killWordBackward()
        case .killWordAfter: killWordForward()
        case .yank: yank()
        case .undo: undo()
        case .redo: redo()
        default: return false
        }
        return true
    }

    private mutating func vertical(by step: Int, columns: Int) -> Outcome {
        let layout = EditorLayout(self, columns: columns)
        let row = layout.row(of: cursor)
        let target = row + step
        if target < 0 { return .aboveTop }
        if target >= layout.rows.count { return .belowBottom }
        let goal = goalColumn ?? layout.column(of: cursor, row: row, in: self)
        moveVertically(to: layout.offset(row: target, column: goal, in: self), goal: goal)
        return .moved
    }
}
