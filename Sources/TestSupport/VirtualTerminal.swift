/// A small model of a terminal: what a user would see after these bytes, and whether all of them were understood.
///
/// It knows what curses and Weir send, by ECMA-48 and xterm's ctlseqs. Whatever else comes is listed in ``unknown``, so
/// a test can hold that nothing but the allowed sequences goes out.
public struct VirtualTerminal {
    /// How a cell looks. Colours are SGR's own words: "" = default, "31", "38;5;200", "38;2;1;2;3".
    public struct Look: Equatable, Sendable {
        public var attributes: Set<Int> = []
        public var foreground = ""
        public var background = ""
    }

    public struct Cell: Equatable, Sendable {
        /// "" in the right half of a wide character.
        public var text = " "
        public var look = Look()
    }

    public let columns: Int
    public let rows: Int
    public private(set) var cells: [Cell]
    public private(set) var cursor = (row: 0, column: 0)
    /// Private modes (`CSI ? n h`) that are set.
    public private(set) var modes: Set<Int> = [7, 25]
    public private(set) var title: String?
    public private(set) var titleStack = 0
    public private(set) var clipboard: [String] = []
    /// Queries that want an answer.
    public private(set) var queries: [String] = []
    public private(set) var unknown: [String] = []
    /// The modes that were ever set.
    public private(set) var everSet: Set<Int> = []

    private enum State {
        case ground, escape, designator
        case control, string
    }

    private var state = State.ground
    private var parameters: [UInt8] = []
    private var text: [UInt8] = []
    private var partial: [UInt8] = []
    private var look = Look()
    private var wrapsNext = false
    private var insert = false
    /// The rows that scroll (DECSTBM); `nil` = all.
    private var region: Range<Int>?
    private var saved: (row: Int, column: Int, look: Look) = (0, 0, Look())
    private var last = " "
    private let width: (UInt32) -> Int

    /// - Parameter width: columns of a scalar (0, 1 or 2) in this terminal's opinion.
    public init(columns: Int, rows: Int, width: @escaping (UInt32) -> Int) {
        self.columns = columns
        self.rows = rows
        self.width = width
        cells = Array(repeating: Cell(), count: columns * rows)
    }

    /// The rows as text, without blanks at their ends.
    public var lines: [String] {
        (0..<rows).map { row in
            var line = cells[row * columns..<(row + 1) * columns].map(\.text)[...]
            while line.last == " " { line.removeLast() }
            return line.joined()
        }
    }

    public func cell(row: Int, column: Int) -> Cell { cells[row * columns + column] }

    public mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { feed(byte) }
    }

    private mutating func feed(_ byte: UInt8) {
        switch state {
        case .ground: feedGround(byte)
        case .escape: feedEscape(byte)
        case .designator:
            state = .ground
            if byte != UInt8(ascii: "B"), byte != UInt8(ascii: "0") { unknown.append("charset \(byte)") }
        case .control:
            if (0x40...0x7E).contains(byte) {
                state = .ground
                control(String(decoding: parameters, as: UTF8.self), Character(Unicode.Scalar(byte)))
            } else {
                parameters.append(byte)
            }
        case .string:
            if byte == 0x07 || byte == 0x5C && text.last == 0x1B {
                if byte == 0x5C { text.removeLast() }
                state = .ground
                string(String(decoding: text, as: UTF8.self))
            } else {
                text.append(byte)
            }
        }
    }

    private mutating func feedGround(_ byte: UInt8) {
        switch byte {
        case 0x1B: state = .escape
        case 0x07, 0x0E, 0x0F, 0x18: break
        case 0x08: move(cursor.row, cursor.column - 1)
        case 0x09: move(cursor.row, (cursor.column / 8 + 1) * 8)
        case 0x0A: lineFeed()
        case 0x0D: move(cursor.row, 0)
        case 0x20...0x7E: put(Unicode.Scalar(byte))
        case 0x80...0xFF:
            partial.append(byte)
            let needed = partial[0] >= 0xF0 ? 4 : partial[0] >= 0xE0 ? 3 : partial[0] >= 0xC2 ? 2 : 1
            guard partial.count >= needed else { return }
            let decoded = String(decoding: partial, as: UTF8.self).unicodeScalars
            if decoded.count == 1, let scalar = decoded.first, scalar != "\u{FFFD}" || partial == Array("\u{FFFD}".utf8)
            {
                put(scalar)
            } else {
                unknown.append("ill-formed \(partial)")
            }
            partial = []
        default: unknown.append("control \(byte)")
        }
    }

    private mutating func feedEscape(_ byte: UInt8) {
        state = .ground
        switch byte {
        case UInt8(ascii: "["):
            parameters = []
            state = .control
        case UInt8(ascii: "]"):
            text = []
            state = .string
        case UInt8(ascii: "("), UInt8(ascii: ")"): state = .designator
        case UInt8(ascii: "7"): saved = (cursor.row, cursor.column, look)
        case UInt8(ascii: "8"):
            move(saved.row, saved.column)
            look = saved.look
        case UInt8(ascii: "M"):
            if cursor.row == scrolled.lowerBound {
                scroll(scrolled, by: -1)
            } else {
                move(cursor.row - 1, cursor.column)
            }
        case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "\\"): break
        default: unknown.append("ESC \(Character(Unicode.Scalar(byte)))")
        }
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        if (0x80...0x9F).contains(scalar.value) || scalar.properties.isBidiControl
            || scalar.properties.isDefaultIgnorableCodePoint
        {
            unknown.append("U+" + String(scalar.value, radix: 16, uppercase: true))
        }
        let columnsTaken = width(scalar.value)
        if columnsTaken == 0 {
            // A mark on the character before the cursor.
            var index = cursor.row * columns + cursor.column - (wrapsNext ? 0 : 1)
            if index > 0, cells[index].text.isEmpty { index -= 1 }
            if cells.indices.contains(index) { cells[index].text.unicodeScalars.append(scalar) }
            return
        }
        if wrapsNext || cursor.column + columnsTaken > columns {
            lineFeed()
            move(cursor.row, 0)
        }
        last = String(scalar)
        let start = cursor.row * columns + cursor.column
        if insert { shift(by: columnsTaken) }
        for offset in 0..<columnsTaken {
            breakWide(at: start + offset)
            cells[start + offset] = Cell(text: offset == 0 ? last : "", look: look)
        }
        let next = cursor.column + columnsTaken
        wrapsNext = next >= columns
        cursor.column = min(next, columns - 1)
    }

    /// Overwriting half of a wide character blanks the other half.
    private mutating func breakWide(at index: Int) {
        if cells[index].text.isEmpty, index > 0 { cells[index - 1].text = " " }
        if index + 1 < cells.count, index % columns + 1 < columns, cells[index + 1].text.isEmpty {
            cells[index + 1].text = " "
        }
    }

    private mutating func move(_ row: Int, _ column: Int) {
        cursor = (min(max(0, row), rows - 1), min(max(0, column), columns - 1))
        wrapsNext = false
    }

    private var scrolled: Range<Int> { region ?? 0..<rows }

    private mutating func lineFeed() {
        if cursor.row == scrolled.upperBound - 1 {
            scroll(scrolled, by: 1)
            wrapsNext = false
        } else {
            move(cursor.row + 1, cursor.column)
        }
    }

    /// Moves these rows up by so many, or down where negative; what comes in is blank.
    private mutating func scroll(_ band: Range<Int>, by count: Int) {
        let count = min(max(count, -band.count), band.count)
        let blank = Array(
            repeating: Cell(text: " ", look: Look(background: look.background)), count: abs(count) * columns)
        let old = cells[band.lowerBound * columns..<band.upperBound * columns]
        cells.replaceSubrange(
            band.lowerBound * columns..<band.upperBound * columns,
            with: count >= 0 ? old.dropFirst(blank.count) + blank : blank + old.dropLast(blank.count))
    }

    private mutating func erase(_ range: Range<Int>) {
        let range = range.clamped(to: 0..<cells.count)
        for index in range {
            breakWide(at: index)
            cells[index] = Cell(text: " ", look: Look(background: look.background))
        }
    }

    /// Makes room at the cursor (or closes it, where negative) within the row.
    private mutating func shift(by count: Int) {
        let end = (cursor.row + 1) * columns
        let start = cursor.row * columns + cursor.column
        var row = Array(cells[start..<end])
        let blanks = Array(
            repeating: Cell(text: " ", look: Look(background: look.background)), count: min(abs(count), row.count))
        if count > 0 {
            row = Array((blanks + row).prefix(row.count))
        } else {
            row = Array(row.dropFirst(blanks.count)) + blanks
        }
        cells.replaceSubrange(start..<end, with: row)
    }
}

extension VirtualTerminal {
    private mutating func control(_ parameters: String, _ final: Character) {
        let sequence = "CSI \(parameters)\(final)"
        if parameters.hasPrefix("?") { return privateControl(parameters.dropFirst(), final, sequence) }
        guard parameters.utf8.allSatisfy({ (0x30...0x3B).contains($0) }) else {
            unknown.append(sequence)
            return
        }
        let numbers = parameters.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        let first = max(1, numbers.first ?? 1)
        let here = cursor.row * columns + cursor.column
        switch final {
        case "H", "f": move(first - 1, (numbers.count > 1 ? max(1, numbers[1]) : 1) - 1)
        case "A": move(cursor.row - first, cursor.column)
        case "B": move(cursor.row + first, cursor.column)
        case "C": move(cursor.row, cursor.column + first)
        case "D": move(cursor.row, cursor.column - first)
        case "G": move(cursor.row, first - 1)
        case "d": move(first - 1, cursor.column)
        case "I": move(cursor.row, (cursor.column / 8 + first) * 8)
        case "Z": move(cursor.row, ((cursor.column + 7) / 8 - first) * 8)
        case "J" where numbers.first ?? 0 == 0: erase(here..<cells.count)
        case "J" where numbers[0] == 1: erase(0..<here + 1)
        case "J" where numbers[0] == 2: erase(0..<cells.count)
        case "K" where numbers.first ?? 0 == 0: erase(here..<(cursor.row + 1) * columns)
        case "K" where numbers[0] == 1: erase(cursor.row * columns..<here + 1)
        case "K" where numbers[0] == 2: erase(cursor.row * columns..<(cursor.row + 1) * columns)
        case "X": erase(here..<min(here + first, (cursor.row + 1) * columns))
        case "@": shift(by: first)
        case "P": shift(by: -first)
        case "b": for _ in 0..<first { last.unicodeScalars.forEach { put($0) } }
        case "m": setLook(numbers)
        case "S": scroll(scrolled, by: first)
        case "T": scroll(scrolled, by: -first)
        case "L" where scrolled.contains(cursor.row): scroll(cursor.row..<scrolled.upperBound, by: -first)
        case "M" where scrolled.contains(cursor.row): scroll(cursor.row..<scrolled.upperBound, by: first)
        case "r":
            let top = first - 1
            let bottom = numbers.count > 1 && numbers[1] > 0 ? min(numbers[1], rows) : rows
            region = top == 0 && bottom == rows || top >= bottom - 1 ? nil : top..<bottom
            move(0, 0)
        case "h" where numbers == [4]: insert = true
        case "l" where numbers == [4]: insert = false
        case "h" where numbers == [34], "l" where numbers == [34]: break  // tmux and screen: the cursor's shape
        case "t" where numbers.first == 22: titleStack += 1
        case "t" where numbers.first == 23: titleStack = max(0, titleStack - 1)
        case "c": queries.append(sequence)
        default: unknown.append(sequence)
        }
    }

    private mutating func privateControl(_ parameters: Substring, _ final: Character, _ sequence: String) {
        let numbers = parameters.split(separator: ";").compactMap { Int($0) }
        switch final {
        case "h":
            modes.formUnion(numbers)
            everSet.formUnion(numbers)
            if numbers == [1049] { erase(0..<cells.count) }
        case "l": modes.subtract(numbers)
        case "p" where parameters.hasSuffix("$"): queries.append(sequence)
        case "c": break  // the Linux console's cursor shape
        default: unknown.append(sequence)
        }
    }

    private mutating func string(_ text: String) {
        // By bytes: a mark may follow the prefix.
        if text.utf8.starts(with: "2;".utf8) {
            title = String(decoding: text.utf8.dropFirst(2), as: UTF8.self)
        } else if text.utf8.starts(with: "52;c;".utf8), !text.utf8.elementsEqual("52;c;?".utf8) {
            clipboard.append(String(decoding: text.utf8.dropFirst(5), as: UTF8.self))
        } else if text == "11;?" {
            queries.append("OSC 11;?")
        } else {
            unknown.append("OSC \(text)")
        }
    }

    private mutating func setLook(_ numbers: [Int]) {
        var rest = (numbers.isEmpty ? [0] : numbers)[...]
        while let number = rest.popFirst() {
            switch number {
            case 0: look = Look()
            case 10...12: break  // fonts; the Linux console says so in its `sgr`
            case 1...9: look.attributes.insert(number)
            case 22: look.attributes.subtract([1, 2])
            case 23...29: look.attributes.remove(number - 20)
            case 30...37, 90...97: look.foreground = "\(number)"
            case 40...47, 100...107: look.background = "\(number)"
            case 39: look.foreground = ""
            case 49: look.background = ""
            case 38, 48:
                let count = rest.first == 5 ? 2 : 4
                let color = ([number] + rest.prefix(count)).map(String.init).joined(separator: ";")
                if number == 38 { look.foreground = color } else { look.background = color }
                rest = rest.dropFirst(count)
            default: unknown.append("SGR \(number)")
            }
        }
    }
}
