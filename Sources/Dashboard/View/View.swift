import Screen
import StreamEngine

/// Draws the model. The same model, size and theme give the same frame; what changes in the model is only what is known
/// about the layout of texts.
public func view(_ model: inout Model, size: Size, theme: Theme) -> Frame {
    let ink = Ink(theme: theme, glyphs: model.glyphs, keys: model.keymap)
    let background = Cell(base: 0x20, style: theme.style(.text))
    var canvas = Canvas(
        size: size, fill: background, glyphs: model.options.ascii ? .ascii : .unicode)
    model.measureDetail()
    let layout = model.layout(size: size)
    guard !layout.isTooSmall else {
        drawTooSmall(size, on: &canvas, ink: ink)
        return finished(canvas, model, theme)
    }
    if !layout.text.isEmpty {
        model.transcript.prepare(columns: layout.text.columns, rows: layout.text.rows, glyphs: model.glyphs)
    }
    let lanes = LanesView.layOut(&model)
    Header.draw(model, in: layout.header, on: &canvas, ink: ink)
    if !layout.panelCoversTranscript { drawTranscript(model, layout: layout, on: &canvas, ink: ink) }
    drawPanel(model, layout: layout, on: &canvas, ink: ink)
    if let strip = layout.strip { Strip.draw(model, in: strip, on: &canvas, ink: ink) }
    if layout.isFramed {
        let style = ink(model.focus == .input ? .borderFocused : .border)
        let estimate = model.estimateWords(columns: layout.input.columns - 8)
        let isTooLong = model.estimator.estimate?.isTooLong ?? false
        canvas.box(
            layout.input, title: estimate, titleAlignment: .right, style: style,
            titleStyle: ink(isTooLong ? .warning : .muted))
        let room = layout.input.columns - Width.columns(of: estimate) - 12
        if let editing = model.editingWords.first(where: { Width.columns(of: $0) <= room }) {
            let place = Position(column: layout.input.column + 2, row: layout.input.row)
            canvas.put(" \(editing) ", at: place, style: ink(.warning))
        }
    }
    TourView.draw(model, layout: layout, on: &canvas, ink: ink)
    InputBox.draw(model, layout: layout, on: &canvas, ink: ink)
    Footer.draw(model, in: layout.footer, isFramed: layout.isFramed, on: &canvas, ink: ink)
    model.held?.apply(to: &canvas, layout: layout)
    // Below what was opened by a key: that is what one reads now, and notices are kept.
    let area = layout.panelCoversTranscript ? layout.panel ?? layout.transcript : layout.transcript
    Toasts.draw(
        model, over: area.inset(columns: layout.isFramed ? 2 : 1, rows: layout.isFramed ? 1 : 0), on: &canvas, ink: ink)
    CompletionList.draw(model, layout: layout, on: &canvas, ink: ink)
    Overlays.draw(model, layout: layout, lanes: lanes, on: &canvas, ink: ink)
    return finished(canvas, model, theme)
}

private func finished(_ canvas: Canvas, _ model: Model, _ theme: Theme) -> Frame {
    var frame = canvas.frame
    frame.settle(on: theme)
    if model.options.ascii { Glyphs.makeASCII(&frame) }
    frame.modes.mouse = model.mouse
    frame.modes.bracketedPaste = true
    frame.modes.title = windowTitle(model)
    return frame
}

/// The window's title says what one wants to see on a tab: whether it still runs.
private func windowTitle(_ model: Model) -> String {
    let running = model.streams.live + model.streams.waiting
    let title = model.conversation.title
    let name = title.isEmpty ? "weir" : MarkedScalar.writtenOut(title) + " - weir"
    return running > 0 ? "(\(running)) " + name : name
}

private func drawTooSmall(_ size: Size, on canvas: inout Canvas, ink: Ink) {
    guard size.columns > 0, size.rows > 0 else { return }
    let wanted = "\(Layout.minimum.columns)x\(Layout.minimum.rows)"
    let texts = [
        "Weir needs a window of \(wanted) at least", "needs \(wanted) at least", "needs \(wanted)", wanted, "",
    ]
    let text = texts.first { Width.columns(of: $0) <= size.columns } ?? ""
    canvas.put(text, at: Position(column: 0, row: size.rows / 2), style: ink(.warning))
}

private func drawTranscript(_ model: Model, layout: Layout, on canvas: inout Canvas, ink: Ink) {
    let transcript = model.transcript
    let rect = layout.transcript
    let style = ink(model.focus == .transcript ? .borderFocused : .border)
    if layout.isFramed {
        var title = model.conversation.title
        if model.focus == .transcript { title = focused(title.isEmpty ? "Transcript" : title, ink) }
        if model.tabs.count > 1 { title = "" }
        canvas.box(rect, title: title, style: style, titleStyle: ink(.title))
        Tabs.draw(model, in: rect, on: &canvas, ink: ink)
    }
    guard !transcript.isEmpty else {
        return Welcome.draw(model, in: layout.text, on: &canvas, ink: ink)
    }
    canvas.clipped(to: layout.text) { canvas in
        TranscriptView(
            transcript: transcript, now: model.now.instant, ink: ink, clock: { model.timeOfDay($0).clock },
            showsLateness: model.showsLateness
        ).draw(in: layout.text, on: &canvas)
    }
    drawSelection(transcript, beside: layout.text, on: &canvas, ink: ink)
    FinderLine.draw(model, layout: layout, on: &canvas, ink: ink)
    if layout.isFramed { drawScrollbar(transcript, in: rect, on: &canvas, ink: ink) }
    guard !transcript.follows else { return }
    let isNew = transcript.unseen > 0
    let count = isNew ? transcript.unseen : transcript.below
    guard count > 0 else { return }
    let lines = Format.plural(count, isNew ? "new line" : "line", isNew ? "new lines" : "lines")
    let text = " \(ink.glyphs.down) \(lines) "
    let row = rect.endRow - 1
    let column = rect.endColumn - Width.columns(of: text) - (layout.isFramed ? 2 : 0)
    canvas.put(text, at: Position(column: column, row: row), style: ink(isNew ? .badge : .muted))
}

/// A bar beside the lines of what is selected.
private func drawSelection(_ transcript: Transcript, beside rect: Rect, on canvas: inout Canvas, ink: Ink) {
    guard let item = transcript.selected?.item, let lines = transcript.selectedLines(ofItem: item) else { return }
    for row in 0..<rect.rows {
        guard let place = transcript.place(ofRow: row), place.item <= item else { return }
        guard place.item == item, lines.contains(place.line) else { continue }
        let position = Position(column: rect.column - 1, row: rect.row + row)
        canvas.put(ink.glyphs.selectionBar, at: position, style: ink(.borderFocused))
    }
}

/// Colour alone does not say where the keys go.
private func focused(_ title: String, _ ink: Ink) -> String { ink.glyphs.selected + " " + title }

/// On the frame's right side, where nothing is lost to it.
private func drawScrollbar(_ transcript: Transcript, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
    let rows = rect.rows - 2
    guard rows > 2, transcript.total > transcript.rows else { return }
    let length = max(1, rows * transcript.rows / transcript.total)
    let range = max(1, transcript.total - transcript.rows)
    let start = min(rows - length, transcript.firstLine * (rows - length) / range)
    for row in start..<start + length {
        let place = Position(column: rect.endColumn - 1, row: rect.row + 1 + row)
        canvas.put(ink.glyphs.scrollThumb, at: place, style: ink(.scrollbar))
    }
}

private func drawPanel(_ model: Model, layout: Layout, on canvas: inout Canvas, ink: Ink) {
    guard let panel = layout.panel else { return }
    let isStreams = model.focus == .streams
    let style = ink(isStreams || model.focus == .events ? .borderFocused : .border)
    let titleStyle = ink(.title)
    func divider(row: Int, title: String) {
        if layout.isFramed {
            canvas.divider(panel, row: row, title: title, style: style, titleStyle: titleStyle)
        } else {
            let place = Position(column: panel.column, row: row)
            canvas.rule(at: place, columns: panel.columns, style: style)
            canvas.put(" \(title) ", at: Position(column: panel.column + 1, row: row), style: titleStyle)
        }
    }
    if layout.isFramed {
        var title = isStreams ? focused("Streams", ink) : "Streams"
        title += StreamTable.hidden(model, rows: layout.table.rows, ink.glyphs)
        if !model.marks.isEmpty { title += " \(ink.glyphs.dot) \(model.marks.count) marked" }
        if model.streams.sorting != .newest { title += " \(ink.glyphs.dot) \(model.streams.sorting.words)" }
        canvas.box(panel, title: title, style: style, titleStyle: titleStyle)
    }
    StreamTable.draw(model, in: layout.table, on: &canvas, ink: ink)
    let number = model.streams.index(of: model.selected).map { "\($0 + 1)" }
    if !layout.detail.isEmpty {
        divider(row: layout.detail.row - 1, title: number.map { "Stream \($0)" } ?? "Stream")
        drawDetail(model, in: layout.detail.inset(columns: 1, rows: 0), on: &canvas, ink: ink)
    }
    if !layout.events.isEmpty {
        let hidden = model.eventScroll > 0 ? " \(ink.glyphs.down) \(model.eventScroll)" : ""
        let title = model.focus == .events ? focused("Events", ink) : "Events"
        divider(row: layout.events.row - 1, title: title + hidden)
        EventLog.draw(model, in: layout.events, on: &canvas, ink: ink)
    }
}

private func drawDetail(_ model: Model, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
    guard let entry = model.selectedEntry else {
        let text = "What a stream does is shown here: attempts, waits, rates, cost."
        for (row, line) in text.wrapped(toColumns: rect.columns).enumerated() {
            canvas.put(.text(line, .faint), in: rect, row: rect.row + row, ink: ink)
        }
        return
    }
    let context = Detail.Context(
        snapshot: entry.snapshot, now: model.now.instant, columns: rect.columns, glyphs: ink.glyphs, keys: ink.keys,
        focus: model.focus.keys, coarse: model.options.reducedMotion, clock: { model.timeOfDay($0).clock },
        attempt: model.selectedAttempt)
    for (row, line) in Detail.lines(context, rows: rect.rows).enumerated() {
        canvas.put(line, in: rect, row: rect.row + row, ink: ink)
    }
}
