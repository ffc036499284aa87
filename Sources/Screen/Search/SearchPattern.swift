/// What a reader looks for in shown text: the text itself, not an expression. Case counts only where it has a capital; a
/// blank also finds the line ends that are kept within a paragraph.
public struct SearchPattern: Sendable, Hashable {
    /// One scalar of it, in the one or two ways that it may be written: ranges of ``forms``.
    private struct Unit: Sendable, Hashable {
        var first: Range<Int>
        var second: Range<Int>
    }

    public let text: String
    private let forms: [UInt8]
    private let units: [Unit]
    /// What a place begins with.
    private let starts: (UInt8, UInt8)
    /// No place takes more bytes.
    let longest: Int

    /// - Returns: `nil` for an empty text.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        let isExact = text.unicodeScalars.contains { $0.properties.isUppercase }
        var forms: [UInt8] = []
        var units: [Unit] = []
        var longest = 0
        func form(_ scalars: String.UnicodeScalarView) -> Range<Int> {
            let start = forms.count
            forms.append(contentsOf: String(scalars).utf8)
            return start..<forms.count
        }
        for scalar in text.unicodeScalars {
            let first = form(String.UnicodeScalarView([scalar]))
            var second = first
            if scalar == " " {
                second = form(String.UnicodeScalarView(["\n"]))
            } else if !isExact {
                let upper = scalar.properties.uppercaseMapping.unicodeScalars
                if upper.count == 1, upper.first != scalar { second = form(upper) }
            }
            units.append(Unit(first: first, second: second))
            longest += max(first.count, second.count)
        }
        self.text = text
        self.forms = forms
        self.units = units
        self.longest = longest
        starts = (forms[units[0].first.lowerBound], forms[units[0].second.lowerBound])
    }

    public static func == (one: SearchPattern, other: SearchPattern) -> Bool { one.text == other.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// Calls `found` with each place in `range`, in order; places do not overlap. A pass over the bytes.
    func eachPlace(in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ found: (Range<Int>) -> Void) {
        let (one, other) = starts
        forms.withUnsafeBufferPointer { forms in
            units.withUnsafeBufferPointer { units in
                var index = range.lowerBound
                while index < range.upperBound {
                    let byte = bytes[index]
                    guard byte == one || byte == other,
                        let end = Self.end(of: units, forms, at: index, in: bytes, before: range.upperBound)
                    else {
                        index += 1
                        continue
                    }
                    found(index..<end)
                    index = end
                }
            }
        }
    }

    private static func end(
        of units: UnsafeBufferPointer<Unit>, _ forms: UnsafeBufferPointer<UInt8>, at start: Int,
        in bytes: UnsafeBufferPointer<UInt8>, before end: Int
    ) -> Int? {
        var index = start
        for unit in units {
            if matches(unit.first, of: forms, at: index, in: bytes, before: end) {
                index += unit.first.count
            } else if matches(unit.second, of: forms, at: index, in: bytes, before: end) {
                index += unit.second.count
            } else {
                return nil
            }
        }
        return index
    }

    @inline(__always)
    private static func matches(
        _ form: Range<Int>, of forms: UnsafeBufferPointer<UInt8>, at start: Int, in bytes: UnsafeBufferPointer<UInt8>,
        before end: Int
    ) -> Bool {
        guard start + form.count <= end else { return false }
        for offset in 0..<form.count where forms[form.lowerBound + offset] != bytes[start + offset] { return false }
        return true
    }
}
