import Screen

/// What an empty conversation shows: what this is, what to press, what to try.
enum Welcome {
    static func draw(_ model: Model, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        var lines = lines(for: model, columns: rect.columns)
        // Where there is little room, the keys stay.
        if lines.count > rect.rows { lines.removeAll { $0.left.isEmpty } }
        if lines.count > rect.rows { lines.removeAll { $0.left.first?.role == .muted } }
        // The reader's eye comes from above: a third of the blank space before it, the rest after.
        let top = rect.row + max(0, (rect.rows - lines.count) / 3)
        let widest = lines.reduce(0) { max($0, PanelLine.columns($1.left)) }
        let column = rect.column + max(0, (rect.columns - widest) / 2)
        for (index, line) in lines.prefix(rect.rows).enumerated() {
            let place = Rect(column: column, row: top + index, columns: rect.endColumn - column, rows: 1)
            canvas.put(line, in: place, row: place.row, ink: ink)
        }
    }

    private static func lines(for model: Model, columns: Int) -> [PanelLine] {
        func key(_ key: String, _ text: String) -> PanelLine {
            PanelLine([.init(key.padded(toColumns: 8), .footerKey), .init(text, .text)])
        }
        func key(_ action: Action, _ text: String) -> PanelLine {
            key(model.keymap.chord(for: action, in: .input)?.words ?? "", text)
        }
        let name = Model.shortName(model.currentModel.model)
        var intro = "Chat with a model, and see what every stream is doing."
        if model.options.isDemo {
            intro = "A demo: an unreliable provider inside this program answers. No key, no network."
        }
        if model.isReplay {
            intro = "A recording, played through the same engine. Nothing is sent anywhere."
            let text = intro.wrapped(toColumns: min(58, columns)).map { PanelLine.text($0, .muted) }
            return [PanelLine([.init("weir", .title)])] + text + [
                PanelLine(), key("Space", "pause, and go on"), key(".", "the next event"),
                key(.help, "every key and command"),
            ]
        }
        let text = intro.wrapped(toColumns: min(58, columns)).map { PanelLine.text($0, .muted) }
        var lines = [PanelLine([.init("weir", .title)])] + text + [PanelLine()]
        lines += [
            key(.send, "send the question to \(name)"), key(.cancel, "cancel the stream that runs"),
            key(.help, "every key and command"),
        ]
        if model.options.isDemo { lines += [key(.faults, "break something"), key(.tour, "the tour")] }
        lines += [PanelLine(), .text("Try: Explain quantum computing in 3 sentences", .faint)]
        return lines
    }
}
