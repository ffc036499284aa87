extension UInt8 {
    /// 0…9 for an ASCII digit.
    var digit: Int? {
        self &- 0x30 < 10 ? Int(self &- 0x30) : nil
    }

    /// ASCII letters made small, other bytes as they are.
    var lowercased: UInt8 {
        self &- 0x41 < 26 ? self | 0x20 : self
    }

    /// Space, tab, line feed, vertical tab, form feed, carriage return.
    var isSpace: Bool {
        self == 0x20 || self &- 9 < 5
    }
}

extension ArraySlice<UInt8> {
    func trimmingSpace() -> ArraySlice<UInt8> {
        var rest = self
        while let first = rest.first, first.isSpace { rest.removeFirst() }
        while let last = rest.last, last.isSpace { rest.removeLast() }
        return rest
    }

    func equalsIgnoringCase(_ other: some Sequence<UInt8>) -> Bool {
        elementsEqual(other) { $0.lowercased == $1.lowercased }
    }
}

extension String {
    /// Whether `part` (in small letters) occurs, whatever the case of ASCII letters.
    func containsIgnoringCase(_ part: StaticString) -> Bool {
        part.withUTF8Buffer { part in
            guard !part.isEmpty else { return true }
            let bytes = utf8.map(\.lowercased)
            guard bytes.count >= part.count else { return false }
            return (0...(bytes.count - part.count)).contains { start in
                bytes[start..<(start + part.count)].elementsEqual(part)
            }
        }
    }
}
