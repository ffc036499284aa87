/// Something the user did, or the terminal answered. Decoded from raw bytes by `InputDecoder`.
public enum InputEvent: Sendable, Equatable {
    case key(Key, KeyModifiers)
    /// A bracketed paste, whole, line ends as LF; may be large; unsanitised.
    case paste(String)
    case mouse(MouseEvent)
    case focus(Bool)
    /// The terminal's answer to a query.
    case reply(TerminalReply)
}

public enum Key: Sendable, Hashable {
    /// One printable scalar, as `InputDecoder` gives them (join them by inserting them); with Ctrl the lower-case letter.
    case character(Character)
    case enter, tab, backspace, escape, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// F1 to F24.
    case function(Int)
}

public struct KeyModifiers: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let shift = KeyModifiers(rawValue: 1)
    public static let alt = KeyModifiers(rawValue: 2)
    public static let control = KeyModifiers(rawValue: 4)
}

public struct MouseEvent: Sendable, Equatable {
    /// Buttons: 1 left, 2 middle, 3 right. A drag is motion with the button held.
    public enum Kind: Sendable, Equatable {
        case press(button: Int), release(button: Int), drag(button: Int), scrollUp, scrollDown
    }

    public var kind: Kind
    public var position: Position
    public var modifiers: KeyModifiers

    public init(kind: Kind, position: Position, modifiers: KeyModifiers = []) {
        self.kind = kind
        self.position = position
        self.modifiers = modifiers
    }
}

public enum TerminalReply: Sendable, Equatable {
    /// DECRPM for a private mode: 1 or 2 (set, reset) mean that the terminal knows it.
    case privateMode(Int, status: Int)
    /// OSC 11: the background colour.
    case backgroundColor(red: UInt8, green: UInt8, blue: UInt8)
    /// A primary device attributes answer: every terminal sends one, so it ends the wait for the others.
    case deviceAttributes
}
