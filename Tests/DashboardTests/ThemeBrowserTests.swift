import Screen
import TestSupport
import Testing

@testable import Dashboard

/// `weir themes` on a terminal.
struct ThemeBrowserTests {
    private static let entries =
        ["dark", "light", "high-contrast-dark", "mono"].map { ThemeBrowser.Entry(name: $0, isDark: $0 != "light") }
        + [
            .init(name: "mine", isDark: true, file: "/home/me/.config/weir/themes/mine.toml"),
            .init(
                name: "broken", isDark: true, file: "/themes/broken.toml",
                problem: "/themes/broken.toml:12: roles.strem: unknown role \"strem\"; did you mean streaming?\u{1B}[2J"
            ),
        ]

    private func browser(_ name: String = "dark", ascii: Bool = false) -> ThemeBrowser {
        ThemeBrowser(Self.entries, selected: name, ascii: ascii)
    }

    @Test func theScreen() throws {
        for (columns, rows) in [(140, 40), (80, 24), (40, 10)] {
            let size = Size(columns: columns, rows: rows)
            try expectSnapshot(
                view(browser(), size: size, theme: .plain).plainText, named: "themes-\(columns)x\(rows)")
            try expectSnapshot(
                view(browser("broken"), size: size, theme: .plain).plainText,
                named: "themes-broken-\(columns)x\(rows)")
        }
        let ascii = view(browser(ascii: true), size: Size(columns: 80, rows: 24), theme: .plain).plainText
        #expect(ascii.utf8.allSatisfy { $0 < 0x80 }, "\(ascii)")
    }

    @Test func everySizeIsDrawn() {
        for name in ["dark", "broken"] {
            for columns in stride(from: 0, through: 150, by: 7) {
                for rows in stride(from: 0, through: 50, by: 3) {
                    let size = Size(columns: columns, rows: rows)
                    let frame = view(browser(name), size: size, theme: .probe)
                    #expect(frame.size == size)
                    #expect(!frame.plainText.contains("\u{1B}"))
                }
            }
        }
    }

    @Test func theSampleShowsEveryStateAndWhatMustBeToldApart() {
        let frame = view(browser(), size: Size(columns: 140, rows: 46), theme: .probe)
        let shown = Set(frame.cells.map(\.style.foreground))
        let roles = Role.allCases.filter { shown.contains(Theme.probe.style($0).foreground) }
        #expect(roles.count > 55, "\(Role.allCases.filter { !roles.contains($0) })")
    }

    @Test func keysMoveTakeAndLeave() {
        var browser = browser()
        #expect(browser.receive(.key(.up, [])) == .stays)
        #expect(browser.receive(.key(.down, [])) == .selected("light"))
        #expect(browser.receive(.key(.character("G"), .shift)) == .selected("broken"))
        #expect(browser.receive(.key(.enter, [])) == .stays)
        #expect(browser.receive(.key(.character("k"), [])) == .selected("mine"))
        #expect(browser.receive(.key(.enter, [])) == .chosen("mine"))
        #expect(browser.receive(.key(.character("q"), [])) == .left)
        #expect(browser.receive(.key(.character("c"), .control)) == .left)
        #expect(browser.receive(.paste("q")) == .stays)
    }

    @Test func aChangedFileKeepsTheSelection() {
        var browser = browser("mine")
        var entries = Self.entries
        entries.removeFirst()
        browser.replace(entries)
        #expect(browser.selectedName == "mine")
        browser.replace(Array(entries.prefix(1)))
        #expect(browser.selectedName == "light")
        browser.replace([])
        #expect(browser.selectedName == nil)
        #expect(browser.receive(.key(.down, [])) == .stays)
        _ = view(browser, size: Size(columns: 80, rows: 24), theme: .plain)
    }

    /// A theme with a ground of its own leaves no hole in it, whatever is drawn.
    @Test func noHoleInTheGround() throws {
        let theme = Theme(name: "t", isDark: true, ground: .rgb(1, 2, 3)) { role in
            role == .selection ? Style(background: .rgb(9, 9, 9)) : Style(attributes: role == .match ? .reverse : [])
        }
        var models = [Scene.reference(), Scene.state(.failed), World.model()]
        models[0].control("p")
        for var model in models {
            for size in [Size(columns: 140, rows: 40), Size(columns: 40, rows: 10), Size(columns: 20, rows: 3)] {
                let frame = view(&model, size: size, theme: theme)
                #expect(frame.cells.allSatisfy { $0.style.background != .default })
            }
        }
        let frame = view(browser(), size: Size(columns: 80, rows: 24), theme: theme)
        #expect(frame.cells.allSatisfy { $0.style.background != .default })
    }
}

/// The list of themes within the dashboard.
struct ThemePickerTests {
    @Test func theListShowsEachThemeAsItIsPassed() {
        var model = World.model()
        model.type("/theme")
        _ = model.key(.enter)
        #expect(model.key(.down) == [.previewTheme("light")])
        #expect(model.key(.up) == [.previewTheme("dark")])
        model.press("m")
        #expect(model.press("o") == [.previewTheme("mono")])
        #expect(model.key(.escape) == [.previewTheme("dark")])
        #expect(model.overlay == nil)
        model.type("/theme")
        _ = model.key(.enter)
        _ = model.key(.down)
        #expect(model.key(.enter) == [.setTheme("light")])
        // Other lists show nothing.
        model.control("p")
        #expect(model.key(.down).isEmpty)
    }

    @Test func theNamesFollowTheFiles() {
        var model = World.model()
        _ = model.update(.themesChanged(["dark", "light", "mono", "new\u{1B}[2J"]))
        #expect(model.themes.count == 4)
        model.type("/theme n")
        #expect(model.screen().contains("new"))
        #expect(!model.screen().contains("\u{1B}"))
    }
}
