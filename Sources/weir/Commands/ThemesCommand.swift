import ArgumentParser

struct ThemesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "themes",
        abstract: "The themes that there are: built in, and your own files.")

    func run() throws {
        try finish {
            let paths = Paths(environment: environment)
            let shelf = ThemeShelf(paths)
            for problem in shelf.problems { Messages.complain(problem) }
            var table = TextTable(["theme", "for", "from"])
            for entry in shelf.entries {
                table.add([entry.name, entry.isDark ? "dark" : "light", entry.path ?? "built in"])
            }
            table.print()
            return shelf.problems.isEmpty ? .complete : .configuration
        }
    }
}
