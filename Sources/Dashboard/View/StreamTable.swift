import Pricing
import Screen
import StreamEngine

/// Every stream on a line: number, state, model, and the one number that says most at the moment.
enum StreamTable {
    /// The first entry in sight, so that the selected one always is.
    static func first(_ model: Model, rows: Int) -> Int {
        guard rows > 0 else { return 0 }
        let selected = model.streams.index(of: model.selected) ?? 0
        return max(0, min(selected - rows / 2, model.streams.count - rows))
    }

    /// How many are out of sight, and where; "" = none.
    static func hidden(_ model: Model, rows: Int, _ glyphs: Glyphs) -> String {
        guard rows > 0 else { return "" }
        let above = first(model, rows: rows)
        let below = model.streams.count - above - rows
        return (above > 0 ? " \(glyphs.up) \(above)" : "") + (below > 0 ? " \(glyphs.down) \(below)" : "")
    }

    static func draw(_ model: Model, in rect: Rect, on canvas: inout Canvas, ink: Ink) {
        guard !rect.isEmpty else { return }
        let first = first(model, rows: rect.rows)
        for row in 0..<rect.rows {
            let index = first + row
            guard model.streams.entries.indices.contains(index) else { break }
            let entry = model.streams.entries[index]
            let isSelected = entry.id == model.selected
            let line = Rect(column: rect.column, row: rect.row + row, columns: rect.columns, rows: 1)
            if isSelected, model.focus == .streams { canvas.fill(line, style: ink(.selection)) }
            let base = isSelected && model.focus == .streams ? ink(.selection) : nil
            canvas.put(
                Self.line(entry, number: index + 1, isSelected: isSelected, model: model, glyphs: ink.glyphs),
                in: line.inset(columns: line.columns > 20 ? 1 : 0, rows: 0), row: line.row, ink: ink, base: base)
        }
        if model.streams.isEmpty {
            canvas.put(
                .text("no stream yet", .faint), in: rect.inset(columns: 1, rows: 0), row: rect.row, ink: ink)
        }
    }

    private static func line(
        _ entry: StreamEntry, number: Int, isSelected: Bool, model: Model, glyphs: Glyphs
    ) -> PanelLine {
        let snapshot = entry.snapshot
        let isMarked = model.marks.contains(entry.id)
        let digit = number < 10 ? "\(number)" : glyphs.dot
        let isElsewhere = entry.conversation != model.current
        let name = Model.shortName(snapshot.model)
        return PanelLine(
            [
                .init(isSelected ? glyphs.selected : " ", .emphasis), .init(digit, .muted),
                .init(isMarked ? glyphs.mark : " ", isMarked ? .warning : .muted),
                .init(glyphs.state(snapshot.state) + " ", snapshot.state.role),
                .init(name, isElsewhere ? .muted : isSelected ? .emphasis : .text),
            ],
            right: figure(snapshot, now: model.now.instant, coarse: model.options.reducedMotion))
    }

    /// What matters of a stream in its state. The number stays; its word yields to the model's name.
    static func figure(_ snapshot: StreamSnapshot, now: Instant, coarse: Bool) -> [PanelLine.Piece] {
        let role = snapshot.state.role
        switch snapshot.state {
        case .streaming:
            guard let rate = snapshot.tokensPerSecond else { return [.init("streaming", role)] }
            return [.init((Format.number(rate) ?? "0") + " tok/s", role)]
        case .backingOff:
            guard let (word, time) = snapshot.backoff?.rest(at: now, coarse: coarse) else { return [] }
            return [.init(word + " ", role, isOptional: true), .init(time, role)]
        case .asking: return [.init("go on?", role)]
        case .complete:
            // All that it took, as in the header's sum: what broke on the way is paid, too.
            let cost = snapshot.cost + snapshot.lostCost
            return [.init(cost == .unknown ? "complete" : cost.description, .money)]
        case .connecting, .waiting, .thinking, .stalled, .fallingBack:
            return [
                .init(snapshot.state.word + " ", role, isOptional: true),
                .init(Format.age(now - snapshot.ageBegan), role),
            ]
        case .idle, .truncated, .refused, .cancelled, .failed:
            return [.init(snapshot.state.word, role)]
        }
    }
}
