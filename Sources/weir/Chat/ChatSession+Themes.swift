import Dashboard
import Screen

/// The theme that is drawn with, and its file.
extension ChatSession {
    func setTheme(_ name: String) throws {
        do {
            let chosen = try themes.theme(named: name)
            themes.isChosen = true
            try hand(.themeChanged(name: chosen.name))
            try show(chosen)
        } catch {
            try hand(.notice(Notice(.error, "\(error)", hint: "The theme stays as it is.")))
            if let last = try? themes.theme(named: model.themeName) { try show(last) }
        }
    }

    func show(_ theme: Theme) throws {
        guard theme != self.theme else { return }
        self.theme = theme
        terminal.redraw()
        drawnGeneration = nil
    }

    /// The user's files have changed: the theme in use follows, or stays as it was where its file cannot be read.
    func reloadThemes() throws {
        themesDue = nil
        let changed = themes.reload()
        guard !changed.isEmpty else { return }
        try hand(.themesChanged(themes.names))
        guard themes.depends(theme.name, on: changed) else { return }
        do {
            try show(try themes.theme(named: theme.name))
            try hand(.notice(Notice(.info, "theme \(theme.name): as its file is now")))
        } catch {
            try hand(.notice(Notice(.error, "\(error)", hint: "The theme stays as it was.")))
        }
    }
}
