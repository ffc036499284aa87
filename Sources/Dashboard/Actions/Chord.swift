import Screen

/// A key with its modifiers, alone or as the second of two: Ctrl-X begins those, as readline has it.
struct Chord: Sendable, Hashable {
    var key: Key
    var modifiers: KeyModifiers
    /// Ctrl-X was pressed before it.
    var isSecond = false

    init(_ key: Key, _ modifiers: KeyModifiers = []) {
        self.key = key
        self.modifiers = modifiers
    }

    static func control(_ letter: Character) -> Chord { Chord(.character(letter), .control) }
    static func alt(_ letter: Character) -> Chord { Chord(.character(letter), .alt) }
    static func plain(_ letter: Character) -> Chord { Chord(.character(letter)) }

    /// Begins those of two keys.
    static let prefix = Chord.control("x")

    /// The same after Ctrl-X.
    var second: Chord {
        var chord = self
        chord.isSecond = true
        return chord
    }

    /// The same by itself.
    var alone: Chord {
        var chord = self
        chord.isSecond = false
        return chord
    }

    /// It would type something, if it were no command.
    var isTyping: Bool {
        guard !isSecond, case .character = key else { return false }
        return modifiers.subtracting(.shift).isEmpty
    }

    /// As the footer and the help print it: `^J`, `Alt-R`, `PgUp`, `^X E`.
    var label: String { (isSecond ? "^X " : "") + written(control: "^") }

    /// The same in a sentence: `Ctrl-J`.
    var words: String { (isSecond ? "Ctrl-X " : "") + written(control: "Ctrl-") }

    private func written(control: String) -> String {
        var text = ""
        if modifiers.contains(.alt) { text += "Alt-" }
        if modifiers.contains(.shift) { text += "Shift-" }
        if modifiers.contains(.control) {
            if case .character(let character) = key, character != " " { text += control } else { text += "Ctrl-" }
        }
        if case .character(let character) = key, character != " " {
            return text + (modifiers.isEmpty ? String(character) : String(character).uppercased())
        }
        return text + (Self.names.first { $0.key == key }?.label ?? functionName)
    }

    private var functionName: String {
        if case .function(let number) = key { "F\(number)" } else { "" }
    }

    /// Keys that have names: as they are printed, and as a file may call them, the first one by choice.
    private static let names: [(key: Key, label: String, words: [String])] = [
        (.character(" "), "Space", ["space"]), (.enter, "Enter", ["enter", "return"]), (.tab, "Tab", ["tab"]),
        (.backspace, "Backspace", ["backspace"]), (.escape, "Esc", ["esc", "escape"]),
        (.delete, "Del", ["delete", "del"]), (.insert, "Ins", ["insert", "ins"]), (.up, "Up", ["up"]),
        (.down, "Down", ["down"]), (.left, "Left", ["left"]), (.right, "Right", ["right"]), (.home, "Home", ["home"]),
        (.end, "End", ["end"]), (.pageUp, "PgUp", ["pageup", "pgup"]), (.pageDown, "PgDn", ["pagedown", "pgdn"]),
    ]
}

// MARK: - As a file has it

extension Chord {
    /// `ctrl-j`, `alt-r`, `G`, `ctrl-x e`: what ``init(name:)`` reads.
    var name: String {
        var text = isSecond ? "ctrl-x " : ""
        if modifiers.contains(.control) { text += "ctrl-" }
        if modifiers.contains(.alt) { text += "alt-" }
        if modifiers.contains(.shift) { text += "shift-" }
        if case .character(let character) = key, character != " " { return text + String(character) }
        return text + (Self.names.first { $0.key == key }?.words[0] ?? functionName.lowercased())
    }

    /// A key as a file names it; two of them, with a blank between, where the first is `ctrl-x`. Also as the footer
    /// prints it. `nil` for what names no key.
    init?(name: String) {
        let parts = name.split(separator: " ", omittingEmptySubsequences: true)
        switch parts.count {
        case 1:
            guard let chord = Self.one(String(parts[0])) else { return nil }
            self = chord
        case 2:
            guard Self.one(String(parts[0])) == .prefix, let chord = Self.one(String(parts[1])) else { return nil }
            self = chord.second
        default: return nil
        }
    }

    private static func one(_ name: String) -> Chord? {
        var rest = name[...]
        var modifiers: KeyModifiers = []
        if rest.count > 1, rest.first == "^" {
            modifiers.insert(.control)
            rest.removeFirst()
        }
        // The last `-` of `ctrl--` is the key.
        while let dash = rest.dropLast().firstIndex(of: "-"), dash > rest.startIndex {
            switch rest[..<dash].lowercased() {
            case "ctrl", "control": modifiers.insert(.control)
            case "alt", "meta": modifiers.insert(.alt)
            case "shift": modifiers.insert(.shift)
            default: return nil
            }
            rest = rest[rest.index(after: dash)...]
        }
        if rest.count == 1, let character = rest.first {
            guard character.unicodeScalars.count == 1, character.unicodeScalars.allSatisfy({ $0.value > 0x20 }) else {
                return nil
            }
            return typed(character, modifiers)
        }
        let word = rest.lowercased()
        if let key = names.first(where: { $0.words.contains(word) })?.key { return Chord(key, modifiers) }
        guard word.hasPrefix("f"), let number = Int(word.dropFirst()), (1...24).contains(number),
            word.dropFirst() == "\(number)"
        else { return nil }
        return Chord(.function(number), modifiers)
    }

    /// As the terminal says it: with Ctrl a small letter, with Shift a capital, without the word for it.
    private static func typed(_ character: Character, _ modifiers: KeyModifiers) -> Chord? {
        let small = character.lowercased()
        let capital = character.uppercased()
        guard small.count == 1, capital.count == 1, let small = small.first, let capital = capital.first else {
            return nil
        }
        if modifiers.contains(.control) { return Chord(.character(small), modifiers) }
        if modifiers.contains(.shift) { return Chord(.character(capital), modifiers.subtracting(.shift)) }
        return Chord(.character(modifiers.contains(.alt) ? small : character), modifiers)
    }
}
