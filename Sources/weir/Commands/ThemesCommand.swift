import ArgumentParser
import CursesTerminal
import Dashboard
import Screen
import StreamClient
import StreamEngine

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct ThemesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "themes",
        abstract: "The themes that there are, each to be looked at: built in, and your own files.",
        discussion: """
            On a terminal it shows them, one after the other; a file of yours is drawn anew whenever you save it. Enter prints \
            the line for config.toml. Elsewhere, and with --list, it is a table.
            """)

    @Argument(help: "The theme to begin with.")
    var name: String?

    @Flag(help: "A table, also on a terminal.")
    var list = false

    @Flag(help: "No colours (NO_COLOR=1 says the same).")
    var noColor = false

    @Flag(help: "Only ASCII signs.")
    var ascii = false

    func run() throws {
        try finish {
            let settings = try Settings(try CommonOptions.parse([]))
            var shelf = ThemeShelf(settings.paths)
            if list || isatty(0) == 0 || isatty(1) == 0 {
                if let name { _ = try shelf.theme(named: name) }
                return printTable(shelf)
            }
            let chosen = try browse(&shelf, settings)
            if let chosen {
                Messages.say("theme = \"\(chosen)\"")
                Messages.complain("that line in \(settings.paths.configFile) makes it yours")
            }
            return .complete
        }
    }

    private func printTable(_ shelf: ThemeShelf) -> ExitStatus {
        var table = TextTable(["theme", "for", "from"])
        var problems = shelf.problems
        for entry in shelf.entries() {
            if let problem = entry.problem {
                problems.append(problem)
            } else {
                table.add([entry.name, entry.isDark ? "dark terminals" : "light terminals", entry.file ?? "built in"])
            }
        }
        table.print()
        for problem in problems { Messages.complain(problem) }
        return problems.isEmpty ? .complete : .configuration
    }

    /// The name of the theme that was taken; `nil` = none.
    private func browse(_ shelf: inout ThemeShelf, _ settings: Settings) throws -> String? {
        var options = CursesTerminal.Options()
        if noColor { options.depth = CursesTerminal.Depth.none }
        let terminal = try CursesTerminal(options)
        defer { terminal.close() }
        // A theme that cannot be read is one to be mended here: it is shown with what is wrong with it.
        let wanted = name ?? environment("WEIR_THEME") ?? settings.configuration.theme
        let known = wanted.flatMap { shelf.names.contains($0) ? $0 : nil }
        if let name, known == nil { _ = try shelf.theme(named: name) }
        var theme = try shelf.first(named: nil, depth: terminal.depth)
        if let known, let own = try? shelf.theme(named: known) { theme = own }
        var browser = ThemeBrowser(
            shelf.entries(), selected: known ?? theme.name,
            ascii: ascii || settings.configuration.dashboard.ascii ?? !Locale.isUTF8)
        let watch = FolderWatch(settings.paths.themes)
        var decoder = InputDecoder()
        // When the themes are read again: an editor that saves takes the file away for a moment.
        var isDue: Instant?
        while true {
            try terminal.render(view(browser, size: terminal.size, theme: theme))
            var descriptors = [terminal.fileDescriptor, terminal.wakeDescriptor, watch?.descriptor ?? -1].map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            // What a slow terminal did not take yet goes out when it takes more.
            if terminal.wantsToWrite {
                descriptors.append(pollfd(fd: terminal.outputDescriptor, events: Int16(POLLOUT), revents: 0))
            }
            // A lone ESC is a key when nothing has followed for a moment.
            var patience: Int32 = decoder.isPending ? 25 : -1
            if let isDue {
                let left = Int32(clamping: max(0, (isDue - SystemClock.instant()).nanoseconds / 1_000_000 + 1))
                patience = patience < 0 ? left : min(patience, left)
            }
            _ = poll(&descriptors, nfds_t(descriptors.count), patience)
            if terminal.wantsToWrite { try terminal.flush() }
            let signals = terminal.pollSignals()
            if !signals.isDisjoint(with: .ending) { return nil }
            if signals.contains(.suspend) { try terminal.suspend() }
            if signals.contains(.continued) { try terminal.resume() }
            _ = terminal.resize()
            let bytes = try terminal.readInput()
            for event in bytes.isEmpty ? decoder.flush() : decoder.decode(bytes) {
                switch browser.receive(event) {
                case .stays: break
                case .selected(let name): if let next = try? shelf.theme(named: name) { theme = next }
                case .chosen(let name): return name
                case .left: return nil
                }
            }
            if let watch, descriptors[2].revents != 0 {
                watch.drain()
                isDue = SystemClock.instant() + ThemeShelf.readingPause
            }
            guard let due = isDue, due <= SystemClock.instant() else { continue }
            isDue = nil
            _ = shelf.reload()
            browser.replace(shelf.entries())
            if let name = browser.selectedName, let again = try? shelf.theme(named: name) { theme = again }
        }
    }
}
