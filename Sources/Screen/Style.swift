/// A colour as the theme says it; the terminal backend down-samples it to what the terminal has.
public struct Color: Sendable, Hashable {
    /// 0 = the terminal's own; 1 in the top byte = one of the 16 ANSI colours in the low byte; 2 = 24-bit RGB.
    private let packed: UInt32

    private init(packed: UInt32) {
        self.packed = packed
    }

    /// The terminal's own foreground or background.
    public static let `default` = Color(packed: 0)

    /// One of the 16 colours that the user's terminal defines, 0 (black) to 15 (bright white).
    public static func ansi(_ index: UInt8) -> Color {
        Color(packed: 1 << 24 | UInt32(index & 15))
    }

    public static func rgb(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Color {
        Color(packed: 2 << 24 | UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue))
    }

    public enum Kind: Sendable, Hashable {
        case `default`
        case ansi(UInt8)
        case rgb(UInt8, UInt8, UInt8)
    }

    public var kind: Kind {
        switch packed >> 24 {
        case 0: .default
        case 1: .ansi(UInt8(truncatingIfNeeded: packed))
        default:
            .rgb(
                UInt8(truncatingIfNeeded: packed >> 16), UInt8(truncatingIfNeeded: packed >> 8),
                UInt8(truncatingIfNeeded: packed))
        }
    }
}

public struct Style: Sendable, Hashable {
    public struct Attributes: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let bold = Attributes(rawValue: 1)
        public static let dim = Attributes(rawValue: 2)
        public static let italic = Attributes(rawValue: 4)
        public static let underline = Attributes(rawValue: 8)
        public static let reverse = Attributes(rawValue: 16)
        public static let strikethrough = Attributes(rawValue: 32)
    }

    public var foreground: Color
    public var background: Color
    public var attributes: Attributes

    public init(foreground: Color = .default, background: Color = .default, attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    public static let plain = Style()

    /// This style with what `other` sets laid over it: its colours unless default, and its attributes besides ours.
    public func overlaid(with other: Style) -> Style {
        Style(
            foreground: other.foreground == .default ? foreground : other.foreground,
            background: other.background == .default ? background : other.background,
            attributes: attributes.union(other.attributes))
    }
}
