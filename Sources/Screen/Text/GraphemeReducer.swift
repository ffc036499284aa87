import CUTF8Proc

/// What one or two columns of the screen show: a scalar that takes columns, and at most two marks drawn onto it.
public struct Glyph: Sendable, Hashable {
    public var base: UInt32
    public var mark1: UInt32
    public var mark2: UInt32
    /// 1 or 2.
    public var width: UInt8
    /// A line may be broken and a selection may begin only before such a glyph.
    public var startsGrapheme: Bool
    /// It stands for something unsafe and wants the role `unsafe`.
    public var isMarked: Bool
    /// The bytes that it was made of, counted from the start of the text.
    public var start: Int
    public var end: Int

    public func cell(_ style: Style) -> Cell {
        Cell(base: base, mark1: mark1, mark2: mark2, style: style, width: width)
    }
}

/// Text to glyphs that every terminal draws alike, because each takes as many columns as any terminal thinks:
///
/// - a grapheme (UAX #29) keeps its base and the first two marks; further marks are dropped
/// - an emoji sequence joined by ZWJ becomes its first emoji; skin tones and variation selectors are dropped
/// - a flag becomes its two letters, one column each
/// - a vowel sign that takes a column is a glyph of its own, which does not start a grapheme
/// - marks without a base sit on a dotted circle
/// - what has no columns of its own and is no mark is dropped; controls and unassigned scalars, which the sanitiser never
///   lets through, are drawn as U+FFFD or a control picture
///
/// A cursor over bytes that the caller keeps alive. Invalid UTF-8 gives U+FFFD.
public struct GraphemeReducer {
    private let bytes: UnsafeBufferPointer<UInt8>
    public private(set) var offset: Int
    private let base: Int
    private var previous: UInt32 = 0
    private var state: Int32 = 0
    /// Inside an emoji sequence whose first emoji was given: skip to the end of the grapheme.
    private var inSequence = false

    public init(_ bytes: UnsafeBufferPointer<UInt8>, from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
        base = offset
    }

    public mutating func next() -> Glyph? {
        while offset < bytes.count {
            let start = offset
            let byte = bytes[offset]
            // Printable ASCII that nothing can join: the common case.
            if byte < 0x7F, byte >= 0x20, offset + 1 == bytes.count || bytes[offset + 1] < 0x80 {
                offset += 1
                previous = UInt32(byte)
                state = 0
                inSequence = false
                return Glyph(
                    base: UInt32(byte), mark1: 0, mark2: 0, width: 1, startsGrapheme: true, isMarked: false,
                    start: start, end: offset)
            }
            if let glyph = slowNext() { return glyph }
        }
        return nil
    }

    private mutating func slowNext() -> Glyph? {
        let start = offset
        let (scalar, length) = UTF8Bytes.decode(bytes, at: offset)
        offset += length
        let breaks = isBreak(before: scalar, at: start)
        previous = scalar
        if breaks {
            inSequence = false
        } else if inSequence {
            return nil
        }
        if MarkedScalar.contains(scalar) {
            if scalar == MarkedScalar.guardMark { return nil }
            return Glyph(
                base: MarkedScalar.drawn(scalar), mark1: 0, mark2: 0, width: 1, startsGrapheme: true, isMarked: true,
                start: start, end: offset)
        }
        if Width.isRegionalIndicator(scalar) {
            let letter = 0x41 + scalar - 0x1F1E6
            return Glyph(
                base: letter, mark1: 0, mark2: 0, width: 1, startsGrapheme: breaks, isMarked: false, start: start,
                end: offset)
        }
        guard let columns = Width.columns(of: scalar) else { return replacement(for: scalar, start: start) }
        var glyph = Glyph(
            base: scalar, mark1: 0, mark2: 0, width: UInt8(columns), startsGrapheme: breaks, isMarked: false,
            start: start, end: offset)
        if columns == 0 {
            if Width.isVariationSelector(scalar) || !breaks { return nil }
            // Nothing to sit on.
            glyph.base = 0x25CC
            glyph.mark1 = scalar
            glyph.width = 1
        }
        if !breaks, Width.isSkinTone(scalar) { return nil }
        takeMarks(into: &glyph)
        return glyph
    }

    /// Takes the marks, joiners and skin tones that follow the glyph in its grapheme.
    private mutating func takeMarks(into glyph: inout Glyph) {
        while offset < bytes.count, bytes[offset] >= 0x80 {
            let (scalar, length) = UTF8Bytes.decode(bytes, at: offset)
            if Self.startsAlways(scalar) { break }
            var tentative = self
            if tentative.isBreak(before: scalar, at: offset) { break }
            let columns = Width.columns(of: scalar)
            let isMark = columns == 0 && !Width.isVariationSelector(scalar)
            let isDropped = columns == nil || columns == 0 || Width.isSkinTone(scalar)
            if !isDropped {
                // A vowel sign with a column of its own, or the next emoji of a joined sequence.
                if previous != 0x200D { break }
                inSequence = true
            }
            state = tentative.state
            previous = scalar
            offset += length
            if isMark {
                if glyph.mark1 == 0 {
                    glyph.mark1 = scalar
                } else if glyph.mark2 == 0 {
                    glyph.mark2 = scalar
                }
            }
            if inSequence {
                skipSequence()
                break
            }
        }
        glyph.end = offset
    }

    private mutating func skipSequence() {
        while offset < bytes.count, bytes[offset] >= 0x80 {
            let (scalar, length) = UTF8Bytes.decode(bytes, at: offset)
            var tentative = self
            if tentative.isBreak(before: scalar, at: offset) { return }
            state = tentative.state
            previous = scalar
            offset += length
        }
    }

    private func replacement(for scalar: UInt32, start: Int) -> Glyph? {
        switch scalar {
        // Joiners that the sanitiser left where a script needs them: no columns, and no terminal must guess.
        case 0x200C, 0x200D, 0x2060, 0x061C, 0x200E, 0x200F: nil
        default:
            Glyph(
                base: scalar < 0x20 ? 0x2400 + scalar : scalar == 0x7F ? 0x2421 : 0xFFFD, mark1: 0, mark2: 0, width: 1,
                startsGrapheme: true, isMarked: true, start: start, end: offset)
        }
    }

    /// Nothing below the combining marks continues a grapheme; nor does an ideograph, a kana that is no mark, or one of our
    /// own marks. (A syllable may, behind a lone jamo.)
    @inline(__always)
    private static func startsAlways(_ scalar: UInt32) -> Bool {
        scalar < 0x300 || Width.isPlainWide(scalar) && scalar != 0x3000 && !(scalar >= 0xAC00 && scalar <= 0xD7A3)
            || MarkedScalar.contains(scalar)
    }

    private mutating func isBreak(before scalar: UInt32, at start: Int) -> Bool {
        if start == base {
            state = 0
            return true
        }
        if Self.startsAlways(scalar) {
            state = 0
            return true
        }
        return utf8proc_grapheme_break_stateful(Int32(previous), Int32(scalar), &state)
    }
}
