/// A style for every role.
public struct Theme: Sendable, Hashable {
    public var name: String
    public var isDark: Bool
    /// What everything stands on; `default` is the terminal's own background.
    public var ground: Color
    /// By ``Role/ordinal``.
    private var styles: [Style]

    /// A theme in which every role looks as `style` says.
    public init(name: String, isDark: Bool, ground: Color = .default, style: (Role) -> Style) {
        self.name = name
        self.isDark = isDark
        self.ground = ground
        styles = Role.allCases.map(style)
    }

    public func style(_ role: Role) -> Style { styles[role.ordinal] }

    /// It sets some colour: without colours its looks would say less than it means.
    public var hasColors: Bool {
        ground != .default || styles.contains { $0.foreground != .default || $0.background != .default }
    }

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

extension Frame {
    /// Gives the theme's own ground, where it has one, to every cell that was left to the terminal's.
    public mutating func settle(on theme: Theme) {
        guard theme.ground != .default else { return }
        let text = theme.style(.text).foreground
        cells.withUnsafeMutableBufferPointer { cells in
            for index in cells.indices {
                if cells[index].style.background == .default { cells[index].style.background = theme.ground }
                if cells[index].style.foreground == .default { cells[index].style.foreground = text }
            }
        }
    }
}
