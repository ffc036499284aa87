import Screen
import StreamEngine

/// The selected stream's last events, those of the wire and those of the engine, the newest at the bottom.
enum EventLog {
    static func draw(_ model: Model, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        guard !rect.isEmpty, let entry = model.selectedEntry else { return }
        let events = entry.snapshot.events
        let inner = rect.inset(columns: 1, rows: 0)
        let last = max(0, events.count - model.eventScroll)
        let shown = events[max(0, last - inner.rows)..<last]
        for (row, event) in shown.enumerated() {
            canvas.put(
                line(event, model: model, columns: inner.columns, glyphs: ink.glyphs), in: inner, row: inner.row + row,
                ink: ink)
        }
    }

    private static func line(_ event: LoggedEvent, model: Model, columns: Int, glyphs: Glyphs) -> PanelLine {
        let time = model.timeOfDay(event.at)
        let clock = (columns >= 36 ? time.withinHour : time.withinMinute) + " "
        // What the engine did stands out from what came over the wire.
        let left: [PanelLine.Piece] = [.init(clock, .faint), .init(event.name, event.isWire ? .muted : .info)]
        var right: [PanelLine.Piece] = []
        if event.count > 1 { right.append(.init(glyphs.times + Format.count(event.count), .value)) }
        if event.bytes > 0 {
            let bytes = Format.bytes(event.bytes).padded(toColumns: 8, alignment: .right)
            right.append(.init(bytes, .faint, isOptional: true))
        }
        return PanelLine(left, right: right)
    }
}
