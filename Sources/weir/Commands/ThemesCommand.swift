import ArgumentParser

struct ThemesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "themes",
        abstract: "The themes that there are: built in, and your own files.")

    func run() throws {
        try finish {
            let paths = Paths(environment: environment)
            let (entries, problems) = ThemeShelf(paths).entries()
            var table = TextTable(["theme", "for", "from"])
            for entry in entries {
                table.add([entry.name, entry.isDark ? "dark terminals" : "light terminals", entry.file ?? "built in"])
            }
            table.print()
            for problem in problems { Messages.complain(problem) }
            return problems.isEmpty ? .complete : .configuration
        }
    }
}
