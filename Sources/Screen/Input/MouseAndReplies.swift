extension MouseEvent {
    /// xterm's mouse code. `column` and `row` count from 1. `nil` for what we do not use: motion without a button,
    /// horizontal wheels, extra buttons.
    init?(code: Int, column: Int, row: Int, isRelease: Bool) {
        let isMotion = code & 32 != 0
        let number = code & 3
        switch code & ~(4 | 8 | 16 | 32 | 3) {
        case 0 where number == 3: return nil
        case 0:
            kind =
                isMotion
                ? .drag(button: number + 1) : isRelease ? .release(button: number + 1) : .press(button: number + 1)
        case 64 where number < 2 && !isMotion && !isRelease: kind = number == 0 ? .scrollUp : .scrollDown
        default: return nil
        }
        position = Position(column: max(0, column - 1), row: max(0, row - 1))
        modifiers = []
        if code & 4 != 0 { modifiers.insert(.shift) }
        if code & 8 != 0 { modifiers.insert(.alt) }
        if code & 16 != 0 { modifiers.insert(.control) }
    }
}

extension InputDecoder {
    /// The first form of mouse reports, `CSI M` and three bytes of 32 + value, which a terminal without SGR mode sends.
    /// It does not say which button was released: taken for the left one.
    static func x10Mouse(_ bytes: [UInt8]) -> [InputEvent] {
        let values = bytes.map { Int($0) - 32 }
        guard values.allSatisfy({ $0 >= 0 }) else { return [] }
        let isRelease = values[0] & (3 | 64) == 3
        return MouseEvent(
            code: isRelease ? values[0] & ~3 : values[0], column: values[1], row: values[2], isRelease: isRelease
        ).map { [.mouse($0)] } ?? []
    }
}

extension TerminalReply {
    /// `11;rgb:RRRR/GGGG/BBBB` (1 to 4 hexadecimal digits each, as XParseColor scales them), `rgba:`, or `11;#RRGGBB`.
    static func backgroundColor(operatingSystemCommand text: [UInt8]) -> TerminalReply? {
        guard text.starts(with: Array("11;".utf8)) else { return nil }
        let color = text.dropFirst(3)
        var parts: [ArraySlice<UInt8>]
        if color.first == UInt8(ascii: "#") {
            let digits = color.dropFirst()
            guard !digits.isEmpty, digits.count % 3 == 0 else { return nil }
            let size = digits.count / 3
            parts = (0..<3).map { digits.dropFirst($0 * size).prefix(size) }
        } else {
            guard let colon = color.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            let space = color[..<colon]
            parts = color[(colon + 1)...].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            if space.elementsEqual("rgba".utf8), parts.count == 4 {
                parts.removeLast()
            } else if !space.elementsEqual("rgb".utf8) {
                return nil
            }
        }
        let values = parts.compactMap(scaled)
        guard parts.count == 3, values.count == 3 else { return nil }
        return .backgroundColor(red: values[0], green: values[1], blue: values[2])
    }

    private static func scaled(_ digits: ArraySlice<UInt8>) -> UInt8? {
        guard (1...4).contains(digits.count), let text = String(validating: digits, as: UTF8.self),
            let value = UInt16(text, radix: 16), digits.first != UInt8(ascii: "+")
        else { return nil }
        let most = (1 << (4 * digits.count)) - 1
        return UInt8((Int(value) * 255 + most / 2) / most)
    }
}
