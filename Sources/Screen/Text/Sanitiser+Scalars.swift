extension Sanitiser {
    /// Takes one byte below 0x80; printable ones come here only inside sequences.
    mutating func takeASCII(_ byte: UInt8, into output: inout [UInt8]) {
        switch state {
        case .ground:
            takeControl(byte, into: &output)
        case .carriageReturn:
            state = .ground
            if byte == 0x0A, lines == .many {
                lineEnd(into: &output)
            } else {
                mark(0x0D, into: &output)
                takeGround(byte, into: &output)
            }
        case .escape(let count):
            switch byte {
            case 0x5B: follow(byte, to: .sequence(0), into: &output)
            // OSC, DCS, APC, PM, SOS; and the title of screen and tmux.
            case 0x5D, 0x50, 0x5F, 0x5E, 0x58, 0x6B: follow(byte, to: .string(0), into: &output)
            case 0x20...0x2F: follow(byte, to: count < 8 ? .escape(count + 1) : .ground, into: &output)
            case 0x30...0x7E: follow(byte, to: .ground, into: &output)
            default: leave(byte, into: &output)
            }
        case .sequence(let count):
            switch byte {
            case 0x20...0x3F:
                follow(byte, to: count < Self.longestSequence ? .sequence(count + 1) : .ground, into: &output)
            case 0x40...0x7E: follow(byte, to: .ground, into: &output)
            default: leave(byte, into: &output)
            }
        case .string(let count):
            switch byte {
            case 0x20...0x7E:
                follow(byte, to: count < Self.longestString ? .string(count + 1) : .ground, into: &output)
            case 0x07: follow(byte, to: .ground, into: &output)
            default: leave(byte, into: &output)
            }
        }
    }

    private mutating func follow(_ byte: UInt8, to next: State, into output: inout [UInt8]) {
        mark(byte, into: &output)
        state = next
    }

    private mutating func leave(_ byte: UInt8, into output: inout [UInt8]) {
        state = .ground
        takeControl(byte, into: &output)
    }

    private mutating func takeGround(_ byte: UInt8, into output: inout [UInt8]) {
        if byte >= 0x20, byte < 0x7F {
            pass(UInt32(byte), columns: 1, into: &output)
        } else {
            takeControl(byte, into: &output)
        }
    }

    /// A control character outside of any sequence.
    private mutating func takeControl(_ byte: UInt8, into output: inout [UInt8]) {
        switch byte {
        case 0x0A where lines == .many:
            lineEnd(into: &output)
        case 0x09:
            let blanks = tabStop - column % tabStop
            for _ in 0..<blanks { output.append(0x20) }
            column += blanks
            cleanCount += blanks
            previous = 0x20
            offsets?.note(raw: rawCount, clean: cleanCount)
        case 0x0D:
            state = .carriageReturn
        case 0x1B:
            mark(byte, into: &output)
            state = .escape(0)
        default:
            mark(byte, into: &output)
        }
    }

    private mutating func lineEnd(into output: inout [UInt8]) {
        output.append(0x0A)
        cleanCount += 1
        column = 0
        previous = 0
        offsets?.note(raw: rawCount, clean: cleanCount)
    }

    /// Takes a scalar above ASCII, or an ill-formed piece.
    mutating func takeScalar(_ scalar: UInt32, isIllFormed: Bool, into output: inout [UInt8]) {
        if state == .carriageReturn {
            state = .ground
            mark(0x0D, into: &output)
        }
        if case .string(let count) = state {
            // A title in any script: the string goes on behind it.
            state = count < Self.longestString ? .string(count + 1) : .ground
        } else {
            state = .ground
        }
        if isIllFormed {
            append(MarkedScalar.illFormed, into: &output)
            endMark()
            return
        }
        if let columns = columns(ofSafe: scalar) {
            pass(scalar, columns: columns, into: &output)
            return
        }
        number(scalar, into: &output)
        switch scalar {
        case 0x9B: state = .sequence(0)
        case 0x90, 0x98, 0x9D, 0x9E, 0x9F: state = .string(0)
        case 0x9C: state = .ground
        default: break
        }
    }

    /// The columns of a scalar that may go through here; `nil` if it is to be shown by its number.
    private mutating func columns(ofSafe scalar: UInt32) -> Int? {
        // Han, kana and Latin letters need no second look.
        if scalar >= 0x3041, scalar <= 0x9FFF, scalar != 0x3164 { return 2 }
        switch scalar {
        case 0x200C, 0x200D:
            // Joiners belong after a letter of a script that joins, or an emoji.
            return previous >= 0x300 && !MarkedScalar.contains(previous) ? 0 : nil
        case 0xFE0E, 0xFE0F:
            let isKeycap = (0x30...0x39).contains(previous) || previous == 0x23 || previous == 0x2A
            return isKeycap || previous >= 0xA0 && !Width.isVariationSelector(previous) ? 0 : nil
        case 0xFE00...0xFE0D, 0x180B...0x180F, 0xE0100...0xE01EF:
            return previous >= 0x1000 && !Width.isVariationSelector(previous) ? 0 : nil
        case 0xE0020...0xE007F:
            // The tags of a subdivision's flag: at most six, and the end.
            guard previous == 0x1F3F4, tags < 7 else { return nil }
            tags += 1
            return 0
        // Letters and marks that are made to be invisible.
        case 0x034F, 0x115F, 0x17B4, 0x17B5, 0x3164, 0xFFA0: return nil
        case 0x1160: return (0x1100...0x115E).contains(previous) ? 0 : nil
        case MarkedScalar.first...MarkedScalar.last: return nil
        default: return Width.columns(of: scalar)
        }
    }

    private mutating func pass(_ scalar: UInt32, columns: Int, into output: inout [UInt8]) {
        append(scalar, into: &output)
        column += columns
        // Tags leave the flag as what went before them.
        if !(0xE0020...0xE007F).contains(scalar) {
            previous = scalar
            tags = 0
        }
    }

    mutating func mark(_ byte: UInt8, into output: inout [UInt8]) {
        append(MarkedScalar.mark(ascii: byte), into: &output)
        endMark()
    }

    /// Shows a scalar as `‹U+202E›`.
    private mutating func number(_ scalar: UInt32, into output: inout [UInt8]) {
        append(MarkedScalar.open, into: &output)
        for byte in "U+".utf8 { append(MarkedScalar.mark(ascii: byte), into: &output) }
        let digits = Array(String(scalar, radix: 16, uppercase: true).utf8)
        for _ in digits.count..<max(4, digits.count) {
            append(MarkedScalar.mark(ascii: 0x30), into: &output)
        }
        for byte in digits { append(MarkedScalar.mark(ascii: byte), into: &output) }
        append(MarkedScalar.close, into: &output)
        column += digits.count + 3
        endMark()
    }

    private mutating func endMark() {
        column += 1
        previous = 0
        tags = 0
        offsets?.note(raw: rawCount, clean: cleanCount)
    }

    private mutating func append(_ scalar: UInt32, into output: inout [UInt8]) {
        let count = output.count
        UTF8Bytes.append(scalar, to: &output)
        cleanCount += output.count - count
    }
}
