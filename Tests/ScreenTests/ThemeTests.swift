import Screen
import TOML
import Testing

@Suite struct ThemeTests {
    @Test(arguments: ["dark", "light", "ansi", "mono"])
    func everyBuiltInThemeIsThere(_ name: String) throws {
        let theme = try #require(try ThemeLibrary().theme(named: name))
        #expect(theme.name == name)
        #expect(theme.isDark == (name != "light"))
    }

    @Test func theListIsWhatIsThere() {
        #expect(ThemeLibrary().names == ["dark", "light", "ansi", "mono"])
    }

    /// A role that a theme forgets would look like ordinary text.
    @Test(arguments: ["dark", "light", "ansi"])
    func everyStateHasALookOfItsOwn(_ name: String) throws {
        let theme = try #require(try ThemeLibrary().theme(named: name))
        for role in [Role.streaming, .stalled, .backingOff, .failed, .refused, .thinkingState, .connecting] {
            #expect(theme.style(role) != theme.style(.text), "\(role)")
        }
    }

    /// The background is the terminal's own, so nothing sets it but what must stand out.
    @Test(arguments: ["dark", "light", "ansi", "mono"])
    func theBackgroundIsLeftAlone(_ name: String) throws {
        let theme = try #require(try ThemeLibrary().theme(named: name))
        let mayFill: Set<Role> = [
            .selection, .unsafe, .match, .matchCurrent, .toastInfo, .toastWarning, .toastError,
        ]
        for role in Role.allCases where !mayFill.contains(role) {
            #expect(theme.style(role).background == .default, "\(role)")
        }
    }

    @Test func monoHasNoColours() throws {
        let theme = try #require(try ThemeLibrary().theme(named: "mono"))
        for role in Role.allCases {
            #expect(theme.style(role).foreground == .default, "\(role)")
            #expect(theme.style(role).background == .default, "\(role)")
        }
        #expect(theme.style(.failed) != theme.style(.complete))
        #expect(theme.style(.streaming) != theme.style(.stalled))
        #expect(theme.style(.user) != theme.style(.text))
    }

    @Test func ansiHasOnlyTheTerminalsOwnColours() throws {
        let theme = try #require(try ThemeLibrary().theme(named: "ansi"))
        for role in Role.allCases {
            for color in [theme.style(role).foreground, theme.style(role).background] {
                if case .rgb = color.kind { Issue.record("\(role) has a colour of its own") }
            }
        }
    }

    /// WCAG 2.1: 4.5 for text (AA), 3 for lines and graphs, against what lies behind it.
    @Test(arguments: [("dark", [(0x11, 0x15, 0x1B), (0, 0, 0)]), ("light", [(0xFF, 0xFF, 0xFF)])])
    func contrastIsEnough(_ name: String, _ backgrounds: [(Int, Int, Int)]) throws {
        let theme = try #require(try ThemeLibrary().theme(named: name))
        let lines: Set<Role> = [.border, .borderFocused, .codeBorder, .scrollbar, .table, .gaugeEmpty, .rule]
        for background in backgrounds {
            for role in Role.allCases {
                let style = theme.style(role)
                guard case .rgb(let red, let green, let blue) = style.foreground.kind else {
                    Issue.record("\(role) has no colour")
                    continue
                }
                var behind = background
                if case .rgb(let red, let green, let blue) = style.background.kind {
                    behind = (Int(red), Int(green), Int(blue))
                }
                let ratio = contrast((Int(red), Int(green), Int(blue)), behind)
                #expect(ratio >= (lines.contains(role) ? 3 : 4.5), "\(role): \(ratio)")
            }
        }
    }

    @Test func aThemeOfTheUsersInheritsAndTakesTheBuiltInOnesPlace() throws {
        var library = ThemeLibrary()
        library.add(
            name: "dark", bytes: Array("inherits = \"dark\"\n[roles]\nfailed = \"#ff0000 bold\"\n".utf8),
            file: "/themes/dark.toml")
        let theme = try #require(try library.theme(named: "dark"))
        #expect(theme.style(.failed).foreground == .rgb(255, 0, 0))
        let builtIn = try #require(try ThemeLibrary().theme(named: "dark"))
        #expect(theme.style(.text) == builtIn.style(.text))
        #expect(library.file(of: "dark") == "/themes/dark.toml")
        #expect(library.names.count == 4)
    }

    @Test(arguments: [
        ("[roles]\nfaled = \"red\"", 2, "failed"), ("[roles]\ntext = \"inkk\"", 2, "inkk"),
        ("[roles]\ntext = \"red blue\"", 2, "blue"), ("[roles]\ntext = \"red on\"", 2, "must follow"),
        ("[palette]\nink = \"#12345\"", 2, "#12345"), ("[palette]\nink = \"#+12345\"", 2, "#+12345"),
        ("kind = \"grey\"", 1, "grey"), ("inherits = \"nobody\"", 1, "nobody"), ("inherits = \"mine\"", 1, "itself"),
        ("colour = 1", 1, "colour"), ("[roles]\ntext = 3", 2, "text"),
    ])
    func whatIsWrongIsNamedWithItsPlace(_ text: String, _ line: Int, _ word: String) throws {
        var library = ThemeLibrary()
        library.add(name: "mine", bytes: Array(text.utf8), file: "mine.toml")
        let error = #expect(throws: TOMLError.self) { try library.theme(named: "mine") }
        #expect(error?.line == line)
        #expect(error?.description.contains("mine.toml:\(line)") == true, "\(String(describing: error))")
        #expect(error?.description.contains(word) == true, "\(String(describing: error))")
    }

    private func contrast(_ one: (Int, Int, Int), _ other: (Int, Int, Int)) -> Double {
        let (low, high) = (min(luminance(one), luminance(other)), max(luminance(one), luminance(other)))
        return (high + 0.05) / (low + 0.05)
    }

    private func luminance(_ color: (Int, Int, Int)) -> Double {
        func linear(_ value: Int) -> Double {
            let share = Double(value) / 255
            // A cubic in place of the power of 2.4: within 0.2 %, and without a mathematics library.
            return share <= 0.03928
                ? share / 12.92 : share * (share * (share * 0.305306011 + 0.682171111) + 0.012522878)
        }
        return 0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
    }
}
