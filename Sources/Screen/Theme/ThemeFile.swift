import TOML

/// A theme as its file says it, before it is resolved: a palette, roles, and the theme it inherits from.
struct ThemeFile {
    var name: String
    var isDark: Bool?
    var inherits: String?
    var palette: [String: Color] = [:]
    var roles: [Role: Description] = [:]

    /// `"COLOUR [on COLOUR] [ATTRIBUTE …]"`, with where it stands, for what can only be found wrong later.
    struct Description {
        var words: [String]
        var table: TOMLTable
        var key: String
    }

    init(_ document: TOMLDocument, name: String) throws(TOMLError) {
        self.name = name
        let root = document.root
        try root.rejectUnknownKeys(["title", "kind", "inherits", "palette", "roles"])
        _ = try root.string("title")
        inherits = try root.string("inherits")
        switch try root.string("kind") {
        case nil: break
        case "dark": isDark = true
        case "light": isDark = false
        case .some(let kind): throw root.error("kind", "expected dark or light, found \"\(kind)\"")
        }
        if let table = try root.table("palette") {
            for key in table.keys {
                let text = try table.requireString(key)
                guard let color = Color(themeText: text) else {
                    throw table.error(key, "expected #rrggbb or a terminal's colour such as red, found \"\(text)\"")
                }
                palette[key] = color
            }
        }
        if let table = try root.table("roles") {
            try table.rejectUnknownKeys(Role.allCases.map(\.rawValue))
            for key in table.keys {
                guard let role = Role(rawValue: key) else { continue }
                let words = try table.requireString(key).split(separator: " ").map(String.init)
                roles[role] = Description(words: words, table: table, key: key)
            }
        }
    }

    /// Takes from `parent` what this file leaves out.
    mutating func inherit(_ parent: ThemeFile) {
        isDark = isDark ?? parent.isDark
        palette.merge(parent.palette) { own, _ in own }
        roles.merge(parent.roles) { own, _ in own }
    }

    /// The theme. A role that neither this file nor one it inherits from names looks like ordinary text.
    func resolved() throws(TOMLError) -> Theme {
        var styles: [Role: Style] = [:]
        for role in Role.allCases {
            guard let description = roles[role] else { continue }
            styles[role] = try style(description)
        }
        // What text stands on, everything stands on: a background of its own would cover what a selection lies under.
        var text = styles[.text] ?? .plain
        let ground = text.background
        text.background = .default
        styles[.text] = text
        return Theme(name: name, isDark: isDark ?? true, ground: ground) { styles[$0] ?? text }
    }

    private func style(_ description: Description) throws(TOMLError) -> Style {
        var style = Style.plain
        var isBackground = false
        for (index, word) in description.words.enumerated() {
            if word == "on" {
                isBackground = true
            } else if let attribute = Self.attributes[word] {
                style.attributes.insert(attribute)
            } else if index == 0 || isBackground, let color = palette[word] ?? Color(themeText: word) {
                if isBackground { style.background = color } else { style.foreground = color }
                isBackground = false
            } else {
                let known = Array(palette.keys) + Color.ansiNames + Array(Self.attributes.keys)
                let nearest = TOMLTable.nearest(to: word, in: known).map { "; did you mean \($0)?" } ?? ""
                throw description.table.error(
                    description.key, "\"\(word)\" is no colour of the palette and no attribute\(nearest)")
            }
        }
        guard !isBackground else {
            throw description.table.error(description.key, "a colour must follow \"on\"")
        }
        return style
    }

    private static let attributes: [String: Style.Attributes] = [
        "bold": .bold, "dim": .dim, "italic": .italic, "underline": .underline, "reverse": .reverse,
        "strikethrough": .strikethrough,
    ]
}

extension Color {
    /// The terminal's own colours by name, in their order; the bright ones follow.
    fileprivate static let ansiNames: [String] = {
        let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
        return names + names.map { "bright-" + $0 }
    }()

    /// `#rrggbb`, `default`, or a name of ``ansiNames``.
    fileprivate init?(themeText text: String) {
        if text == "default" {
            self = .default
        } else if let index = Self.ansiNames.firstIndex(of: text) {
            self = .ansi(UInt8(index))
        } else {
            let bytes = Array(text.utf8)
            guard bytes.count == 7, bytes[0] == UInt8(ascii: "#"), let value = UInt32(text.dropFirst(), radix: 16),
                bytes[1] != UInt8(ascii: "+"), bytes[1] != UInt8(ascii: "-")
            else { return nil }
            self = .rgb(
                UInt8(truncatingIfNeeded: value >> 16), UInt8(truncatingIfNeeded: value >> 8),
                UInt8(truncatingIfNeeded: value))
        }
    }
}
