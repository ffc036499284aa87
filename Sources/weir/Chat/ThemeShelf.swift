import CursesTerminal
import Dashboard
import Screen

/// The themes that the user can choose, and which one to begin with.
struct ThemeShelf {
    /// From a change in the folder to reading it again: an editor that saves takes the file away for a moment.
    static let readingPause = Duration.milliseconds(120)

    private var library = ThemeLibrary()
    private let folder: String
    /// The user's files, as they were read last.
    private var files: [String: [UInt8]] = [:]
    private var depth = CursesTerminal.Depth.direct
    /// The user named a theme: the terminal's background then changes nothing.
    var isChosen = false
    /// Files that could not be used.
    private(set) var problems: [String] = []

    init(_ paths: Paths) {
        folder = paths.themes
        read()
    }

    private mutating func read() {
        library = ThemeLibrary()
        files = [:]
        problems = []
        for file in Files.names(in: folder, suffix: ".toml") {
            let path = folder + "/" + file
            do {
                guard let bytes = try Files.contents(of: path, waits: false) else { continue }
                let name = String(file.dropLast(5))
                library.add(name: name, bytes: bytes, file: path)
                files[name] = bytes
            } catch {
                problems.append("\(error)")
            }
        }
    }

    /// Reads the user's files again, and says which themes they changed; nothing is said to be wrong with them yet.
    mutating func reload() -> Set<String> {
        let before = files
        read()
        return Set(before.keys).union(files.keys).filter { before[$0] != files[$0] }
    }

    /// The theme would look different if one of those had changed.
    func depends(_ name: String, on changed: Set<String>) -> Bool {
        !changed.isDisjoint(with: library.ancestry(of: name))
    }

    var names: [String] { library.names }

    func theme(named name: String) throws -> Theme {
        guard let theme = try library.theme(named: name) else {
            throw SettingsError(
                message: "no theme is called “\(name)”", hint: "There are: " + names.joined(separator: ", ") + ".")
        }
        // What a theme says by colours alone, its attributes do not say: without any, the one that was made for that.
        guard depth == .none, theme.hasColors, var mono = try library.theme(named: "mono"), !mono.hasColors else {
            return theme
        }
        mono.name = theme.name
        return mono
    }

    /// The theme to begin with: the one named, or what the terminal's colours allow (mono without any, its own sixteen
    /// where there are no more), or light or dark by COLORFGBG, or dark.
    mutating func first(named name: String?, depth: CursesTerminal.Depth) throws -> Theme {
        self.depth = depth
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

    /// Every theme, with what is wrong with those that cannot be read.
    func entries() -> [ThemeBrowser.Entry] {
        names.map { name in
            let file = library.file(of: name)
            do {
                return ThemeBrowser.Entry(name: name, isDark: try theme(named: name).isDark, file: file)
            } catch {
                return ThemeBrowser.Entry(name: name, isDark: true, file: file, problem: "\(error)")
            }
        }
    }
}
