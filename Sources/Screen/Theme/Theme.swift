/// A style for every role.
public struct Theme: Sendable, Hashable {
    public var name: String
    public var isDark: Bool
    /// By ``Role/ordinal``.
    private var styles: [Style]

    /// A theme in which every role looks as `style` says.
    public init(name: String, isDark: Bool, style: (Role) -> Style) {
        self.name = name
        self.isDark = isDark
        styles = Role.allCases.map(style)
    }

    public func style(_ role: Role) -> Style { styles[role.ordinal] }

    /// Everything in the terminal's own colours: what is drawn when no theme could be read.
    public static let plain = Theme(name: "plain", isDark: true) { _ in .plain }

    /// A theme for tests in which a style tells the role that it came from; see ``Frame/annotatedText``.
    public static let probe = Theme(name: "probe", isDark: true) { role in
        Style(foreground: .rgb(1, UInt8(role.ordinal), 0))
    }

    /// The role whose style in ``probe`` this is, attributes and background aside.
    static func probedRole(_ style: Style) -> Role? {
        guard case .rgb(1, let ordinal, 0) = style.foreground.kind else { return nil }
        return Int(ordinal) < Role.allCases.count ? Role.allCases[Int(ordinal)] : nil
    }
}

extension Role {
    /// Its place in `allCases`. An enumeration without payloads is stored as that number (a test holds this).
    var ordinal: Int { Int(unsafeBitCast(self, to: UInt8.self)) }

    /// One character for it in ``Frame/annotatedText``.
    var letter: Character {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&*+=@^~<>;:|/")
        return ordinal < letters.count ? letters[ordinal] : "?"
    }
}
