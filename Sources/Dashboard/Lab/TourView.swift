import Screen
import StreamEngine

/// The tour's words: between the transcript and the prompt, so that they hide nothing.
enum TourView {
    /// The longest text.
    static let mostLines = 5

    /// Its lines for a screen whose transcript has no tour below it yet.
    static func lines(_ tour: Tour, in layout: Layout, keys: Keymap) -> [String] {
        let area = layout.transcript
        let columns = max(1, area.columns - (layout.isFramed ? 4 : 2))
        // Two rows of the transcript stay, and the tour's own frame or title.
        let limit = max(1, min(mostLines, area.rows - (layout.isFramed ? 6 : 3)))
        let long = keys.spelled(tour.text.long, in: .streams).wrapped(toColumns: columns)
        if long.count <= limit { return long }
        return Array(keys.spelled(tour.text.short, in: .streams).wrapped(toColumns: columns).prefix(limit))
    }

    /// With its frame, or its title.
    static func rows(_ tour: Tour, in layout: Layout, keys: Keymap) -> Int {
        lines(tour, in: layout, keys: keys).count + (layout.isFramed ? 2 : 1)
    }

    static func draw(_ model: Model, layout: Layout, on canvas: inout Canvas, ink: Ink) {
        guard let tour = model.tour, let box = layout.tour else { return }
        let title = "Tour \(tour.index + 1)/\(Tour.scenes.count) \(ink.glyphs.dot) \(tour.scene.title)"
        var bare = layout
        bare.transcript.rows += box.rows
        let lines = lines(tour, in: bare, keys: ink.keys)
        var inner = box.inset(columns: 1, rows: 0)
        if layout.isFramed {
            canvas.box(box, title: title, style: ink(.borderFocused), titleStyle: ink(.title))
            inner = box.inset(columns: 2, rows: 1)
        } else {
            canvas.rule(
                at: Position(column: box.column, row: box.row), columns: box.columns, style: ink(.borderFocused))
            canvas.put(" \(title) ", at: Position(column: box.column + 1, row: box.row), style: ink(.title))
            inner.row += 1
            inner.rows -= 1
        }
        for (row, line) in lines.prefix(inner.rows).enumerated() {
            canvas.put(line, at: Position(column: inner.column, row: inner.row + row), style: ink(.emphasis))
        }
        point(model, tour, layout: layout, on: &canvas, ink: ink)
    }

    /// An arrow before the line that is meant, and the line marked. Of another stream there would be nothing to see.
    private static func point(_ model: Model, _ tour: Tour, layout: Layout, on canvas: inout Canvas, ink: Ink) {
        guard let pointer = tour.pointer, let entry = model.selectedEntry, entry.id == tour.stream else { return }
        var line: Rect?
        if pointer == .seam { line = seam(model, entry.id, layout: layout) }
        if line == nil, !layout.detail.isEmpty {
            line = panelRow(pointer, entry.snapshot, model, layout: layout, ink: ink).map {
                Rect(column: layout.detail.column, row: $0, columns: layout.detail.columns, rows: 1)
            }
        } else if line == nil, let strip = layout.strip {
            line = stripRow(pointer, entry.snapshot, rows: strip.rows).map {
                Rect(column: strip.column, row: strip.row + $0, columns: strip.columns, rows: 1)
            }
        }
        guard let line else { return }
        canvas.overlay(line, with: ink(.selection))
        canvas.put(ink.glyphs.pointer, at: Position(column: line.column, row: line.row), style: ink(.badge))
    }

    private static func panelRow(
        _ pointer: Tour.Pointer, _ snapshot: StreamSnapshot, _ model: Model, layout: Layout, ink: Ink
    ) -> Int? {
        let context = Detail.Context(
            snapshot: snapshot, now: model.now.instant, columns: layout.detail.columns - 2, glyphs: ink.glyphs,
            coarse: model.options.reducedMotion, clock: { model.timeOfDay($0).clock })
        let lines = Detail.lines(context, rows: layout.detail.rows)
        func labelled(_ label: String) -> Int? {
            lines.firstIndex { $0.left.first?.text == label.padded(toColumns: Detail.Context.label) }
        }
        let row: Int? =
            switch pointer {
            case .state, .seam: 0
            case .wait:
                labelled("wait")
                    ?? lines.firstIndex(
                        of: PanelLine(
                            Timeline.line(
                                snapshot, now: model.now.instant, columns: context.columns, glyphs: ink.glyphs)))
            case .lamp: labelled("alive")
            }
        return row.map { layout.detail.row + $0 }
    }

    /// Of three rows the second is a wait's bar, or the timeline; the third a wait's arithmetic, or the lamp.
    private static func stripRow(_ pointer: Tour.Pointer, _ snapshot: StreamSnapshot, rows: Int) -> Int? {
        switch pointer {
        case .state, .seam: 0
        case .wait: rows < 3 ? 0 : snapshot.backoff == nil ? 1 : 2
        case .lamp: snapshot.state.isLive ? (rows < 3 ? 0 : 2) : nil
        }
    }

    private static func seam(_ model: Model, _ stream: StreamID, layout: Layout) -> Rect? {
        guard !layout.panelCoversTranscript, model.overlay == nil else { return nil }
        let transcript = TranscriptLines(model.transcript)
        guard let row = transcript.lastSeam(of: stream, rows: layout.text.rows) else { return nil }
        return Rect(column: layout.text.column, row: layout.text.row + row, columns: layout.text.columns, rows: 1)
    }
}
