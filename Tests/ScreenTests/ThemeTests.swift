import Screen
import TOML
import Testing

@Suite struct ThemeTests {
    static let names = [
        "dark", "light", "high-contrast-dark", "high-contrast-light", "colorblind", "colorblind-light", "ansi", "mono",
        "catppuccin", "dracula", "gruvbox", "nord", "solarized-light", "tokyo-night",
    ]
    static let lightNames: Set<String> = ["light", "high-contrast-light", "colorblind-light", "solarized-light"]
    /// Those whose colours are their own, not the terminal's.
    static let colored = names.filter { $0 != "ansi" && $0 != "mono" }

    private func theme(_ name: String) throws -> Theme { try #require(try ThemeLibrary().theme(named: name)) }

    @Test(arguments: names)
    func everyBuiltInThemeIsThere(_ name: String) throws {
        let theme = try theme(name)
        #expect(theme.name == name)
        #expect(theme.isDark == !Self.lightNames.contains(name))
        #expect(theme.hasColors == (name != "mono"))
    }

    @Test func theListIsWhatIsThere() {
        #expect(ThemeLibrary().names == Self.names)
    }

    /// A role that a theme forgets would look like ordinary text.
    @Test(arguments: names.filter { $0 != "mono" })
    func everyStateHasALookOfItsOwn(_ name: String) throws {
        let theme = try theme(name)
        for role in [Role.streaming, .stalled, .backingOff, .failed, .refused, .thinkingState, .connecting] {
            #expect(theme.style(role) != theme.style(.text), "\(role)")
        }
    }

    /// The background is the terminal's own, so nothing sets it but what must stand out.
    @Test(arguments: names)
    func theBackgroundIsLeftAlone(_ name: String) throws {
        let theme = try theme(name)
        let isTheTerminals = ["dark", "light", "ansi", "mono", "colorblind", "colorblind-light"].contains(name)
        #expect((theme.ground == .default) == isTheTerminals)
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

    private static let lines: Set<Role> = [
        .border, .borderFocused, .codeBorder, .scrollbar, .table, .gaugeEmpty, .rule,
    ]

    /// What a theme is read on: its own ground, or the backgrounds that terminals of its kind come with.
    private func grounds(_ theme: Theme) -> [RGB] {
        if let own = RGB(theme.ground) { return [own] }
        return theme.isDark ? [RGB(0x11, 0x15, 0x1B), RGB(0, 0, 0)] : [RGB(255, 255, 255)]
    }

    /// WCAG 2.1: 4.5 for text (AA), 3 for lines and graphs; 7 and 4.5 (AAA) where high contrast is promised.
    @Test(arguments: colored)
    func contrastIsEnough(_ name: String) throws {
        let theme = try theme(name)
        let isHigh = name.hasPrefix("high-contrast")
        for ground in grounds(theme) {
            for role in Role.allCases {
                let style = theme.style(role)
                let color = try #require(RGB(style.foreground), "\(role) has no colour")
                let ratio = color.contrast(to: RGB(style.background) ?? ground)
                let least = Self.lines.contains(role) ? (isHigh ? 4.5 : 3) : isHigh ? 7 : 4.5
                #expect(ratio >= least, "\(role): \(ratio)")
            }
        }
    }

    /// What can stand on a selected line is read there too; what is set back, at least made out.
    @Test(arguments: colored)
    func whatIsSelectedCanBeRead(_ name: String) throws {
        let theme = try theme(name)
        let ground = try #require(RGB(theme.style(.selection).background))
        let setBack: Set<Role> = [.muted, .faint, .idle, .cancelled]
        let roles: [Role] = [
            .text, .emphasis, .muted, .faint, .idle, .connecting, .waiting, .thinkingState, .streaming, .stalled,
            .backingOff, .fallingBack, .complete, .truncated, .refused, .cancelled, .failed, .money, .warning,
        ]
        for role in roles {
            let ratio = try #require(RGB(theme.style(role).foreground)).contrast(to: ground)
            #expect(ratio >= (setBack.contains(role) ? 3 : 4.5), "\(role): \(ratio)")
        }
    }

    /// The terminal's own colours, as xterm and the Linux console have them. What is dim is as the terminal makes it.
    @Test(arguments: [
        [0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5],
        [0x000000, 0xAA0000, 0x00AA00, 0xAA5500, 0x0000AA, 0xAA00AA, 0x00AAAA, 0xAAAAAA],
    ])
    func sixteenColoursCanBeReadToo(_ palette: [Int]) throws {
        let bright = [0x7F7F7F, 0xFF5555, 0x55FF55, 0xFFFF55, 0x5C5CFF, 0xFF55FF, 0x55FFFF, 0xFFFFFF]
        let colors = palette + bright
        let theme = try theme("ansi")
        for role in Role.allCases where !Self.lines.contains(role) {
            let style = theme.style(role)
            func color(_ color: Color, or other: Int) -> RGB {
                if case .ansi(let index) = color.kind { return RGB(hex: colors[Int(index)]) }
                return RGB(hex: other)
            }
            let front = color(style.foreground, or: colors[7])
            let back = color(style.background, or: 0)
            #expect(front.contrast(to: back) >= 3, "\(role): \(front.contrast(to: back))")
        }
    }

    // MARK: Told apart

    /// Roles that lie beside each other and mean different things, where no sign or word says which is which.
    private static let apart: [[Role]] = [
        [.text, .match, .matchCurrent], [.text, .late0, .late1, .late2, .late3, .late4], [.text, .code, .strong],
        [.text, .selection], [.text, .link], [.text, .struck], [.text, .unsafe], [.footer, .footerKey],
    ]

    @Test(arguments: names)
    func whatMeansSomethingElseLooksDifferent(_ name: String) throws {
        let theme = try theme(name)
        for group in Self.apart {
            for (index, role) in group.enumerated() {
                for other in group[..<index] where !(role == .late1 && other == .text) {
                    #expect(theme.style(role) != theme.style(other), "\(role) and \(other)")
                }
            }
        }
    }

    /// In front of a terminal without colours the colours go: what is left tells it still. (There mono is drawn; this
    /// holds for a theme's attributes, which a terminal of eight colours may need too.)
    @Test func withoutColoursMonoTellsAllOfItApart() throws {
        let theme = try theme("mono")
        for group in Self.apart {
            let looks = Set(group.map { theme.style($0).attributes })
            // Text that came a little late is ordinary text.
            let doubles = group.contains(.late1) ? 1 : 0
            #expect(looks.count == group.count - doubles, "\(group)")
        }
    }

    /// The steps of lateness by lines and weight alone, in every theme.
    @Test(arguments: names)
    func latenessIsToldWithoutColours(_ name: String) throws {
        let theme = try theme(name)
        let looks = [Role.late1, .late2, .late3, .late4].map { theme.style($0).attributes }
        #expect(Set(looks).count == 4)
    }

    /// As eyes without one kind of cone see it (Machado, Oliveira and Fernandes 2009), in CIE Lab; 2.3 is just
    /// noticeable.
    @Test(arguments: ["colorblind", "colorblind-light"], ColorVision.allCases)
    func colourBlindEyesTellTheStatesApart(_ name: String, _ vision: ColorVision) throws {
        let theme = try theme(name)
        let pairs: [(Role, Role)] = [
            (.streaming, .backingOff), (.streaming, .failed), (.complete, .failed), (.backingOff, .failed),
            (.waiting, .backingOff), (.waiting, .failed), (.good, .warning), (.good, .critical), (.warning, .critical),
            (.thinkingState, .failed), (.thinkingState, .streaming), (.graphLow, .graphHigh), (.late1, .late4),
        ]
        for (one, other) in pairs {
            let first = try #require(RGB(theme.style(one).foreground)).lab(seenWith: vision)
            let second = try #require(RGB(theme.style(other).foreground)).lab(seenWith: vision)
            let distance = first.distance(to: second)
            #expect(distance >= 12, "\(one) and \(other): \(distance)")
        }
    }

    @Test func theGroundComesWithTheText() throws {
        var library = ThemeLibrary()
        library.add(
            name: "mine", bytes: Array("inherits = \"dark\"\n[roles]\ntext = \"ink on #101010\"\n".utf8), file: "mine")
        let theme = try #require(try library.theme(named: "mine"))
        #expect(theme.ground == .rgb(16, 16, 16))
        #expect(theme.style(.text).background == .default)
        var frame = Frame(size: Size(columns: 2, rows: 1))
        frame[column: 0, row: 0].style = theme.style(.selection)
        frame.settle(on: theme)
        #expect(frame[column: 1, row: 0].style.background == .rgb(16, 16, 16))
        #expect(frame[column: 1, row: 0].style.foreground == theme.style(.text).foreground)
        #expect(frame[column: 0, row: 0].style.background == theme.style(.selection).background)
        #expect(library.ancestry(of: "mine") == ["mine", "dark"])
        #expect(library.ancestry(of: "nobody") == ["nobody"])
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
        #expect(library.names.count == Self.names.count)
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
}
