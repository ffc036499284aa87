import Screen

/// The themes, one of them shown at work: `weir themes` on a terminal.
public struct ThemeBrowser: Sendable {
    /// A theme that can be chosen, or the reason why it cannot.
    public struct Entry: Sendable, Equatable {
        public var name: String
        public var isDark: Bool
        /// The user's file that it comes from; `nil` = built in.
        public var file: String?
        /// What is wrong with it, with file, line and key.
        public var problem: String?

        public init(name: String, isDark: Bool, file: String? = nil, problem: String? = nil) {
            self.name = name
            self.isDark = isDark
            self.file = file
            self.problem = problem
        }
    }

    public enum Outcome: Sendable, Equatable {
        case stays
        /// Another theme is selected: draw with it.
        case selected(String)
        case chosen(String)
        case left
    }

    private(set) var entries: [Entry]
    private(set) var selected: Int
    var glyphs: Glyphs

    public init(_ entries: [Entry], selected name: String?, ascii: Bool) {
        self.entries = entries.map(Self.clean)
        selected = entries.firstIndex { $0.name == name } ?? 0
        glyphs = Glyphs(ascii: ascii)
    }

    private static func clean(_ entry: Entry) -> Entry {
        Entry(
            name: Clean.line(entry.name), isDark: entry.isDark, file: entry.file.map(Clean.line),
            problem: entry.problem.map(Clean.line))
    }

    public var selectedName: String? { entries.indices.contains(selected) ? entries[selected].name : nil }

    /// The files have changed.
    public mutating func replace(_ entries: [Entry]) {
        let name = selectedName
        self.entries = entries.map(Self.clean)
        selected = self.entries.firstIndex { $0.name == name } ?? min(selected, max(0, entries.count - 1))
    }

    public mutating func receive(_ event: InputEvent) -> Outcome {
        guard case .key(let key, let modifiers) = event else { return .stays }
        let before = selected
        switch (key, modifiers.subtracting(.shift)) {
        case (.up, []), (.character("k"), []): selected -= 1
        case (.down, []), (.character("j"), []), (.tab, []): selected += 1
        case (.home, []), (.character("g"), []): selected = 0
        case (.end, []), (.character("G"), []): selected = entries.count - 1
        case (.enter, _):
            guard let entry = entries.indices.contains(selected) ? entries[selected] : nil, entry.problem == nil else {
                return .stays
            }
            return .chosen(entry.name)
        case (.escape, _), (.character("q"), []), (.character("c"), .control), (.character("d"), .control): return .left
        default: return .stays
        }
        selected = min(max(0, selected), max(0, entries.count - 1))
        return selected == before ? .stays : .selected(entries[selected].name)
    }
}

/// Draws the browser in the theme that is selected.
public func view(_ browser: ThemeBrowser, size: Size, theme: Theme) -> Frame {
    let ink = Ink(theme: theme, glyphs: browser.glyphs)
    var canvas = Canvas(
        size: size, fill: Cell(base: 0x20, style: theme.style(.text)),
        glyphs: browser.glyphs.isASCII ? .ascii : .unicode)
    if size.columns >= 20, size.rows >= 5 { ThemeBrowserView(browser: browser, ink: ink).draw(on: &canvas) }
    var frame = canvas.frame
    frame.settle(on: theme)
    if browser.glyphs.isASCII { Glyphs.makeASCII(&frame) }
    frame.modes.bracketedPaste = false
    frame.modes.title = "weir themes"
    return frame
}

private struct ThemeBrowserView {
    var browser: ThemeBrowser
    var ink: Ink

    func draw(on canvas: inout Canvas) {
        let size = canvas.size
        canvas.put(
            PanelLine(
                [.init(" weir themes", .title)],
                right: [.init("\(browser.selected + 1)/\(browser.entries.count) ", .muted)]),
            in: Rect(column: 0, row: 0, columns: size.columns, rows: 1), row: 0, ink: ink, base: ink(.header))
        let body = Rect(column: 0, row: 1, columns: size.columns, rows: size.rows - 2)
        if size.columns >= 64, size.rows >= 12 {
            let widest = browser.entries.reduce(14) { max($0, Width.columns(of: $1.name) + 8) }
            let columns = min(widest + 6, size.columns / 3)
            drawList(in: Rect(column: 0, row: body.row, columns: columns, rows: body.rows), on: &canvas)
            let box = Rect(
                column: columns, row: body.row, columns: body.columns - columns, rows: body.rows)
            canvas.box(box, title: title, style: ink(.border), titleStyle: ink(.title))
            drawSample(in: box.inset(columns: 2, rows: 1), on: &canvas)
        } else {
            // One theme at a time.
            let line = PanelLine([.init(" \(ink.glyphs.selected) " + title, .emphasis)])
            canvas.put(line, in: body, row: body.row, ink: ink)
            drawSample(
                in: Rect(column: 1, row: body.row + 1, columns: body.columns - 2, rows: body.rows - 1), on: &canvas)
        }
        drawFooter(on: &canvas)
    }

    private var title: String {
        guard let entry = browser.entries.indices.contains(browser.selected) ? browser.entries[browser.selected] : nil
        else { return "" }
        let origin = entry.file ?? "built in"
        return entry.problem == nil
            ? "\(entry.name) \(ink.glyphs.dot) for \(entry.isDark ? "dark" : "light") terminals \(ink.glyphs.dot) \(origin)"
            : entry.name
    }

    private func drawList(in box: Rect, on canvas: inout Canvas) {
        canvas.box(box, title: "Themes", style: ink(.borderFocused), titleStyle: ink(.title))
        let inner = box.inset(columns: 1, rows: 1)
        let first = max(0, min(browser.selected - inner.rows / 2, browser.entries.count - inner.rows))
        for row in 0..<inner.rows where first + row < browser.entries.count {
            let entry = browser.entries[first + row]
            let isSelected = first + row == browser.selected
            let line = Rect(column: inner.column, row: inner.row + row, columns: inner.columns, rows: 1)
            if isSelected { canvas.fill(line, style: ink(.selection)) }
            let note = entry.problem != nil ? "error" : entry.file != nil ? "yours" : entry.isDark ? "dark" : "light"
            canvas.put(
                PanelLine(
                    [
                        .init(isSelected ? ink.glyphs.selected + " " : "  ", .emphasis),
                        .init(entry.name, entry.problem != nil ? .faint : isSelected ? .emphasis : .text),
                    ], right: [.init(note, entry.problem != nil ? .warning : .muted, isOptional: true)]),
                in: line.inset(columns: 1, rows: 0), row: line.row, ink: ink, base: isSelected ? ink(.selection) : nil)
        }
    }

    private func drawSample(in rect: Rect, on canvas: inout Canvas) {
        if let problem = browser.entries.indices.contains(browser.selected)
            ? browser.entries[browser.selected].problem : nil
        {
            for (row, text) in problem.wrapped(toColumns: rect.columns).prefix(rect.rows).enumerated() {
                canvas.put(.text(text, .warning), in: rect, row: rect.row + row, ink: ink)
            }
            return
        }
        canvas.clipped(to: rect) { ThemeSample(ink: ink).draw(in: rect, on: &$0) }
    }

    private func drawFooter(on canvas: inout Canvas) {
        let rect = Rect(column: 0, row: canvas.size.rows - 1, columns: canvas.size.columns, rows: 1)
        canvas.fill(rect, style: ink(.footer))
        var column = 1
        for (key, text) in [("Up Down", "look"), ("Enter", "take"), ("q", "leave")] {
            column += canvas.put(key, at: Position(column: column, row: rect.row), style: ink(.footerKey, on: .footer))
            column += canvas.put(" \(text)  ", at: Position(column: column, row: rect.row), style: ink(.footer))
        }
    }
}
