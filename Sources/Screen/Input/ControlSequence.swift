/// A whole control sequence from the terminal, `CSI parameters final`, and what it means. SS3 (`ESC O`) shares the keys.
struct ControlSequence {
    /// Numbers by parameter and sub-parameter (`1;5:3` is [[1], [5, 3]]); nil = left out.
    private let numbers: [[Int?]]
    /// `<`, `=`, `>` or `?` at the start.
    private let prefix: UInt8?
    private let intermediates: [UInt8]
    private let final: UInt8
    private let alt: Bool

    init(parameters: [UInt8], final: UInt8, alt: Bool) {
        var rest = parameters[...]
        if let first = rest.first, (0x3C...0x3F).contains(first) {
            prefix = first
            rest = rest.dropFirst()
        } else {
            prefix = nil
        }
        let end = rest.firstIndex { (0x20...0x2F).contains($0) } ?? rest.endIndex
        intermediates = Array(rest[end...])
        numbers = rest[..<end].split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { field in
            field.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(Self.number)
        }
        self.final = final
        self.alt = alt
    }

    var startsPaste: Bool {
        prefix == nil && intermediates.isEmpty && final == UInt8(ascii: "~") && number(0) == 200
    }

    /// One or more digits and nothing else.
    static func isNumber(_ parameters: [UInt8]) -> Bool {
        !parameters.isEmpty && parameters.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// What it means; empty where it is not known.
    var events: [InputEvent] {
        switch (prefix, final) {
        case (UInt8(ascii: "<"), UInt8(ascii: "M")), (UInt8(ascii: "<"), UInt8(ascii: "m")):
            return mouseEvents
        case (UInt8(ascii: "?"), UInt8(ascii: "c")):
            return [.reply(.deviceAttributes)]
        case (UInt8(ascii: "?"), UInt8(ascii: "y")) where intermediates == [UInt8(ascii: "$")]:
            guard let mode = number(0), let status = number(1) else { return [] }
            return [.reply(.privateMode(mode, status: status))]
        case (nil, _) where intermediates.isEmpty || final == UInt8(ascii: "$"):
            return keyEvents
        default:
            return []
        }
    }

    private var keyEvents: [InputEvent] {
        switch final {
        case UInt8(ascii: "~") where number(0) == 27:
            // xterm's modifyOtherKeys.
            return keyboardEvents(code: number(2))
        case UInt8(ascii: "u"):
            return keyboardEvents(code: number(0))
        case UInt8(ascii: "~"):
            return editingKey(modifiers)
        case UInt8(ascii: "^"):
            return editingKey(modifiers.union(.control))
        case UInt8(ascii: "$"):
            return editingKey(modifiers.union(.shift))
        case UInt8(ascii: "@"):
            return editingKey(modifiers.union([.control, .shift]))
        case UInt8(ascii: "I"):
            return [.focus(true)]
        case UInt8(ascii: "O"):
            return [.focus(false)]
        case UInt8(ascii: "Z"):
            return key(.tab, modifiers.union(.shift))
        case UInt8(ascii: "a")...UInt8(ascii: "d"):
            return cursorKey(final - 0x20, modifiers.union(.shift))
        default:
            return cursorKey(final, modifiers)
        }
    }

    /// What it means after SS3: cursor and function keys, and the keypad in application mode.
    var singleShiftEvents: [InputEvent] {
        switch final {
        case UInt8(ascii: "a")...UInt8(ascii: "d"):
            return cursorKey(final - 0x20, modifiers.union(.control))
        case UInt8(ascii: "M"):
            return key(.enter, modifiers)
        case UInt8(ascii: "I"):
            return key(.tab, modifiers)
        case UInt8(ascii: "X"):
            return key(.character("="), modifiers)
        case 0x6A...0x79:
            // Keypad keys are their ASCII characters moved up by 64.
            return key(.character(Character(Unicode.Scalar(final - 0x40))), modifiers)
        default:
            return cursorKey(final, modifiers)
        }
    }

    private func cursorKey(_ letter: UInt8, _ modifiers: KeyModifiers) -> [InputEvent] {
        let found: Key? =
            switch letter {
            case UInt8(ascii: "A"): .up
            case UInt8(ascii: "B"): .down
            case UInt8(ascii: "C"): .right
            case UInt8(ascii: "D"): .left
            case UInt8(ascii: "F"): .end
            case UInt8(ascii: "H"): .home
            case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(letter) - 0x4F)
            default: nil
            }
        return key(found, modifiers)
    }

    /// `CSI n ~` and urxvt's other ends.
    private func editingKey(_ modifiers: KeyModifiers) -> [InputEvent] {
        let found: Key? =
            switch number(0) ?? 0 {
            case 1, 7: .home
            case 2: .insert
            case 3: .delete
            case 4, 8: .end
            case 5: .pageUp
            case 6: .pageDown
            case let n where (11...15).contains(n): .function(n - 10)
            case let n where (17...21).contains(n): .function(n - 11)
            case let n where (23...26).contains(n): .function(n - 12)
            case let n where (28...29).contains(n): .function(n - 13)
            case let n where (31...34).contains(n): .function(n - 14)
            default: nil
            }
        return key(found, modifiers)
    }

    /// A key by its number in the kitty protocol or modifyOtherKeys, both of which are Unicode's for what has one.
    private func keyboardEvents(code: Int?) -> [InputEvent] {
        guard let code, !hasForeignModifier else { return [] }
        if let functional = Key(functional: code) { return key(functional, modifiers) }
        // A shifted letter is typed as such; the alternate key after a colon, where there is one, says which.
        let typed = modifiers.contains(.shift) && !modifiers.contains(.control) ? subNumber(0, 1) : nil
        guard let scalar = Unicode.Scalar(UInt32(clamping: typed ?? code)), scalar.value >= 0x20,
            !(0x7F...0x9F).contains(scalar.value), !(57344...63743).contains(scalar.value)
        else { return key(control: code) }
        var modifiers = modifiers
        var character = Character(scalar)
        if modifiers.contains(.control) {
            if let lower = scalar.properties.lowercaseMapping.first { character = lower }
            if let swallowed = Key(swallowing: character) {
                return key(swallowed, modifiers.subtracting(.control))
            }
        } else if modifiers.remove(.shift) != nil, typed == nil, code < 0x80,
            let upper = scalar.properties.uppercaseMapping.first
        {
            character = upper
        }
        return key(.character(character), modifiers)
    }

    /// A control character by its number, as modifyOtherKeys sends some.
    private func key(control code: Int) -> [InputEvent] {
        guard (1...0x1F).contains(code),
            case .key(let found, let control) = InputEvent.key(control: UInt8(code), alt: false)
        else { return [] }
        return key(found, modifiers.union(control))
    }

    private func key(_ key: Key?, _ modifiers: KeyModifiers) -> [InputEvent] {
        guard let key, !isRelease else { return [] }
        return [.key(key, alt ? modifiers.union(.alt) : modifiers)]
    }
}

extension ControlSequence {
    /// SGR mouse: `CSI < button ; column ; row`, from 1, then `M` (press) or `m` (release).
    private var mouseEvents: [InputEvent] {
        guard let button = number(0), let column = number(1), let row = number(2) else { return [] }
        return MouseEvent(
            code: button, column: column, row: row, isRelease: final == UInt8(ascii: "m")
        ).map { [.mouse($0)] } ?? []
    }

    /// The parameter that holds the modifiers, less one: 1 Shift, 2 Alt, 4 Control, then by dialect.
    private var modifierBits: Int { max(0, (number(1) ?? 1) - 1) }

    private var modifiers: KeyModifiers {
        var found = KeyModifiers(rawValue: UInt8(modifierBits & 7))
        // xterm's Meta in its own sequences.
        if modifierBits & 8 != 0, final != UInt8(ascii: "u") { found.insert(.alt) }
        return found
    }

    /// Super, Hyper or Meta, in the kitty protocol: such a key types nothing.
    private var hasForeignModifier: Bool { final == UInt8(ascii: "u") && modifierBits & 0b111000 != 0 }

    /// The kitty protocol's event type, after the modifiers: 1 press, 2 repeat, 3 release.
    private var isRelease: Bool { subNumber(1, 1) == 3 }

    private func number(_ index: Int) -> Int? { subNumber(index, 0) }

    private func subNumber(_ index: Int, _ part: Int) -> Int? {
        guard index < numbers.count, part < numbers[index].count else { return nil }
        return numbers[index][part]
    }

    /// Saturates far above any number that means something; nil where it is no number.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = min(value * 10 + Int(digit) - 0x30, 1 << 30)
        }
        return value
    }
}
