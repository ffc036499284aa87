import CursesTerminal
import Screen

/// The themes that the user can choose, and which one to begin with.
struct ThemeShelf {
    private var library = ThemeLibrary()
    /// The user named a theme: the terminal's background then changes nothing.
    var isChosen = false
    /// Files that could not be used.
    private(set) var problems: [String] = []

    init(_ paths: Paths) {
        for file in Files.names(in: paths.themes, suffix: ".toml") {
            let path = paths.themes + "/" + file
            do {
                guard let bytes = try Files.contents(of: path) else { continue }
                let name = String(file.dropLast(5))
                library.add(name: name, bytes: bytes, file: path)
            } catch {
                problems.append("\(error)")
            }
        }
    }

    var names: [String] { library.names }

    func theme(named name: String) throws -> Theme {
        guard let theme = try library.theme(named: name) else {
            throw SettingsError(
                message: "no theme is called “\(name)”", hint: "There are: " + names.joined(separator: ", ") + ".")
        }
        return theme
    }

    /// The theme to begin with: the one named, or what the terminal's colours allow (mono without any, its own sixteen
    /// where there are no more), or light or dark by COLORFGBG, or dark.
    mutating func first(named name: String?, depth: CursesTerminal.Depth) throws -> Theme {
        if let name {
            isChosen = true
            return try theme(named: name)
        }
        switch depth {
        case .none:
            isChosen = true
            return try theme(named: "mono")
        case .ansi16:
            isChosen = true
            return try theme(named: "ansi")
        case .palette256, .direct:
            break
        }
        // rxvt, Konsole and others: "15;0", or "15;default;0": the last number is the background's.
        if let background = environment("COLORFGBG")?.split(separator: ";").last.flatMap({ Int($0) }) {
            return try theme(named: background == 7 || background > 8 ? "light" : "dark")
        }
        return try theme(named: "dark")
    }

    /// The theme for a terminal that has told its background; `nil` where the user chose one.
    func automatic(forBackground color: (red: UInt8, green: UInt8, blue: UInt8)) -> Theme? {
        guard !isChosen else { return nil }
        // Rec. 601 luma: enough to tell day from night.
        let luma = 299 * Int(color.red) + 587 * Int(color.green) + 114 * Int(color.blue)
        return try? theme(named: luma > 127_500 ? "light" : "dark")
    }

    struct Entry {
        var name: String
        var isDark: Bool
        var file: String?
    }

    /// Every theme that can be read, and why the others can't.
    func entries() -> (entries: [Entry], problems: [String]) {
        var entries: [Entry] = []
        var problems = problems
        for name in names {
            do {
                let theme = try theme(named: name)
                entries.append(Entry(name: name, isDark: theme.isDark, file: library.file(of: name)))
            } catch {
                problems.append("\(error)")
            }
        }
        return (entries, problems)
    }
}
