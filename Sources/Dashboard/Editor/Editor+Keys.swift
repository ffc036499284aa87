import Screen

extension Editor {
    /// What became of a key.
    enum Outcome: Sendable, Equatable {
        case changed, moved
        /// Up in the first row, Down in the last: history's.
        case aboveTop, belowBottom
        case ignored
    }

    /// The readline keys, and those of every text field.
    mutating func handle(_ chord: Chord, columns: Int) -> Outcome {
        let before = generation
        switch (chord.key, chord.modifiers) {
        case (.up, []), (.up, .shift): return vertical(by: -1, columns: columns)
        case (.down, []), (.down, .shift): return vertical(by: 1, columns: columns)
        default: break
        }
        guard edit(chord) else { return .ignored }
        return generation != before ? .changed : .moved
    }

    private mutating func edit(_ chord: Chord) -> Bool {
        switch chord.modifiers {
        case []: plain(chord.key)
        case .shift: shifted(chord.key)
        case .control: controlled(chord.key)
        case .alt: alternate(chord.key)
        default: false
        }
    }

    private mutating func plain(_ key: Key) -> Bool {
        switch key {
        case .character(let character): insert(String(character))
        case .backspace: deleteBackward()
        case .delete: deleteForward()
        case .left: moveLeft()
        case .right: moveRight()
        case .home: moveToLineStart()
        case .end: moveToLineEnd()
        default: return false
        }
        return true
    }

    private mutating func shifted(_ key: Key) -> Bool {
        // Terminals that tell Shift apart do so for letters too.
        switch key {
        case .character, .backspace, .delete, .left, .right, .home, .end: plain(key)
        default: false
        }
    }

    private mutating func controlled(_ key: Key) -> Bool {
        switch key {
        case .character("a"): moveToLineStart()
        case .character("e"): moveToLineEnd()
        case .character("b"): moveLeft()
        case .character("f"): moveRight()
        case .character("d"), .delete: deleteForward()
        case .character("k"): killToLineEnd()
        case .character("u"): killToLineStart()
        case .character("w"), .backspace: killWordBackward()
        case .character("y"): yank()
        case .left: moveWordBackward()
        case .right: moveWordForward()
        case .home: moveToStart()
        case .end: moveToEnd()
        default: return false
        }
        return true
    }

    private mutating func alternate(_ key: Key) -> Bool {
        switch key {
        case .character("b"), .left: moveWordBackward()
        case .character("f"), .right: moveWordForward()
        case .character("d"), .delete: killWordForward()
        case .backspace: killWordBackward()
        case .character("<"): moveToStart()
        case .character(">"): moveToEnd()
        case .character("_"), .character("/"): redo()
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
